"""An item and its discussion: made together or not at all; each leads to the other; a session shows its questions."""

import pytest
from sqlalchemy import func, select

from forum.asking import planning
from forum.core.database import db, now
from forum.core.errors import Refused
from forum.experts.actions import grant
from forum.programme import actions, opening, seats
from forum.programme.models import Edition, Item
from forum.subthemes.queries import by_slug
from forum.threads import actions as threads
from forum.threads import states
from forum.threads.models import Post, Thread
from tests.asking.conftest import the_plan
from tests.people import make_person
from tests.programme.conftest import fields_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def present(item):
    db.session.rollback()
    return db.session.get(Item, item.id, populate_existing=True)


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def fields(plan):
    """The fields of an item of tomorrow."""
    return fields_of(plan())


def test_an_item_and_its_thread_are_made_in_one_transaction(app, edition, subtheme, bob, fields, monkeypatch):
    before = count(Thread), count(Post), count(Item)
    for step in ("naming.name", "naming.name_and_tell", "_record"):

        def die(*_args, **_kwargs):
            raise SystemExit

        monkeypatch.setattr(f"forum.programme.actions.{step}", die)
        with pytest.raises(SystemExit):
            opening.open_item(db.session.get(Edition, edition.id), subtheme, fields, bob, form_token="t-1")
        monkeypatch.undo()
        assert (count(Thread), count(Post), count(Item)) == before, step
    made = [
        opening.open_item(db.session.get(Edition, edition.id), subtheme, fields, bob, form_token="t-1").id
        for _ in range(2)
    ]
    assert made[0] == made[1] and (count(Thread), count(Item)) == (before[0] + 1, before[2] + 1)
    other = by_slug("law-online")
    assert opening.open_item(db.session.get(Edition, edition.id), other, fields, bob, form_token="t-1").id == made[0]
    assert count(Thread) == before[0] + 1, "the same form for another sub-theme leaves no thread behind"


def test_the_thread_leads_to_its_item(app, plan, subtheme, thread, bob, alice, client, as_, statements):
    with statements() as usual:
        assert "item-note" not in client.get(f"/threads/{thread.id}/{thread.slug}").text
    item = plan(capacity=1)
    actions.change_item(item.id, fields_of(present(item)), 1, bob, thread_id=thread.id)
    url = f"/threads/{thread.id}/{thread.slug}"
    with statements() as seen:
        page = client.get(url).text
    assert len(seen) <= len(usual), "the statement that finds no item finds it"
    note = page.split('<aside class="item-note')[1].split("</aside>")[0]
    assert f'href="/programme/items/{item.id}"' in note and "Who checks the ranking?" in note and "Hall 2" in note
    assert item.starts_at.isoformat(timespec="minutes") in note and "sign-up" not in note
    hers = as_(alice)
    assert f'action="/programme/items/{item.id}/sign-up"' in hers.get(url).text
    seats.sign_up(item.id, alice)
    page = hers.get(url).text
    assert "You have a place" in page and f'action="/programme/items/{item.id}/sign-up"' not in page
    words = {"agenda": "", "notes": "", "recording_url": "https://video.example.org/7", "moments": ""}
    actions.write_notes(item.id, words, 2, bob)
    assert 'href="https://video.example.org/7"' in client.get(url).text
    actions.write_notes(item.id, {**words, "agenda": "&nbsp;", "notes": "[](/posts/1)"}, 3, bob)
    assert (item.agenda, item.notes, item.agenda_html, item.notes_html) == ("", "", "", "")
    actions.cancel(item.id, "The hall is closed.", bob)
    assert "Cancelled" in client.get(url).text.split('<aside class="item-note')[1]


def test_an_item_shows_its_session(app, plan, thread, subtheme, bob, dr_chen, alice, as_, client, clock):
    session = planning.plan(subtheme, bob, the_plan([dr_chen.id], now()))
    foreign = planning.plan(by_slug("law-online"), bob, the_plan([expert_in("law-online").id], now(), title="On law"))
    item, his = plan(kind="ask"), as_(bob)
    url = f"/programme/items/{item.id}"
    assert "Plan a session" in his.get(url).text and "Plan a session" not in client.get(url).text
    page = his.get(f"{url}/edit").text
    offered = page.split('name="session_id"')[1].split("</select>")[0]
    assert "Ask about rankings" in offered and "On law" not in offered
    sent = {name: "" if value is None else value for name, value in fields_of(present(item), speakers="").items()}
    for name in ("starts_at", "ends_at"):
        sent[name] = page.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]
    refused = {"session_id": "4711"}, {"session_id": foreign.id}, {"session_id": "x"}, {"thread": "/threads/4711/x"}
    for nonsense in (*refused, {"thread": "somewhere"}, {"thread": f"/threads/{session.thread_id}/ask"}):
        assert his.send(f"{url}/edit", **{**sent, "thread": "", **nonsense}, seen=1).status_code == 422, nonsense
    chosen = {**sent, "session_id": session.id, "thread": f"http://localhost/threads/{thread.id}/x?page=2#top"}
    assert his.send(f"{url}/edit", **chosen, seen=1).status_code == 303
    assert (present(item).session_id, present(item).thread_id) == (session.id, thread.id)
    assert his.send(f"{url}/edit", **{**chosen, "thread": ""}, seen=2).status_code == 303
    assert (present(item).version, present(item).thread_id) == (2, thread.id), "an empty line changes nothing"
    with pytest.raises(Refused, match="another item"):
        plan(session_id=session.id)
    clock.move(days=1, hours=1)
    question = threads.post_reply(db.session.get(Thread, session.thread_id), alice, "Who decides what I see first?")
    page = client.get(url).text
    assert "taken for another" in page and f"#post-{question.id}" in page and "Who decides what I see" in page
    assert f"/threads/{thread.id}/" in page and "Plan a session" not in page, "the discussion stands beside it"
    assert len(client.get(url).data) < 50_000
    for there in (f"/sessions/{session.id}", f"/threads/{session.thread_id}", f"/threads/{thread.id}"):
        heads = client.get(f"{there}/x", follow_redirects=False)
        if heads.status_code != 200:
            heads = client.get(heads.location)
        head = heads.text.split('<aside class="item-note')[1]
        assert f'href="/programme/items/{item.id}"' in head, "and each leads back"
    opening = db.session.scalar(select(Post).where(Post.thread_id == session.thread_id, Post.position == 1))
    states.hide_post(opening, bob, "r2")
    page = client.get(url)
    assert page.status_code == 200 and "Ask about rankings" not in page.text and "/sessions/" not in main(page)
    assert "Ask about rankings" in his.get(url).text


def main(page):
    return page.text.split("<main")[1].split("<footer")[0]


def expert_in(slug):
    person = make_person("lawyer")
    grant(person, by_slug(slug), "Lawyer", "Court", None, by=None)
    return person
