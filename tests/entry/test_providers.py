"""Signing in by an OpenID Connect provider, against a real one: who comes in, and what is asked of whom."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts import approvals, registration
from forum.accounts import queries as people
from forum.accounts.models import KEEP_POSTS, Consent, KnownDevice, Session, Standing, User
from forum.accounts.registration import Mode
from forum.core import site
from forum.core.database import db, now, transaction
from forum.entry.models import Identity
from forum.leaving import actions as leaving
from tests.accounts.test_modes import worked_form
from tests.entry.at_provider import CALLBACK, SECURITY, back, come_in, counted, go, is_signed_in, letters, link
from tests.people import PASSWORD
from tests.plugins.application import Client, MovableClock
from tests.servers.oidc import Provider, asked_of

# The provider's own code calls a part of Authlib that is going away; our warnings are errors, also in its thread.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")

# -- who has an account --------------------------------------------------------------------------------------------


def test_what_is_asked_of_the_provider(reader: Client, provider: Provider) -> None:
    page = reader.get("/login?next=/experts")
    assert "Sign in with Acme" in page.text and 'action="/login/provider/acme"' in page.text
    asked = asked_of(go(reader))
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert asked["response_type"] == "code" and asked["scope"] == "openid email" and asked["client_id"] == "the-forum"
    assert asked["redirect_uri"] == f"http://127.0.0.1:8000{CALLBACK}", "of SITE_URL, whatever the Host header says"
    other = asked_of(go(reader))
    assert len({asked["state"], asked["nonce"], other["state"], other["nonce"]}) == 4
    assert len(asked["state"]) >= 22 and len(asked["nonce"]) >= 20, "cannot be guessed"


def test_who_is_linked_comes_in(reader: Client, provider: Provider, alice: User) -> None:
    link(alice)
    answer = come_in(reader, provider, next="/experts")
    assert (answer.status_code, answer.location) == (303, "/experts")
    assert answer.headers["Cache-Control"] == "no-store"
    page = reader.get("/settings/sessions")
    assert "Another provider" in page.text
    assert letters() == [("new_device", None)], "a reader that the account did not know is told of"
    verifier = provider.asked[0]["code_verifier"]
    assert len(verifier) >= 43 and counted(KnownDevice) == 1
    identity = db.session.scalar(select(Identity))
    assert identity and identity.used_at and identity.label == "alice@elsewhere.example"
    assert reader.get_cookie("provider") is None
    reader.send("/logout")
    come_in(reader, provider)
    assert is_signed_in(reader) and len(letters()) == 1, "now it knows the reader"


def test_it_leads_nowhere_else(reader: Client, provider: Provider, alice: User) -> None:
    link(alice)
    for target in ("https://evil.example/", "//evil.example", "/login?next=/x", "/\\evil.example"):
        assert come_in(reader, provider, next=target).location == "/"
        reader.send("/logout")


def test_a_second_factor_is_still_asked(
    reader: Client, provider: Provider, alice: User, authenticator_app: Any
) -> None:
    shown = authenticator_app(alice)
    link(alice)
    answer = come_in(reader, provider, next="/experts")
    assert answer.location.startswith("/login/second") and not is_signed_in(reader)
    assert reader.send("/login/second", code=shown.code(), next="/experts").location == "/experts"
    assert is_signed_in(reader)


def test_suspended_and_closed_people_stay_out(reader: Client, provider: Provider, sam: User) -> None:
    link(sam)
    answer = come_in(reader, provider)
    assert answer.location == "/login" and not reader.get_cookie("signin")
    assert "suspended until" in reader.get("/login").text
    with transaction():
        sam.suspended_until, sam.standing = None, Standing.CLOSED
    assert come_in(reader, provider).location == "/login" and not is_signed_in(reader)
    assert "is closed" in reader.get("/login").text


@pytest.mark.limits
def test_starts_are_counted(reader: Client) -> None:
    assert [reader.send("/login/provider/acme").status_code for _ in range(7)] == [200] * 6 + [429]


# -- who has none --------------------------------------------------------------------------------------------------


GOOD = {"username": "zhou_min", "email": "z@elsewhere.example"}


def sign_up(client: Client, clock: MovableClock, app: Flask, **fields: str) -> Any:
    worked = worked_form(app)
    clock.move(seconds=4)
    return client.send(
        "/register/provider", **{"username": "zhou_min", "email": "z@elsewhere.example", **worked, **fields}
    )


def test_a_new_account(reader: Client, provider: Provider, outside: Flask, clock: MovableClock) -> None:
    site.put(registration.SETTING, str(Mode.OPEN), None)
    answer = come_in(reader, provider, next="/experts")
    assert answer.location == "/register/provider" and counted(User) == 0 and counted(Identity) == 0
    page = reader.get("/register/provider")
    assert 'value="alice@elsewhere.example"' in page.text and 'type="password"' not in page.text
    assert "link it under “Security”" in page.text
    done = sign_up(reader, clock, outside)
    assert (done.status_code, done.location) == (303, "/experts"), done.text
    user = people.by_username("zhou_min")
    assert user and user.password_hash == "" and user.standing == Standing.ACTIVE and user.published_count == 0
    assert counted(Consent) == 2, "the terms and the privacy notice were accepted"
    assert letters() == [("welcome", None)]
    assert is_signed_in(reader) and "Another provider" in reader.get("/settings/sessions").text
    reader.send("/logout")
    assert come_in(reader, provider).location == "/" and is_signed_in(reader), "and comes back"
    stranger = outside.test_client()
    assert stranger.send("/login", username="zhou_min", password="").status_code == 422
    assert stranger.send("/login", username="zhou_min", password=PASSWORD).status_code == 422


def test_an_address_that_the_provider_does_not_vouch_for_is_not_filled_in(reader: Client, provider: Provider) -> None:
    for subject, claims in (("b", {"email": "eve@example.org"}), ("c", {"email": "e@x.org", "email_verified": "true"})):
        provider.knows(subject, **claims)
        assert come_in(reader, provider, subject).location == "/register/provider"
        assert f'value="{claims["email"]}"' not in reader.get("/register/provider").text


@pytest.mark.parametrize(
    ("mode", "standing"), [(Mode.APPROVAL, Standing.WAITING), (Mode.CONFIRM, Standing.UNCONFIRMED)]
)
def test_the_mode_of_registration_holds(
    reader: Client, provider: Provider, outside: Flask, clock: MovableClock, mode: Mode, standing: Standing
) -> None:
    site.put(registration.SETTING, str(mode), None)
    come_in(reader, provider)
    assert sign_up(reader, clock, outside).status_code == 303
    user = people.by_username("zhou_min")
    assert (
        user and user.standing == standing and user.approved_at is (None if mode == Mode.APPROVAL else user.approved_at)
    )
    assert user.confirmed_at is None, "no provider stands in for the letter"


def test_every_rule_of_a_sign_up_holds(
    reader: Client, provider: Provider, outside: Flask, clock: MovableClock, alice: User
) -> None:
    site.put(registration.SETTING, str(Mode.INVITATION), None)
    come_in(reader, provider)
    assert "Invitation code" in reader.get("/register/provider").text
    assert sign_up(reader, clock, outside).status_code == 422, "no invitation"
    site.put(registration.SETTING, str(Mode.CONFIRM), None)
    for fields in (
        {"username": "аlice"},
        {"username": "alice"},
        {"username": "admin"},
        {"email": "x"},
    ):
        assert sign_up(reader, clock, outside, **fields).status_code == 422, fields
    hasty = reader.send("/register/provider", username="zhou_min", email="z@x.example", **worked_form(outside))
    assert hasty.status_code == 422 and "very quick" in hasty.text
    assert counted(User) == 1 and counted(Identity) == 0
    assert sign_up(reader, clock, outside, homepage="http://spam.example").status_code == 303
    bot = people.by_username("zhou_min")
    assert bot and bot.approved_at is None, "who fills in the trap waits for a moderator"


def test_nobody_joins_an_unwatched_forum(
    reader: Client, provider: Provider, person: Any, outside: Flask, clock: Any
) -> None:
    come_in(reader, provider)
    person("bob", role="moderator", signed_in_at=now() - timedelta(days=8))
    assert sign_up(reader, clock, outside).status_code == 403 and counted(User) == 1


def test_an_equal_address_links_nothing(
    reader: Client, provider: Provider, outside: Flask, clock: MovableClock, alice: User
) -> None:
    provider.knows("evil", email="alice@example.org", email_verified=True)
    answer = come_in(reader, provider, "evil")
    assert answer.location == "/register/provider" and not is_signed_in(reader)
    known = reader.get("/register/provider").text
    stranger = outside.test_client()
    assert isinstance(stranger, Client)
    provider.knows("nobody", email="nobody@example.org", email_verified=True)
    come_in(stranger, provider, "nobody")
    unknown = stranger.get("/register/provider").text
    assert "first, then link it" in known and known.count("<p") == unknown.count("<p"), "says nothing of who is here"
    site.put(registration.SETTING, str(Mode.OPEN), None)
    assert sign_up(reader, clock, outside, email="alice@example.org").status_code == 303
    made = people.by_username("zhou_min")
    assert made and made.email_key is None and made.id != alice.id, "as in any sign-up the address stays its owner's"
    assert ("address-used", None) in letters()


def test_one_round_trip_makes_one_account(
    reader: Client, provider: Provider, outside: Flask, clock: MovableClock
) -> None:
    site.put(registration.SETTING, str(Mode.OPEN), None)
    come_in(reader, provider)
    copied = reader.get_cookie("newcomer")
    assert copied
    assert sign_up(reader, clock, outside).status_code == 303
    with transaction() as session:
        session.delete(session.scalar(select(Identity)))
    thief = outside.test_client()
    assert isinstance(thief, Client)
    thief.set_cookie("newcomer", copied.value)
    assert sign_up(thief, clock, outside, username="thief").status_code == 409 and counted(User) == 1
    late = outside.test_client()
    assert isinstance(late, Client)
    come_in(late, provider)
    clock.move(minutes=11)
    assert late.get("/register/provider").location == "/login"
    assert sign_up(late, clock, outside).location == "/login" and counted(User) == 1


def test_signing_in_or_out_ends_the_way_to_a_new_account(reader: Client, provider: Provider, alice: User) -> None:
    come_in(reader, provider)
    assert reader.get_cookie("newcomer")
    assert reader.send("/login", username="alice", password=PASSWORD).status_code == 303
    assert not reader.get_cookie("newcomer")
    come_in(reader, provider, "b-2")
    assert reader.get_cookie("newcomer")
    reader.send("/logout")
    assert not reader.get_cookie("newcomer")


def test_who_was_refused_may_try_again(
    reader: Client, provider: Provider, outside: Flask, clock: MovableClock, bob: User
) -> None:
    site.put(registration.SETTING, str(Mode.APPROVAL), None)
    come_in(reader, provider)
    sign_up(reader, clock, outside)
    waiting = people.by_username("zhou_min")
    assert waiting and counted(Identity) == 1
    approvals.refuse(waiting.id, "Tell us why you want to join.", by=bob)
    assert counted(Identity) == 0
    assert come_in(reader, provider).location == "/register/provider"
    assert sign_up(reader, clock, outside).status_code == 303
    again = people.by_username("zhou_min")
    assert again and again.id != waiting.id and counted(Identity) == 1


def test_who_never_confirmed_may_try_again(
    reader: Client, provider: Provider, outside: Flask, clock: MovableClock, work: Any
) -> None:
    site.put(registration.SETTING, str(Mode.CONFIRM), None)
    come_in(reader, provider)
    assert sign_up(reader, clock, outside).status_code == 303 and counted(Identity) == 1
    clock.move(days=7, seconds=1)
    work()
    assert counted(Identity) == 0 and people.by_username("zhou_min") is None
    assert come_in(reader, provider).location == "/register/provider"


def test_who_left_may_come_as_somebody_new(
    reader: Client, provider: Provider, alice: User, clock: MovableClock, work: Any
) -> None:
    link(alice)
    leaving.leave(alice, KEEP_POSTS)
    assert come_in(reader, provider).location == "/" and is_signed_in(reader), "and may still stay"
    clock.move(days=7, seconds=1)
    work()
    assert counted(Identity) == 0
    assert come_in(reader, provider).location == "/register/provider" and not is_signed_in(reader)


# -- linking -------------------------------------------------------------------------------------------------------


@pytest.fixture
def alices(outside: Flask, alice: User) -> Client:
    """A reader in which alice has signed in just now."""
    client = outside.test_client()
    assert isinstance(client, Client)
    assert client.send("/login", username="alice", password=PASSWORD).status_code == 303
    return client


LINK = f"{SECURITY}/providers/acme"


def test_linking_and_unlinking(alices: Client, reader: Client, provider: Provider, alice: User) -> None:
    assert "Link Acme" in alices.get(SECURITY).text
    answer = alices.get(back(provider.agree(go(alices, LINK), "a-1")))
    assert answer.location == SECURITY
    page = alices.get(SECURITY)
    assert "alice@elsewhere.example" in page.text and "Linked" in page.text
    assert letters()[-1] == ("security_changed", "identity_added")
    assert come_in(reader, provider).location == "/" and is_signed_in(reader)
    again = alices.get(back(provider.agree(go(alices, LINK), "a-1")))
    assert again.location == SECURITY and counted(Identity) == 1
    identity = db.session.scalar(select(Identity.id))
    assert alices.send(f"{SECURITY}/identities/{identity}/remove").location == SECURITY
    assert letters()[-1] == ("security_changed", "identity_removed") and counted(Identity) == 0
    reader.send("/logout")
    assert come_in(reader, provider).location == "/register/provider"


def test_linking_needs_a_fresh_proof(alices: Client, provider: Provider, clock: MovableClock) -> None:
    clock.move(minutes=16)
    asked = alices.send(LINK)
    assert asked.status_code == 401 and "Refresh" not in asked.headers
    assert alices.send(LINK, proof_password=PASSWORD).status_code == 200


def test_only_the_session_that_began_links(
    alices: Client, provider: Provider, outside: Flask, as_: Any, mallory: User
) -> None:
    address = back(provider.agree(go(alices, LINK), "a-1"))
    alices.send("/logout")
    assert alices.get(address).status_code == 403 and counted(Identity) == 0
    mallorys = outside.test_client()
    mallorys.send("/login", username="mallory", password=PASSWORD)
    address = back(provider.agree(go(mallorys, LINK), "evil"))
    cookie = mallorys.get_cookie("provider")
    alices.send("/login", username="alice", password=PASSWORD)
    alices.set_cookie("provider", cookie.value)
    assert alices.get(address).status_code == 403, "even with the cookie of her attempt pushed into alice's reader"
    assert counted(Identity) == 0


def test_what_is_linked_to_somebody_else(alices: Client, provider: Provider, ann: User) -> None:
    link(ann)
    answer = alices.get(back(provider.agree(go(alices, LINK), "a-1")))
    assert answer.status_code == 409 and "another account" in answer.text
    identity = db.session.scalar(select(Identity))
    assert identity and identity.user_id == ann.id
    assert alices.send(f"{SECURITY}/identities/{identity.id}/remove").status_code == 404 and counted(Identity) == 1


def test_the_last_way_in_stays(
    alices: Client, provider: Provider, alice: User, another_app: Callable[..., Flask]
) -> None:
    identity = link(alice)
    with transaction():
        alice.password_hash = ""
    assert "only way into your account" in alices.get(SECURITY).text
    assert alices.send(f"{SECURITY}/identities/{identity.id}/remove").location == SECURITY
    assert counted(Identity) == 1 and "only way into" in alices.get(SECURITY).text
    gone = another_app(RATELIMIT_ENABLED=False).test_client()
    assert isinstance(gone, Client)
    gone.set_cookie("signin", alices.get_cookie("signin").value)  # type: ignore[union-attr]
    assert "not in use here at present" in gone.get(SECURITY).text
    assert gone.send(f"{SECURITY}/identities/{identity.id}/remove").location == SECURITY
    assert counted(Identity) == 0, "what lets nobody in may go"


def test_without_providers_there_is_nothing(client: Client, alice: User, as_: Any) -> None:
    assert "/login/provider/" not in client.get("/login").text
    assert client.send("/login/provider/acme").status_code == 404
    assert client.get(f"{CALLBACK}?state=x&code=y").status_code == 404
    assert "Accounts elsewhere" not in as_(alice).get(SECURITY).text


def test_a_session_is_not_made_without_need(reader: Client, provider: Provider) -> None:
    come_in(reader, provider)
    assert counted(Session) == 0


# -- the switches in the header ------------------------------------------------------------------------------------


def switch_to_chinese(page: Any, client: Client) -> str:
    """Press the switch of languages on this page; return what it leads to."""
    fields = re.findall(r'name="next" value="([^"]*)"', page.text)
    places = {html.unescape(value) for value in fields if value}
    assert len(places) == 1, places
    answer = client.post("/preferences", data={"language": "zh_Hans", "next": places.pop()})
    assert answer.status_code == 303 and client.get(answer.location).status_code == 200
    return str(answer.location)


def test_on_the_way_the_switches_lead_to_where_it_began(
    reader: Client, provider: Provider, alices: Client, outside: Flask
) -> None:
    page = reader.send("/login/provider/acme")
    assert switch_to_chinese(page, reader) == "/login"
    assert switch_to_chinese(alices.send(LINK), alices) == SECURITY


def test_on_the_page_of_a_refusal_the_switches_lead_to_where_it_began(
    reader: Client, provider: Provider, alices: Client
) -> None:
    refused = reader.get(f"{CALLBACK}?state=nonsense&code=secret-code")
    assert refused.status_code == 400 and "secret-code" not in refused.text
    assert switch_to_chinese(refused, reader) == "/login"
    state = asked_of(go(alices, LINK))["state"]
    refused = alices.get(f"{CALLBACK}?state={state}&error=access_denied")
    assert refused.status_code == 403 and switch_to_chinese(refused, alices) == SECURITY
