"""Journey: other devices are signed out; before what is sensitive one is asked again, and loses nothing by it."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import said
from tests.journeys.conftest import Meet, Travel
from tests.journeys.town import Town
from tests.journeys.ways import BOTH_WAYS, Way

pytestmark = [pytest.mark.browser, BOTH_WAYS]


def test_one_device_all_devices_and_the_proof(town: Town, travel: Travel, neighbour: Meet, way: Way) -> None:
    name, new_name = way.one_of("marek", "tanlaoshi"), way.one_of("marek_h", "谭老师")
    others = [neighbour(name) for _ in range(3)]
    person = travel(name)
    person.signs_in(name)
    person.opens("/settings/sessions")
    rows = person.page.locator("tbody tr")
    expect(rows).to_have_count(4)
    person.presses("Sign out", inside=rows.filter(has_not=person.page.locator("strong")).first)
    person.reads("The device has been signed out.")
    assert sorted(_is_signed_in(other) for other in others) == [False, True, True]
    person.looks()
    person.presses("Sign out all other devices")
    person.reads("All other devices have been signed out.")
    assert not any(_is_signed_in(other) for other in others)
    expect(rows).to_have_count(1)

    # The page lay open while the person was away: what was typed waits behind the question.
    person.opens("/settings/name")
    person.types("User name", new_name)
    town.an_hour_passes_for(name)
    person.presses("Change the user name")
    person.reads("Is it still you?")
    person.looks()
    person.types("Password", "not my password")
    person.presses("Go on")
    person.is_refused("Password")
    person.types("Password", "seven lanterns on the river")
    person.presses("Go on")
    expect(said(person.page)).to_contain_text(way.words("You are @%(name)s now.", name=new_name))
    expect(person.page.get_by_text(f"@{name}", exact=True)).to_be_visible()

    # The former address still leads there.
    reader = neighbour()
    reader.goto(f"/people/{name}")
    expect(reader.locator(".person-username")).to_contain_text(f"@{new_name}")


def _is_signed_in(page: Page) -> bool:
    page.goto("/settings/profile")
    return "/login" not in page.url
