"""Reminders a day and a quarter of an hour before; what moves is told once; by notice and letter, in one's own time."""

from datetime import timedelta

import icalendar
import pytest

from forum.core.database import db, now, transaction
from forum.programme import actions, reminders, seats
from forum.programme.models import Attendance
from tests.programme.conftest import fields_of, present, told

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def text_of(letter):
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_sign_up_reminder_in_the_post_and_a_calendar_that_reads_it(app, plan, alice, as_, with_smtp, work, clock):
    with transaction():
        alice.language, alice.timezone = "zh_Hans", "America/New_York"
    item = plan(hours=30)
    hers = as_(alice)
    assert hers.send(f"/programme/items/{item.id}/sign-up").status_code == 303
    work()
    assert with_smtp.letters == []
    clock.move(hours=6, minutes=1)
    work()
    work()
    (letter,) = with_smtp.letters
    assert letter["To"] == "alice@example.org" and "谁来检查排序？" in letter["Subject"]
    assert "/mail/unsubscribe/" in letter["List-Unsubscribe"] and f"/programme/items/{item.id}" in text_of(letter)
    clock.move(hours=23, minutes=45)
    work()
    work()
    assert told(alice) == ["day", "soon"] and len(with_smtp.letters) == 2
    clock.move(hours=3)
    work()
    assert len(with_smtp.letters) == 2, "nobody is reminded of what has begun"
    assert hers.send("/programme/mine/calendar").status_code == 303
    page = hers.get("/programme/mine").text
    address = (
        page.split('id="calendar-address" readonly value="http://localhost')[1].split('"')[0].replace("&amp;", "&")
    )
    calendar = icalendar.Calendar.from_ical(app.test_client().get(address).data)
    (event,) = calendar.walk("VEVENT")
    assert event["SUMMARY"] == "谁来检查排序？" and event.decoded("DTSTART") == item.starts_at
    assert "alice" not in calendar.to_ical().decode().lower()


def test_who_signs_up_late_is_promised_only_what_still_comes(plan, alice, as_):
    both, soon = "a day and a quarter of an hour before", "You will be reminded a quarter of an hour before."
    for hours, said, unsaid in ((30, both, soon), (5, soon, both), (0.1, "", "reminded"), (-0.5, "", "reminded")):
        item, hers = plan(hours=hours), as_(alice)
        hers.send(f"/programme/items/{item.id}/sign-up")
        for _ in range(2):  # with the flash, and without it
            page = hers.get(f"/programme/items/{item.id}").text
            assert "You have a place" in page.split('class="attend"')[1] and said in page and unsaid not in page
    item = plan(hours=30)
    assert "You have a place" not in hers.get(f"/programme/items/{item.id}").text


def test_what_moves_is_told_once_and_reminds_anew(app, plan, alice, ann, bob, with_smtp, work, clock):
    item = plan(hours=23, capacity=1)
    seats.sign_up(item.id, alice)
    seats.sign_up(item.id, ann)
    later = item.starts_at + timedelta(hours=5)
    moved = fields_of(present(item), starts_at=later, ends_at=later + timedelta(hours=1))
    assert actions.change_item(item.id, moved, 1, bob)
    work()
    work()
    assert told(alice) == told(ann) == ["moved"] and len(with_smtp.letters) == 2
    assert present(item).news == "" and not actions.change_item(item.id, moved, 2, bob)
    clock.move(hours=4, minutes=2)
    work()
    assert told(alice) == ["moved", "day"] and told(ann) == ["moved"], "who waits has nothing to be reminded of"
    assert actions.cancel(item.id, "The speaker is ill.", bob) and not actions.cancel(item.id, "Again.", bob)
    work()
    work()
    assert told(alice) == ["moved", "day", "cancelled"] and told(ann) == ["moved", "cancelled"]
    assert "The speaker is ill." in text_of(with_smtp.letters[-1])
    clock.move(hours=24)
    work()
    assert len(with_smtp.letters) == 5, "of what is cancelled nobody is reminded"


def test_a_worker_that_was_away_or_died_tells_once(app, plan, alice, bob, work, clock):
    item, soon = plan(hours=30), plan(hours=0.1)
    for one in (item, soon):
        seats.sign_up(one.id, alice)
    clock.move(hours=29, minutes=50)
    reminders.remind(item.id)
    reminders.remind(item.id)
    work()
    assert told(alice) == ["soon"], "the day's reminder is past its time; what begins in minutes needs none"
    with transaction():
        db.session.query(Attendance).update({"remind_at": now()})  # as if the process had died before writing it down
    work()
    assert told(alice) == ["soon"]


def test_an_edit_of_words_tells_nobody(app, plan, alice, bob, work):
    item = plan()
    seats.sign_up(item.id, alice)
    assert actions.change_item(item.id, fields_of(present(item), description_en="Other words."), 1, bob)
    assert (present(item).sequence, present(item).version) == (0, 2)
    work()
    assert told(alice) == []


def test_who_wants_no_such_letters_gets_the_notice_alone(app, plan, alice, bob, with_smtp, work):
    with transaction():
        alice.mails_off = ["programme"]
    item = plan()
    seats.sign_up(item.id, alice)
    actions.cancel(item.id, "The hall is closed.", bob)
    work()
    work()
    assert told(alice) == ["cancelled"] and with_smtp.letters == []
    actions.reinstate(item.id, bob)
    assert not actions.reinstate(item.id, bob)
    work()
    assert told(alice) == ["cancelled", "reinstated"]
