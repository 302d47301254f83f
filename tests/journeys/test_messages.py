"""Journey: a talk begins on somebody's page and goes on; a message is flagged, its author muted and blocked."""

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import unmistakable
from tests.journeys.conftest import Meet, Travel
from tests.journeys.ways import BOTH_WAYS, Way

pytestmark = [pytest.mark.browser, BOTH_WAYS]


def test_a_talk_that_ends_badly(travel: Travel, neighbour: Meet, way: Way) -> None:
    name, other_name = way.one_of("dr_chen", "lawyer_gao"), way.one_of("anan", "lantian")
    word, rude = unmistakable(), unmistakable()
    person, other = travel(name), neighbour(other_name)

    # It begins on the other's page. A form with a hole in it is not sent, and nothing of it is lost.
    person.signs_in(name)
    person.opens(f"/people/{other_name}")
    person.presses("Write a message")
    expect(person.field("To")).to_have_value(other_name)
    person.types("Title", f"About {word}")
    person.types("Your text", " ")
    person.page.locator(".composer").evaluate("form => { form.noValidate = true }")
    person.presses("Start the conversation")
    person.is_refused("Your text")
    expect(person.field("Title")).to_have_value(f"About {word}")
    person.types("Your text", f"Is {word} yours?")
    person.presses("Start the conversation")
    expect(person.page.get_by_role("article")).to_contain_text(f"Is {word} yours?")
    talk = person.page.url.partition("#")[0]

    # The other finds it among the messages and answers, first kindly, then not.
    other.goto("/messages")
    other.get_by_role("link", name=f"About {word}").click()
    for text in (f"It is, {word}.", f"Leave me alone, {rude}!"):
        other.get_by_label("Your text").fill(text)
        other.get_by_role("button", name="Send", exact=True).click()
        expect(other.get_by_role("article").filter(has_text=text)).to_be_visible()

    person.opens("/messages")
    person.uses(person.page.get_by_role("link", name=f"About {word}"))
    person.types("Your text", "Good.")
    person.presses("Send")
    expect(person.page.get_by_role("article").last).to_contain_text("Good.")

    # One message is flagged: the moderators see that one and nothing else.
    person.presses("Flag", inside=person.page.get_by_role("article").filter(has_text=rude))
    person.ticks(person.page.locator("input[name=reason]").nth(1))
    person.looks()
    person.presses("Send the flag")
    person.reads("Thank you. A moderator will look at it, and you will be told what was decided.")
    bob = neighbour("bob")
    bob.goto("/moderation/messages")
    bob.locator(".notice a").last.click()
    expect(bob.get_by_text(rude)).to_be_visible()
    expect(bob.get_by_text(f"It is, {word}.")).to_have_count(0)

    # Muted, then blocked: the other's words are folded up and nothing more comes.
    person.opens(f"/people/{other_name}")
    person.presses("Mute")
    person.reads("You have muted this person.")
    person.presses("Block")
    person.reads("You have blocked this person.")
    other.goto(talk)
    expect(other.get_by_label("Your text")).to_have_count(0)
    expect(other.get_by_text("Nothing can be written here any more")).to_be_visible()
    other.goto(f"/people/{name}")
    expect(other.get_by_role("link", name="Write a message")).to_have_count(0)
    person.opens(talk)
    folded = person.page.get_by_role("article").filter(has_text=rude).locator("summary")
    expect(person.page.get_by_text(rude)).to_be_hidden()
    person.uses(folded, leads_on=False)
    expect(person.page.get_by_text(rude)).to_be_visible()
    person.opens("/settings/ties")
    person.presses("Unblock")
    other.goto(talk)
    expect(other.get_by_label("Your text")).to_be_visible()
