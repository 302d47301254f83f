"""What robots and old browsers ask for without a link from us."""

from __future__ import annotations

from typing import Any
from urllib.robotparser import RobotFileParser

import pytest

from tests.plugins.application import Client

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def kept_for_everybody(client: Client, path: str) -> Any:
    """Return the answer after a look at what a cache may do with it."""
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert "Accept-Language" not in answer.headers.get("Vary", "") and "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return answer


def test_robots_may_read_and_need_not_search(client: Client) -> None:
    robots = RobotFileParser()
    robots.parse(kept_for_everybody(client, "/robots.txt").text.splitlines())
    for path in ("/", "/threads/1/a-title", "/subthemes/law-online", "/moderation/log", "/static/css/site.css"):
        assert robots.can_fetch("*", path), path
    for path in ("/login", "/register", "/settings/profile", "/search?q=a", "/moderation/cases/7", "/admin"):
        assert not robots.can_fetch("*", path), path


def test_the_icon_at_its_old_address_is_ours(client: Client) -> None:
    answer = kept_for_everybody(client, "/favicon.ico")
    assert answer.status_code == 302
    with client.get(answer.location) as drawing:
        assert (drawing.status_code, drawing.mimetype) == (200, "image/svg+xml")
