"""Journeys with the keyboard alone: reading, replying, deciding. Where the focus is can always be seen."""

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import case_of, flag, post_with, said, start_thread, unmistakable
from tests.journeys.conftest import Meet
from tests.journeys.keyboard import IS_SEEN, tab_to

pytestmark = pytest.mark.browser


def test_alice_replies(meet: Meet) -> None:
    word = unmistakable()
    start_thread(meet("wil"), "law-online", f"A letter from the {word} court", "It came by pigeon.")
    page = meet("alice")
    page.goto("/")

    # The first press leads over the header.
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the text")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    # "/" goes to the search field.
    page.keyboard.press("/")
    expect(page.get_by_label("Search the forum").first).to_be_focused()
    assert page.evaluate(IS_SEEN)
    page.keyboard.type("judge pigeon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")

    # From the sub-theme to the thread, to the box and to its button.
    page.goto("/subthemes/law-online")
    tab_to(page, page.get_by_role("link", name=word))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(word)
    tab_to(page, page.get_by_label("Your text"))
    page.keyboard.type("Was it a / registered pigeon?")
    tab_to(page, page.get_by_role("button", name="Post reply"))
    page.keyboard.press("Enter")
    expect(post_with(page, "Was it a / registered pigeon?")).to_be_visible()


def test_bob_decides(meet: Meet) -> None:
    titles = [f"{what} for sale {unmistakable()}" for what in ("Stars", "Hearts")]
    for title in titles:
        marek, alice = meet("marek"), meet("alice")
        alice.goto(start_thread(marek, "online-content", title, f"{title}, cheap."))
        flag(alice, post_with(alice, "cheap."), "Spam or advertising", "")
    page = meet("bob")
    page.goto("/moderation/cases?subtheme=online-content")
    expect(case_of(page, titles[1])).to_be_visible()
    opened = page.locator(".queue-row-title a")
    places = {row.inner_text(): number for number, row in enumerate(opened.all())}
    first, second = sorted(titles, key=lambda title: places[title])

    # j walks down the queue and k up.
    heading = page.get_by_role("heading", level=1)
    for place in range(places[first] + 1):
        page.keyboard.press("j")
        expect(heading).to_have_text(opened.nth(place).inner_text())
    page.keyboard.press("j")
    expect(heading).to_have_text(second)
    page.keyboard.press("k")
    expect(heading).to_have_text(first)

    # ? shows the keys; c claims, a number chooses and says what it does, r leads to the reason, Escape back, d decides.
    page.keyboard.press("?")
    expect(page.get_by_text("choose the outcome")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_text("choose the outcome")).to_be_hidden()
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Release")).to_be_visible()
    page.keyboard.press("3")
    expect(page.get_by_role("radio", name="Remove", exact=False).first).to_be_checked()
    assert page.evaluate(IS_SEEN)
    expect(page.locator("#outcome-2-told")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Jokes about prices, c 1 2 3, belong elsewhere.")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(said(page)).to_contain_text("The post was removed.")
    expect(case_of(page, first)).to_have_count(0)

    # u takes it back at once: the case is open again, and decided anew.
    page.keyboard.press("u")
    expect(said(page)).to_contain_text("The decision is taken back")
    expect(heading).to_have_text(first)
    page.keyboard.press("3")
    tab_to(page, page.get_by_label("Reason, which the author reads"))
    page.keyboard.type("It is an advertisement.")
    tab_to(page, page.get_by_role("button", name="Decide"))
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("The post was removed.")
    expect(case_of(page, first)).to_have_count(0)
    expect(case_of(page, second)).to_be_visible()
