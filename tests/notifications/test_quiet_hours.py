"""Quiet hours: what people wrote waits for the reader's own morning; nothing is lost, and nothing else waits."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from forum.accounts import quiet
from forum.accounts.models import User
from forum.core.database import db, now
from forum.core.errors import Refused
from forum.mail.models import Mail
from forum.notifications import actions, mailing, queries
from forum.notifications.models import Notification
from forum.threads.actions import post_reply, start_thread

sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no rule of a database


def until(zone: str, local: str, hours: str = "", band: str = "young") -> str:
    """Return when the night ends, by the person's clock, for a moment by their clock ("" by day)."""
    place = ZoneInfo(zone)
    moment = datetime.fromisoformat(local).replace(tzinfo=place).astimezone(UTC)
    end = quiet.until(User(age_band=band, quiet_hours=hours, timezone=zone), moment)
    return end.astimezone(place).isoformat(timespec="minutes") if end else ""


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"])
def test_the_edges_of_a_night_by_the_persons_own_clock(zone: str) -> None:
    assert until(zone, "2026-11-23T21:59:59") == ""
    assert until(zone, "2026-11-23T22:00:00").startswith("2026-11-24T07:00")
    assert until(zone, "2026-11-24T00:00:00").startswith("2026-11-24T07:00")
    assert until(zone, "2026-11-24T06:59:59").startswith("2026-11-24T07:00")
    assert until(zone, "2026-11-24T07:00:00") == ""


def test_nights_in_which_the_clock_jumps() -> None:
    """In Berlin an hour is missing on 29 March 2026 and one comes twice on 25 October; seven stays seven."""
    assert until("Europe/Berlin", "2026-03-28T23:00") == "2026-03-29T07:00+02:00"
    assert until("Europe/Berlin", "2026-03-29T03:30") == "2026-03-29T07:00+02:00"
    assert until("Europe/Berlin", "2026-10-24T23:00") == "2026-10-25T07:00+01:00"
    assert until("Europe/Berlin", "2026-10-25T02:30") == "2026-10-25T07:00+01:00"
    assert until("Europe/Berlin", "2026-10-25T07:00") == ""


def test_hours_by_band_and_by_choice() -> None:
    night = "2026-11-23T22:30"
    assert until("UTC", night, band="child") and not until("UTC", night, band="adult")
    assert not until("UTC", night, band="")
    assert until("UTC", night, "22-8", band="adult") == "2026-11-24T08:00+00:00"
    assert until("UTC", night, "23-7") == "" and until("UTC", night, "never") == ""


@sqlite
def test_only_hours_that_are_offered_can_be_chosen(alice: User) -> None:
    quiet.choose(alice, "23-8")
    assert alice.quiet_hours == "23-8"
    with pytest.raises(Refused):
        quiet.choose(alice, "0-24")


def to_local_hour(clock, hour: int) -> None:
    """Move the clock to the next time at which it is `hour` o'clock in Shanghai."""
    here = now().astimezone(ZoneInfo("Asia/Shanghai"))
    target = here.replace(hour=hour, minute=30, second=0, microsecond=0)
    clock.move(seconds=((target - here) % timedelta(days=1)).total_seconds())


def letters(user: User) -> list[str]:
    query = select(Mail.template).where(Mail.user_id == user.id).order_by(Mail.id)
    return list(db.session.scalars(query))


def test_what_comes_at_night_is_there_in_the_morning(app, person, ann, subtheme, work, as_, clock) -> None:
    facts = {"timezone": "Asia/Shanghai", "mails_on": ["replies", "followed"]}
    mia, max_ = person("mia", age_band="young", **facts), person("max", age_band="adult", **facts)
    to_local_hour(clock, 23)
    thread = start_thread(subtheme, ann, "A thread", "An opening.")
    post_reply(thread, ann, "@mia and @max, what do you think?")
    work()
    assert [queries.unread(one.id) for one in (mia, max_)] == [0, 1]
    browser = as_(mia)
    assert "安安 mentions you" not in browser.get("/notifications").text
    notice = db.session.scalars(select(Notification).where(Notification.user_id == mia.id)).one()
    assert queries.own(mia, notice.id) is None
    actions.mark_read(mia.id)  # all that she can see
    clock.move(hours=1)
    mailing.mails_about_notices_owed()
    assert (letters(mia), letters(max_)) == ([], ["notices"])
    to_local_hour(clock, 7)
    assert queries.unread(mia.id) == 1
    assert "安安 mentions you" in browser.get("/notifications").text
    mailing.mails_about_notices_owed()
    assert letters(mia) == ["notices"]


@sqlite
def test_what_came_by_day_is_not_mailed_at_night(app, person, ann, subtheme, work, clock) -> None:
    """A notice of 21:50 is seen at once; its letter would be due at 22:05."""
    mia = person("mia", age_band="young", timezone="Asia/Shanghai")
    to_local_hour(clock, 21)
    clock.move(minutes=20)
    post_reply(start_thread(subtheme, ann, "A thread", "An opening."), ann, "@mia, look.")
    work()
    assert queries.unread(mia.id) == 1
    clock.move(hours=2)
    mailing.mails_about_notices_owed()
    assert letters(mia) == []
    to_local_hour(clock, 7)
    mailing.mails_about_notices_owed()
    assert letters(mia) == ["notices"]


@sqlite
def test_a_letter_that_an_earlier_one_put_off_does_not_come_at_night(app, person, ann, subtheme, work, clock) -> None:
    mia = person("mia", age_band="young", timezone="Asia/Shanghai")
    to_local_hour(clock, 20)
    thread = start_thread(subtheme, ann, "A thread", "An opening.")
    post_reply(thread, ann, "@mia, look.")
    work()
    clock.move(minutes=50)
    mailing.mails_about_notices_owed()
    assert letters(mia) == ["notices"]
    post_reply(thread, ann, "@mia, and here.")
    work()
    clock.move(minutes=20)  # 21:40: due, and put off until an hour after the first, 22:20
    mailing.mails_about_notices_owed()
    clock.move(hours=1)
    mailing.mails_about_notices_owed()
    assert letters(mia) == ["notices"]
    to_local_hour(clock, 7)
    mailing.mails_about_notices_owed()
    assert letters(mia) == ["notices", "notices"]


@sqlite
def test_what_concerns_the_account_comes_at_any_hour(app, person, clock) -> None:
    mia = person("mia", age_band="young", timezone="Asia/Shanghai")
    to_local_hour(clock, 23)
    actions.tell(mia.id, "credential", "credential:1:granted", facts={"title": "Expert", "change": "granted"})
    assert queries.unread(mia.id) == 1
