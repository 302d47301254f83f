"""Calendars: times right over summer time's end, one UID for ever, SEQUENCE that rises, nothing about people."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from forum.core.database import db, transaction
from forum.core.i18n import zone
from forum.programme import actions, calendars, naming, own_calendar, seats, times
from forum.programme.models import CalendarKey, Item
from tests.programme.conftest import FIELDS, fields_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
READERS = ("Europe/Berlin", "Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")


clock = datetime.fromisoformat  # what a clock on the wall shows


def events(answer):
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    calendar = icalendar.Calendar.from_ical(answer.data)
    return {event["UID"]: event for event in calendar.walk("VEVENT")}


def present(item):
    db.session.rollback()
    return db.session.get(Item, item.id, populate_existing=True)


def test_times_are_right_on_the_night_when_summer_time_ends(app, carol, subtheme, bob, alice, as_):
    """In Berlin on 25 October 2026 the hour from 2 to 3 comes twice; in Sydney and New York other days change."""
    days = {"starts_on": date(2026, 10, 24), "ends_on": date(2026, 10, 26), "timezone": "Europe/Berlin"}
    names = {"name_en": "Berlin", "name_zh": "柏林", "place_en": "Berlin", "place_zh": "柏林"}
    edition = actions.make_edition("berlin", {**names, **days}, carol)
    typed = {
        "before": clock("2026-10-25T01:30"), "twice": clock("2026-10-25T02:30"),  # the first of the two
        "after": clock("2026-10-25T09:00"), "day_before": clock("2026-10-24T09:00"),
    }  # fmt: skip
    expected = {
        "before": datetime(2026, 10, 24, 23, 30, tzinfo=UTC), "twice": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        "after": datetime(2026, 10, 25, 8, 0, tzinfo=UTC), "day_before": datetime(2026, 10, 24, 7, 0, tzinfo=UTC),
    }  # fmt: skip
    uids = {}
    for word, moment in typed.items():
        begins = times.at_venue(moment, "Europe/Berlin")
        span = {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}
        uids[word] = actions.add_item(edition.id, subtheme.id, {**FIELDS, **span}, bob).uid
    found = events(as_(alice).get("/programme/berlin/calendar.ics"))
    for word, uid in uids.items():
        begins = found[uid].decoded("DTSTART")
        assert begins == expected[word]
        for reader in READERS:
            assert begins.astimezone(zone(reader)) == expected[word].astimezone(zone(reader))
    with transaction():
        alice.timezone = "Asia/Kolkata"
    page = as_(alice).get("/programme/berlin").text
    for hours in (
        "5:00\u202fAM",
        "6:00\u202fAM",
        "1:30\u202fPM",
        "12:30\u202fPM",
    ):  # UTC+5:30, whatever Berlin's clocks do
        assert hours in page, hours
    assert "Berlin 2:30\u202fAM – 2:30\u202fAM" in page, "an hour later the clock shows the same"
    with pytest.raises(times.NoSuchTime):
        times.at_venue(clock("2026-03-29T02:30"), "Europe/Berlin")
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the other half past two
    assert times.at_venue(times.typed_at(second, "Europe/Berlin"), "Europe/Berlin", second) == second


def test_a_moved_and_a_cancelled_item_change_where_they_are_followed(app, plan, bob, client):
    item, url = plan(), "/programme/online-2026/calendar.ics?lang=en"
    first = client.get(url)
    (event,) = events(first).values()
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (item.uid, 0, "CONFIRMED")
    assert event["SUMMARY"] == "Who checks the ranking?" and event["LOCATION"] == "Hall 2"
    assert event.decoded("DTSTART") == item.starts_at and event.decoded("DTEND") == item.ends_at
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    for number, change in enumerate(({"title_en": "Who ranks?"}, {"place_en": "Hall 3"}, {"kind": "panel"}), 1):
        actions.change_item(item.id, fields_of(present(item), **change), number, bob)
    (event,) = events(client.get(url)).values()
    assert (event["UID"], event["SEQUENCE"], event["SUMMARY"]) == (item.uid, 2, "Who ranks?"), "kinds stand in none"
    actions.cancel(item.id, "The hall is closed.", bob)
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    for path in (
        url,
        f"/programme/items/{item.id}/calendar.ics",
        "/programme/online-2026/subthemes/data-and-algorithms.ics",
    ):
        (event,) = events(client.get(path, headers={"Accept-Language": "en"})).values()
        assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (item.uid, 3, "CANCELLED")
        assert "The hall is closed." in event["DESCRIPTION"]
    assert events(client.get("/programme/online-2026/subthemes/law-online.ics")) == {}
    chinese = client.get(url.replace("=en", "=zh-Hans"))
    assert [event["SUMMARY"] for event in events(chinese).values()] == ["谁来检查排序？"]


def test_no_person_stands_in_them(app, plan, dr_chen, alice, client):
    item = plan(speakers=naming.read("@dr_chen Professor of statistics\nLi Hua, Lakeside Library"))
    seats.sign_up(item.id, alice)
    for path in ("online-2026/calendar.ics", f"items/{item.id}/calendar.ics"):
        words = client.get(f"/programme/{path}").text.lower()
        assert not any(name in words for name in ("chen", "li hua", "alice", "陈", "mailto", "attendee", "organizer"))
    page = client.get(f"/programme/items/{item.id}").text
    assert "Li Hua" in page and 'href="/people/dr_chen"' in page, "on the page they do"


def test_an_own_calendar_has_what_i_signed_up_for_at_an_address_of_mine(
    app, plan, alice, ann, as_, client, monkeypatch
):
    mine, full, other = plan(), plan(hours=30, capacity=1), plan(hours=40)
    seats.sign_up(full.id, ann)
    for item in (mine, full):
        seats.sign_up(item.id, alice)
    key = own_calendar.key_of(own_calendar.make(alice))
    url = f"/programme/mine/{key}/calendar.ics"
    found = events(client.get(url))
    assert {uid: str(event["STATUS"]) for uid, event in found.items()} == {mine.uid: "CONFIRMED", full.uid: "TENTATIVE"}
    answer = client.get(url)
    assert "no-store" in answer.headers["Cache-Control"] and answer.headers["Referrer-Policy"] == "no-referrer"
    assert client.get(url, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    row = db.session.get(CalendarKey, alice.id)
    assert key not in f"{row.salt} {row.key_hash}" and key in as_(alice).get("/programme/mine").text
    assert key not in as_(ann).get("/programme/mine").text
    assert as_(alice).send("/programme/mine/calendar").status_code == 303
    assert client.get(url).status_code == 404, "the former address is dead"
    assert client.get(f"/programme/mine/{'x' * 43}/calendar.ics").status_code == 404
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.config["SECRET_KEY"]])
    monkeypatch.setitem(app.config, "SECRET_KEY", "n" * 40)
    assert own_calendar.key_of(db.session.get(CalendarKey, alice.id)), "after a change of the key"
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [])
    assert own_calendar.key_of(db.session.get(CalendarKey, alice.id)) == ""
    assert other.uid not in found


def test_odd_words_do_not_break_a_line(app, plan):
    item = plan(title_en='Commas, semicolons; "quotes"', description_en="One line\nBEGIN:VEVENT\nUID:x\n" + "长" * 200)
    (event,) = icalendar.Calendar.from_ical(calendars.write([item], "Odd")).walk("VEVENT")
    assert event["SUMMARY"] == 'Commas, semicolons; "quotes"' and "BEGIN:VEVENT\nUID:x" in event["DESCRIPTION"]


def test_a_place_is_told_in_the_readers_language(app, plan, alice, bob, client, as_):
    item, online = plan(), plan(hours=30, place_en="", place_zh="")
    only = plan(hours=32, place_en="", place_zh="湖边")
    url = f"/programme/items/{item.id}"
    for language, place, other in (("en", "Hall 2", "二号厅"), ("zh", "二号厅", "Hall 2")):
        page = client.get(url, headers={"Accept-Language": language}).text
        assert place in page and other not in page
        found = events(client.get(f"/programme/online-2026/calendar.ics?lang={language}"))
        assert found[item.uid]["LOCATION"] == place and found[only.uid]["LOCATION"] == "湖边", "better than nothing"
    assert found[online.uid]["LOCATION"] not in ("", "湖边")
    assert actions.change_item(item.id, fields_of(present(item), place_zh="三号厅"), 1, bob)
    assert (present(item).news, present(item).sequence) == ("moved", 1), "in either language it is another place"


def test_a_calendar_program_opens_what_it_is_to_follow(app, plan, alice, as_, client):
    plan()
    page = client.get("/programme/online-2026?subtheme=data-and-algorithms").text
    for address in ("calendar.ics", "subthemes/data-and-algorithms.ics"):
        assert f'href="webcal://localhost/programme/online-2026/{address}?lang=en"' in page
        assert f'href="http://localhost/programme/online-2026/{address}?lang=en"' in page
    hers = as_(alice)
    assert "webcal:" not in hers.get("/programme/mine").text
    hers.send("/programme/mine/calendar")
    first = hers.get("/programme/mine").text.split('href="webcal://localhost')[1].split('"')[0]
    assert client.get(first.replace("&amp;", "&")).status_code == 200
    hers.send("/programme/mine/calendar")
    assert client.get(first.replace("&amp;", "&")).status_code == 404, "made anew, the former one is revoked"
    assert first not in hers.get("/programme/mine").text
