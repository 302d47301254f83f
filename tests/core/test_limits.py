"""RL-1, RL-2: every row of config.LIMITS holds, on each of its routes; a 429 can be waited for and sent again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from limits import parse_many
from selectolax.lexbor import LexborHTMLParser

import wsgi
from forum import config
from forum.accounts.models import User
from forum.core.database import db, transaction
from forum.core.extensions import limiter
from forum.subthemes.queries import open_subthemes
from tests.authorization import asked, lines, route
from tests.people import PASSWORD
from tests.plugins.application import Client
from tests.stage import VIEWERS, Stage, put_stage_back

pytestmark = [pytest.mark.limits, pytest.mark.parametrize("app", ["sqlite"], indirect=True)]  # no rule of a database

# Which row counts which route. (method and path, what it is done to, by whom): the row.
BOUND = {
    ("POST /register", "-", "anonymous"): "REGISTER",
    ("POST /login", "-", "anonymous"): "LOGIN",
    ("POST /forgot", "-", "anonymous"): "FORGOT",
    ("POST /prove", "-", "netizen"): "PROFILE",
    ("POST /settings/security/authenticator", "-", "netizen"): "PROFILE",
    ("POST /settings/security/authenticator/confirm", "-", "netizen"): "PROFILE",
    ("POST /settings/security/authenticator/remove", "-", "netizen"): "PROFILE",
    ("POST /settings/security/passkeys/<passkey_id>", "authors", "author"): "PROFILE",
    ("POST /settings/security/passkeys/<passkey_id>/remove", "authors", "author"): "PROFILE",
    ("POST /settings/security/identities/<identity_id>/remove", "authors", "author"): "PROFILE",
    ("POST /settings/profile", "-", "netizen"): "PROFILE",
    ("POST /consents", "present", "netizen"): "PROFILE",
    ("POST /confirm/<token>", "open", "anonymous"): "PROFILE",
    ("POST /guardian/<token>", "guardians", "anonymous"): "PROFILE",
    ("POST /settings/age", "-", "netizen"): "PROFILE",
    ("POST /settings/age/adult", "-", "netizen@young"): "PROFILE",
    ("POST /admin/people/<username>/age", "mallory", "admin"): "STAFF",
    ("POST /confirm/resend", "-", "netizen"): "RESEND",
    ("POST /invitations", "-", "moderator"): "INVITATION",
    ("POST /invitations/<invitation_id>/withdraw", "mallorys", "netizen"): "INVITATION",
    ("POST /settings/password", "-", "netizen"): "PROFILE",
    ("POST /settings/name", "-", "netizen"): "PROFILE",
    ("POST /settings/avatar", "-", "netizen"): "AVATAR",
    ("POST /settings/email", "-", "netizen"): "EMAIL",
    ("POST /settings/email/<token>", "new_address", "netizen"): "PROFILE",
    ("POST /settings/data", "-", "netizen"): "EXPORT",
    ("POST /settings/delete", "-", "netizen"): "PROFILE",
    ("POST /settings/delete/cancel", "-", "netizen"): "PROFILE",
    ("POST /settings/sessions/end", "others", "netizen"): "PROFILE",
    ("POST /settings/mail", "-", "netizen"): "PROFILE",
    ("POST /settings/mail/try", "-", "netizen"): "RESEND",
    ("GET /search", "-", "anonymous"): "SEARCH_ANONYMOUS",
    ("GET /search", "-", "netizen"): "SEARCH",
    ("POST /subthemes/<slug>/threads/new", "open", "netizen"): "THREAD",
    ("POST /subthemes/<slug>/threads/new", "open", "newcomer"): "THREAD_NEWCOMER",
    ("POST /threads/<thread_id>/posts", "visible", "netizen"): "REPLY",
    ("POST /threads/<thread_id>/posts", "visible", "newcomer"): "REPLY_NEWCOMER",
    ("POST /subthemes/<slug>/threads/new", "open", "netizen@2"): "THREAD_MEMBER",
    ("POST /subthemes/<slug>/threads/new", "open", "netizen@3"): "THREAD_REGULAR",
    ("POST /threads/<thread_id>/posts", "visible", "netizen@2"): "REPLY_MEMBER",
    ("POST /threads/<thread_id>/posts", "visible", "expert"): "REPLY_REGULAR",
    ("POST /posts/<post_id>/delete", "visible", "author@2"): "EDIT_MEMBER",
    ("POST /posts/<post_id>/delete", "visible", "author@3"): "EDIT_REGULAR",
    ("POST /posts/<post_id>/flags", "visible", "netizen@2"): "FLAG_MEMBER",
    ("POST /posts/<post_id>/flags", "visible", "moderator"): "FLAG_REGULAR",
    ("POST /subthemes/<slug>/threads/new", "open", "netizen@young"): "THREAD_YOUNG",
    ("POST /threads/<thread_id>/posts", "visible", "netizen@young"): "REPLY_YOUNG",
    ("POST /messages/new", "-", "netizen@1young"): "CONVERSATION_YOUNG",
    ("POST /messages/<conversation_id>", "alices", "author@young"): "MESSAGE_YOUNG",
    ("POST /people/<username>/tie", "ann", "netizen"): "PROFILE",
    ("POST /subthemes/<slug>/read", "open", "netizen"): "PROFILE",
    ("POST /posts/<post_id>/edit", "visible", "author"): "EDIT",
    ("POST /posts/<post_id>/delete", "visible", "author"): "EDIT",
    ("GET /posts/<post_id>/quote", "visible", "netizen"): "PREVIEW",
    ("POST /preview", "-", "netizen"): "PREVIEW",
    ("POST /posts/<post_id>/flags", "visible", "netizen"): "FLAG",
    ("POST /threads/<thread_id>/flags", "visible", "netizen"): "FLAG",
    ("POST /people/<username>/flags", "ann", "netizen"): "FLAG",
    ("POST /posts/<post_id>/flags/visitor", "visible", "anonymous"): "VISITOR_FLAG",
    ("POST /flags/confirm/<token>", "visitors_flag", "anonymous"): "PROFILE",
    ("POST /flags/letters/<token>", "visitors_letters", "anonymous"): "PROFILE",
    ("POST /messages/new", "-", "netizen@2"): "CONVERSATION",
    ("POST /messages/<conversation_id>", "alices", "author"): "MESSAGE",
    ("POST /messages/<conversation_id>/leave", "alices", "author"): "MESSAGE",
    ("POST /messages/<conversation_id>/<message_id>/delete", "alices", "author"): "MESSAGE",
    ("POST /messages/<conversation_id>/flags", "anns", "author"): "FLAG",
    ("POST /messages/preview", "new", "netizen"): "PREVIEW",
    ("POST /messages/choice", "-", "netizen"): "PROFILE",
    ("POST /threads/<thread_id>/question", "visible", "author"): "EDIT",
    ("POST /threads/<thread_id>/question/withdraw", "question", "author"): "EDIT",
    ("POST /posts/<post_id>/choose", "answer", "author"): "EDIT",
    ("POST /threads/<thread_id>/answer/unchoose", "question", "author"): "EDIT",
    ("POST /threads/<thread_id>/answer/lock", "question", "moderator"): "STAFF",
    ("POST /threads/<thread_id>/answer/unlock", "question", "moderator"): "STAFF",
    ("POST /threads/<thread_id>/drafts", "pinned", "expert_here"): "EDIT_REGULAR",
    ("POST /drafts/<draft_id>/discard", "chens", "expert_here"): "EDIT_REGULAR",
    ("POST /threads/<thread_id>/invite", "asked", "netizen"): "EXPERT_INVITATION",
    ("POST /threads/<thread_id>/invite/decline", "asked", "netizen"): "EXPERT_INVITATION",
    ("POST /programme/items/<item_id>/sign-up", "here", "netizen"): "ATTEND",
    ("POST /programme/items/<item_id>/withdraw", "here", "author"): "ATTEND",
    ("POST /programme/items/<item_id>/step-down", "here", "netizen"): "ATTEND",
    ("POST /programme/mine/calendar", "-", "netizen"): "PROFILE",
    ("POST /programme/new", "-", "admin"): "STAFF",
    ("POST /programme/<slug>/edit", "online", "admin"): "STAFF",
    ("POST /programme/<slug>/items/new", "online", "moderator"): "STAFF",
    ("POST /programme/items/<item_id>/edit", "here", "moderator"): "STAFF",
    ("POST /programme/items/<item_id>/notes", "here", "moderator"): "STAFF",
    ("POST /programme/items/<item_id>/cancel", "here", "moderator"): "STAFF",
    ("POST /programme/items/<item_id>/reinstate", "cancelled", "moderator"): "STAFF",
    ("POST /threads/<thread_id>/pin", "visible", "moderator"): "STAFF",
    ("POST /moderation/messages/<report_id>/decisions", "open", "moderator"): "STAFF",
    ("POST /moderation/screens/new", "-", "moderator"): "STAFF",
    ("POST /moderation/presets/new", "-", "moderator"): "STAFF",
    ("POST /moderation/presets/<preset_id>", "spam", "moderator"): "STAFF",
    ("POST /moderation/presets/<preset_id>/remove", "spam", "moderator"): "STAFF",
    ("POST /moderation/ranker", "-", "admin"): "STAFF",
    ("POST /moderation/screens/<screen_id>", "on", "moderator"): "STAFF",
    ("POST /moderation/screens/<screen_id>/off", "on", "moderator"): "STAFF",
    ("POST /moderation/screens/<screen_id>/on", "off", "moderator"): "STAFF",
    ("POST /moderation/decisions/<decision_id>/appeal", "hidden", "author"): "APPEAL",
    ("POST /appeals/<token>", "to_hidden", "anonymous"): "APPEAL",
    ("POST /moderation/messages/<report_id>/appeal", "decided", "author"): "APPEAL",
    ("POST /appeals/messages/<token>", "to_decided_messages", "anonymous"): "APPEAL",
    ("POST /moderation/appeals/messages/<appeal_id>/decisions", "open", "moderator"): "STAFF",
    ("POST /moderation/appeals/<appeal_id>/decisions", "open", "moderator"): "STAFF",
    ("POST /threads/<thread_id>/unpin", "pinned", "moderator"): "STAFF",
    ("POST /threads/<thread_id>/lock", "visible", "moderator"): "STAFF",
    ("POST /threads/<thread_id>/unlock", "locked", "moderator"): "STAFF",
    ("POST /threads/<thread_id>/slow", "visible", "moderator"): "STAFF",
    ("POST /threads/<thread_id>/move", "visible", "moderator"): "STAFF",
    ("POST /moderation/cases/<case_id>/claim", "flagged", "moderator"): "STAFF",
    ("POST /moderation/cases/<case_id>/release", "claimed", "holder"): "STAFF",
    ("POST /moderation/cases/<case_id>/decisions", "flagged", "moderator"): "STAFF",
    ("POST /moderation/bulk", "-", "moderator"): "STAFF",
    ("POST /moderation/second/<look_id>", "bobs", "moderator"): "STAFF",
    ("POST /moderation/bulk/<act_id>/reverse", "bobs", "holder"): "STAFF",
    ("POST /moderation/cases/<case_id>/notes", "flagged", "moderator"): "STAFF",
    ("POST /moderation/cases/<case_id>/notes/read", "flagged", "admin"): "STAFF",
    ("POST /moderation/cases/<case_id>/handover", "claimed", "holder"): "STAFF",
    ("POST /admin/waiting/<user_id>/approve", "waiting", "moderator"): "STAFF",
    ("POST /admin/waiting/<user_id>/refuse", "waiting", "moderator"): "STAFF",
    ("POST /admin/registration", "-", "admin"): "STAFF",
    ("POST /admin/people/<username>", "mallory", "admin"): "STAFF",
    ("POST /admin/people/<username>/sessions/end", "mallory", "admin"): "STAFF",
    ("POST /admin/people/<username>/subthemes", "mallory", "admin"): "STAFF",
    ("POST /admin/rules", "-", "admin"): "STAFF",
    ("POST /admin/posts/<post_id>/purge", "removed", "admin"): "STAFF",
    ("POST /admin/people/<username>/subthemes/<slug>/end", "thea", "admin"): "STAFF",
    ("POST /admin/people/<username>/confirm", "mallory", "admin"): "STAFF",
    ("POST /admin/people/<username>/reset", "mallory", "admin"): "STAFF",
    ("POST /admin/people/<username>/merge", "mallory", "admin"): "STAFF",
    ("POST /admin/people/<username>/credentials/new", "mallory", "admin"): "STAFF",
    ("POST /experts/apply", "-", "netizen"): "CREDENTIAL",
    ("POST /experts/credentials/<credential_id>/renew", "ending", "expert_here"): "CREDENTIAL",
    ("POST /experts/credentials/<credential_id>/languages", "here", "expert_here"): "PROFILE",
    ("POST /settings/credentials/applications/<application_id>/withdraw", "alices", "author"): "PROFILE",
    ("POST /experts/credentials/<credential_id>/revoke", "here", "moderator"): "STAFF",
    ("POST /moderation/credentials/<application_id>/grant", "alices", "moderator"): "STAFF",
    ("POST /moderation/credentials/<application_id>/decline", "alices", "moderator"): "STAFF",
    ("POST /admin/mail/<mail_id>/retry", "failed", "admin"): "STAFF",
    ("POST /admin/mail/test", "-", "admin"): "STAFF",
    ("POST /admin/security", "-", "admin"): "STAFF",
    ("POST /admin/subthemes/new", "-", "admin"): "STAFF",
    ("POST /admin/subthemes/<slug>", "open", "admin"): "STAFF",
    ("POST /admin/subthemes/<slug>/archive", "open", "admin"): "STAFF",
    ("POST /admin/subthemes/<slug>/unarchive", "archived", "admin"): "STAFF",
    ("POST /sessions/<session_id>/posts", "collecting", "netizen"): "REPLY",
    ("GET /sessions/<session_id>/similar", "collecting", "netizen"): "PREVIEW",
    ("POST /questions/<post_id>/support", "collecting", "netizen"): "SUPPORT",
    ("POST /questions/<post_id>/triage", "collecting", "holder"): "STAFF",
    ("POST /sessions/<session_id>/advance", "collecting", "holder"): "STAFF",
    ("POST /sessions/<session_id>/change", "announced", "holder"): "STAFF",
    ("POST /subthemes/<slug>/sessions/new", "open", "holder"): "STAFF",
}
PASSWORDS = {"password", "current_password", "new_password", "proof_password", "code"}
# Nothing is gained by doing these many times: they cost one small statement and show nothing to anybody else.
FREE = {"POST /logout", "POST /preferences", "POST /notifications/read", "POST /notifications/mute"} | {
    "POST /mail/unsubscribe/<token>",  # sent by mail programs, for many people from one address
    "POST /moderation/decisions/<decision_id>/undo",  # only what one has decided within ten seconds, which is counted
}
# They succeed only with a passkey, a code or a link, and are counted in tests/entry/test_limits.py …
IN_ENTRY = {
    "POST /login/second",
    "POST /login/passkey",
    "POST /reset/<token>",
    "POST /mail/arrives/<token>",
    "POST /settings/security/recovery",
    "POST /settings/security/passkeys",
    "POST /login/provider/<provider>",
    "POST /register/provider",
    "POST /settings/security/providers/<provider>",
    "POST /prove/provider/<provider>",
}
# … as these rows are, which count failures, letters, or networks (tests/moderation/test_visitors.py).
OF_FAILURES = {
    "LOGIN_ACCOUNT", "LOGIN_DEVICE", "LOGIN_FAILURES", "PROOF", "RESET", "VISITOR_FLAG_NETWORK",
    "VISITOR_FLAG_UNPROVED",
}  # fmt: skip


class Hourglass:
    """The time that the limits see; it stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = time.time()

    def time(self) -> float:
        return self.moment


