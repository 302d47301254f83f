"""Journey: somebody applies for a credential, a moderator of the sub-theme grants it, and the badge says who it is."""

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import unmistakable
from tests.journeys.conftest import Travel
from tests.journeys.ways import BOTH_WAYS, Way

pytestmark = [pytest.mark.browser, BOTH_WAYS]


def test_from_application_to_badge(travel: Travel, way: Way) -> None:
    name, title = way.one_of("aqiang", "lantian"), way.one_of("Engineer", "工程师") + f" {unmistakable()}"
    person = travel(*title.split())
    person.signs_in(name)
    person.opens("/experts")
    person.presses("Apply for a credential")
    person.selects("Sub-theme", way.one_of("Platform economy", "平台经济诚信建设"), is_name=True)
    person.types("Title or role", title)
    person.types("Organisation", way.one_of("Harbour Works", "海港维修社"))
    person.selects("Sector", "Civil society")
    person.ticks(person.page.get_by_role("checkbox", name=way.words("English")))
    person.types("What shows it", way.one_of("I am on the works' page.", "维修社的网页上有我。"))
    person.presses("Send the application")
    person.reads("Waits for a moderator")
    person.looks()

    moderator = travel("Bob", "UTC", *title.split())
    moderator.signs_in(way.one_of("bob", "xiaoman"))
    moderator.opens("/moderation/credentials")
    moderator.uses(moderator.page.get_by_role("link", name=title))
    moderator.looks()
    moderator.presses("Grant it")
    moderator.reads("Granted. The applicant is told, and the public log says so.")

    person.opens(f"/people/{name}")
    person.uses(person.page.get_by_role("link", name=title))
    person.reads("Questions answered with it")
    expect(person.page.get_by_text(way.words("Civil society"), exact=True)).to_be_visible()
    person.looks()
    person.opens("/moderation/log?act=credential.granted")
    person.reads("An expert's credential was granted")
