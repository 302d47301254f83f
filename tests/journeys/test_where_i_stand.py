"""Journey: somebody has read threads, and their own page of trust says how far that brought them and what is next."""

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import open_until
from tests.journeys.conftest import Travel
from tests.journeys.ways import BOTH_WAYS, Way

pytestmark = [pytest.mark.browser, BOTH_WAYS]


def test_what_was_read_counts(travel: Travel, way: Way) -> None:
    name = way.one_of("alice", "xuyan")  # who have read five threads, see `town`
    person = travel(name)
    person.signs_in(name)
    person.opens("/settings/profile")
    person.goes_to("Trust")
    person.reads("Where you stand")
    person.reads("For the next level, “%(name)s”:", name=way.words("Settled in"))
    threads = person.page.get_by_role("listitem").filter(has_text=way.words("Threads opened"))
    reached = threads.get_by_role("img", name=way.words("reached"))
    open_until(person.page, "/settings/trust", reached)
    expect(threads).to_contain_text(way.words("%(have)s of %(need)s", have=5, need=5))
    minutes = person.page.get_by_role("listitem").filter(has_text=way.words("Minutes of reading"))
    expect(minutes.get_by_role("progressbar")).to_have_attribute("max", "10")
    expect(minutes.get_by_role("img")).to_have_count(0)
    here = person.page.locator("[aria-current=true]")
    expect(here).to_contain_text(way.words("New here"))
    person.looks()
