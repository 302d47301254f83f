"""The pages: now and next on the home page, an edition by day and by sub-theme in the reader's time, an item."""

import re
import time
from datetime import timedelta

import pytest

from forum.asking.models import LED_BY
from forum.core.database import Clock, db, now, transaction
from forum.programme import actions, naming, seats
from forum.programme.models import Item
from forum.programme.times import typed_at
from forum.subthemes.queries import by_slug
from forum.threads import actions as threads
from tests.programme.conftest import FIELDS, fields_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
MOST = 9  # statements of the edition's page for somebody signed in
PLAYER = "https://player.example.org/embed/7?x=1"


def present(item):
    db.session.rollback()
    return db.session.get(Item, item.id, populate_existing=True)


def test_without_an_edition_the_page_says_what_it_is_for(client, carol, as_):
    page = client.get("/programme").text
    assert "No edition is planned yet" in page and "Plan an edition" not in page
    assert "/programme/new" in as_(carol).get("/programme").text
    assert "programme-now" not in client.get("/").text


def test_seven_tracks_at_once_do_not_hide_what_comes_next(client, plan):
    for number in range(7):
        plan(hours=-0.5, title_en=f"Running {number}")
    plan(hours=1, title_en="The next one")
    page = client.get("/").text
    assert all(f"Running {number}<" in page for number in range(7)) and "The next one<" in page


def test_two_editions_at_once_have_each_their_heading_link_and_clock(client, plan, edition, subtheme, bob, carol):
    facts = {name: getattr(edition, name) for name in ("place_en", "place_zh", "starts_on", "ends_on")}
    names = {"name_en": "Workshop in Rome", "name_zh": "罗马工作坊", "timezone": "Europe/Rome"}
    rome = actions.make_edition("rome-2026", {**facts, **names}, carol)
    for number in range(7):
        plan(hours=-0.5, title_en=f"Running {number}")
    span = {"starts_at": now() + timedelta(hours=2), "ends_at": now() + timedelta(hours=3)}
    there = actions.add_item(rome.id, subtheme.id, {**FIELDS, **span, "title_en": "In Rome"}, bob)
    first, second = (part.split("</section>")[0] for part in client.get("/").text.split('class="programme-now"')[1:])
    assert "Conference online" in first and "/programme/online-2026" in first and first.count("Running") == 7
    assert "Workshop in Rome" in second and 'href="/programme/rome-2026"' in second and "In Rome" not in first
    assert f"{typed_at(there.starts_at, 'Europe/Rome'):%-I:%M}" in second and "Running" not in second


def test_now_and_next_on_the_home_page_while_it_runs(client, plan, bob, statements, clock):
    with statements() as before:
        client.get("/")
    on, soon, off = plan(hours=-0.5), plan(hours=3), plan(hours=4, title_en="A cancelled one")
    plan(hours=-6, title_en="Long over")
    actions.cancel(off.id, "The hall is closed.", bob)
    with statements() as seen:
        page = client.get("/").text
    assert len(seen) == len(before), "the statement that found nothing finds them"
    panel = page.split('class="programme-now"')[1].split("</section>")[0]
    places = [panel.index(f"/programme/items/{item.id}") for item in (on, soon)]
    assert places == sorted(places) and panel.count("<li") == 2 and "Now" in panel and "Coming next" in panel
    assert "A cancelled one" not in panel and "Long over" not in panel
    clock.move(days=9)
    assert "programme-now" not in client.get("/").text


def test_a_visitors_page_is_kept_until_the_item_begins(app, plan, bob, client, monkeypatch):
    item = plan(hours=2)
    for path in ("/programme", f"/programme/items/{item.id}"):
        client.get(path)
        kept = app.extensions["page_cache"]
        found = kept.shelf.found
        assert "Who checks" in client.get(path).text and kept.shelf.found == found + 1, "it was kept"
        monkeypatch.setattr(Clock, "offset", item.starts_at - now() - timedelta(seconds=20))
        kept.shelf.clear()
        client.get(path)
        (page,) = kept.shelf._pages.values()
        assert page.until - time.monotonic() <= 20, "what begins then is said then"
        monkeypatch.setattr(Clock, "offset", timedelta(0))
        kept.shelf.clear()
    client.get(f"/programme/items/{item.id}")
    actions.cancel(item.id, "The hall is closed.", bob)
    assert "The hall is closed." in client.get(f"/programme/items/{item.id}").text


