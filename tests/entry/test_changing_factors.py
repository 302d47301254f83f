"""A password changes no second factor; and whoever guesses it with a stolen cookie has one count on every page."""

from typing import Any

import pytest
from flask import Flask

from forum.accounts.models import Session, User
from forum.core.database import db
from forum.entry import queries
from tests.entry.soft_key import SoftKey, options_in
from tests.people import PASSWORD
from tests.plugins.application import Client

SECURITY = "/settings/security"
CHANGES = [f"{SECURITY}/authenticator/remove", f"{SECURITY}/recovery", f"{SECURITY}/authenticator"]
CHANGES += [f"{SECURITY}/authenticator/confirm", f"{SECURITY}/passkeys", f"{SECURITY}/passkeys/1/remove"]


def signed_in_by_code(app: Flask, shown: Any) -> Client:
    """A browser in which alice has just signed in with password and code."""
    browser = app.test_client()
    assert isinstance(browser, Client)
    browser.send("/login", username="alice", password=PASSWORD)
    assert browser.send("/login/second", code=shown.code()).status_code == 303
    return browser


def test_a_password_changes_no_factor(app: Flask, alice: User, authenticator_app: Any, clock: Any) -> None:
    """Whoever finds her device unlocked and knows her password, later than a quarter of an hour after she came."""
    shown = authenticator_app(alice)
    browser = signed_in_by_code(app, shown)
    clock.move(minutes=16)
    assert browser.send("/prove", proof_password=PASSWORD, next=SECURITY).status_code == 303
    assert browser.get(SECURITY).status_code == 200, "what changes nothing asks for no more"
    for path in CHANGES:
        refused = browser.send(path, proof_password=PASSWORD)
        assert refused.status_code == 401 and "Your password alone is not enough" in refused.text
        assert 'name="proof_password"' not in refused.text and 'name="proof_code"' in refused.text
    assert queries.has_authenticator(alice.id) and queries.recovery_codes_left(alice.id) == 10


def test_the_app_or_a_recovery_code_does(app: Flask, alice: User, authenticator_app: Any, clock: Any) -> None:
    shown = authenticator_app(alice)
    browser = signed_in_by_code(app, shown)
    assert browser.send(f"{SECURITY}/recovery").status_code == 200, "shown at sign-in, minutes ago"
    clock.move(minutes=16)
    assert browser.send(f"{SECURITY}/recovery", proof_code="000000").status_code == 401
    renewed = browser.send(f"{SECURITY}/recovery", proof_code=shown.code())
    assert renewed.status_code == 200
    clock.move(minutes=16)
    assert browser.send(f"{SECURITY}/authenticator/remove", proof_code=shown.recovery[0]).status_code == 401, "ended"
    code = renewed.text.partition("<code>")[2].partition("</code>")[0]
    assert browser.send(f"{SECURITY}/authenticator/remove", proof_code=code).status_code == 303
    assert not queries.has_authenticator(alice.id)
    assert browser.send(f"{SECURITY}/authenticator").status_code == 303, "without one there is nothing more to show"


def test_a_new_password_makes_no_factor_fresh(app: Flask, alice: User, authenticator_app: Any, clock: Any) -> None:
    """Changing the password gives a new session; what it inherits is no older or newer than it was."""
    browser = signed_in_by_code(app, authenticator_app(alice))
    clock.move(minutes=16)
    sent = {"current_password": PASSWORD, "new_password": "seven quiet rivers run"}
    assert browser.send("/settings/password", **sent).status_code == 303
    assert browser.get(SECURITY).status_code == 200
    assert browser.send(f"{SECURITY}/authenticator/remove").status_code == 401
    assert db.session.query(Session).filter_by(user_id=alice.id).one().has_second_factor


def test_a_passkey_does_and_none_is_added_by_a_password(
    by_name: Any, alice: User, authenticator_app: Any, clock: Any
) -> None:
    """Else a passkey of one's own, added by the password, would take the authenticator away."""
    browser = by_name()
    browser.send("/login", username="alice", password=PASSWORD)
    key, thiefs = SoftKey(), SoftKey()
    browser.send(f"{SECURITY}/passkeys", passkey=key.made(options_in(browser.get(SECURITY).text)))
    authenticator_app(alice)
    clock.move(minutes=16)
    browser.send("/prove", proof_password=PASSWORD, next=SECURITY)
    made = thiefs.made(options_in(browser.get(SECURITY).text))
    assert browser.send(f"{SECURITY}/passkeys", passkey=made).status_code == 401
    assert len(queries.passkeys(alice.id)) == 1
    asked = browser.send(f"{SECURITY}/authenticator/remove")
    shown = key.shown(options_in(asked.text))
    assert browser.send(f"{SECURITY}/authenticator/remove", proof_passkey=shown).status_code == 303
    assert not queries.has_authenticator(alice.id)


@pytest.mark.limits
def test_one_count_on_every_page_that_asks_for_the_password(
    app: Flask, as_: Any, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thief with her cookie: six tries a minute and twenty an hour, however many pages they go to."""
    for row in ("EMAIL", "PROFILE"):
        monkeypatch.setitem(app.config["LIMITS"], row, "1000 per minute")
    browser = as_(alice)

    def tries(password: str) -> list[Any]:
        return [
            browser.send("/settings/password", current_password=password, new_password="short"),
            browser.send("/settings/email", current_password=password, email="new@example.org"),
            browser.send("/settings/delete", password=password, choice="name"),
            browser.send("/prove", proof_password=password, next="/"),
        ]

    looked_at = sum("This is not your current password" in each.text for _ in range(3) for each in tries("a guess"))
    assert looked_at == 6
    refused = tries(PASSWORD)
    assert all("too many wrong tries" in each.text and each.status_code == 422 for each in refused)
    db.session.refresh(alice)
    assert alice.leaving_at is None
