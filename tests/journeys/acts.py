"""What the people of the journeys do in their browsers, each act in the words on the page."""

import re
import secrets
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from forum.samples import PASSWORD

WITH_AND_WITHOUT_SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
SOON = 60.0  # seconds within which a post is indexed and its notices exist, even after a crash (issue 2)

WIDTH_ON_A_PHONE = 390  # px
_TOO_WIDE = """width => {
  if (document.readyState !== "complete") return "loading";
  const wide = document.documentElement.scrollWidth;
  if (wide <= width) return null;
  const scrolls = (e) => e && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
  const sticksOut = (e) => e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement);
  const culprits = [...document.body.querySelectorAll("*")].filter(sticksOut).slice(-4);
  return { width: wide, culprits: culprits.map((e) => e.outerHTML.slice(0, 120)) };
}"""


def unmistakable() -> str:
    """Return a word that stands nowhere else in the forum, for titles and for searching."""
    return "q" + "".join(secrets.choice("bdfgklmnprtvwz") + secrets.choice("aiou") for _ in range(5)) + "q"


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Sign in on the sign-in page."""
    page.goto("/login")
    fill_in_sign_in(page, name, password)


def fill_in_sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in page that is open, in either language, and send it."""
    page.locator("#username").fill(name)
    page.locator("#password").fill(password)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("form.sheet-leave")).to_be_attached()


def start_thread(page: Page, slug: str, title: str, body: str) -> str:
    """Start a thread in the sub-theme `slug`; return its address."""
    page.goto(f"/subthemes/{slug}")
    page.get_by_role("link", name="Start a thread").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your text").fill(body)
    page.get_by_role("button", name="Start the thread").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    return page.url


def reply(page: Page, text: str) -> None:
    """Reply in the thread that is open."""
    page.get_by_label("Your text").fill(text)
    page.get_by_role("button", name="Post reply").click()
    expect(post_with(page, text)).to_be_visible()


def flag(page: Page, post: Locator, rule: str, note: str) -> None:
    """Flag a post of the thread that is open."""
    post.get_by_role("link", name="Flag").click()
    page.get_by_role("radio", name=re.compile(f"^{rule}")).check()
    page.get_by_label("What should a moderator know?").fill(note)
    page.get_by_role("button", name="Send the flag").click()
    expect(said(page)).to_contain_text("A moderator will look at it, and you will be told")


def said(page: Page) -> Locator:
    """Return what the page says on top about the act before."""
    return page.locator(".flashes")


def post_with(page: Page, text: str) -> Locator:
    """Return the post that holds the text."""
    return page.get_by_role("article").filter(has_text=text)


def case_of(page: Page, title: str) -> Locator:
    """Return the case of a post in the thread with this title, in the desk's queue."""
    return page.get_by_role("region", name="Queue").get_by_role("link", name=title)


def notice(page: Page, words: str) -> Locator:
    """Return the notice that says these words, as something to press."""
    return (
        page.locator(".notice")
        .get_by_role("button", name=words)
        .or_(page.locator(".notice").get_by_role("link", name=words))
    )


def open_until(page: Page, path: str, wanted: Locator, *, there: bool = True) -> None:
    """Open the page again and again until `wanted` is on it (or has gone): the worker needs a moment."""
    deadline = time.monotonic() + SOON
    page.goto(path)
    while bool(wanted.count()) != there:
        assert time.monotonic() < deadline, f"{wanted} is {'not ' * there}on {path} after {SOON:.0f} s"
        page.goto(path)


def results_with(page: Page, text: str) -> Locator:
    """Return the search results that hold the text."""
    return page.locator(".result").filter(has_text=text)


def box_of(page: Page) -> Locator:
    """Return the box for one's text."""
    return page.get_by_label("Your text")


def assert_fits(page: Page, width: int = WIDTH_ON_A_PHONE) -> None:
    """Fail when the page is wider than `width` pixels, and say which elements make it so."""
    while (found := page.evaluate(_TOO_WIDE, width)) == "loading":  # what was pressed may still be leading here
        page.wait_for_load_state()
    assert not found, f"{page.url} is {found['width']} px wide because of {found['culprits']}"
