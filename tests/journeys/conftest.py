"""Fixtures: somebody in front of a browser, with or without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from forum.samples import PASSWORD
from tests.journeys import hostile
from tests.journeys.acts import sign_in
from tests.plugins.browser import OpenPage
from tests.servers.website import Website

Meet = Callable[..., Page]


@pytest.fixture
def scripts() -> bool:
    """Whether JavaScript is on. `WITH_AND_WITHOUT_SCRIPTS` in acts runs a journey in both ways."""
    return True


@pytest.fixture
def meet(open_page: OpenPage, website: Website, scripts: bool) -> Meet:
    """`meet("alice")`: her browser, signed in, its pages in English; `meet()`: somebody without an account.

    `language="zh_Hans"` gives Chinese pages; other options are those of `open_page`.
    """

    def meet(name: str = "", language: str = "en", **options: Any) -> Page:
        page = open_page(java_script_enabled=scripts, **options)
        home = str(options.get("base_url", website.url))
        page.context.add_cookies([{"name": "language", "value": language, "url": home}])
        if name:
            sign_in(page, name)
        return page

    return meet


@pytest.fixture(scope="session")
def hostile_words(website: Website, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The threads of tests/journeys/hostile.py, in the shared forum."""
    file = tmp_path_factory.mktemp("hostile") / "hostile.jsonl"
    file.write_text(hostile.lines(), "utf-8")
    website.flask("archive", "import", str(file))


@pytest.fixture(scope="session")
def carol(website: Website) -> str:
    """Her name: an admin of the shared forum, with the password of all its people."""
    website.flask(
        *("people", "create", "carol", "--email", "carol@example.org", "--role", "admin", "--password-stdin"),
        stdin=PASSWORD,
    )
    return "carol"