@pytest.fixture
def hourglass(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hourglass]:
    glass = Hourglass()
    for module in ("limits.storage.memory.time", "forum.core.limits.time"):
        monkeypatch.setattr(module, SimpleNamespace(time=glass.time))
    yield glass


@pytest.fixture
def rows(app: Flask) -> Iterator[dict[str, str]]:
    """The limits of this app as they can be changed for one test."""
    former = dict(app.config["LIMITS"])
    yield app.config["LIMITS"]
    app.config["LIMITS"] = former


Act = Callable[..., Any]


@pytest.fixture
def act(app: Flask, stage: Stage) -> Act:
    """`act("POST /login", "-", "anonymous")`: a function that sends this request, each time from the same browser."""

    def prepared(name: str, thing: str, viewer: str) -> Callable[..., Any]:
        method, _, path = name.partition(" ")
        line = next(
            line for line in lines() if (line.method, line.path) == (method, path) and thing in ("-", line.thing)
        )
        who, _, level = ("netizen" if viewer == "newcomer" else viewer).partition(
            "@"
        )  # "author@2": of trust level 2; "author@young"
        request, client = asked(line, stage, who), stage.client(app, who)

        def send(language: str = "en", **fields: Any) -> Any:
            if viewer == "newcomer":
                _change(stage.people[VIEWERS["netizen"] or ""], published_count=0)
            if trust := level.removesuffix("young"):
                _change(stage.people[VIEWERS[who] or ""], trust_level=int(trust))
            if level.endswith("young"):
                _change(stage.people[VIEWERS[who] or ""], age_band="young")
            client.set_cookie("language", language)
            client.delete_cookie("device")  # a browser that has signed in before is counted apart
            if who != "anonymous":
                client.set_cookie("signin", stage.tokens[VIEWERS[who] or ""])  # a changed password brings a new one
            sent = {"csrf_token": client.csrf_token(), **request.fields, **fields} if method == "POST" else None
            return client.open(
                request.url, method=method, query_string=request.query, data=sent, headers=request.headers
            )

        send.fields = request.fields  # type: ignore[attr-defined]
        send.client = client  # type: ignore[attr-defined]
        return send

    return prepared


