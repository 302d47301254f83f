"""Whoever has no password shows again who they are at a provider, which has to have asked just now (7.6.1)."""

import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from forum import config
from forum.accounts.models import User
from forum.accounts.queries import by_username
from forum.core.database import db, now, transaction
from tests.entry.at_provider import CALLBACK, SECURITY, back, come_in, go, is_signed_in, link
from tests.entry.test_proving import hidden
from tests.people import PASSWORD
from tests.plugins.application import Client, MovableClock
from tests.servers.oidc import Provider, asked_of

# As in test_providers.py: the provider runs in a thread of this process.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")

PROVE = "/prove/provider/acme"
SILENT: dict[str, Any] = {"auth_time": None}


@pytest.fixture
def carols(reader: Client, provider: Provider, carol: User) -> Client:
    """A reader in which carol, an administrator who has no password, came in by Acme, which said no moment."""
    link(carol)
    with transaction():
        carol.password_hash = ""
    provider.claims = SILENT
    assert come_in(reader, provider).status_code == 303
    return reader


def shown(client: Client, provider: Provider, subject: str = "a-1", **fields: str) -> Any:
    """Go to the provider to show who one is, and come back."""
    return client.get(back(provider.agree(go(client, PROVE, **fields), subject)))


def test_it_asks_there_and_leads_back(carols: Client, provider: Provider, clock: MovableClock) -> None:
    asked = carols.get(f"{SECURITY}?x=1")
    assert asked.status_code == 303, "a sign-in that says no moment is none that was just proved"
    page = carols.get(asked.location).text
    assert f'action="{PROVE}"' in page and 'name="proof_password"' not in page and "_blank" not in page
    question = asked_of(go(carols, PROVE, next=SECURITY))
    assert (question["prompt"], question["max_age"]) == ("login", "0")
    provider.claims = {"auth_time": int(time.time())}
    assert shown(carols, provider, next=f"{SECURITY}?x=1").location == f"{SECURITY}?x=1"
    assert carols.get(SECURITY).status_code == 200
    clock.move(minutes=16)
    assert carols.get(SECURITY).status_code == 303, "another 15 minutes later"
    for target in ("//evil.example", "https://evil.example/"):
        provider.claims = {"auth_time": int(now().timestamp())}
        assert shown(carols, provider, next=target).location == "/"


def test_what_was_typed_waits_in_its_tab(carols: Client, provider: Provider, alice: User) -> None:
    asked = carols.send("/admin/people/alice", role="moderator")
    assert asked.status_code == 401 and f'action="{PROVE}" target="_blank"' in asked.text
    kept = {"role": hidden(asked.text)["role"]}
    assert "moderator" not in go(carols, PROVE) and kept == {"role": "moderator"}
    again = carols.send("/admin/people/alice", **kept)
    assert again.status_code == 401 and hidden(again.text)["role"] == "moderator", "not before it was shown"
    provider.claims = {"auth_time": int(time.time())}
    done = shown(carols, provider)
    assert done.status_code == 200 and "Close this tab" in done.text
    assert carols.send("/admin/people/alice", **kept).status_code == 303
    db.session.rollback()
    assert by_username("alice").role == "moderator"


@pytest.mark.parametrize(
    "auth_time",
    [None, 0, -5, True, float("nan"), 1e300, "now", timedelta(hours=-2), timedelta(hours=2)],
    ids=str,
)
def test_it_has_to_have_asked_just_now(carols: Client, provider: Provider, auth_time: Any) -> None:
    if isinstance(auth_time, timedelta):  # from now, not from when the tests were collected
        auth_time = int(time.time() + auth_time.total_seconds())
    provider.claims = {"auth_time": auth_time}
    answer = shown(carols, provider, next=SECURITY)
    assert answer.status_code in (403, 502) and "Traceback" not in answer.text
    assert f'href="/prove?next={SECURITY}"' in answer.text, "and leads back to where it was asked"
    assert carols.get(SECURITY).status_code == 303 and is_signed_in(carols)


