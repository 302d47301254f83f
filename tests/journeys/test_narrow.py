"""No page is wider than a phone, whatever people write."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import assert_fits, box_of, case_of, flag, notice, open_until, post_with, unmistakable
from tests.journeys.conftest import Meet
from tests.journeys.hostile import ADDRESS, CODE_LINE, LONG_WORD, SLUG, TABLE, TITLES
from tests.plugins.browser import PHONE

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("hostile_words")
@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_as_readers_see_it(meet: Meet, language: str) -> None:
    page = meet(language=language, **PHONE)
    for path in (
        "/",
        f"/subthemes/{SLUG}",
        "/experts",
        f"/people/{'m' * 30}",
        f"/search?q={LONG_WORD}",
        f"/search?q={'q' * 200}",
    ):
        page.goto(path)
        assert_fits(page)
    for title in TITLES:
        page.goto(f"/subthemes/{SLUG}")
        page.get_by_role("link", name=title, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert_fits(page)


@pytest.mark.usefixtures("hostile_words")
def test_as_writers_and_moderators_see_it(meet: Meet) -> None:
    marek, alice, bob = (meet(name, **PHONE) for name in ("marek", "alice", "bob"))
    word = unmistakable()
    _write(marek, word)
    alice.goto(marek.url)
    flag(alice, post_with(alice, word), "Off topic", LONG_WORD)
    _decide(bob)
    told = notice(marek, "You were warned because of a post.").first
    open_until(marek, "/notifications", told)
    assert_fits(marek)
    told.click()
    expect(marek.get_by_text(LONG_WORD).first).to_be_visible()
    assert_fits(marek)


def _write(page: Page, word: str) -> None:
    page.goto(f"/subthemes/{SLUG}")
    page.get_by_role("link", name=TITLES[1], exact=True).click()
    page.get_by_role("link", name="Quote").first.click()
    expect(box_of(page)).not_to_be_empty()
    box_of(page).fill(f"{box_of(page).input_value()}\n{TABLE}\n\n```\n{CODE_LINE}\n```\n{ADDRESS}\n\n{word}")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview").get_by_text(word)).to_be_visible()
    assert_fits(page)
    page.get_by_role("button", name="Post reply").click()
    post = post_with(page, word)
    expect(post).to_be_visible()
    place = page.url
    post.get_by_role("link", name="Edit").click()
    assert_fits(page)
    box_of(page).fill(f"{LONG_WORD} {box_of(page).input_value()}")
    page.get_by_role("button", name="Save the change").click()
    post.get_by_role("link", name="edited").click()
    assert_fits(page)
    page.goto(place)
    post.get_by_role("link", name="Delete").click()
    assert_fits(page)
    page.goto(place)


def _decide(page: Page) -> None:
    page.goto("/moderation/cases")
    assert_fits(page)
    case_of(page, TITLES[1]).click()
    assert_fits(page)
    page.get_by_role("radio", name="Warn, keep visible").check()
    page.get_by_label("Rule that was broken").select_option("Off topic")
    page.get_by_label("Reason, which the author reads").fill(LONG_WORD)
    page.get_by_role("button", name="Decide").click()
    assert_fits(page)
    page.goto(f"/subthemes/{SLUG}")
    page.get_by_role("link", name=TITLES[2], exact=True).click()
    page.get_by_role("link", name="Pin, lock, slow down or move").click()
    assert_fits(page)
    page.goto("/moderation/log")
    assert_fits(page)
