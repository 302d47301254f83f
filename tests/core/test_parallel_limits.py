"""Requests sent at the same moment are counted one after the other: a limit holds exactly, also against haste."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.database import db
from forum.threads.models import Post

AT_ONCE = 6


def at_once(app, clients, act):
    """Let every client do `act(client, number)` at the same moment; return the statuses, sorted."""
    start = Barrier(len(clients))

    def run(number, client):
        with app.app_context():
            start.wait()
            return act(client, number).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        return sorted(pool.map(run, range(len(clients)), clients))


@pytest.mark.limits
def test_parallel_replies_pass_one_by_one(app, as_, alice, thread):
    before = db.session.scalar(select(func.count(Post.id)))
    url, clients = f"/threads/{thread.id}/posts", [as_(alice) for _ in range(AT_ONCE)]
    tokens = {client: client.csrf_token() for client in clients}

    def reply(client, number):
        return client.post(url, data={"csrf_token": tokens[client], "body": f"Reply number {number}."})

    assert at_once(app, clients, reply) == [303] + [429] * (AT_ONCE - 1)
    assert db.session.scalar(select(func.count(Post.id))) == before + 1


@pytest.mark.limits
def test_parallel_sign_ups_of_one_address(app):
    clients = [app.test_client() for _ in range(8)]
    tokens = {client: client.csrf_token() for client in clients}

    def join(client, number):
        name = f"joiner{'abcdefgh'[number]}x"
        form = {"username": name, "email": f"{name}@example.org", "password": "a bridge of seven arches"}
        return client.post("/register", data={"csrf_token": tokens[client], **form})

    assert at_once(app, clients, join) == [303] * 5 + [429] * 3
    assert db.session.scalar(select(func.count(User.id))) == 5


def test_a_refused_sign_up_hashes_nothing(app, alice, monkeypatch):
    from forum.accounts import actions, passwords
    from forum.accounts.refusals import BadField

    monkeypatch.setattr(passwords, "hash_password", lambda _password: pytest.fail("a password was hashed"))
    with pytest.raises(BadField):
        actions.register("Alice", "other@example.org", "a bridge of seven arches")


def test_a_second_preview_waits_for_the_first_and_keeps_its_text(app, as_, alice, ann, thread):
    turn = app.extensions["turns"].take(f"PREVIEW/person:{alice.id}", 0.0)
    answer = as_(alice).send(f"/preview?thread={thread.id}", body="My *words*.")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert "My *words*." in answer.text
    assert as_(ann).send(f"/preview?thread={thread.id}", body="Mine.").status_code == 200
    turn.end()
    assert as_(alice).send(f"/preview?thread={thread.id}", body="My *words*.").status_code == 200
