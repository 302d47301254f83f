"""What is easily forgotten: a hidden discussion, days at the calendar's end, and a form after a conflict."""

import re
from datetime import date, timedelta

import pytest

from forum.core.database import db, now
from forum.core.errors import Refused
from forum.programme import actions, queries
from forum.threads import states
from forum.threads.models import Post
from tests.programme.conftest import fields_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
NAMES = {"name_en": "One", "name_zh": "一", "place_en": "", "place_zh": "", "timezone": "Asia/Shanghai"}


def test_an_item_says_nothing_of_a_discussion_that_is_hidden(app, thread, plan, bob, client, as_):
    item = plan()
    actions.change_item(item.id, fields_of(item), 1, bob, thread_id=thread.id)
    url, slug = f"/programme/items/{item.id}", thread.slug
    assert slug in client.get(url).text
    opening = db.session.query(Post).filter_by(thread_id=thread.id, position=1).one()
    states.hide_post(opening, bob, "r2")
    page = client.get(url)
    assert page.status_code == 200 and slug not in page.text and "There is no discussion" in page.text
    assert slug in as_(bob).get(url).text


def test_days_that_no_clock_can_show_are_refused(app, carol, as_):
    for first, last in ((date(9999, 12, 20), date(9999, 12, 31)), (date(1, 1, 1), date(1, 1, 2))):
        with pytest.raises(Refused):
            actions.make_edition("far", {**NAMES, "starts_on": first, "ends_on": last}, carol)
        days = {"starts_on": first.isoformat(), "ends_on": last.isoformat()}
        assert as_(carol).send("/programme/new", slug="far", seen=0, **NAMES, **days).status_code == 422


def test_after_a_conflict_the_same_form_can_be_sent_once_more(app, plan, bob, as_):
    item, his = plan(), as_(bob)
    notes = f"/programme/items/{item.id}/notes"
    fields = {"agenda": "1. Begin", "notes": "", "recording_url": "", "moments": ""}
    assert his.send(notes, **fields, seen=1).status_code == 303
    refused = his.send(notes, **{**fields, "agenda": "2. Begin anew"}, seen=1)
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', refused.text)[1]
    assert refused.status_code == 409 and "2. Begin anew" in refused.text and seen == "2"
    assert his.send(notes, **{**fields, "agenda": "2. Begin anew"}, seen=seen).status_code == 303
    edit = f"/programme/items/{item.id}/edit"
    page = his.get(edit).text
    kept = {name: "" if value is None else value for name, value in fields_of(item, speakers="").items()}
    kept |= {name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1] for name in ("starts_at", "ends_at")}
    refused = his.send(edit, **{**kept, "title_en": "Another"}, seen=1)
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', refused.text)[1]
    assert (
        refused.status_code == 409 and his.send(edit, **{**kept, "title_en": "Another"}, seen=seen).status_code == 303
    )


def test_the_edition_that_runs_comes_before_one_that_ended_yesterday(app, edition, carol):
    today = now().date()
    days = {"starts_on": today - timedelta(days=9), "ends_on": today - timedelta(days=1)}
    actions.make_edition("former", {**NAMES, **days}, carol)
    actions.make_edition(
        "later", {**NAMES, "starts_on": today + timedelta(days=9), "ends_on": today + timedelta(days=9)}, carol
    )
    assert queries.current_of(queries.editions()).slug == "online-2026"
    actions.change_edition(
        edition.id, {**NAMES, "starts_on": today - timedelta(days=30), "ends_on": today - timedelta(days=28)}, 1, carol
    )
    assert queries.current_of(queries.editions()).slug == "later"
