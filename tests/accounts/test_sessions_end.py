"""A-1: a copied cookie is worth nothing after its session has ended, in this process and in every other one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.accounts import actions, queries, records, sessions, suspensions
from forum.accounts.models import Session, User
from forum.core.database import db, now
from tests.people import PASSWORD
from tests.plugins.application import Client

NEW = "two bridges of nine arches"


def replay(app: Flask, stolen: dict[str, str], name: str) -> list[int]:
    """The answers to somebody who has copied all of a browser's cookies: reading, and writing a new display name."""
    thief = app.test_client()
    for cookie, value in stolen.items():
        thief.set_cookie(cookie, value)
    assert isinstance(thief, Client)
    read = thief.get("/settings/profile")
    written = thief.send("/settings/profile", display_name=name)
    return [read.status_code, written.status_code]


def cookies_of(client: Client) -> dict[str, str]:
    found = {name: client.get_cookie(name) for name in ("signin", "form")}
    return {name: cookie.value for name, cookie in found.items() if cookie}


def log_out(alice: User, carol: User, browser: Client) -> None:
    assert browser.send("/logout").status_code == 303


def change_password(alice: User, carol: User, browser: Client) -> None:
    assert browser.send("/settings/password", current_password=PASSWORD, new_password=NEW).status_code == 303


def suspend(alice: User, carol: User, browser: Client) -> None:
    suspensions.suspend(alice, now() + timedelta(days=3), by=carol)


def change_role(alice: User, carol: User, browser: Client) -> None:
    actions.change_role(alice, "moderator", by=carol)


@pytest.mark.parametrize("ending", [log_out, change_password, suspend, change_role])
def test_a_copied_cookie_ends_with_its_session(
    app: Flask, another_app: Callable[..., Flask], as_: Any, alice: User, carol: User, ending: Any
) -> None:
    browser, other_process = as_(alice), another_app()
    assert browser.get("/settings/profile").status_code == 200
    stolen = cookies_of(browser)
    assert replay(other_process, stolen, "Alice herself") == [200, 303]
    ending(alice, carol, browser)
    assert replay(app, stolen, "A thief") == [303, 401]
    assert replay(other_process, stolen, "A thief") == [303, 401]
    db.session.refresh(alice)
    assert alice.display_name == "Alice herself"


def test_a_new_password_keeps_only_this_device(as_: Any, client: Client, alice: User) -> None:
    here, phone = as_(alice), as_(alice)
    change_password(alice, alice, here)
    assert here.get("/settings/profile").status_code == 200
    assert phone.get("/settings/profile").status_code == 303
    assert client.send("/login", username="alice", password=PASSWORD).status_code == 422
    assert client.send("/login", username="alice", password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "message"),
    [
        ("not her password", NEW, "not your current password"),
        (PASSWORD, "short", "at least 8"),
        (PASSWORD, "alice@example.org", "nobody would guess"),
        (PASSWORD, "password123", "nobody would guess"),
        (PASSWORD, "x" * 257, "at most 256"),
        ("", "", "Please fill this in"),
    ],
)
def test_a_password_that_cannot_be_taken_changes_nothing(
    as_: Any, alice: User, current: str, new: str, message: str
) -> None:
    here, phone = as_(alice), as_(alice)
    refused = here.send("/settings/password", current_password=current, new_password=new)
    assert refused.status_code == 422
    assert message in refused.text
    assert not new or f'value="{new}"' not in refused.text, "a password is never sent back"
    assert phone.get("/settings/profile").status_code == 200
    assert actions.authenticate("alice", PASSWORD) is not None


def test_a_session_ends_after_thirty_days(as_: Any, alice: User, clock: Any, work: Callable[[], None]) -> None:
    browser = as_(alice)
    for _ in range(3):
        clock.move(days=9, hours=23)
        assert browser.get("/settings/profile").status_code == 200
        sessions.keep_seen(db.session.scalar(select(Session.id)), now().isoformat())
    clock.move(hours=4)
    assert browser.get("/settings/profile").status_code == 303
    work()
    assert db.session.scalar(select(func.count()).select_from(Session)) == 0, "the sweep forgets it"


def test_a_session_ends_when_nobody_used_it_for_fourteen_days(
    as_: Any, alice: User, clock: Any, work: Callable[[], None], statements: Any
) -> None:
    used, unused = as_(alice), as_(alice)
    first, second = (device.id for device in reversed(queries.devices(alice.id)))
    clock.move(days=13, hours=23)
    with statements() as seen:
        assert used.get("/settings/profile").status_code == 200
    assert not [each for each in seen if each.startswith(("UPDATE", "INSERT"))], "a page view writes nothing"
    sessions.keep_seen(first, now().isoformat())
    clock.move(hours=2)
    assert used.get("/settings/profile").status_code == 200
    assert unused.get("/settings/profile").status_code == 303
    assert unused.send("/settings/profile", display_name="A thief").status_code == 401
    assert [device.id for device in queries.devices(alice.id)] == [first] and records.session_count(alice.id) == 1
    page = used.get("/settings/sessions").text
    assert "14 days without use" in page and page.count("This device") == 1
    assert db.session.get(Session, second) is not None
    work()
    assert db.session.scalars(select(Session.id)).all() == [first], "the sweep forgets the one that is over"
    sessions.keep_seen(second, now().isoformat())
    assert unused.get("/settings/profile").status_code == 303


def test_suspended_people_read_as_anybody(as_: Any, alice: User, carol: User) -> None:
    browser = as_(alice)
    suspensions.suspend(alice, now() + timedelta(days=3), by=carol)
    assert browser.get("/experts").status_code == 200
    assert as_(alice).get("/settings/profile").status_code == 303, "even a session that began meanwhile"


def test_a_suspension_that_is_over_brings_no_old_session_back(as_: Any, alice: User, carol: User, clock: Any) -> None:
    browser = as_(alice)
    suspensions.suspend(alice, now() + timedelta(days=3), by=carol)
    clock.move(days=4)
    assert browser.get("/settings/profile").status_code == 303
    assert as_(alice).get("/settings/profile").status_code == 200


def test_only_a_hash_of_the_token_is_kept(app: Flask, alice: User) -> None:
    token = sessions.start(alice, "x" * 500)
    row = db.session.scalars(select(Session)).one()
    assert token not in (row.token_hash, row.user_agent)
    assert len(row.user_agent) == 200
    assert sessions.current(token) is not None
    assert sessions.current(row.token_hash) is None


def test_logging_out_twice_is_harmless_and_needs_our_form(client: Client, as_: Any, alice: User) -> None:
    assert client.send("/logout").status_code == 303
    browser = as_(alice)
    assert browser.post("/logout").status_code == 400
    assert browser.get("/logout").status_code == 405
    assert browser.get("/settings/profile").status_code == 200
    browser.set_cookie("device", "known-browser")
    assert "Clear-Site-Data" not in browser.get("/").headers
    answer = browser.send("/logout")
    assert answer.status_code == 303 and browser.get_cookie("signin") is None
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"', "cookies not, of which one stays"
    assert browser.get_cookie("device").value == "known-browser"


def test_signing_in_writes_the_person_once(alice: User, statements: Any) -> None:
    with statements() as seen:
        sessions.start(alice, "pytest")
    assert len([each for each in seen if each.startswith("UPDATE users")]) == 1
