"""Fixtures: somebody in front of a browser, with or without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

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
