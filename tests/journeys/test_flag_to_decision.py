"""Journey: a post is flagged, claimed, hidden by a rule and with a reason; everybody concerned is told."""

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import (
    WITH_AND_WITHOUT_SCRIPTS,
    case_of,
    flag,
    notice,
    open_until,
    post_with,
    reply,
    results_with,
    said,
    start_thread,
    unmistakable,
)
from tests.journeys.conftest import Meet

pytestmark = pytest.mark.browser

REASON = "You may say that an argument is weak, but not that a neighbour is."


@WITH_AND_WITHOUT_SCRIPTS
def test_from_alices_flag_to_mareks_notice(meet: Meet) -> None:
    word = unmistakable()
    title = f"Returns after a fortnight {unmistakable()}"
    reader, marek = meet(), meet("marek")
    address = start_thread(marek, "platform-economy", title, "Our shop takes everything back.")
    reply(marek, f"Whoever returns a shirt twice is a {word}.")
    open_until(reader, f"/search?q={word}", results_with(reader, word))

    alice = meet("alice")
    alice.goto(address)
    flag(alice, post_with(alice, word), "Insults or harassment", "He means his customers.")

    bob = meet("bob")
    bob.goto("/moderation/cases")
    case_of(bob, title).click()
    bob.get_by_role("button", name="Claim").click()
    expect(bob.get_by_role("button", name="Release")).to_be_visible()
    expect(bob.get_by_text("He means his customers.")).to_be_visible()
    bob.get_by_role("radio", name="Hide").check()
    bob.get_by_label("Rule that was broken").select_option("Insults or harassment")
    bob.get_by_label("Reason, which the author reads").fill(REASON)
    bob.get_by_role("button", name="Decide").click()
    expect(said(bob)).to_contain_text("The post was hidden. Everybody concerned is told.")
    expect(case_of(bob, title)).to_have_count(0)

    # The author reads what was decided, by which rule and why.
    told = notice(marek, f"Your post was hidden. Rule: Insults or harassment. Read why. ({title})")
    open_until(marek, "/notifications", told)
    told.click()
    expect(marek.get_by_role("heading", level=1, name="Your post was hidden")).to_be_visible()
    expect(marek.get_by_role("main")).to_contain_text("2. Insults or harassment")
    expect(marek.get_by_text(REASON).first).to_be_visible()

    # The one who flagged reads what came of it.
    open_until(alice, "/notifications", alice.get_by_text("A post that you flagged was hidden. Rule: Insults").first)

    # Everybody finds the decision in the log, and a quiet line in the thread; nobody finds the post.
    reader.goto("/moderation/log")
    newest = reader.get_by_role("row").filter(has_text="A post was hidden").first
    expect(newest).to_contain_text("Insults or harassment")
    expect(newest).to_contain_text("Moderator")
    expect(reader.get_by_text("alice")).to_have_count(0)
    reader.goto(address)
    quiet = reader.get_by_role("article").filter(has_text="Hidden by a moderator.")
    expect(quiet).to_contain_text("Rule: Insults or harassment.")
    expect(reader.get_by_text(word)).to_have_count(0)
    open_until(reader, f"/search?q={word}", results_with(reader, word), there=False)
