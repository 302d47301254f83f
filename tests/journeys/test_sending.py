"""What was typed is sent once and never lost: double clicks, drafts, limits."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.journeys.acts import (
    SOON,
    WITH_AND_WITHOUT_SCRIPTS,
    box_of,
    post_with,
    reply,
    start_thread,
    unmistakable,
)
from tests.journeys.conftest import Meet
from tests.plugins.servers import StartForum
from tests.servers.website import without_limits

pytestmark = pytest.mark.browser

# Playwright's own wait_for_function would need eval, which the pages' content policy forbids.
UNTIL_A_DRAFT_IS_KEPT = """() => new Promise((done) => {
  const isKept = () => Object.keys(localStorage).some((key) => key.startsWith("draft:reply-"));
  const look = () => isKept() ? done() : requestAnimationFrame(look);
  look();
})"""


@WITH_AND_WITHOUT_SCRIPTS
def test_a_double_click_makes_one_post(meet: Meet) -> None:
    page, word = meet("priya"), unmistakable()
    address = start_thread(page, "data-and-algorithms", f"Two clicks {word}", "I have a nervous finger.")
    box_of(page).fill(f"Only one {word}.")
    page.get_by_role("button", name="Post reply").dblclick()
    expect(post_with(page, f"Only one {word}.")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("article")).to_have_count(2)
    expect(box_of(page)).to_have_value("")


@pytest.mark.parametrize("scripts", [False], ids=["no-scripts"])
def test_pressing_again_while_the_answer_is_slow_makes_one_post(meet: Meet) -> None:
    page, word = meet("priya"), unmistakable()
    start_thread(page, "data-and-algorithms", f"A slow line {word}", "One bar of signal.")
    sent: list[Route] = []
    answers: list[APIResponse] = []

    def on_the_way(route: Route) -> None:
        sent.append(route)
        if len(sent) == 2:  # the forum gets both, but only its second answer arrives
            answers.append(sent[0].fetch(max_redirects=0))
            route.continue_()

    page.route("**/posts", on_the_way)
    box_of(page).fill(f"Is this on? {word}")
    page.get_by_role("button", name="Post reply").focus()
    with page.expect_request("**/posts"):
        page.keyboard.press("Enter")
    with page.expect_response("**/posts") as second:
        page.keyboard.press("Enter")
    assert answers[0].headers["location"] == second.value.headers["location"]
    expect(post_with(page, "Is this on?")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)


def test_an_unsent_draft_is_offered_again(meet: Meet) -> None:
    page, word = meet("priya"), unmistakable()
    address = start_thread(page, "data-and-algorithms", f"Unsent {word}", "The battery was low.")
    box_of(page).fill("Half a thought")
    page.evaluate(UNTIL_A_DRAFT_IS_KEPT)
    page.reload()
    expect(box_of(page)).to_have_value("")
    page.get_by_role("button", name="Bring it back").click()
    expect(box_of(page)).to_have_value("Half a thought")

    # Once it is sent, it is not offered any more.
    box_of(page).press("End")
    page.keyboard.type(", and the other half.")
    page.get_by_role("button", name="Post reply").click()
    expect(post_with(page, "Half a thought, and the other half.")).to_be_visible()
    page.goto(address)
    expect(box_of(page)).to_be_visible()
    expect(page.get_by_role("button", name="Bring it back")).to_be_hidden()


def test_a_preview_that_is_refused_says_why(meet: Meet) -> None:
    page, word = meet("priya"), unmistakable()
    start_thread(page, "data-and-algorithms", f"Staircases {word}", "How deep can one quote?")
    deep = "> " * 500 + "down here"
    box_of(page).fill(deep)
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview).to_contain_text("Quotes or lists stand more than")
    expect(box_of(page)).to_have_value(deep)

    # A preview that is accepted takes the refusal away.
    box_of(page).fill("> up here")
    page.get_by_role("button", name="Preview").click()
    expect(preview.locator("blockquote")).to_have_text("up here")
    expect(preview.get_by_text("Quotes or lists stand more than")).to_be_hidden()


def test_too_soon_is_said_and_the_text_stays(
    forum_starter: StartForum, meet: Meet, axe: Callable[[Page], list[str]]
) -> None:
    rows = ("LIMIT_REPLY", "LIMIT_REPLY_NEWCOMER", "LIMIT_REPLY_MEMBER")  # whatever trust alice has earned
    tight = {**without_limits(), **dict.fromkeys(rows, "1 per 4 seconds")}
    forum = forum_starter(tight, samples=True, worker=False)
    page = meet("alice", base_url=forum.url)
    start_thread(page, "law-online", "Two replies at once", "One, two.")
    reply(page, "The first.")
    box_of(page).fill("The *second*,\n\nin two paragraphs.")
    with page.expect_response(re.compile(r"/threads/\d+/posts$")) as answer:
        page.get_by_role("button", name="Post reply").click()
    assert answer.value.status == 429
    assert int(answer.value.headers["retry-after"]) <= 4
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"\d seconds?|moment"))
    assert axe(page) == []

    kept, deadline = page.get_by_label("What you typed"), time.monotonic() + SOON
    while kept.count():  # whoever presses too soon again has lost nothing either
        assert time.monotonic() < deadline
        expect(kept).to_have_value("The *second*,\n\nin two paragraphs.")
        with page.expect_navigation():
            page.get_by_role("button", name="Send again").click()
    expect(post_with(page, "The second,")).to_contain_text("in two paragraphs.")
    expect(page.get_by_role("article")).to_have_count(3)
