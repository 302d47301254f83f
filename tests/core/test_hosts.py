"""The forum answers under its own names only: no address may be made from what a request says about its host."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum import config


@pytest.fixture
def public(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forum in production at forum.example."""
    allowed = config.allowed_hosts("www.forum.example", "https://forum.example", production=True)
    monkeypatch.setitem(app.config, "ALLOWED_HOSTS", allowed)


@pytest.mark.parametrize("host", ["forum.example", "FORUM.example:443", "www.forum.example"])
def test_under_its_own_names_it_answers(client: Any, public: None, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


HOSTILE = ["evil.example", "forum.example.evil.example", "forum.example@evil.example", "evil.example:80", "[", "::1"]


@pytest.mark.parametrize("host", HOSTILE)
@pytest.mark.parametrize("path", ["/", "/login", "/admin", "/nothing/here", "/static/css/base.css"])
def test_under_other_names_it_does_not(client: Any, public: None, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "does not answer under this name" in answer.text
    assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("host", ["a..b", ".a", "x" * 64, f"{'x' * 64}.com", "a..b:80"])
@pytest.mark.parametrize("path", ["/", "/live", "/login", "/nothing/here", "/static/css/base.css", "/health/live"])
@pytest.mark.parametrize("where", ["here", "in public"])
def test_a_name_that_names_nothing_is_a_page_that_says_so(
    client: Any, request: pytest.FixtureRequest, host: str, path: str, where: str
) -> None:
    if where == "in public":
        request.getfixturevalue("public")
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400 and "does not answer under this name" in answer.text and "<h1" in answer.text
    assert host not in answer.text


def test_a_form_sent_under_another_name_is_refused(client: Any, public: None) -> None:
    answer = client.post("/login", headers={"Host": "evil.example"}, data={"username": "alice", "password": "x"})
    assert answer.status_code == 400 and "evil" not in answer.text


def test_a_forwarded_name_is_not_believed(client: Any, public: None) -> None:
    headers = {"Host": "forum.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = client.get("/", headers=headers)
    assert answer.status_code == 200 and "evil" not in answer.text + str(answer.headers)


def test_health_is_asked_by_number(client: Any, public: None) -> None:
    assert client.get("/health/live", headers={"Host": "10.0.0.7:8000"}).status_code == 200


def test_no_page_holds_an_address_made_from_the_host(client: Any) -> None:
    """In development any name will do; even there nothing is built from it."""
    for path in ("/", "/login", "/register", "/threads/1", "/search?q=x", "/moderation/log/", "/experts"):
        answer = client.get(path, headers={"Host": "evil.example"})
        written = answer.text.replace("/login?next", "")
        assert "evil.example" not in written, path


@pytest.mark.parametrize(
    ("names", "site", "production", "expected"),
    [
        ("", "http://127.0.0.1:8000", False, set()),
        ("", "https://forum.example", True, {"forum.example"}),
        ("Old.example", "https://forum.example:8443", True, {"forum.example", "old.example"}),
        ("localhost", "http://127.0.0.1:8000", False, {"localhost", "127.0.0.1"}),
        ("", "https://汇聚.example", True, {"xn--lsw414b.example"}),
        ("", "http://[::1]:8000", True, {"::1"}),
    ],
)
def test_which_names_are_ours(names: str, site: str, production: bool, expected: set[str]) -> None:
    assert config.allowed_hosts(names, site, production=production) == expected


def test_a_name_that_is_none(tmp_path: Path) -> None:
    environ = {"FORUM_INSTANCE": str(tmp_path), "ALLOWED_HOSTS": "汇" * 80}
    with pytest.raises(config.UnsafeSetting, match="ALLOWED_HOSTS"):
        config.load(environ, tmp_path)
