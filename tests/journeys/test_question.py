"""Journey: a thread becomes a question to the experts, one of them is invited and answers with a source, and that is
*the* answer, under the question and in lists."""

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import notice, post_with, unmistakable
from tests.journeys.conftest import Travel
from tests.journeys.town import Town
from tests.journeys.traveller import Traveller
from tests.journeys.ways import BOTH_WAYS, Way

pytestmark = [pytest.mark.browser, BOTH_WAYS]

SOURCE, ADDRESS = "The rule itself", "https://law.example.org/rule?art=5"


def test_from_the_mark_to_the_answer(town: Town, travel: Travel, way: Way) -> None:
    name, expert_name = way.one_of("xingye", "anan"), way.one_of("dr_chen", "lawyer_gao")
    place = "/subthemes/" + way.one_of("platform-economy", "law-online")
    title, words = f"Who may ask? {unmistakable()}", f"Whoever gave it, or a court: {unmistakable()}."
    town.rows("UPDATE users SET trust_level = 2 WHERE username = :name", name=name)  # so that nothing is held
    asker, expert = travel(name, *title.split()), travel(name, *title.split())
    asker.signs_in(name)
    _asks(asker, place, title)
    asker.presses("Invite an expert")
    asker.ticks(asker.page.locator("input[name=experts]").first)
    asker.looks()
    asker.presses("Invite")
    asker.reads("%(num)d expert is invited.", num=1)

    # The expert is told, finds it on the desk too, and answers with a badge and a source.
    expert.signs_in(expert_name)
    expert.opens("/experts/desk")
    expert.reads("You are invited to answer")
    expect(expert.page.locator(".invitations").get_by_role("link", name=title)).to_be_visible()
    expert.looks()
    expert.opens("/notifications")
    expert.uses(notice(expert.page, title).first)
    expect(expert.field("Answer as").locator("option:checked")).not_to_have_attribute("value", "")
    expert.types("Your text", words)
    expert.types("Title of source %(number)s", SOURCE, number=1)
    expert.types("Address of source %(number)s", ADDRESS, number=1)
    expert.presses("Post reply")
    answer = post_with(expert.page, words)
    expect(answer.locator(".badge")).to_be_visible()
    expect(answer.get_by_role("link", name=SOURCE)).to_have_attribute("href", ADDRESS)
    expert.looks()

    # Who asked says that this is the answer: everybody sees it under the question and in lists, and its author is told.
    asker.opens(expert.page.url.partition("#")[0])
    asker.presses("This is the answer", inside=post_with(asker.page, words))
    asker.reads("The answer")
    asker.looks()
    reader = travel(name, *title.split())
    for address in ("/", place):
        reader.opens(address)
        row = reader.page.locator(".thread-row").filter(has_text=title)
        expect(row.first).to_contain_text(way.words("Answered"))
    reader.uses(row.get_by_role("link", name=title))
    chosen = reader.page.locator(".the-answer")
    expect(chosen).to_contain_text(words)
    expect(chosen).to_contain_text(way.words("Chosen by who asked"))
    expect(chosen.locator(".badge")).to_be_visible()
    reader.uses(chosen.get_by_role("link", name=way.words("Read the whole answer")))
    expect(post_with(reader.page, words)).to_be_in_viewport()
    expert.opens("/notifications")
    expert.reads("Your answer was chosen as the answer in “%(title)s”.", title=title)


def _asks(asker: Traveller, place: str, title: str) -> None:
    """Start a thread and put it to the experts: afterwards by its button, or with the box when it is begun."""
    is_later = asker.way.by_keyboard
    asker.opens(place)
    asker.presses("Start a thread")
    asker.types("Title", title)
    asker.types("Your text", "They gave me four stars and took one away.")
    if not is_later:
        asker.ticks(asker.page.locator("#to_experts"))
    asker.presses("Start the thread")
    if is_later:
        asker.presses("Put it to the experts")
    asker.reads("Question to the experts")
