"""Journeys among the questions of a session: a host sorts them by keyboard; who types one is shown those like it."""

import re

import pytest
from playwright.sync_api import Page, expect

from forum.samples import PASSWORD
from tests.journeys.acts import open_until, unmistakable
from tests.journeys.conftest import Meet
from tests.journeys.keyboard import IS_SEEN, tab_to
from tests.servers.robot import Robot
from tests.servers.website import Website

pytestmark = pytest.mark.browser

REASON = "Jokes about prices, d u m 1 2 3, belong elsewhere."


def test_bob_sorts_the_questions(website: Website, meet: Meet) -> None:
    word = unmistakable()
    asked, again, other = f"Who may take a {word} star away?", f"Who may take away a {word} star?", "What shall I eat?"
    session = _collecting(website, (asked, "alice"), (again, "marek"), (other, "marek"))
    page = meet("bob")
    desk, heading = f"/sessions/{session}/desk", page.get_by_role("heading", level=2, name="Do these ask the same?")
    open_until(page, desk, heading)  # once the questions are in the search index
    rows = page.locator(".queue-row-title a")
    expect(rows).to_have_text([asked, again, other])

    # j walks down the list and k up; ? shows the keys.
    for key, place in (("j", 1), ("j", 2), ("k", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(rows.nth(place)).to_have_attribute("aria-current", "true")
    page.keyboard.press("?")
    expect(page.get_by_text("merge what is ticked into this one", exact=True)).to_be_visible()
    page.keyboard.press("?")

    # Space ticks the one that asks the same, m merges it; both people ask what is left.
    tick = page.get_by_role("checkbox", name=again)
    tab_to(page, tick)
    page.keyboard.press("Space")
    page.keyboard.press("m")
    expect(rows).to_have_text([asked, other])
    expect(page.locator("#case-title")).to_have_text("2 people ask this")

    # e leads to the experts.
    page.keyboard.press("e")
    expert = page.get_by_label("Who is to answer")
    expect(expert).to_be_focused()
    assert page.evaluate(IS_SEEN)
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_role("button", name="Give it to them"))
    page.keyboard.press("Enter")
    expect(page.locator(".queue-row.is-current .queue-row-meta")).to_contain_text("陈博士")

    # r leads to the reason, Escape leaves it, d declines; u takes that back, and what was merged out again.
    _walk_to(page, other)
    page.keyboard.press("r")
    page.keyboard.type(REASON)
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(rows).to_have_text([asked])
    for tab, words in (("declined", other), ("merged", again)):
        tab_to(page, page.get_by_role("navigation", name="Which questions").get_by_role("link", name=tab))
        page.keyboard.press("Enter")
        expect(page.locator(".case-body")).to_contain_text(words)
        page.keyboard.press("u")
        expect(rows).to_have_count(0)
    page.goto(desk)
    expect(rows).to_have_text([asked, again, other])


def test_priya_is_shown_what_was_asked_and_how_long_she_may_ask(website: Website, meet: Meet) -> None:
    word = unmistakable()
    asked = f"Who may take a {word} star away?"
    session = _collecting(website, (asked, "alice"))
    page = meet("priya")
    open_until(page, f"/sessions/{session}/similar?q={word}", page.get_by_text(asked))  # it is in the search index
    page.clock.install()
    page.goto(f"/sessions/{session}")
    shown = page.locator("[data-similar]")
    expect(shown).to_be_hidden()
    page.locator("#write textarea[name=body]").fill(f"Is it you who may take the {word} star from me?")
    page.clock.fast_forward(1000)
    expect(shown.get_by_text(asked)).to_be_visible()

    # The countdown goes on by itself.
    left = page.locator("time[data-left]")
    before = left.inner_text()
    page.clock.fast_forward("02:00:00")
    expect(left).not_to_have_text(before)
    assert 60 <= _minutes(before) - _minutes(left.inner_text()) <= 180, "hours beside days are whole ones"


def _minutes(words: str) -> int:
    """Return how long "3 days 23 hours" are."""
    lengths = {"day": 1440, "hour": 60, "minute": 1}
    return sum(int(number) * lengths[unit] for number, unit in re.findall(r"(\d+) (day|hour|minute)", words))


def _walk_to(page: Page, words: str) -> None:
    """Press j until the question is chosen."""
    page.keyboard.press("j")
    expect(page.locator(".queue-row.is-current")).to_contain_text(words)


def _collecting(website: Website, *questions: tuple[str, str]) -> str:
    """Plan a session by bob with dr_chen, let these people ask, and return its number."""
    people = {name: Robot(website.url) for name in ("bob", *{name for _, name in questions})}
    for name, robot in people.items():
        robot.sign_in(name, PASSWORD)
    bob, form = people["bob"], "/subthemes/platform-economy/sessions/new"
    page = bob.get(form)[1]
    names = ("opens_at", "answers_at", "closes_at", "archives_at", "form_token")
    kept = {name: _value(page, f'name="{name}"[^>]*value="([^"]*)"') for name in names}
    expert = _value(page, r'name="experts"[^>]*value="(\d+)"[^<]*<[^>]*>[^<]*陈博士')
    words = {"title": f"Stars {unmistakable()}", "description_en": "On stars.", "description_zh": "说星。"}
    status, address = bob.send(form, **words, **kept, experts=expert, capacity="5")
    assert status == 303, address
    session = _value(address, r"/sessions/(\d+)/")
    assert bob.send(f"/sessions/{session}/advance", state="announced")[0] == 303
    for body, name in questions:
        status, said = people[name].send(f"/sessions/{session}/posts", body=body, form_token=body, seen="1")
        assert status == 303, said
    return session


def _value(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found, f"{pattern} in {text}"
    return found[1]