def test_an_edition_by_day_and_by_track_in_the_readers_time(app, plan, edition, alice, bob, client, as_, statements):
    law = by_slug("law-online")
    item = plan(hours=20, speakers=naming.read("Li Hua, Lakeside Library"))
    begins = item.starts_at + timedelta(hours=12)
    span = {"starts_at": begins, "ends_at": begins + timedelta(hours=1), "title_en": "On evidence"}
    actions.add_item(edition.id, law.id, {**FIELDS, **span}, bob)
    with transaction():
        alice.timezone = "America/New_York"
    hers = as_(alice)
    page = hers.get("/programme/online-2026").text
    assert "by the clock of New York, with those of Shanghai beside them" in page and "Li Hua" in page
    assert "by the clock of Shanghai, with those of UTC beside them" in client.get("/programme").text
    assert (
        page.count('class="programme-list"') >= 1
        and f'datetime="{item.starts_at.isoformat(timespec="minutes")}"' in page
    )
    by_track = hers.get("/programme/online-2026?by=subtheme").text
    assert by_track.index('id="law-online"') < by_track.index('id="data-and-algorithms"')
    one = hers.get("/programme/online-2026?subtheme=law-online").text
    assert "On evidence" in one and "Who checks the ranking?" not in one.split("<main")[1]
    assert "Nothing in this sub-theme" in hers.get("/programme/online-2026?subtheme=internet-charity").text
    for hours in range(5):
        plan(hours=hours + 1, speakers=naming.read("@alice Reader"))
    with statements() as seen:
        assert hers.get("/programme/online-2026").status_code == 200
    assert len(seen) <= MOST, seen
    assert "中" in as_(alice).get("/programme/online-2026", headers={"Cookie": "language=zh_Hans"}).text


def test_an_item_is_whole_without_its_stream_without_scripts_and_small(app, plan, thread, alice, bob, as_, client):
    item = plan(hours=-0.2, description_zh="长" * 1500, speakers=naming.read("Li Hua"))
    long = {"agenda": "议" * 1500, "notes": "记" * 4900, "recording_url": "", "moments": ""}
    assert actions.write_notes(item.id, {**long, "notes": long["notes"] + "\n\n<script>x</script>"}, 1, bob)
    answer = client.get(f"/programme/items/{item.id}", headers={"Accept-Language": "zh"})
    assert len(answer.data) < 50_000
    page = answer.text.split("<main")[1]
    assert "<script" not in page and "<iframe" not in page and "议" * 1500 in page and "长" * 1500 in page
    assert len(as_(bob).get(f"/programme/items/{item.id}", headers={"Accept-Language": "zh"}).data) < 50_000
    assert not actions.write_notes(item.id, {**long, "notes": long["notes"] + "\n\n<script>x</script>"}, 2, bob)


def test_a_stream_is_a_link_or_a_player_of_an_allowed_host_on_that_page_alone(
    app, plan, alice, ann, as_, client, monkeypatch
):
    item = plan(hours=-0.2, capacity=1, stream_url=PLAYER)
    url = f"/programme/items/{item.id}"
    assert PLAYER not in client.get(url).text and "for those who have a place" in client.get(url).text
    seats.sign_up(item.id, alice)
    seats.sign_up(item.id, ann)
    hers = as_(alice)
    assert f'href="{PLAYER}"' in hers.get(url).text and PLAYER not in as_(ann).get(url).text, "who waits has no place"
    framed = hers.get(f"{url}?player=1")
    assert "<iframe" not in framed.text and "frame-src" not in framed.headers["Content-Security-Policy"]
    monkeypatch.setitem(app.config, "STREAM_HOSTS", frozenset({"player.example.org"}))
    assert "<iframe" not in hers.get(url).text, "nothing is fetched from elsewhere before somebody asks"
    framed = hers.get(f"{url}?player=1")
    (frame,) = re.findall("<iframe[^>]*>", framed.text)
    assert f'src="{PLAYER}"' in frame and "sandbox=" in frame and "title=" in frame and "style" not in frame
    assert framed.headers["Content-Security-Policy"].endswith("; frame-src https://player.example.org")
    assert "frame-src" not in hers.get("/").headers["Content-Security-Policy"]
    assert "<iframe" not in as_(ann).get(f"{url}?player=1").text
    Clock.offset += timedelta(hours=2)
    assert PLAYER not in hers.get(f"{url}?player=1").text, "it is over"
    Clock.offset = timedelta(0)