def _change(user_id: int, **facts: int | str) -> None:
    with transaction() as session:
        person = session.get(User, user_id)
        assert person
        for name, value in facts.items():
            setattr(person, name, value)


def test_every_row_has_a_route_and_every_writing_route_a_row(app: Flask) -> None:
    assert sorted({*BOUND.values(), *OF_FAILURES}) == sorted(config.LIMITS)
    writing = {f"POST {route(rule)}" for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())}
    assert writing == {name for name, _, _ in BOUND if name.startswith("POST")} | FREE | IN_ENTRY


@pytest.mark.parametrize(
    ("case", "row"), BOUND.items(), ids=lambda value: " ".join(value) if isinstance(value, tuple) else value
)
def test_a_route_is_counted_by_its_row_and_can_be_sent_again(
    act: Act, rows: dict[str, str], hourglass: Hourglass, case: tuple[str, str, str], row: str
) -> None:
    rows.update(dict.fromkeys(rows, "10000 per minute") | {row: "1 per 40 seconds"})
    send = act(*case)
    first = send()
    assert first.status_code in (200, 303), first.text
    put_stage_back()
    refused = send("zh_Hans")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "41")
    assert '<html lang="zh-Hans"' in refused.text and "Please try again" not in refused.text
    typed = _typed(refused.text)
    secrets = set(send.fields) & PASSWORDS
    assert not set(typed) & secrets and not any(str(send.fields[name]) in refused.text for name in secrets)
    assert {name: str(value) for name, value in send.fields.items() if name not in secrets} == typed
    hourglass.moment += 41
    put_stage_back()
    assert send(**typed).status_code in (200, 303)


