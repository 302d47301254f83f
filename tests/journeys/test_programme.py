"""Journey: somebody signs up for an item of the programme, is reminded by letters, and has it in a calendar that
follows the item when it is moved."""

import re
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from playwright.sync_api import expect

from forum.core.i18n import zone
from forum.guard import Guard
from tests.journeys.acts import unmistakable
from tests.journeys.conftest import Travel
from tests.journeys.town import Town, link_in, words_of
from tests.journeys.traveller import Traveller
from tests.journeys.ways import BOTH_WAYS, Way
from tests.servers.smtp import MailServer
from tests.servers.website import start_forum, without_limits

pytestmark = [pytest.mark.browser, BOTH_WAYS]

VENUE = zone("Asia/Shanghai")
DAY, SOON = timedelta(days=1), timedelta(minutes=15)
A_MOMENT = timedelta(seconds=2)
LATER = timedelta(hours=2)


@pytest.fixture(scope="module")
def town(guard: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A forum of these journeys alone: to its worker it is tomorrow."""
    post_office = MailServer()
    settings = {**without_limits(), "SMTP_URL": post_office.url, "MAIL_FROM": "forum@forum.example"}
    site = start_forum(guard, tmp_path_factory.mktemp("fair"), settings, samples=True)
    yield Town(site, post_office)
    site.stop()
    post_office.stop()


def test_sign_up_reminders_and_a_calendar_that_follows(town: Town, travel: Travel, way: Way) -> None:
    titles = {"en": f"Who weighs the stars? {unmistakable()}", "zh": f"谁来称星星？{unmistakable()}"}
    title = way.one_of(titles["en"], titles["zh"])
    begins = (datetime.now(UTC) + DAY + timedelta(minutes=30)).replace(second=0, microsecond=0)
    host = _hosted(travel, way, titles, begins)

    # She finds it in the programme and signs up; the item goes into her calendar as a file, and she has an address
    # that her calendar can follow.
    person, name = travel("Bob", "UTC", *" ".join(titles.values()).split()), way.one_of("alice", "xuyan")
    person.signs_in(name)
    person.opens("/programme")
    person.uses(person.page.get_by_role("link", name=title))
    person.presses("Sign up to attend online")
    person.reads("You have a place. You will be reminded a day and a quarter of an hour before.")
    person.looks()
    event = _event(_downloaded(person, "Into my calendar"), title)
    uid = str(event["UID"])
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    _lasts_an_hour_from(event, begins)
    person.opens("/programme/mine")
    person.presses("Make my calendar's address")
    person.reads("This is the address of your calendar now. No other one works any more.")
    person.looks()
    address = person.field("Address of your calendar").input_value()
    assert (followed := _event(_fetched(address), title))["UID"] == uid and followed["SEQUENCE"] == 0

    # A day before and a quarter of an hour before, the worker sends a letter.
    clock = {"alice": "Europe/Berlin", "xuyan": "Asia/Shanghai"}[name]
    for before in (DAY, SOON):
        town.it_is(begins - before + A_MOMENT)
        letter = town.letter(
            f"{name}@example.org", way.words("Reminder of “%(title)s”: %(when)s", title=title, when="")
        )
        assert _hour(begins, clock, way) in words_of(letter)
        assert link_in(letter, "/programme/items/").startswith(town.url)
        assert _event(_fetched(link_in(letter, "/calendar.ics")), title)["UID"] == uid
    assert _waits(town, name, title) == [], "one letter each time"

    # The host moves it: the same event has another time wherever it is followed, and she is told.
    host.presses("Change the item")
    _types_times(host, begins + LATER)
    host.presses("Save")
    for file in (_fetched(address), _downloaded(person, "Fetch it as a file")):
        event = _event(file, title)
        assert (event["UID"], event["SEQUENCE"]) == (uid, 1)
        _lasts_an_hour_from(event, begins + LATER)
    town.it_is(begins - SOON + A_MOMENT)
    moved = way.words("“%(title)s” has another time or place: %(when)s", title=title, when="")
    letter = town.letter(f"{name}@example.org", moved)
    assert _hour(begins + LATER, clock, way) in words_of(letter)


def _hosted(travel: Travel, way: Way, titles: dict[str, str], begins: datetime) -> Traveller:
    """The host puts the item into the programme and looks at it."""
    host = travel("Bob", *" ".join(titles.values()).split(), way=way.at_a_desk())
    host.signs_in("xiaoman")
    host.opens("/programme")
    host.presses("New item")
    host.types("Title in English", titles["en"])
    host.types("Title in Chinese", titles["zh"])
    _types_times(host, begins)
    host.presses("Save")
    expect(host.page.get_by_role("heading", level=1)).to_have_text(way.one_of(titles["en"], titles["zh"]))
    host.looks()
    return host


def _types_times(host: Traveller, begins: datetime) -> None:
    """By the clock at the venue, in fields of whose parts each browser has its own order."""
    for name, moment in (("starts_at", begins), ("ends_at", begins + timedelta(hours=1))):
        host.page.locator(f"input[name={name}]").fill(moment.astimezone(VENUE).strftime("%Y-%m-%dT%H:%M"))


def _downloaded(person: Traveller, source: str) -> bytes:
    """Press the link and return the file that the browser keeps."""
    link = person.page.get_by_role("link", name=person.way.words(source))
    with person.page.expect_download() as coming:
        person.uses(link, leads_on=False)
    assert coming.value.suggested_filename.endswith(".ics")
    return Path(coming.value.path()).read_bytes()


def _fetched(address: str) -> bytes:
    """Return what a calendar gets that knows nothing but the address."""
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert answer.headers.get_content_type() == "text/calendar"
        return bytes(answer.read())


def _event(file: bytes, title: str) -> Any:
    """Return the only event of this title in a calendar."""
    events = icalendar.Calendar.from_ical(file).walk("VEVENT")
    (event,) = [each for each in events if each["SUMMARY"] == title]
    return event


def _lasts_an_hour_from(event: Any, begins: datetime) -> None:
    """Fail unless the times are these, and given with their zone."""
    for name, moment in (("DTSTART", begins), ("DTEND", begins + timedelta(hours=1))):
        assert event.decoded(name) == moment and event.decoded(name).utcoffset() == timedelta(0), name
        assert event[name].to_ical().endswith(b"Z"), "UTC, which every calendar shows by its own clock"


def _hour(moment: datetime, clock: str, way: Way) -> str:
    """Return the hour as it is written in the language of the way."""
    there = moment.astimezone(zone(clock))
    return way.one_of(there.strftime("%-I:%M\u202f%p"), there.strftime("%H:%M"))


def _waits(town: Town, name: str, title: str) -> list[str]:
    """Return the subjects of letters about the item that nobody has taken."""
    letters = [each for each in town.post_office.letters if f"{name}@example.org" in str(each["To"])]
    return [str(each["Subject"]) for each in letters if re.search(re.escape(title), str(each["Subject"]))]