def test_a_recording_with_moments_and_the_form_that_refuses_nonsense(app, plan, bob, as_, client):
    item, his = plan(hours=-3), as_(bob)
    url = f"/programme/items/{item.id}/notes"
    fields = {"agenda": "1. Begin", "notes": "", "recording_url": "https://video.example.org/v?id=7", "seen": 1}
    for moments in ("soon: something", "12:75 Too many seconds", "99:999:59 Too many minutes", "12:34"):
        refused = his.send(url, **fields, moments=moments)
        assert refused.status_code == 422 and moments in refused.text
    assert his.send(url, **{**fields, "recording_url": "javascript:alert(1)"}, moments="").status_code == 422
    assert his.send(url, **fields, moments="1:02:03 The end\n0:15 The beginning").status_code == 303
    page = client.get(f"/programme/items/{item.id}").text
    assert 'href="https://video.example.org/v?id=7&amp;t=15#t=15"' in page and "1:02:03" in page
    assert page.index("The beginning") < page.index("The end")
    assert his.send(url, **fields, moments="").status_code == 409, "somebody else wrote meanwhile"
    assert "0:15 The beginning" in his.get(url).text


def test_an_item_comes_with_its_thread_once(app, edition, subtheme, bob, thea, as_, client):
    begins = f"{edition.ends_on.isoformat()}T10:00"
    fields = {
        **FIELDS, "capacity": "", "speakers": "Li Hua\n@nobody", "subtheme": subtheme.id, "thread": "", "asked": "",
        "starts_at": begins, "ends_at": begins.replace("10:00", "11:30"), "form_token": "t-1", "stream_url": "",
    }  # fmt: skip
    hers, url = as_(thea), "/programme/online-2026/items/new"
    refused = hers.send(url, **fields)
    assert refused.status_code == 422 and "There is no account @nobody." in refused.text and "Li Hua" in refused.text
    assert hers.send(url, **{**fields, "speakers": "", "ends_at": begins}).status_code == 422
    outside = begins.replace(edition.ends_on.isoformat(), (edition.ends_on + timedelta(days=9)).isoformat())
    assert (
        hers.send(
            url, **{**fields, "speakers": "", "starts_at": outside, "ends_at": outside[:-5] + "23:00"}
        ).status_code
        == 422
    )
    for _ in range(2):
        answer = hers.send(url, **{**fields, "speakers": "Li Hua"})
        assert answer.status_code == 303
    (item,) = db.session.query(Item).all()
    assert item.thread.title == "谁来检查排序？" and item.thread.author_id == thea.id
    assert times_of(item) == ("10:00", "11:30")
    page = client.get(f"/programme/items/{item.id}").text
    assert f"/threads/{item.thread_id}/" in page and "Ask and discuss" in page
    other = threads.start_thread(subtheme, bob, "Ask us anything", "We answer.")
    named = {
        **fields,
        "speakers": "",
        "form_token": "t-2",
        "thread": f"http://localhost/threads/{other.id}/ask-us-anything",
    }
    assert hers.send(url, **named).status_code == 303
    assert hers.send(url, **{**named, "form_token": "t-3"}).status_code == 422, "it belongs to an item"
    with transaction():
        other.led_by = LED_BY  # as the thread of a session with experts is
    second = db.session.query(Item).filter_by(thread_id=other.id).one()
    page = client.get(f"/programme/items/{second.id}").text
    assert "To the session" in page and "Ask and discuss" not in page
    assert hers.send(url, **{**named, "form_token": "t-4", "thread": "that one"}).status_code == 422


def times_of(item):
    return tuple(typed_at(moment, "Asia/Shanghai").strftime("%H:%M") for moment in (item.starts_at, item.ends_at))


def test_changing_by_the_form_keeps_what_was_not_changed(app, plan, dr_chen, bob, as_):
    item, his = plan(speakers=naming.read("@dr_chen Professor\nLi Hua")), as_(bob)
    url = f"/programme/items/{item.id}/edit"
    page = his.get(url).text
    assert "@dr_chen Professor\nLi Hua" in page
    fields = {name: "" if value is None else value for name, value in fields_of(present(item)).items()}
    typed = {name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1] for name in ("starts_at", "ends_at")}
    fields |= typed | {"speakers": "@dr_chen Professor\nLi Hua", "asked": ""}
    assert his.send(url, **fields, seen=1).status_code == 303 and present(item).version == 1, "nothing has changed"
    assert his.send(url, **{**fields, "title_en": "Another"}, seen=1).status_code == 303
    assert his.send(url, **{**fields, "title_en": "A third"}, seen=1).status_code == 409
    assert (present(item).sequence, present(item).title_en, len(present(item).speakers)) == (1, "Another", 2)


def test_what_is_wrong_with_the_days_of_an_edition_stands_beside_them(carol, as_):
    days = {"starts_on": "2026-12-02", "ends_on": "2026-12-01", "timezone": "UTC"}
    page = as_(carol).send("/programme/new", slug="x", name_en="A", name_zh="甲", **days)
    assert page.status_code == 422
    assert "before the first" in page.text.partition('id="ends_on-error"')[2].partition("</p>")[0]
    assert 'id="slug-error"' not in page.text
