"""C-3: the strict headers stand on every answer, whatever kind it is; cookies carry their flags over http and https.

Every route's answers to everybody are looked at where all of them are asked: tests/test_authorization.py.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import wsgi
from forum.core.database import db
from tests.people import PASSWORD
from tests.plugins.application import Client
from tests.security.strict_headers import missing
from tests.stage import Stage

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SERVED = {"ALLOWED_HOSTS": "localhost"}  # the name by which the test client asks
SAME = ("FORUM_INSTANCE", "SECRET_KEY", "JOBS", "SQLALCHEMY_DATABASE_URI")


def test_the_check_itself_sees_what_is_missing() -> None:
    bare = Flask("bare").response_class("x", headers={"Content-Security-Policy": "script-src 'self' 'unsafe-inline'"})
    assert {"base-uri is None", "unsafe: 'self' 'unsafe-inline'"} < set(missing(bare))


@SQLITE
def test_refusals_before_any_view(client: Client) -> None:
    answers = {
        404: client.get("/nothing/here"),
        405: client.post("/about"),
        400: client.post("/login", data={"username": "ann"}),
        413: client.post(
            "/login", data=b"x" * 1_100_000, headers={"Content-Type": "application/x-www-form-urlencoded"}
        ),
        308: client.get("/admin/people//mallory"),
        304: client.get("/static/css/site.css", headers={"If-None-Match": _etag(client)}, buffered=True),
        200: client.options("/about"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert missing(answer) == [], status
    assert answers[405].headers["Allow"]
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert missing(client.open("/threads/1", method=method)) == []


def _etag(client: Client) -> str:
    return str(client.get("/static/css/site.css", buffered=True).headers["ETag"])


@SQLITE
def test_a_hostile_origin_is_not_let_in(client: Client) -> None:
    for method in ("GET", "OPTIONS"):
        answer = client.open("/", method=method, headers={"Origin": "https://evil.example", "Cookie": "signin=x"})
        assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []


@SQLITE
@pytest.mark.limits
def test_too_fast(client: Client) -> None:
    answers = [client.send("/login", username="nobody", password="wrong password") for _ in range(8)]
    assert answers[-1].status_code == 429
    assert missing(answers[-1]) == []
    assert int(answers[-1].headers["Retry-After"]) > 0


# -- answers of an application that is not told that it is being tested ------------------------------------------------


@pytest.fixture
def in_earnest(app: Flask) -> Iterator[Any]:
    """`in_earnest(SITE_URL=…)`: the forum on this database as it runs in production; it answers as localhost too."""
    made = []

    def make(**settings: Any) -> Flask:
        other = wsgi.create_app(
            {**{name: app.config[name] for name in SAME}, "FORUM_ENV": "production", **SERVED, **settings}
        )
        other.test_client_class = Client
        made.append(other)
        return other

    yield make
    for other in made:
        with other.app_context():
            db.engine.dispose()


@SQLITE
def test_a_fault_shows_a_number_and_no_more(in_earnest: Any, stage: Stage, caplog: Any) -> None:
    other = in_earnest()
    other.add_url_rule("/boom", view_func=lambda: 1 / 0)
    for viewer in ("anonymous", "author"):
        answer = stage.client(other, viewer).get("/boom")
        assert answer.status_code == 500
        assert missing(answer) == []
        assert not re.search(r"Traceback|ZeroDivision|division|\.py|sqlalchemy|File &#34;", answer.text)
        number = re.search(r"\b[0-9a-f]{8}\b", answer.text)
        assert number and number[0] in caplog.text


@SQLITE
def test_a_database_that_is_away(in_earnest: Any, stage: Stage, tmp_path: Path) -> None:
    """Also for somebody signed in, whose name the page would want to show."""
    other = in_earnest(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'empty.db'}")
    for viewer in ("anonymous", "author"):
        for path in ("/", "/settings/profile", "/static/css/site.css", "/health/ready", "/nothing"):
            answer = stage.client(other, viewer).get(path, buffered=True)
            assert missing(answer) == [], (viewer, path)
            assert "no such table" not in answer.text, (viewer, path)


# -- cookies -----------------------------------------------------------------------------------------------------------


def _cookies(client: Client, base: str) -> dict[str, set[str]]:
    """Return the flags of every cookie that a person collects: signing in, a flash, both switches, signing out."""
    answers = [
        client.get("/login", base_url=base),
        client.post(
            "/login",
            data={"csrf_token": client.csrf_token(), "username": "ann", "password": PASSWORD},
            base_url=base,
        ),
        client.post(
            "/preferences",
            data={"language": "en", "theme": "dark"},
            headers={"Sec-Fetch-Site": "same-origin"},
            base_url=base,
        ),
        client.get("/settings/profile", base_url=base),
        client.post("/logout", data={"csrf_token": client.csrf_token()}, base_url=base),
    ]
    found: dict[str, set[str]] = {}
    for answer in answers:
        for line in answer.headers.getlist("Set-Cookie"):
            name, *flags = [part.strip() for part in line.split(";")]
            found.setdefault(name.partition("=")[0], set(flags))
            found[name.partition("=")[0]] &= set(flags)
    return found


@SQLITE
def test_cookies_over_http(app: Flask, stage: Stage) -> None:
    cookies = _cookies(stage.client(app, "anonymous"), "http://localhost")
    assert set(cookies) == {"form", "signin", "device", "language", "theme"}
    for name, flags in cookies.items():
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= flags, name
        assert "Secure" not in flags, name


@SQLITE
def test_cookies_over_https(in_earnest: Any, stage: Stage) -> None:
    other = in_earnest(SITE_URL="https://forum.example")
    client = stage.client(other, "anonymous")
    cookies = _cookies(client, "https://localhost")
    assert {name.removeprefix("__Host-") for name in cookies} == {"form", "signin", "device", "language", "theme"}
    for name, flags in cookies.items():
        assert name.startswith("__Host-"), name
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= flags, name
        assert not any(flag.startswith("Domain") for flag in flags), name
    assert missing(client.get("/about", base_url="https://localhost"), https=True) == []


@SQLITE
def test_a_page_of_somebody_is_kept_by_no_shared_cache(app: Flask, stage: Stage) -> None:
    for path in ("/", "/threads/1/a-visible-thread", "/search?q=x", "/nothing"):
        mine = stage.client(app, "author").get(path)
        assert mine.headers["Cache-Control"] == "no-store"
        public = stage.client(app, "anonymous").get(path)
        assert "no-cache" in public.headers["Cache-Control"]  # a cache asks each time whether it is still so
        assert ("public" in public.headers["Cache-Control"]) == (path in ("/", "/threads/1/a-visible-thread"))
        assert {"cookie", "accept-language"} <= {name.lower() for name in public.vary}
