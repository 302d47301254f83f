"""axe finds nothing on any type of page, for anybody, on desk and phone, light and dark, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.acts import assert_fits
from tests.journeys.conftest import Meet
from tests.journeys.walks import WALKS
from tests.plugins.browser import DESKTOP, PHONE

pytestmark = pytest.mark.browser

LOOKS: dict[str, dict[str, Any]] = {
    "en-light-1280": {**DESKTOP, "language": "en", "color_scheme": "light"},
    "zh-dark-390": {**PHONE, "language": "zh_Hans", "color_scheme": "dark"},
}


@pytest.mark.usefixtures("hostile_words", "carol")
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", WALKS, ids=lambda name: name or "visitor")
def test_nothing_is_found(meet: Meet, axe: Callable[[Page], list[str]], name: str, look: str) -> None:
    options = LOOKS[look]
    page = meet(name, **options)
    found = []
    for place in WALKS[name](page):
        assert_fits(page, options["viewport"]["width"])
        found += [f"{place} ({page.url}): {fault}" for fault in axe(page)]
    assert not found, "\n".join(found)
