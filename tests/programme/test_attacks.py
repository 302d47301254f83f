"""What somebody might try: to attend without leave, to smuggle in an address or a line, to learn who comes."""

from datetime import timedelta

import icalendar
import pytest

from forum.accounts.models import Standing
from forum.core.database import db, now, transaction
from forum.core.errors import Forbidden, Refused
from forum.programme import actions, own_calendar, seats, streams
from forum.programme.models import Attendance, Item
from tests.programme.conftest import fields_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
ODD = "A\rB\r\nBEGIN:VALARM\r\nACTION:PROCEDURE\r\nX:1,2;3\\n\r\nEND:VALARM"


def present(item):
    db.session.rollback()
    return db.session.get(Item, item.id, populate_existing=True)


def test_who_is_suspended_silenced_gone_or_unconfirmed_takes_no_place(app, plan, person):
    item, later = plan(), now() + timedelta(days=9)
    kept_out = {
        "suspended": {"suspended_until": later}, "silenced": {"silenced_until": later},
        "closed": {"standing": Standing.CLOSED}, "new": {"standing": Standing.UNCONFIRMED},
    }  # fmt: skip
    for name, facts in kept_out.items():
        who = person(name, **facts)
        with pytest.raises(Forbidden):
            seats.sign_up(item.id, who)
        assert not seats.withdraw(item.id, who.id), name
    assert present(item).going_count == 0 and db.session.query(Attendance).count() == 0
    young = person("young", age_band="young")
    assert seats.sign_up(item.id, young).seat == "going"


def test_nobody_learns_who_attends(app, plan, person, bob, carol, as_, client):
    item = plan(capacity=1)
    for name in ("quincey", "rosalind"):
        seats.sign_up(item.id, person(name, age_band="young"))
    edit = f"/programme/items/{item.id}/edit"
    for reader in (client, as_(bob), as_(carol)):
        for path in (f"/programme/items/{item.id}", "/programme", "/programme/mine", edit, f"{edit[:-4]}notes"):
            words = reader.get(path).text.lower()
            assert "quincey" not in words and "rosalind" not in words, path
    assert "1 person waits." in as_(bob).get(f"/programme/items/{item.id}").text, "how many, and not who"


def test_no_line_of_a_calendar_can_be_smuggled_in(app, plan, alice, client):
    item = plan()
    with transaction():
        row = db.session.get(Item, item.id)
        row.title_en = row.title_zh = row.place_en = row.description_en = row.cancel_reason = ODD[:150]
        row.edition.name_en = ODD[:150]
        row.cancelled_at = now()
    for path in (
        f"items/{item.id}/calendar.ics",
        "online-2026/calendar.ics",
        "online-2026/subthemes/data-and-algorithms.ics",
    ):
        answer = client.get(f"/programme/{path}?lang=en")
        calendar = icalendar.Calendar.from_ical(answer.data)
        assert [part.name for part in calendar.walk()] == ["VCALENDAR", "VEVENT"]
        assert "VALARM" not in answer.headers["Content-Disposition"] and b"\r" not in answer.data.replace(b"\r\n", b"")
        (event,) = calendar.walk("VEVENT")
        assert event["SUMMARY"].replace("\r", "").startswith("A\nB\nBEGIN:VALARM") and "1,2;3" in event["SUMMARY"]
        assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    key = own_calendar.key_of(own_calendar.make(alice))
    for foreign in (key[:-1], key + "A", key.swapcase(), "..", "%00", "x" * 5_000):
        assert client.get(f"/programme/mine/{foreign}/calendar.ics").status_code == 404
    answer = client.get(f"/programme/mine/{key}/calendar.ics")
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    public = client.get("/programme/online-2026/calendar.ics").headers["Cache-Control"]
    assert "private" in public and "public" not in public, "in the reader's language, so no proxy keeps it"


HOSTILE = [
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)//https://",
    "http://example.org/live",
    "//example.org/live",
    "https://user:word@example.org/live",
    "https://user@example.org/",
    "https://example.org\\@evil.example/",
    "https://example.org/a b",
    'https://example.org/"onload=x',
    "https://example.org/<script>",
    "https://",
    "https://exa\nmple.org/",
    "https:///live",
    "https://例子.example/",
    "data:text/html,x",
    "https://example.org:99999/",
    "https://example.org/;frame-src *\r\nX: y",
    "https://a.example; frame-src *",
]


def test_hostile_addresses_are_refused(app, plan, bob):
    item = plan()
    for address in HOSTILE:
        with pytest.raises(Refused):
            actions.change_item(item.id, fields_of(present(item), stream_url=address), 1, bob)
        words = {"agenda": "", "notes": "", "moments": "", "recording_url": address}
        with pytest.raises(Refused):
            actions.write_notes(item.id, words, 1, bob)
        assert present(item).version == 1 and not streams.may_be_framed(address), address
