"""Journey: something is written while others have the page open; they hear of it, and nothing moves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Response, expect

from forum.config import PAGE_SIZE
from forum.guard import Guard
from tests.journeys.acts import assert_fits, box_of, post_with, reply, start_thread
from tests.journeys.conftest import Meet
from tests.plugins.browser import PHONE
from tests.servers.website import Website, start_forum, without_limits

pytestmark = pytest.mark.browser

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def lively(guard: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """A forum whose pages ask every second."""
    env = {**without_limits(), "LIVE_SECONDS": "1"}
    forum = start_forum(guard, tmp_path_factory.mktemp("lively"), env, samples=True)
    yield forum
    forum.stop()


@pytest.fixture
def come(meet: Meet, lively: Website) -> Callable[..., Page]:
    """`come("alice")`: her browser at this forum."""
    return lambda name="", **options: meet(name, base_url=lively.url, **options)


def is_ask(request: Request) -> bool:
    """Whether the page asks what is new."""
    return urlsplit(request.url).path == "/live"


def asks_of(page: Page) -> list[str]:
    """The list into which each ask of this page comes."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if is_ask(request):
            asked.append(request.url)

    page.on("request", note)
    return asked


def wait_for_asks(page: Page, asked: list[str], more: int) -> None:
    """Wait until the page has asked so often again."""
    before = len(asked)
    while len(asked) < before + more:
        page.wait_for_event("request", is_ask)


def test_bob_replies_while_alice_writes(come: Callable[..., Page]) -> None:
    alice, bob = come("alice"), come("bob")
    address = start_thread(alice, "online-content", "Who still reads letters?", "I mean those on paper.")
    bar = alice.locator("[data-live]")
    expect(bar).to_have_text(re.compile(r"^\s*$"), use_inner_text=True)
    box_of(alice).fill("So do I, and I wr")
    before = box_of(alice).bounding_box()
    bob.goto(address)
    reply(bob, "My grandmother does.")

    # It is said, and neither the box nor what is in it moves; the reply itself isn't there yet.
    expect(bar.get_by_role("status")).to_have_text("1 new reply")
    assert box_of(alice).bounding_box() == before
    expect(post_with(alice, "My grandmother does.")).to_have_count(0)
    reply(bob, "And so do I, on Sundays.")
    expect(bar.get_by_role("status")).to_have_text("2 new replies")

    # By keyboard, back from the box: the posts come, the first of them has the focus, the text is as it was.
    box_of(alice).focus()
    bar.get_by_role("button", name="Show").focus()
    alice.keyboard.press("Enter")
    first = post_with(alice, "My grandmother does.")
    expect(first).to_be_focused()
    expect(first).to_be_in_viewport()
    expect(post_with(alice, "And so do I, on Sundays.")).to_be_visible()
    expect(box_of(alice)).to_have_value("So do I, and I wr")
    expect(bar.get_by_role("status")).to_have_text("")
    expect(alice.locator(".thread-head-meta")).to_contain_text("2 replies")
    assert [post.get_attribute("id") for post in alice.locator(".page-main article.post").all()] == [
        post.get_attribute("id") for post in bob.locator(".page-main article.post").all()
    ]
    expect(alice.locator(".rail")).to_contain_text("Bob")

    # What came so can be used like the rest: she quotes it, and sends her answer.
    first.get_by_role("link", name="Quote").click()
    expect(box_of(alice)).to_have_value(re.compile("So do I, and I wr.*My grandmother does", re.S))
    alice.get_by_role("button", name="Post reply").click()
    expect(post_with(alice, "So do I, and I wr")).to_be_visible()
    expect(bar.get_by_role("status")).to_have_text("")


def test_a_reply_that_is_taken_back_is_not_announced_any_more(come: Callable[..., Page]) -> None:
    alice, bob = come(), come("bob")
    address = start_thread(bob, "online-content", "Which words are untranslatable?", "I collect them.")
    alice.goto(address)
    status = alice.locator("[data-live]").get_by_role("status")
    reply(bob, "Feierabend.")
    expect(status).to_have_text("1 new reply")
    post_with(bob, "Feierabend.").get_by_role("link", name="Delete").click()
    bob.get_by_role("button", name="Delete it").click()
    expect(status).to_have_text("")
    expect(alice.locator("[data-live]").get_by_role("button")).to_have_count(0)


def test_what_has_no_room_stands_on_the_next_page(come: Callable[..., Page]) -> None:
    bob, reader = come("bob"), come(**PHONE)
    address = start_thread(bob, "online-content", "One word after the other", "One.")
    for number in range(2, PAGE_SIZE):
        reply(bob, f"Word number {number}.")
    reader.goto(address)
    bar = reader.locator("[data-live]")
    reply(bob, "The last one here.")
    bob.goto(address)  # where it now has a second page to come
    reply(bob, "The first one there.")
    expect(bar.get_by_role("status")).to_have_text("2 new replies")
    assert_fits(reader)
    bar.get_by_role("button", name="Show").click()
    expect(post_with(reader, "The last one here.")).to_be_focused()
    expect(post_with(reader, "The first one there.")).to_have_count(0)
    expect(bar.get_by_role("status")).to_have_text("The discussion goes on on the next page.")
    expect(reader.get_by_role("navigation", name="Pages")).to_contain_text("Page 1 of 2")
    bar.get_by_role("link", name="Go there").click()
    expect(post_with(reader, "The first one there.")).to_be_visible()

    # A page that is full says at once where it goes on.
    full = come()
    start = start_thread(bob, "online-content", "Full to the brim", "One.")
    for number in range(2, PAGE_SIZE + 1):
        reply(bob, f"Word number {number}.")
    full.goto(start)
    reply(bob, "One too many.")
    expect(full.locator("[data-live]").get_by_role("status")).to_have_text("1 new reply on the next page")
    full.locator("[data-live]").get_by_role("link", name="Go there").click()
    expect(post_with(full, "One too many.")).to_be_visible()


