"""A-9: what is sensitive asks again after 15 minutes; a typed form goes on with the proof."""

import html
import re
from typing import Any

import pytest
from flask import Flask

from forum.accounts import sessions
from forum.accounts.models import User
from forum.accounts.queries import by_username
from forum.core.database import db
from forum.entry import queries
from tests.entry.soft_key import SoftKey, options_in
from tests.people import PASSWORD
from tests.plugins.application import Client

SECURITY = "/settings/security"
SENSITIVE = [f"{SECURITY}/authenticator", f"{SECURITY}/authenticator/remove", f"{SECURITY}/recovery"]
SENSITIVE += [f"{SECURITY}/passkeys", f"{SECURITY}/passkeys/1", f"{SECURITY}/passkeys/1/remove"]


def stale(browser: Client, clock: Any) -> Client:
    clock.move(minutes=16)
    return browser


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_a_page_asks_and_leads_back(as_: Any, alice: User, clock: Any) -> None:
    browser = as_(alice)
    assert browser.get(SECURITY).status_code == 200
    asked = stale(browser, clock).get(f"{SECURITY}?x=1")
    assert asked.status_code == 303 and asked.location.startswith("/prove")
    assert browser.send("/prove", proof_password="not hers", next=SECURITY).status_code == 422
    assert browser.send("/prove", next=SECURITY).status_code == 422
    answer = browser.send("/prove", proof_password=PASSWORD, next=SECURITY)
    assert (answer.status_code, answer.location) == (303, SECURITY)
    assert browser.get(SECURITY).status_code == 200
    assert stale(browser, clock).get(SECURITY).status_code == 303, "another 15 minutes later"


@pytest.mark.parametrize("path", SENSITIVE)
def test_every_act_on_security_asks(as_: Any, alice: User, clock: Any, path: str) -> None:
    answer = stale(as_(alice), clock).send(path, name="x")
    assert answer.status_code == 401 and 'name="proof_password"' in answer.text
    assert not queries.authenticator(alice.id)


def test_an_admins_form_is_kept_and_goes_on(as_: Any, alice: User, carol: User, clock: Any) -> None:
    browser = stale(as_(carol), clock)
    assert browser.get("/admin/people/alice").status_code == 200, "looking asks nothing"
    asked = browser.send("/admin/people/alice", role="moderator")
    assert asked.status_code == 401
    kept = hidden(asked.text)
    assert kept["role"] == "moderator" and 'action="/admin/people/alice"' in asked.text
    del kept["csrf_token"]
    wrong = browser.send("/admin/people/alice", **kept, proof_password="a wrong guess")
    assert wrong.status_code == 401 and "not your current password" in wrong.text
    assert by_username("alice").role == "netizen"
    done = browser.send("/admin/people/alice", **kept, proof_password=PASSWORD)
    assert done.status_code == 303
    db.session.rollback()
    assert by_username("alice").role == "moderator"
    assert PASSWORD not in asked.text + wrong.text


def test_a_secret_that_was_typed_is_not_put_into_the_page(as_: Any, alice: User, clock: Any) -> None:
    from forum.core.database import transaction

    with transaction():
        alice.password_hash = ""
    asked = stale(as_(alice), clock).send("/settings/password", new_password="seven quiet rivers")
    assert asked.status_code == 401 and "seven quiet rivers" not in asked.text


def test_the_old_password_is_proof_enough_for_a_new_one(as_: Any, alice: User, clock: Any) -> None:
    browser = stale(as_(alice), clock)
    answer = browser.send("/settings/password", current_password=PASSWORD, new_password="seven quiet rivers")
    assert answer.status_code == 303


def test_a_code_is_a_proof(as_: Any, alice: User, authenticator_app: Any, clock: Any) -> None:
    shown = authenticator_app(alice)
    browser = stale(as_(alice), clock)
    code = shown.code()
    assert browser.send("/prove", proof_code="000000", next=SECURITY).status_code == 422
    assert browser.send("/prove", proof_code=code, next=SECURITY).location == SECURITY
    assert stale(browser, clock).send("/prove", proof_code=code, next=SECURITY).status_code == 422
    assert browser.send("/prove", proof_code=shown.recovery[0]).status_code == 422, "those are for signing in"


def test_a_passkey_is_a_proof_but_not_another_persons(by_name: Any, alice: User, ann: User, clock: Any) -> None:
    keys = {}
    browsers = {}
    for person in (alice, ann):
        browser = by_name()
        browser.set_cookie("signin", sessions.start(person, "pytest"))
        keys[person.username] = SoftKey()
        made = keys[person.username].made(options_in(browser.get(SECURITY).text))
        assert browser.send(f"{SECURITY}/passkeys", passkey=made).status_code == 303
        browsers[person.username] = browser
    browser = stale(browsers["alice"], clock)
    foreign = keys["ann"].shown(options_in(browser.get("/prove").text))
    assert browser.send("/prove", proof_passkey=foreign, next=SECURITY).status_code == 422
    own = keys["alice"].shown(options_in(browser.get("/prove").text))
    assert browser.send("/prove", proof_passkey=own, next=SECURITY).location == SECURITY


def test_a_proof_is_of_one_session(as_: Any, alice: User, clock: Any) -> None:
    one, other = as_(alice), as_(alice)
    stale(one, clock)
    assert one.send("/prove", proof_password=PASSWORD, next=SECURITY).status_code == 303
    assert other.get(SECURITY).status_code == 303


@pytest.mark.limits
def test_guessing_a_proof_is_bounded(as_: Any, alice: User, clock: Any, app: Flask) -> None:
    browser = stale(as_(alice), clock)
    statuses = [browser.send("/prove", proof_password=f"guess {number}").status_code for number in range(7)]
    assert statuses == [422] * 7
    assert "too many wrong tries" in browser.send("/prove", proof_password=PASSWORD).text
    assert browser.get(SECURITY).status_code == 303


def test_it_leads_nowhere_else(as_: Any, alice: User) -> None:
    for target in ("//evil.example", "https://evil.example/", "/login?next=/x", ""):
        assert as_(alice).send("/prove", proof_password=PASSWORD, next=target).location == "/"