def test_its_clock_may_be_a_minute_off(carols: Client, provider: Provider, clock: MovableClock) -> None:
    for second, status in ((-90, 303), (-50, 200), (50, 200), (90, 303)):
        provider.claims = {"auth_time": now().timestamp() + second}
        shown(carols, provider, next="/")
        assert carols.get(SECURITY).status_code == status, second
        clock.move(minutes=16)


def test_it_has_to_be_the_same_person_in_the_same_session(
    carols: Client, provider: Provider, outside: Flask, mallory: User
) -> None:
    provider.claims = {"auth_time": int(time.time())}
    stranger = shown(carols, provider, "a-stranger", next=SECURITY)
    assert stranger.status_code == 403 and "another account at Acme" in stranger.text
    link(mallory, "evil")
    assert shown(carols, provider, "evil", next=SECURITY).status_code == 403, "also one that somebody else has linked"
    address = back(provider.agree(go(carols, PROVE, next=SECURITY), "a-1"))
    attempt = carols.get_cookie("provider")
    thief = outside.test_client()
    assert isinstance(thief, Client) and attempt
    thief.send("/login", username="mallory", password=PASSWORD)
    thief.set_cookie("provider", attempt.value)
    assert thief.get(address).status_code == 403, "another session can't use what this one began"
    assert carols.get(SECURITY).status_code == 303


def test_an_answer_to_another_question_proves_nothing(carols: Client, provider: Provider, outside: Flask) -> None:
    provider.claims = {"auth_time": int(time.time())}
    address = back(provider.agree(go(carols), "a-1"))  # to sign in, which may be answered without asking anybody
    attempt = carols.get_cookie("provider")
    go(carols, PROVE, next=SECURITY)
    assert carols.get(address).status_code == 400 and carols.get(SECURITY).status_code == 303
    assert attempt and carols.get(f"{CALLBACK}?error=login_required&state=x").status_code == 400


def test_who_may_go_there(reader: Client, provider: Provider, outside: Flask, as_: Any, alice: User) -> None:
    assert reader.send(PROVE).status_code == 401
    browser = as_(alice)
    assert browser.send(PROVE).status_code == 404, "she has linked nothing"
    assert browser.send("/prove/provider/nobody").status_code == 404
    assert PROVE not in browser.get("/prove").text
    link(alice)
    assert PROVE in browser.get("/prove").text
    assert PROVE not in browser.get("/prove?second=1").text, "it is no second factor"


def test_a_provider_that_never_says_when_counts_only_where_the_operator_says_so(
    carols: Client, provider: Provider, outside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(carols, provider, next=SECURITY).status_code == 403
    trusting = config.identity_providers(provider.settings(AUTH_TIME="optional"))
    monkeypatch.setitem(outside.config, "IDENTITY_PROVIDERS", trusting)
    provider.claims = {"auth_time": int(time.time()) - 7200}
    assert shown(carols, provider, next=SECURITY).status_code == 403, "but if it says when, that counts"
    provider.claims = SILENT
    assert shown(carols, provider, next=SECURITY).location == SECURITY
    assert carols.get(SECURITY).status_code == 200


def test_signing_in_there_is_fresh_as_the_provider_says(reader: Client, provider: Provider, alice: User) -> None:
    link(alice)
    assert asked_of(go(reader))["max_age"] == str(30 * 24 * 3600)
    month = 30 * 24 * 3600
    for seconds_ago, status in ((0, 200), (1000, 303), (-7200, 303), (month - 60, 303)):
        provider.claims = {"auth_time": int(time.time()) - seconds_ago}
        assert come_in(reader, provider).status_code == 303
        assert reader.get(SECURITY).status_code == status, seconds_ago
        reader.send("/logout")
    provider.claims = {"auth_time": int(time.time()) - month - 120}
    answer = come_in(reader, provider)
    assert answer.status_code == 403 and "has not asked for long" in answer.text and not is_signed_in(reader)