def _typed(page: str) -> dict[str, str]:
    """Return the fields of the page's form for sending again."""
    fields = LexborHTMLParser(page).css("form[data-keeps-draft] :is(input, textarea)")
    values = {field.attributes.get("name"): field.attributes.get("value") or field.text() for field in fields}
    return {str(name): value for name, value in values.items() if name != "csrf_token"}


EXACT = {row: case for case, row in reversed(BOUND.items()) if case[0] != "POST /posts/<post_id>/edit"}


@pytest.mark.parametrize("row", [row for row in config.LIMITS if row not in OF_FAILURES])
def test_as_many_pass_as_the_table_says(
    act: Act, stage: Stage, rows: dict[str, str], hourglass: Hourglass, row: str
) -> None:
    """The last two bursts that the long window allows; whatever comes before them is spent in the store."""
    rows.update(dict.fromkeys(OF_FAILURES, "10000 per minute"))
    send = act(*EXACT[row])
    windows = sorted(parse_many(config.LIMITS[row].default))
    short, long = windows[0], windows[-1]
    left = min(2 * short.amount, long.amount, 20)
    if long.amount > left:
        assert limiter.limiter.hit(long, "forum", _counted_as(stage, EXACT[row][2]), row, cost=long.amount - left)
    a_pause, the_rest = short.get_expiry() + 1, long.get_expiry() + 1
    bursts = [(left, the_rest)]
    if short is not long:
        bursts = [(short.amount, a_pause), (short.amount, a_pause), (0, the_rest - 2 * a_pause)]
    for number, burst in enumerate(bursts):
        assert _until_refused(send, sum(before for before, _ in bursts[:number])) == burst
        hourglass.moment += burst[1]
    assert send(**_fresh(send.fields, left)).status_code != 429, "the wait that was named is enough"


