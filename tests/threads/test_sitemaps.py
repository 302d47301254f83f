"""What search engines and chats read: where the public pages are, at which one address, and how they are announced."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.core.database import db
from forum.threads import actions, sitemap_views, states
from forum.threads.addresses import thread_url
from forum.threads.models import Thread
from tests.discussions import opening_of


def listed(client: Any, path: str) -> dict[str, str]:
    """Return the addresses in a file with their moments."""
    answer = client.get(path)
    assert answer.status_code == 200 and answer.mimetype == "application/xml"
    assert answer.headers["Cache-Control"] == "public, max-age=3600" and "Set-Cookie" not in answer.headers
    space = {"": sitemap_views.NAMESPACE}
    return {
        node.findtext("loc", "", space): node.findtext("lastmod", "", space) for node in Xml.fromstring(answer.data)
    }


def test_every_public_page_is_in_a_file(
    app: Flask, client: Any, thread: Thread, ann: User, bob: User, subtheme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap_views, "RANGE", 2)
    hidden = actions.start_thread(subtheme, ann, "About to go", "Words that moderators hide.")
    last = actions.start_thread(subtheme, ann, "第三个话题", "第三个话题的内容。")
    states.hide_post(opening_of(hidden), bob, "other")
    site = app.config["SITE_URL"]
    robots = client.get("/robots.txt").text
    assert f"Sitemap: {site}/sitemap.xml" in robots
    files = listed(client, "/sitemap.xml")
    found: dict[str, str] = {}
    for file in files:
        assert file.startswith(site)
        found |= listed(client, file.removeprefix(site))
    with app.test_request_context():
        assert found[site + thread_url(thread)] == f"{thread.last_post_at:%Y-%m-%dT%H:%M:%SZ}"
        assert site + thread_url(last) in found and site + thread_url(hidden) not in found
    assert {f"{site}/", f"{site}/about", f"{site}/subthemes/{subtheme.slug}"} <= found.keys()
    for address in found:
        assert client.get(address.removeprefix(site)).status_code == 200, "no address that leads elsewhere"
    assert client.get("/sitemaps/threads-99.xml").status_code == 404


def test_a_file_costs_one_statement(client: Any, thread: Thread, statements: Any) -> None:
    with statements() as seen:
        client.get("/sitemaps/threads-0.xml")
    assert len(seen) == 1
    plan = db.session.execute(
        db.text(f"EXPLAIN {'QUERY PLAN ' * (db.engine.dialect.name == 'sqlite')}{_as_sql(seen[0])}")
    )
    assert "SCAN threads" not in str(plan.all())


def _as_sql(statement: str) -> str:
    """Return the statement with numbers in the place of its values."""
    numbered = re.sub(r"%\(state_1\)s(::\w+)?", "'visible'", statement)
    return re.sub(r"%\(\w+\)s(::\w+)?|\?", "1", numbered)


def test_a_thread_has_one_address_and_is_announced(
    app: Flask, client: Any, subtheme: Any, alice: User, ann: User
) -> None:
    alice.trust_level = 2
    thread = actions.start_thread(
        subtheme, alice, 'Who "checks" <it>?', "Nobody tells us **how** a feed is ranked & why."
    )
    with app.test_request_context():
        address = thread_url(thread)
    site = app.config["SITE_URL"]
    page = client.get(f"{address}?page=1&quote=1").text
    assert f'<link rel="canonical" href="{site}{address}">' in page
    assert '<meta name="description" content="Nobody tells us how a feed is ranked &amp; why.">' in page
    assert '<meta property="og:title" content="Who &#34;checks&#34; &lt;it&gt;?">' in page
    assert '<meta property="og:type" content="article">' in page
    experts = client.get(f"{address}?experts=1").text
    assert f'<link rel="canonical" href="{site}{address}?experts=1">' in experts
    assert f'<link rel="canonical" href="{site}/">' in client.get("/?utm_source=x").text
    assert "canonical" not in client.get("/search?q=x").text


def test_a_later_page_is_itself(app: Flask, client: Any, thread: Thread, person: Any) -> None:
    regular = person("regular", trust_level=3)
    for number in range(22):
        actions.post_reply(thread, regular, f"Reply number {number}: {'word ' * number}")
    with app.test_request_context():
        address = thread_url(thread)
    page = client.get(f"{address}?page=2").text
    assert f'<link rel="canonical" href="{app.config["SITE_URL"]}{address}?page=2">' in page
    assert "description" not in page.partition("</head>")[0]
