"""C-1: nothing is changed by a request that did not come from our own page with this person's own token."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.authorization import Line, asked, lines
from tests.plugins.application import Client
from tests.security.walking import ACCEPTED, accepted_posts, send
from tests.stage import Stage, put_stage_back, written

PREFERENCES = "/preferences"  # has a rule of its own: it must come from here, and sets two cookies (preferences.py)
UNSUBSCRIBE = "/mail/unsubscribe/<token>"  # sent by mail programs: the signed token is the authority (RFC 8058)
OWN_RULES = {PREFERENCES, UNSUBSCRIBE}
# They succeed only with what the stage has not: a passkey, a code, a link, a provider (tests/entry). Forged they fail
# all the same.
NEED_MORE = {
    "/login/second",
    "/login/passkey",
    "/reset/<token>",
    "/settings/age/adult",
    "/moderation/decisions/<decision_id>/undo",
    "/mail/arrives/<token>",
    "/settings/security/recovery",
    "/settings/security/passkeys",
    "/login/provider/<provider>",
    "/register/provider",
    "/settings/security/providers/<provider>",
    "/prove/provider/<provider>",
}
ACCEPTABLE = [(line, viewer) for line, viewer in accepted_posts() if line.path not in OWN_RULES]
FURTHER = {line.path: line for line in lines() if line.method == "POST" and line.path in NEED_MORE}
POSTS = ACCEPTABLE + [(line, "netizen") for line in FURTHER.values()]
Forge = Callable[[Client, Client, dict[str, Any]], dict[str, Any]]


def _no_token(_own: Client, _other: Client, fields: dict[str, Any]) -> dict[str, Any]:
    return {"data": fields}


def _another_persons(_own: Client, other: Client, fields: dict[str, Any]) -> dict[str, Any]:
    with other.session_transaction() as stored:
        stored["csrf_token"] = "d" * 40
    return {"data": {"csrf_token": other.csrf_token(), **fields}}


def _nonsense(_own: Client, _other: Client, fields: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"csrf_token": "x.y.z", **fields}}


def _unsigned(own: Client, _other: Client, fields: dict[str, Any]) -> dict[str, Any]:
    """The value that is in the session, without the signature."""
    own.csrf_token()
    with own.session_transaction() as stored:
        return {"data": {"csrf_token": stored["csrf_token"], **fields}}


def _from_nowhere(_own: Client, _other: Client, fields: dict[str, Any]) -> dict[str, Any]:
    return {"data": fields, "headers": {"Origin": "null", "Sec-Fetch-Site": "cross-site"}}


def _in_the_address(own: Client, _other: Client, fields: dict[str, Any]) -> dict[str, Any]:
    return {"data": fields, "query_string": {"csrf_token": own.csrf_token()}}


def _as_text(own: Client, _other: Client, fields: dict[str, Any]) -> dict[str, Any]:
    """What a foreign form with enctype=text/plain can send: JSON to a server that guesses."""
    body = json.dumps({"csrf_token": own.csrf_token(), **fields})
    return {"data": body, "headers": {"Content-Type": "text/plain"}}


def _as_json(own: Client, other: Client, fields: dict[str, Any]) -> dict[str, Any]:
    return {**_as_text(own, other, fields), "headers": {"Content-Type": "application/json"}}


# One guard stands before all routes: two forgeries try each of them, the others every fourth, in turns.
EVERYWHERE: list[Forge] = [_no_token, _another_persons]
FORGED: list[Forge] = [
    *EVERYWHERE,
    _nonsense,
    _unsigned,
    _from_nowhere,
    _in_the_address,
    _as_text,
    _as_json,
]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_every_writing_route_is_tried(app: Flask) -> None:
    writing = {
        rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) & {"POST", "PUT", "DELETE"}
    }
    assert len(POSTS) + len(OWN_RULES) == len(writing)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__.strip("_"))
def test_a_forged_request_changes_nothing(app: Flask, stage: Stage, forge: Forge) -> None:
    accepted = []
    for line, viewer in POSTS if forge in EVERYWHERE else POSTS[FORGED.index(forge) % 4 :: 4]:
        with written(tried=True) as wrote:
            answer = _forged(app, stage, line, viewer, forge)
        if answer.status_code not in (400, 403) or wrote or _signs(answer):
            accepted.append((str(line), viewer, answer.status, wrote))
            put_stage_back()
    assert accepted == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_same_requests_with_the_own_token_are_accepted(app: Flask, stage: Stage) -> None:
    """Else the test above would prove nothing."""
    refused = []
    for line, viewer in ACCEPTABLE:
        answer = send(app, stage, line, viewer)
        if str(answer.status_code) not in ACCEPTED:
            refused.append((str(line), viewer, answer.status))
        put_stage_back()
    assert refused == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "null"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}],
)  # fmt: skip
def test_preferences_come_from_here(client: Client, headers: dict[str, str]) -> None:
    answer = client.post(PREFERENCES, data={"language": "zh_Hans", "theme": "dark"}, headers=headers)
    assert answer.status_code == 403
    assert answer.headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_preferences_change_cookies_only(app: Flask, stage: Stage) -> None:
    client = stage.client(app, "author")
    with written(tried=True) as wrote:
        answer = client.post(
            PREFERENCES, data={"language": "zh_Hans", "theme": "dark"}, headers={"Sec-Fetch-Site": "same-origin"}
        )
    assert {line.partition("=")[0] for line in answer.headers.getlist("Set-Cookie")} == {"language", "theme"}
    assert wrote == []


def _forged(app: Flask, stage: Stage, line: Line, viewer: str, forge: Forge) -> Any:
    own, other = stage.client(app, viewer), stage.client(app, "netizen")
    request = asked(line, stage, viewer)
    sent = forge(own, other, request.fields)
    return own.open(
        request.url,
        method=line.method,
        data=sent["data"],
        headers={**request.headers, **sent.get("headers", {})},
        query_string={**request.query, **sent.get("query_string", {})},
    )


def _signs(answer: Any) -> bool:
    """Whether the answer signs somebody in or out."""
    return any(line.startswith("signin=") for line in answer.headers.getlist("Set-Cookie"))