def test_lists_say_how_many_threads_have_something_new(come: Callable[..., Page]) -> None:
    bob, home, subtheme, elsewhere = come("bob"), come(), come(language="zh_Hans", **PHONE), come()
    home.goto("/")
    subtheme.goto("/subthemes/internet-charity")
    elsewhere.goto("/subthemes/law-online")
    heading = home.locator(".lede").bounding_box()
    start_thread(bob, "internet-charity", "Who counts the donations?", "Somebody should.")
    start_thread(bob, "internet-charity", "Who counts the counters?", "Somebody else.")
    bar = home.locator("[data-live]")
    expect(bar.get_by_role("status")).to_have_text("2 threads have something new")
    assert home.locator(".lede").bounding_box() == heading, "nothing moves"
    expect(subtheme.locator("[data-live] [role=status]")).to_contain_text("2")
    assert_fits(subtheme)
    expect(elsewhere.locator("[data-live] [role=status]")).to_have_text("")
    home.mouse.wheel(0, 600)
    expect(bar.get_by_role("link", name="Reload")).to_be_in_viewport()
    bar.get_by_role("link", name="Reload").click()
    expect(home.get_by_role("link", name="Who counts the counters?").first).to_be_visible()
    expect(bar.get_by_role("status")).to_have_text("")


def test_whoever_is_in_a_session_hears_of_questions(come: Callable[..., Page]) -> None:
    reader, bob = come(), come("bob")
    reader.goto("/sessions/1")
    status = reader.locator("[data-live]").get_by_role("status")
    expect(reader.locator("[data-live]")).to_have_attribute("data-phase", "collecting")
    bob.goto("/sessions/1")
    bob.locator("#write textarea").fill("Who decides what is shown first, people or programs?")
    bob.locator("#write button[type=submit]").first.click()
    expect(status).to_have_text("1 new question")
    reader.locator("[data-live]").get_by_role("link", name="Reload").click()
    expect(post_with(reader, "Who decides what is shown first").first).to_be_visible()


def test_nobody_is_asked_behind_a_hidden_tab_and_at_once_when_it_is_seen(come: Callable[..., Page]) -> None:
    hidden, seen = come(), come()
    asks, others = asks_of(hidden), asks_of(seen)
    hidden.goto("/")
    wait_for_asks(hidden, asks, 1)
    seen.goto("/")
    hidden.evaluate(HIDE, True)
    before = len(asks)
    wait_for_asks(seen, others, 3)
    assert len(asks) == before
    with hidden.expect_request("**/live"):
        hidden.evaluate(HIDE, False)


def test_who_saves_data_asks_nobody(come: Callable[..., Page]) -> None:
    saving, other = come(), come()
    saving.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    asks, others = asks_of(saving), asks_of(other)
    saving.goto("/")
    other.goto("/")
    wait_for_asks(other, others, 2)
    assert asks == []


def test_a_server_that_is_renewed_is_asked_again_and_one_that_says_stop_is_not(
    come: Callable[..., Page], faults: list[str]
) -> None:
    page = come()
    page.clock.install()
    asks, answers = asks_of(page), []
    page.on("response", lambda answer: answers.append(answer.status) if is_ask(answer.request) else None)
    page.route("**/live", lambda route: route.fulfill(status=503))
    page.goto("/")
    with page.expect_response(_says_why):
        page.clock.run_for(2000)
    page.unroute("**/live")
    for _ in range(100):
        page.clock.run_for(10_000)
        if answers[-1:] == [200]:
            break
    assert answers == [503, 503, 200], "it was asked, why it was none, and again after a minute"

    page.route("**/live", lambda route: route.fulfill(status=204))
    with page.expect_response(_says_why):  # after the browser's own next ask
        pass
    page.unroute("**/live")
    before, other = len(asks), come()
    others = asks_of(other)
    for _ in range(10):
        page.clock.run_for(600_000)
    other.goto("/")
    wait_for_asks(other, others, 2)
    assert len(asks) == before, "204 ends it for good"
    faults.clear()  # Chromium notes each 503 in the console


def _says_why(answer: Response) -> bool:
    return is_ask(answer.request) and answer.request.method == "HEAD"


@pytest.mark.parametrize("scripts", [False])
def test_without_scripts_there_is_nothing_to_see(come: Callable[..., Page], scripts: bool) -> None:
    page = come()
    asks = asks_of(page)
    for path in ("/", "/threads/1", "/subthemes/online-content", "/sessions/1"):
        page.goto(path)
        bar = page.locator("[data-live]")
        expect(bar).to_have_text(re.compile(r"^\s*$"), use_inner_text=True)
        expect(bar.locator("button, a")).to_have_count(bar.locator("[hidden]").count())
        expect(bar.locator("button, a").first).to_be_hidden()
    assert asks == []