def _until_refused(send: Callable[..., Any], number: int) -> tuple[int, int]:
    """Return how many requests passed, and how long the next one was told to wait."""
    for passed in range(1_000):
        answer = send(**_fresh(send.fields, number + passed))
        if answer.status_code == 429:
            return passed, int(answer.headers["Retry-After"])
        assert answer.status_code in (200, 303), answer.text
    raise AssertionError("there is no limit")


def _counted_as(stage: Stage, viewer: str) -> str:
    name = VIEWERS["netizen" if viewer == "newcomer" else viewer.partition("@")[0]]
    return f"person:{stage.people[name]}" if name else "address:127.0.0.1"


def _fresh(fields: dict[str, Any], number: int) -> dict[str, Any]:
    """Return what must differ from one honest request to the next."""
    fresh = {"form_token": f"form-{number}", "username": f"zoe{number}", "email": f"zoe{number}@example.org"}
    if "password" in fields and "email" not in fields:
        return {}
    if "evidence" in fields and "subtheme" in fields:  # one open application for a sub-theme
        fresh["subtheme"] = str(open_subthemes()[number].id)
    return {name: value for name, value in fresh.items() if name in fields}


def test_one_person_has_one_count_for_all_routes_of_a_row(act: Act, rows: dict[str, str], hourglass: Hourglass) -> None:
    rows["EDIT"] = "1 per minute"
    assert act("POST /posts/<post_id>/edit", "visible", "author")().status_code == 303
    assert act("POST /posts/<post_id>/delete", "held", "author")().status_code == 429
    rows["STAFF"] = "1 per minute"
    assert act("POST /threads/<thread_id>/pin", "visible", "moderator")().status_code == 303
    assert act("POST /threads/<thread_id>/lock", "visible", "moderator")().status_code == 429
    assert act("POST /threads/<thread_id>/lock", "visible", "holder")().status_code == 303, "another person's count"


