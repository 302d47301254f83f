"""C-2: reading changes nothing: no row, and nobody is signed in or out by a link.

One address is an exception, as OpenID Connect has it: `GET /login/provider/<provider>/callback`, to which a provider
sends the browser back. It writes for a state that this browser alone can bring, once (tests/entry/test_providers.py,
test_provider_refusals.py); without one it is like all others, as is shown here.
"""

import pytest
from flask import Flask

from forum import config
from tests.authorization import asked, lines
from tests.security.walking import reading
from tests.stage import Stage, written

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # the statements are the same on both engines


@SQLITE
@pytest.mark.parametrize(("viewer", "method"), [("anonymous", "HEAD"), ("author", "OPTIONS")])
def test_reading_writes_nothing(app: Flask, stage: Stage, viewer: str, method: str) -> None:
    """By GET every page is asked for in tests/test_authorization.py, by everybody, which looks for the same."""
    wrote = []
    for line in reading():
        request, client = asked(line, stage, viewer), stage.client(app, viewer)
        with written(tried=True) as seen:
            answer = client.open(request.url, method=method, query_string=request.query, buffered=True)
        signed = [cookie for cookie in answer.headers.getlist("Set-Cookie") if "signin" in cookie]
        if seen or signed:
            wrote.append((str(line), answer.status, seen, signed))
    assert wrote == []


@SQLITE
def test_no_writing_route_answers_a_link(app: Flask, stage: Stage) -> None:
    """What only writes takes no GET at all: signing out, pinning, deciding …"""
    both = {line.path for line in lines() if line.method == "GET"}
    for line in lines():
        if line.method == "POST" and line.path not in both:
            request, client = asked(line, stage, "admin"), stage.client(app, "admin")
            answer = client.get(request.url, query_string={**request.query, **request.fields})
            # /admin/subthemes/<slug> and /threads/<id>/<slug> may swallow the last part: then it is only not found
            assert answer.status_code in (404, 405, 301), (str(line), answer.status)


def test_the_trap_itself_sees_a_write(app: Flask, stage: Stage) -> None:
    client = stage.client(app, "author")
    with written(tried=True) as seen:
        client.send("/threads/1/posts", body="I was here.")
    assert any(statement.startswith("INSERT INTO posts") for statement in seen)


@SQLITE
@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?state=x&error=access_denied"])
def test_coming_back_from_a_provider_without_having_gone_writes_nothing(
    app: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    parts = {"ISSUER": "http://127.0.0.1:9", "CLIENT_ID": "c", "CLIENT_SECRET": "s"}
    settings = {"OIDC_PROVIDERS": "acme", **{f"OIDC_ACME_{part}": value for part, value in parts.items()}}
    monkeypatch.setitem(app.config, "IDENTITY_PROVIDERS", config.identity_providers(settings))
    for viewer in ("anonymous", "author", "admin"):
        with written(tried=True) as seen:
            answer = stage.client(app, viewer).get(f"/login/provider/acme/callback{query}")
        assert answer.status_code == 400 and seen == []
        assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if "signin" in cookie]
