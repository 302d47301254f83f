"""A-4, A-3: the forgotten password: one answer for all, a link that works once and for an hour; all else ends."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts import sessions
from forum.accounts.models import OneTimeLink, User
from forum.core.database import db, transaction
from forum.mail.models import Mail
from tests.people import PASSWORD
from tests.plugins.application import Client

NEW = "two bridges of nine arches"


def link(letters: Any, number: int = -1) -> str:
    """Return the path of the link in a letter."""
    found = [facts["reset_url"] for name, _, facts in letters() if name == "reset"]
    assert found[number].startswith("http://127.0.0.1:8000/reset/")
    return str(found[number]).removeprefix("http://127.0.0.1:8000")


def bare(answer: Any) -> str:
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", answer.text)


def test_the_answer_says_nothing_and_the_letter_goes_to_the_owner(client: Client, alice: User, letters: Any) -> None:
    asked = [client.send("/forgot", username=name) for name in ("alice", "alice@example.org", "alicf", "x@example.org")]
    assert {answer.status_code for answer in asked} == {200}
    assert len({bare(answer) for answer in asked}) == 1
    assert [(name, address) for name, address, _ in letters()] == [("reset", "alice@example.org")] * 2
    assert PASSWORD not in str(db.session.scalars(select(Mail.facts)).all())


def test_known_and_unknown_cost_the_same_statements(client: Client, alice: User, statements: Any) -> None:
    client.send("/forgot", username="alice")
    seen = {}
    for name in ("alice", "alicf", "alice@example.org", "x@example.org"):
        with statements() as ran:
            client.send("/forgot", username=name)
        seen[name] = list(ran)
    assert seen["alice"] == seen["alicf"] and seen["alice@example.org"] == seen["x@example.org"]


def test_it_sets_a_new_password_and_all_else_ends(
    app: Flask, client: Client, as_: Any, alice: User, letters: Any
) -> None:
    browser = as_(alice)
    client.send("/forgot", username="alice")
    client.send("/forgot", username="alice")
    path = link(letters)
    page = client.get(path)
    assert page.status_code == 200 and "alice" in page.text
    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert client.send(path, new_password="short").status_code == 422, "the link still works"
    answer = client.send(path, new_password=NEW)
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/settings/profile").status_code == 200
    assert browser.get("/settings/profile").status_code == 303
    assert client.send(path, new_password=PASSWORD + "!").status_code == 404, "once"
    assert [name for name, *_ in letters()].count("password_changed") == 1
    fresh = app.test_client()
    assert fresh.send("/login", username="alice", password=PASSWORD).status_code == 422
    assert fresh.send("/login", username="alice", password=NEW).status_code == 303


def test_a_letter_written_twice_carries_one_link_and_a_later_one_ends_it(
    client: Client, alice: User, letters: Any, clock: Any
) -> None:
    client.send("/forgot", username="alice")
    first = link(letters)
    assert link(letters) == first, "written again after a crash"
    clock.move(minutes=1)
    client.send("/forgot", username="alice")
    second = link(letters)
    assert second != first
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]


def test_only_the_hash_is_kept(client: Client, alice: User, letters: Any) -> None:
    client.send("/forgot", username="alice")
    token = link(letters).rpartition("/")[2]
    rows = db.session.execute(select(OneTimeLink.__table__)).all()
    assert len(rows) == 1 and token not in str(rows) and sessions.fingerprint(token) in str(rows)
    assert token not in str(db.session.execute(select(Mail.__table__)).all())


def test_it_ends_after_an_hour(client: Client, alice: User, letters: Any, clock: Any) -> None:
    client.send("/forgot", username="alice")
    path = link(letters)
    clock.move(minutes=61)
    assert client.get(path).status_code == 404
    assert client.send(path, new_password=NEW).status_code == 404


def test_it_ends_when_the_address_changes(client: Client, alice: User, letters: Any) -> None:
    client.send("/forgot", username="alice")
    path = link(letters)
    with transaction():
        alice.email = alice.email_key = "elsewhere@example.org"
    assert client.send(path, new_password=NEW).status_code == 404


def test_it_ends_when_the_password_changes(client: Client, as_: Any, alice: User, letters: Any) -> None:
    client.send("/forgot", username="alice")
    path = link(letters)
    as_(alice).send("/settings/password", current_password=PASSWORD, new_password=NEW)
    assert client.get(path).status_code == 404


def test_a_poisoned_host_reaches_no_letter(app: Flask, alice: User, letters: Any) -> None:
    from forum.entry import resets

    with app.test_request_context(base_url="http://evil.example", headers={"X-Forwarded-Host": "evil.example"}):
        resets.ask("alice", "en")
        assert link(letters).startswith("/reset/")


def test_an_address_that_is_not_the_accounts_own_gets_nothing(client: Client, alice: User, letters: Any) -> None:
    """A second account with a taken address (its key is empty) must not send letters there."""
    with transaction():
        alice.email_key = None
    client.send("/forgot", username="alice")
    assert letters() == []


def test_six_letters_a_day_and_the_page_does_not_tell(client: Client, alice: User, clock: Any, letters: Any) -> None:
    for _ in range(9):
        assert client.send("/forgot", username="alice").status_code == 200
    assert [name for name, *_ in letters()] == ["reset"] * 6


def test_the_second_factor_is_still_asked_for(
    client: Client, alice: User, letters: Any, authenticator_app: Any
) -> None:
    shown = authenticator_app(alice)
    client.send("/forgot", username="alice")
    answer = client.send(link(letters), new_password=NEW)
    assert answer.location.startswith("/login/second") and not client.get_cookie("signin")
    assert client.send("/login/second", code=shown.code()).status_code == 303
    assert client.get("/settings/profile").status_code == 200


def test_a_suspended_person_sets_it_and_is_not_signed_in(client: Client, sam: User, letters: Any) -> None:
    client.send("/forgot", username="sam")
    assert client.send(link(letters), new_password=NEW).location == "/login"
    assert client.get("/settings/profile").status_code == 303


@pytest.mark.parametrize("token", ["x", "x" * 43, "..", "%00", "x" * 3_000])
def test_nonsense_is_no_link(client: Client, alice: User, token: str) -> None:
    assert client.get(f"/reset/{token}").status_code == 404


def test_a_fault_does_not_write_the_token_into_the_log(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    from forum.entry import resets

    def broken(_token: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(resets, "owner_of", broken)
    monkeypatch.setattr(app, "testing", False)
    assert client.get("/reset/thesecrettoken").status_code == 500
    assert "incident" in caplog.text and "thesecrettoken" not in caplog.text
