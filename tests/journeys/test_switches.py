"""Language and appearance are switched in the header, with scripts and without, and stay as they were chosen."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import WITH_AND_WITHOUT_SCRIPTS
from tests.plugins.browser import PHONE, OpenPage

pytestmark = [pytest.mark.browser, WITH_AND_WITHOUT_SCRIPTS]


def test_the_language(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts)
    page.goto("/search?q=bridge&sort=newest")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("搜索")
    assert page.url.endswith("/search?q=bridge&sort=newest")
    page.goto("/rules")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("button", name="中文")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="EN").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_appearance(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts, color_scheme="light")
    page.goto("/")
    assert_looks(page, "light dark")
    for choice, scheme in (("Dark", "dark"), ("Light", "light"), ("Like the device", "light dark"), ("Dark", "dark")):
        choose(page, choice)
        assert_looks(page, scheme)
        page.goto("/rules")
        assert_looks(page, scheme)
        expect(page.get_by_role("button", name=choice)).to_have_attribute("aria-pressed", "true")


def test_both_on_a_phone(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts, **PHONE)
    page.goto("/about")
    page.locator("summary").filter(has_text="Me and my settings").click()
    choose(page, "Dark")
    assert_looks(page, "dark")
    page.goto("/about")
    page.locator("summary").filter(has_text="Me and my settings").click()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert_looks(page, "dark")


def choose(page: Page, appearance: str) -> None:
    """Press a button of the appearance, and wait until the server knows it."""
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name=appearance).click()


def assert_looks(page: Page, scheme: str) -> None:
    """Fail unless the page is drawn in this colour scheme, in words of CSS."""
    expect(page.locator("html")).to_have_css("color-scheme", scheme)
