"""What a provider, or whoever poses as one, can't do: every refusal is a readable page and nothing is written."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from forum import config
from forum.accounts.models import Session, User
from forum.entry.models import Identity, SpentChallenge
from tests.entry.at_provider import CALLBACK, back, come_in, counted, go, is_signed_in, link
from tests.plugins.application import Client, MovableClock
from tests.servers.oidc import Provider, asked_of, running_provider

# The provider's own code calls a part of Authlib that is going away; our warnings are errors, also in its thread.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")

START = "/login/provider/acme"


def expect_refusal(answer: Any, status: int, words: str) -> None:
    assert answer.status_code == status, answer.text
    assert (words in answer.text and "Nothing was changed" in answer.text) or status == 400
    assert "Traceback" not in answer.text and 'href="/login"' in answer.text


@pytest.fixture(autouse=True)
def linked(alice: User) -> User:
    """Alice would come in, if nothing were wrong."""
    link(alice)
    return alice


def test_state_is_taken_once(reader: Client, provider: Provider, outside: Flask) -> None:
    url = go(reader)
    cookie = reader.get_cookie("provider")
    address = back(provider.agree(url, "a-1"))
    thief = outside.test_client()
    assert isinstance(thief, Client)
    assert thief.get(address).status_code == 400, "the state alone, without this browser's cookie"
    assert cookie and reader.get(address).status_code == 303
    assert reader.get(address).status_code == 400
    reader.set_cookie("provider", cookie.value)
    replayed = reader.get(address)
    assert replayed.status_code == 400 and "over, was used already" in replayed.text
    thief.set_cookie("provider", cookie.value)
    assert thief.get(address).status_code == 400 and not is_signed_in(thief), "not with a copied cookie either"
    assert counted(Session) == 1


def test_another_attempts_state_or_answer(reader: Client, provider: Provider, outside: Flask) -> None:
    first = back(provider.agree(go(reader), "a-1"))
    go(reader)
    assert reader.get(first).status_code == 400, "a newer attempt took its place"
    victims = provider.agree(go(outside.test_client()), "a-1")  # type: ignore[arg-type]
    code, state = asked_of(victims)["code"], asked_of(go(reader))["state"]
    answer = reader.get(CALLBACK, query_string={"code": code, "state": state})
    expect_refusal(answer, 502, "answered in a way that can")
    assert not is_signed_in(reader), "somebody else's code carries somebody else's nonce"


def test_an_attempt_is_over_after_ten_minutes(reader: Client, provider: Provider, clock: MovableClock) -> None:
    address = back(provider.agree(go(reader), "a-1"))
    clock.move(minutes=11)
    assert reader.get(address).status_code == 400 and counted(SpentChallenge) == 0


@pytest.mark.parametrize("cookie", ["", "x", "gAAAAA" + "A" * 200, "ü"])
def test_nonsense_instead_of_the_cookie(reader: Client, provider: Provider, cookie: str) -> None:
    reader.set_cookie("provider", cookie)
    for query in ("", "?state=&code=", "?state=%FF%00"[:10], "?state=ü&code=x", "?error=access_denied"):
        assert reader.get(f"{CALLBACK}{query}").status_code == 400
    assert counted(Session) == 0 and "/oauth2/token" not in provider.seen, "nobody is asked for a stranger's code"


def test_a_newcomers_cookie_is_no_attempt(reader: Client, provider: Provider) -> None:
    come_in(reader, provider, "somebody")
    newcomer = reader.get_cookie("newcomer")
    assert newcomer
    reader.set_cookie("provider", newcomer.value)
    assert reader.get(f"{CALLBACK}?state=x&code=y").status_code == 400
    attempt = go(reader) and reader.get_cookie("provider")
    assert attempt
    reader.set_cookie("newcomer", attempt.value)
    assert reader.get("/register/provider").location == "/login"


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "n" * 20},
    "no nonce": {"nonce": None},
    "for another forum": {"aud": "another-client"},
    "for us and another, handed to the other": {"aud": ["the-forum", "other"], "azp": "other"},
    "for nobody": {"aud": None},
    "by another issuer": {"iss": "https://evil.example"},
    "by nobody": {"iss": None},
    "over": {"exp": int(time.time()) - 120},
    "never over": {"exp": None},
    "of the future": {"nbf": 4_000_000_000},  # 2096: a suite can take longer than minutes
    "about nobody": {"sub": None},
    "about a number": {"sub": 7},
    "about a list": {"sub": ["a-1"]},
    "about an empty name": {"sub": ""},
    "about too long a name": {"sub": "x" * 256},
    "about a name that is not ASCII": {"sub": "阿"},
    "with nonsense for moments": {"exp": "tomorrow", "iat": {}},
}


@pytest.mark.parametrize("claims", LIES.values(), ids=LIES)
def test_an_id_token_has_to_be_right(reader: Client, provider: Provider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    expect_refusal(come_in(reader, provider), 502, "answered in a way that can")
    assert not is_signed_in(reader) and counted(Session) == 0
    provider.claims = {"email": "<b>@x"}
    assert come_in(reader, provider).status_code == 303, "and right it comes in"


@pytest.mark.parametrize("signed_by", ["another", "secret", "none"])
def test_only_the_providers_signature_counts(reader: Client, provider: Provider, signed_by: str) -> None:
    provider.signed_by = signed_by
    expect_refusal(come_in(reader, provider), 502, "answered in a way that can")
    assert counted(Session) == 0


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/oauth2/token", "/jwks"])
@pytest.mark.parametrize(
    "body", ["", "[]", "null", "<html>", '{"id_token": 3}', "{" * 5_000, "x" * 600_000], ids=lambda text: text[:12]
)
def test_garbage(reader: Client, provider: Provider, path: str, body: str) -> None:
    provider.answers = {path: body}
    if path.startswith("/.well"):
        expect_refusal(reader.send(START), 502, "answered in a way that can")
    else:
        expect_refusal(come_in(reader, provider), 502, "answered in a way that can")
    assert counted(Session) == 0 and not is_signed_in(reader)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": "http://127.0.0.1.evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 'http://127.0.0.1/"><script>'},
        {"userinfo_endpoint": "http://evil.example/"},
    ],
    ids=str,
)
def test_a_provider_that_calls_itself_otherwise(reader: Client, provider: Provider, said: dict[str, Any]) -> None:
    provider.metadata = said
    expect_refusal(reader.send(START), 502, "answered in a way that can")


def test_the_answer_of_another_issuer(reader: Client, provider: Provider) -> None:
    address = back(provider.agree(go(reader), "a-1"))
    expect_refusal(reader.get(f"{address}&iss=https://evil.example"), 502, "answered in a way that can")
    address = back(provider.agree(go(reader), "a-1"))
    assert reader.get(f"{address}&iss={provider.issuer}").status_code == 303


def test_a_provider_must_say_who_it_is_if_it_said_so(reader: Client, provider: Provider) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    expect_refusal(come_in(reader, provider), 502, "answered in a way that can")


def test_denied_and_other_refusals_in_the_readers_language(reader: Client, provider: Provider) -> None:
    denied = reader.get(back(provider.deny(go(reader))))  # this provider forgets the state
    assert denied.status_code == 400
    state = asked_of(go(reader))["state"]
    expect_refusal(
        reader.get(CALLBACK, query_string={"state": state, "error": "access_denied"}), 403, "did not agree at Acme"
    )
    state = asked_of(go(reader))["state"]
    words = "<script>alert(1)</script>\u202e\x07 " + "long " * 200
    hostile = {"state": state, "error": "server_error", "error_description": words}
    answer = reader.get(CALLBACK, query_string=hostile)
    assert answer.status_code == 403 and "<script>alert" not in answer.text and "\u202e" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text and "long " * 60 not in answer.text
    reader.set_cookie("language", "zh_Hans")
    assert '<html lang="zh-Hans"' in reader.get(CALLBACK).text


def test_words_of_the_provider_are_words(reader: Client, provider: Provider) -> None:
    provider.claims = {"sub": "new", "email": "\u202e<img src=x onerror=alert(1)>\u0000@x.org", "email_verified": True}
    assert come_in(reader, provider).location == "/register/provider"
    page = reader.get("/register/provider").text
    assert "<img src=x" not in page and "&lt;img src=x" in page and "\u202e" not in page and "\x00" not in page


def test_a_provider_that_goes_away(reader: Client, outside: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_provider() as leaving:
        found = config.identity_providers(leaving.settings())
        monkeypatch.setitem(outside.config, "IDENTITY_PROVIDERS", found)
        address = back(leaving.agree(go(reader), "a-1"))
    answer = reader.get(address)
    expect_refusal(answer, 503, "does not answer at this moment")
    assert answer.headers["Retry-After"] and counted(Session) == 0


def test_a_provider_that_is_away_from_the_start(another_app: Callable[..., Flask]) -> None:
    with running_provider() as short_lived:
        settings = short_lived.settings()
    client = another_app(**settings, RATELIMIT_ENABLED=False).test_client()
    assert isinstance(client, Client)
    expect_refusal(client.send(START), 503, "does not answer at this moment")
    assert client.get("/login").status_code == 200


def test_a_provider_that_hangs(reader: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forum.entry.provider_client.PROVIDER_PATIENCE_SECONDS", 0.3)
    address = back(provider.agree(go(reader), "a-1"))
    provider.is_silent = True
    begun = time.monotonic()
    expect_refusal(reader.get(address), 503, "does not answer at this moment")
    assert time.monotonic() - begun < 3


def test_looking_with_head_changes_nothing(reader: Client, provider: Provider) -> None:
    address = back(provider.agree(go(reader), "a-1"))
    assert reader.head(address).status_code == 405 and counted(SpentChallenge) == 0
    assert reader.get(address).status_code == 303 and counted(Identity) == 1


def test_a_form_of_another_site_begins_nothing(reader: Client, provider: Provider) -> None:
    answer = reader.post(START, data={"next": "/"})
    assert answer.status_code == 400 and reader.get_cookie("provider") is None
