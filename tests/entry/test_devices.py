"""A sign-in on a new device is told by mail; the list of devices says means, place and when; reading writes nothing."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts import addresses, sessions
from forum.accounts.models import Session, User
from forum.core.database import db, now, transaction
from tests.people import PASSWORD
from tests.plugins.application import Client

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in(client: Client, address: str = "203.0.113.7") -> None:
    fields = {"csrf_token": client.csrf_token(), "username": "alice", "password": PASSWORD}
    answer = client.post("/login", data=fields, headers={"User-Agent": FIREFOX}, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 303


def test_a_new_device_is_told_once(client: Client, app: Flask, alice: User, letters: Any) -> None:
    with transaction():
        alice.timezone, alice.language = "Asia/Shanghai", "en"
    sign_in(client)
    told = letters()
    assert [(name, address) for name, address, _ in told] == [("new_device", "alice@example.org")]
    facts = told[0][2]
    assert (facts["browser"], facts["system"]) == ("Firefox", "Linux") and facts["moment"].endswith("(Shanghai)")
    client.send("/logout")
    sign_in(client)
    assert len(letters()) == 1, "this one is known now"
    sign_in(app.test_client())
    assert len(letters()) == 2


def test_signing_up_is_no_news(client: Client, letters: Any) -> None:
    client.send("/register", username="zoe", email="zoe@example.org", password="seven quiet rivers")
    client.send("/logout")
    client.send("/login", username="zoe", password="seven quiet rivers")
    assert [name for name, *_ in letters() if name == "new_device"] == []


def test_after_a_change_of_password_only_this_browser_is_known(client: Client, app: Flask, alice: User) -> None:
    other = app.test_client()
    sign_in(client)
    sign_in(other)
    client.send("/settings/password", current_password=PASSWORD, new_password="seven quiet rivers")
    from forum.accounts import known_devices

    assert known_devices.of_person(alice.id, client.get_cookie("device").value)
    assert not known_devices.of_person(alice.id, other.get_cookie("device").value)


def test_twenty_devices_are_known_at_most(app: Flask, alice: User) -> None:
    from forum.accounts.models import KnownDevice

    for _ in range(23):
        sign_in(app.test_client())
    assert len(db.session.scalars(select(KnownDevice).where(KnownDevice.user_id == alice.id)).all()) == 20


@pytest.mark.parametrize(
    ("address", "words"),
    [("127.0.0.1", "the forum&#39;s own machine"), ("10.0.0.9", "a private network (10.0.0.0/24)"),
     ("193.0.6.200", "this network (193.0.6.0/24)"), ("198.41.0.4", "198.41.0.0/24"),
     ("2001:db8:1:2::3", "a private network (2001:db8:1::/48)"), ("2606:4700::1", "2606:4700::/48"),
     ("", "not kept"), ("193.0.6.0/24", "this network")],
)  # fmt: skip
def test_a_place_in_words(client: Client, alice: User, address: str, words: str) -> None:
    sign_in(client, "193.0.6.7")
    with transaction():
        db.session.scalars(select(Session)).one().address = address
    page = client.get("/settings/sessions", environ_base={"REMOTE_ADDR": "193.0.6.9"})
    assert words in page.text


def test_when_a_device_was_seen_is_noted_by_the_worker(
    app: Flask, client: Client, alice: User, clock: Any, statements: Any
) -> None:
    sign_in(client)
    begun = db.session.scalars(select(Session)).one().seen_at
    clock.move(minutes=4)
    client.get("/")
    assert app.extensions["huey"].pending_count() == 0 or begun
    clock.move(minutes=2)
    app.extensions["huey"].flush()
    with statements() as seen:
        client.get("/")
        client.get("/about")
    assert not [each for each in seen if each.startswith(("UPDATE", "INSERT"))]
    assert app.extensions["huey"].pending_count() == 1, "asked for once"
    found = db.session.scalars(select(Session)).one()
    sessions.keep_seen(found.id, now().isoformat())
    db.session.rollback()
    assert db.session.scalars(select(Session)).one().seen_at > begun
    client.get("/")
    assert app.extensions["huey"].pending_count() == 1


def test_addresses_are_cut_and_forgotten(app: Flask, client: Client, alice: User, clock: Any, work: Any) -> None:
    sign_in(client)
    with transaction():
        alice.created_at = now()
        alice.signup_address = "2001:db8:1:2::3"
    work()
    assert (kept_session(), kept_signup(alice)) == ("203.0.113.7", "2001:db8:1:2::3")
    clock.move(days=8)
    work()
    assert (kept_session(), kept_signup(alice)) == ("203.0.113.0/24", "2001:db8:1::/48")
    clock.move(days=83)
    work()
    assert kept_signup(alice) == ""
    assert db.session.scalars(select(Session)).all() == []


def kept_session() -> str:
    db.session.rollback()
    return db.session.scalars(select(Session)).one().address


def kept_signup(user: User) -> str:
    db.session.refresh(user)
    return user.signup_address


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"), ("fe80::1%eth0", "fe80::1"), ("x", ""),
     ("", ""), (None, "")],
)  # fmt: skip
def test_how_an_address_is_kept(sent: str | None, kept: str) -> None:
    assert addresses.kept(sent) == kept
