"""Journey: a netizen reads, signs in, replies with a quote and a preview, mends the reply, and takes it back."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import (
    WITH_AND_WITHOUT_SCRIPTS,
    box_of,
    fill_in_sign_in,
    post_with,
    start_thread,
    unmistakable,
)
from tests.journeys.conftest import Meet

pytestmark = pytest.mark.browser


@WITH_AND_WITHOUT_SCRIPTS
def test_priya_replies_to_alice(meet: Meet) -> None:
    title = f"Who reads the small print? {unmistakable()}"
    start_thread(meet("alice"), "online-content", title, "I read **every word**, and it takes a *whole* evening.")

    # Priya finds the thread from the home page, and reads it without an account.
    page = meet()
    page.goto("/")
    page.get_by_role("link", name="Online content").first.click()
    page.get_by_role("link", name=title).click()
    question = post_with(page, "I read every word")
    expect(question).to_be_visible()

    # To reply she signs in, and is back in the thread.
    page.get_by_role("link", name="Sign in to reply").click()
    fill_in_sign_in(page, "priya")
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()

    # The button puts the quotation into the box; she writes under it and looks at it before she sends it.
    question.get_by_role("link", name="Quote").click()
    expect(box_of(page)).to_have_value(re.compile(r"^> .*alice.*\n>.*\*\*every word\*\*", re.S))
    box_of(page).fill(box_of(page).input_value() + "So do I, on trains.")
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("blockquote")).to_contain_text("every word")
    expect(preview.get_by_text("So do I, on trains.")).to_be_visible()
    page.get_by_role("button", name="Post reply").click()

    # The reply stands under its own address, and its quotation names alice and leads back to her.
    answer = post_with(page, "So do I, on trains.")
    expect(answer).to_be_visible()
    expect(answer.locator("blockquote").get_by_role("link", name="alice")).to_be_visible()
    number = answer.locator(".post-number")
    permalink = number.get_attribute("href") or ""
    number.click()
    expect(page).to_have_url(re.compile(f"#post-{permalink.rpartition('/')[2]}$"))
    expect(answer).to_be_in_viewport()

    # She mends it; everybody can see what she changed.
    answer.get_by_role("link", name="Edit").click()
    box_of(page).fill(box_of(page).input_value().replace("trains", "ferries"))
    page.get_by_role("button", name="Save the change").click()
    mended = post_with(page, "So do I, on ferries.")
    mended.get_by_role("link", name="edited").click()
    expect(page.locator("del").filter(has_text="trains")).to_be_visible()
    expect(page.locator("ins").filter(has_text="ferries")).to_be_visible()

    # She takes it back; a quiet line stays in its place.
    page.get_by_role("link", name="Back to the post").click()
    mended.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("article").filter(has_text="Deleted by its author.")).to_be_visible()
    expect(mended).to_have_count(0)
