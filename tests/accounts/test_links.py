"""A link sent by mail works once, for its purpose and its time; the database alone does not give it away."""

import contextvars
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.accounts import links
from forum.accounts.models import OneTimeLink
from forum.core.database import db, transaction

HOUR = timedelta(hours=1)


@pytest.fixture
def link(alice):
    return links.make(alice, "reset", "alice@example.org", HOUR)


def test_it_works_once(alice, link):
    token = links.token_of(link)
    assert links.find(token, "reset").id == link.id
    redeemed = links.redeem(token, "reset")
    assert (redeemed.id, redeemed.user_id, redeemed.address) == (link.id, alice.id, "alice@example.org")
    assert links.redeem(token, "reset") is None
    assert links.find(token, "reset") is None
    assert not links.is_open(links.by_id(link.id))


def test_it_works_for_its_purpose_only(link):
    assert links.redeem(links.token_of(link), "confirm") is None
    assert links.redeem(links.token_of(link), "reset")


@pytest.mark.parametrize("token", ["", "x", "ä" * 40, "\ud800", "a" * 5_000])
def test_an_unknown_token_is_none(link, token):
    assert links.redeem(token, "reset") is None
    assert links.find(token, "reset") is None


def test_it_works_for_its_time(link, clock):
    token = links.token_of(link)
    clock.move(minutes=59)
    assert links.find(token, "reset")
    clock.move(minutes=2)
    assert links.redeem(token, "reset") is None


def test_looking_at_it_does_not_use_it(link):
    token = links.token_of(link)
    links.find(token, "reset")
    assert links.redeem(token, "reset")


def test_what_fails_after_it_leaves_it_unused(link):
    token = links.token_of(link)
    with pytest.raises(RuntimeError), transaction():
        assert links.redeem(token, "reset")
        raise RuntimeError
    assert links.redeem(token, "reset")


def test_a_new_one_ends_the_former_ones_of_its_purpose_when_asked(alice, mallory, link):
    beside = links.make(alice, "reset", "alice@example.org", HOUR)
    other_purpose = links.make(alice, "confirm", "alice@example.org", HOUR)
    of_another = links.make(mallory, "reset", "mallory@example.org", HOUR)
    assert links.redeem(links.token_of(beside), "reset")
    new = links.make(alice, "reset", "alice@example.org", HOUR, end_former=True)
    assert links.redeem(links.token_of(link), "reset") is None
    assert links.redeem(links.token_of(new), "reset")
    assert links.redeem(links.token_of(other_purpose), "confirm")
    assert links.redeem(links.token_of(of_another), "reset")


def test_all_of_a_person_end(alice, mallory, link):
    others = links.make(mallory, "reset", "mallory@example.org", HOUR)
    links.end_all(alice.id)
    assert links.redeem(links.token_of(link), "reset") is None
    assert links.redeem(links.token_of(others), "reset")


def test_the_row_holds_only_a_hash(alice, link):
    token = links.token_of(link)
    assert len(token) >= 43
    row = db.session.execute(select(OneTimeLink.__table__)).mappings().one()
    assert token not in str(dict(row))
    assert links.token_of(links.make(alice, "reset", "alice@example.org", HOUR)) != token


def test_it_can_be_written_again_by_another_process_and_after_the_key_was_turned(app, link, monkeypatch):
    token, former, link_id = links.token_of(link), app.config["SECRET_KEY"], link.id
    db.session.expunge_all()
    assert links.token_of(links.by_id(link_id)) == token
    monkeypatch.setitem(app.config, "SECRET_KEY", "n" * 40)
    with pytest.raises(links.KeyGone):
        links.token_of(links.by_id(link_id))
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [former])
    assert links.token_of(links.by_id(link_id)) == token
    assert links.redeem(token, "reset")


def test_two_at_once_redeem_it_once(app, link):
    token, start, results = links.token_of(link), threading.Barrier(2), []

    def redeem():
        with app.app_context():
            start.wait()
            results.append(links.redeem(token, "reset") is not None)
            db.session.remove()

    rivals = [threading.Thread(target=contextvars.Context().run, args=(redeem,)) for _ in range(2)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    assert sorted(results) == [False, True]


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_its_person_is_locked_first(app, link, statements):
    """Whoever ends links has the person's row already: the other way round the two would wait for each other."""
    token = links.token_of(link)
    with statements() as seen:
        links.redeem(token, "reset")
    order = [statement.partition("FROM ")[2].split()[0] for statement in seen if "FOR NO KEY UPDATE" in statement]
    assert order == ["users", "one_time_links"]


def test_dead_ones_are_forgotten_after_a_week(alice, link, clock, work):
    clock.move(days=6)
    work()
    assert db.session.scalar(select(func.count(OneTimeLink.id))) == 1
    living = links.make(alice, "reset", "alice@example.org", timedelta(days=3))
    clock.move(days=2)
    work()
    assert db.session.scalars(select(OneTimeLink.id)).all() == [living.id]