def test_asking_for_the_head_of_a_search_costs_as_much(act: Act, rows: dict[str, str], hourglass: Hourglass) -> None:
    rows["SEARCH_ANONYMOUS"] = "1 per minute"
    client = act("GET /search", "-", "anonymous").client
    assert client.head("/search?q=ranking").status_code == 200
    assert client.get("/search?q=ranking").status_code == 429
    assert client.get("/search").status_code == 200, "an empty form asks nothing"


# A form that its reader has to mend: (request, fields) that is refused.
MISTAKES = {
    ("POST /register", "-", "anonymous"): {"username": "?"},
    ("POST /settings/profile", "-", "netizen"): {"display_name": "x" * 41},
    ("POST /subthemes/<slug>/threads/new", "open", "netizen"): {"title": ""},
    ("POST /threads/<thread_id>/posts", "visible", "netizen"): {"body": ""},
    ("POST /sessions/<session_id>/posts", "collecting", "netizen"): {"body": ""},
    ("POST /subthemes/<slug>/sessions/new", "open", "holder"): {"title": ""},
    ("POST /posts/<post_id>/edit", "visible", "author"): {"body": ""},
    ("POST /posts/<post_id>/flags", "visible", "netizen"): {"reason": "because"},
    ("POST /messages/new", "-", "netizen@2"): {"to": "nobody"},
    ("POST /messages/<conversation_id>", "alices", "author"): {"body": ""},
    ("POST /moderation/cases/<case_id>/decisions", "flagged", "moderator"): {"reason": ""},
    ("POST /moderation/appeals/<appeal_id>/decisions", "open", "moderator"): {"reply": ""},
    ("POST /appeals/<token>", "to_hidden", "anonymous"): {"reason": ""},
    ("POST /appeals/messages/<token>", "to_decided_messages", "anonymous"): {"reason": ""},
    ("POST /moderation/appeals/messages/<appeal_id>/decisions", "open", "moderator"): {"reply": ""},
    ("POST /experts/apply", "-", "netizen"): {"links": "not an address"},
}


