"""Journey: somebody joins and writes; the post is held, read by a moderator, and then there for everybody."""

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import case_of, open_until, post_with, results_with, said, start_thread, unmistakable
from tests.journeys.conftest import Meet

pytestmark = pytest.mark.browser


def test_nele_joins_and_is_heard(meet: Meet) -> None:
    title, word = f"Tea for the night shift {unmistakable()}", unmistakable()
    address = start_thread(meet("alice"), "internet-charity", title, "Who brings a pot?")

    # She joins from the thread, and is back in it.
    nele, name = meet(), f"nele_{unmistakable()}"
    nele.goto(address)
    nele.get_by_role("link", name="Sign in to reply").click()
    nele.get_by_role("link", name="Join the forum").click()
    nele.get_by_label("User name").fill(name)
    nele.get_by_label("E-mail address").fill(f"{name}@example.org")
    nele.get_by_label("Password").fill("nine herons on the weir")
    nele.get_by_label("Your age").select_option("adult")
    nele.get_by_role("button", name="Make the account").click()
    expect(said(nele)).to_contain_text("Welcome")

    # She sees that her post waits, and why. Nobody else sees it.
    nele.get_by_label("Your text").fill(f"I will, and {word} cakes.")
    nele.get_by_role("button", name="Post reply").click()
    hers = post_with(nele, word)
    expect(hers).to_contain_text("Held for review")
    expect(hers).to_contain_text("by a moderator before")  # as a newcomer's, or because a robot types so fast
    stranger = meet()
    stranger.goto(address)
    expect(stranger.get_by_text("Who brings a pot?")).to_be_visible()
    expect(stranger.get_by_text(word)).to_have_count(0)

    # A moderator reads it and lets it through.
    bob = meet("bob")
    bob.goto("/moderation/cases?source=screening")
    case_of(bob, title).click()
    expect(bob.get_by_text("by a moderator before").first).to_be_visible()
    bob.get_by_role("radio", name="Publish").check()
    bob.get_by_role("button", name="Decide").click()
    expect(said(bob)).to_contain_text("The post was published.")

    # Now it is there, can be found, and she is told.
    stranger.goto(address)
    expect(post_with(stranger, word)).to_be_visible()
    open_until(stranger, f"/search?q={word}", results_with(stranger, word))
    told = nele.get_by_text(f"Your post in “{title}” was read by a moderator and published.")
    open_until(nele, "/notifications", told)
