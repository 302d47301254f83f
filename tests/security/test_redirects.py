"""U-5: nothing that a link or a form says leads to another host."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from flask import Flask

from tests.authorization import asked
from tests.people import PASSWORD
from tests.plugins.application import Client
from tests.security.walking import accepted_posts, reading, send
from tests.stage import Stage, put_stage_back

HOSTILE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/%2e%2e",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "http://localhost@evil.example",
    "http://localhost.evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\n/evil.example",
    "/\x00/evil.example",
    "//evil.example:80\\@localhost/",
    "/.//evil.example/..//",
    "javascript:alert(1)",
    "data:text/html,hello",
    "/about\r\nLocation: https://evil.example",
    "/about\r\nSet-Cookie: signin=stolen",
    "/about%0d%0aSet-Cookie:%20signin=stolen",
    "%2f%2fevil.example",
    "/%5cevil.example",
    "/／evil.example",
    "//evil.example/about?next=/about",
    "?next=//evil.example",
    "evil.example",
    "",
]
HERE = {"Sec-Fetch-Site": "same-origin"}


def stays(location: str | None) -> bool:
    """Whether a browser that follows this stays on our host, by RFC 3986 and by the URL standard of browsers."""
    if location is None:
        return True
    # browsers drop tabs and line ends, trim controls and blanks, and take a backslash for a slash
    browsers = "".join(c for c in location if c not in "\t\r\n").strip("".join(map(chr, range(33)))).replace("\\", "/")
    return all(urlsplit(urljoin("http://localhost/login", each)).netloc == "localhost" for each in (location, browsers))


def test_the_check_itself_sees_another_host() -> None:
    assert not any(stays(target) for target in ("//evil.example", "/\\evil.example", "https://evil.example"))
    assert not stays("/\t/evil.example")
    assert stays("/about?next=//evil.example")


def login(client: Client, target: str) -> str | None:
    return _checked(client.send("/login", username="ann", password=PASSWORD, next=target))


def login_when_signed_in(client: Client, target: str) -> str | None:
    return _checked(client.get("/login", query_string={"next": target}))


def register_when_signed_in(client: Client, target: str) -> str | None:
    return _checked(client.get("/register", query_string={"next": target}))


def preferences(client: Client, target: str) -> str | None:
    return _checked(client.post("/preferences", data={"theme": "dark", "next": target}, headers=HERE))


def notices_read(client: Client, target: str) -> str | None:
    return _checked(client.send("/notifications/read", next=target))


def _checked(answer: Any) -> str | None:
    assert answer.status_code in (303, 400), answer.status  # 400: it can't be a text (NUL)
    assert "stolen" not in str(answer.headers.getlist("Set-Cookie"))
    location: str | None = answer.location
    return location


DOORS: list[Callable[[Client, str], str | None]] = [
    login,
    login_when_signed_in,
    register_when_signed_in,
    preferences,
    notices_read,
]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_hostile_target_stays_here(app: Flask, stage: Stage, door: Callable[[Client, str], str | None]) -> None:
    gone = []
    for target in HOSTILE:
        viewer = "anonymous" if door is login else "author"
        for sent in (target, quote(target, safe="")):
            location = door(stage.client(app, viewer), sent)
            if not stays(location):
                gone.append((sent, location))
    assert gone == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_target_of_ours_is_kept(app: Flask, stage: Stage) -> None:
    """Else every target could be thrown away and the test above would prove nothing."""
    for door in DOORS[:-1]:
        client = stage.client(app, "anonymous" if door is login else "author")
        assert door(client, "/search?q=a&sort=newest#results") == "/search?q=a&sort=newest#results"


# What passes for a path of ours by its first sign; and what only somebody follows who does not look at all.
SLY, PLAIN = "/\\evil.example", "https://evil.example"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_no_page_follows_a_hostile_next(app: Flask, stage: Stage) -> None:
    """Every route of the table, so that a new one with a `next` of its own is tried too."""
    gone = []
    for line in reading():
        request, client = asked(line, stage, "admin"), stage.client(app, "admin")
        for target in (SLY, PLAIN):
            answer = client.get(request.url, query_string={**request.query, "next": target}, buffered=True)
            gone += [(str(line), answer.location)] if not stays(answer.location) else []
            if answer.location is None:  # it leads nowhere at all
                break
    assert gone == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("target", [SLY, PLAIN])
def test_no_form_follows_a_hostile_next(app: Flask, stage: Stage, target: str) -> None:
    gone = []
    for line, viewer in accepted_posts():
        answer = send(app, stage, line, viewer, next=target)
        gone += [(str(line), answer.location)] if not stays(answer.location) else []
        put_stage_back()
    assert gone == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_signing_up_stays_here(client: Client) -> None:
    for number, target in enumerate(("//evil.example", "/\\evil.example", "https:evil.example", "/\t/evil.example")):
        answer = client.send(
            "/register", username=f"zoe{number}x", email=f"zoe{number}@example.org", password="seven quiet rivers",
            next=target,
        )  # fmt: skip
        assert answer.status_code == 303
        assert answer.location == "/"
        client.send("/logout")


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/about",
        "/%2fevil.example/..",
        "/\\evil.example",
        "/%5cevil.example",
        "/about//",
        "/settings/profile?x=//evil.example",
        "/threads/1?next=//evil.example",
        "/threads/1//evil.example",
        "/posts/1?x=\r\nSet-Cookie:a",
    ],
)
def test_an_odd_address_leads_nowhere_else(app: Flask, stage: Stage, path: str) -> None:
    for viewer in ("anonymous", "author"):
        bare, _, query = path.partition("?")  # as it stands in the request line: the test client would read a host
        answer = stage.client(app, viewer).get("/", query_string=query, environ_overrides={"PATH_INFO": unquote(bare)})
        assert stays(answer.headers.get("Location")), answer.location
        assert answer.headers.get("Set-Cookie") is None or "a=" not in answer.headers["Set-Cookie"][:2]


SLASHES = {"/health//live": "/health/live", "/threads//1?a=//b": "/threads/1?a=//b", "/%5c//about": "/about"}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_doubled_slashes_lead_to_the_address_without_them(client: Client) -> None:
    for path, right in SLASHES.items():
        answer = client.get(path)
        assert (answer.status_code, answer.location) in ((308, right), (404, None)), path
    assert client.get("/health//live").location == "/health/live"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", [login, login_when_signed_in, preferences], ids=lambda door: door.__name__)
@pytest.mark.parametrize(
    "target", ["/logout", "/preview?thread=1", "/settings/sessions/end", "/%6cogout", "/logout#top"]
)
def test_an_address_that_takes_forms_alone_is_no_target(
    app: Flask, stage: Stage, door: Callable[[Client, str], str | None], target: str
) -> None:
    viewer = "anonymous" if door is login else "author"
    assert door(stage.client(app, viewer), target) == "/"
    assert door(stage.client(app, viewer), "/threads/1") == "/threads/1"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_host_header_leads_nowhere(app: Flask, stage: Stage) -> None:
    """A poisoned Host must not come back in an address that a cache or a mail would keep."""
    for path in ("/settings/profile", "/threads/1", "/posts/1", "/", *SLASHES):
        answer = stage.client(app, "anonymous").get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in answer.headers.get("Location", "")
        assert "evil.example" not in answer.text