@pytest.mark.parametrize("case", MISTAKES, ids=" ".join)
def test_a_refused_form_costs_nothing(act: Act, rows: dict[str, str], hourglass: Hourglass, case: Any) -> None:
    rows[BOUND[case]] = "1 per minute"
    send = act(*case)
    assert [send(**MISTAKES[case]).status_code for _ in range(3)] == [422] * 3
    assert [send().status_code, send(form_token="another").status_code] == [303, 429]


def _try_to_sign_in(app: Flask, address: str, forwarded: str = "") -> int:
    client = app.test_client()
    assert isinstance(client, Client)
    fields = {"csrf_token": client.csrf_token(), "username": "nobody", "password": PASSWORD}
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return int(client.post("/login", data=fields, environ_base={"REMOTE_ADDR": address}, headers=headers).status_code)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1", True),  # one address, written for IPv6
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:9:8:7:6", True),  # one customer's /64
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("not an address", "neither", True),  # a socket in the file system: one count is safer than none
    ],
)
def test_who_is_one_client(
    app: Flask, rows: dict[str, str], hourglass: Hourglass, one: str, other: str, same: bool
) -> None:
    rows["LOGIN"] = "1 per minute"
    assert _try_to_sign_in(app, one) == 422
    assert _try_to_sign_in(app, other) == (429 if same else 422)


@pytest.fixture
def made_with(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Flask]]:
    """`made_with(TRUSTED_PROXIES="1")`: a process of the forum that was started with this environment."""
    made = []

    def make(**environ: str) -> Flask:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        same = ("TESTING", "FORUM_INSTANCE", "SECRET_KEY", "JOBS", "SQLALCHEMY_DATABASE_URI")
        made.append(wsgi.create_app({name: app.config[name] for name in same}))
        made[-1].test_client_class = Client
        return made[-1]

    yield make
    for other in made:
        with other.app_context():
            db.engine.dispose()


def test_behind_one_proxy_its_word_counts_and_the_clients_does_not(made_with: Any) -> None:
    app, proxy = made_with(TRUSTED_PROXIES="1", LIMIT_LOGIN="1 per minute"), "127.0.0.1"
    assert _try_to_sign_in(app, proxy, "203.0.113.7") == 422
    assert _try_to_sign_in(app, proxy, "198.51.100.1, 203.0.113.7") == 429, "what the client says itself"
    assert _try_to_sign_in(app, proxy, "203.0.113.7, 198.51.100.1") == 422, "another client"


def test_without_a_proxy_nobody_is_believed(made_with: Any) -> None:
    app = made_with(LIMIT_LOGIN="1 per minute")
    assert _try_to_sign_in(app, "192.0.2.1", "203.0.113.7") == 422
    assert _try_to_sign_in(app, "192.0.2.1", "203.0.113.8") == 429


def test_the_environment_changes_a_row(made_with: Any) -> None:
    app = made_with(LIMIT_LOGIN=" 2 per 3 minutes ")
    assert [_try_to_sign_in(app, "192.0.2.1") for _ in range(3)] == [422, 422, 429]
    assert app.config["LIMITS"] == {name: limit.default for name, limit in config.LIMITS.items()} | {
        "LOGIN": "2 per 3 minutes"
    }


@pytest.mark.parametrize(
    "value", ["many", "5", "5 per fortnight", "-1 per minute", "0 per minute", "5 per minute; soon"]
)
def test_a_limit_that_means_nothing_stops_the_start(made_with: Any, value: str) -> None:
    with pytest.raises(config.UnsafeSetting, match=r"LIMIT_REPLY must look like .* not "):
        made_with(LIMIT_REPLY=value)
