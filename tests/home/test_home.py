"""The home page: sub-themes with their latest thread, where experts answer, and what is being discussed."""

import re
from datetime import timedelta

from sqlalchemy import event, insert, text

from forum.core.database import db, now, transaction
from forum.experts.models import Credential
from forum.subthemes import queries as subthemes
from forum.subthemes.models import SubTheme
from forum.threads import actions, lists, staff_actions, states
from forum.threads.models import Post, Thread

MOST = 8  # statements of the home page for somebody signed in


def titles(page: str) -> list[str]:
    return re.findall(r">(Thread \d+)<", page)


def make_threads(author_id: int, subtheme_id: int, number: int, **facts: object) -> None:
    """Put visible threads with one post each into the database, past the actions; a minute lies between them."""
    with transaction() as session:
        start = now() - timedelta(days=30)
        rows = [
            {
                "subtheme_id": subtheme_id, "author_id": author_id, "title": f"Thread {n}", "lang": "en",
                "state": "visible", "last_position": 1, "last_post_at": start + timedelta(minutes=n), **facts,
            }
            for n in range(number)
        ]  # fmt: skip
        session.execute(insert(Thread), rows)


def test_an_empty_forum_says_what_to_do(client, app):
    page = client.get("/").text
    assert page.count("<h1") == 1 and "Nothing is being discussed yet" in page
    assert all(one.name_en in page and one.name_zh in page for one in subthemes.open_subthemes())
    assert "Experts are answering" not in page


def test_each_sub_theme_shows_its_latest_thread(app, alice, ann, bob, subtheme, thread):
    other = actions.start_thread(subtheme, alice, "A newer question", "Text")
    latest = {one.slug: last for one, last in lists.subthemes_with_latest()}
    assert latest["data-and-algorithms"].id == other.id and latest["law-online"] is None
    actions.post_reply(thread, ann, "Back to this one")
    assert {one.slug: last for one, last in lists.subthemes_with_latest()}["data-and-algorithms"].id == thread.id
    states.hide_post(db.session.query(Post).filter_by(thread_id=thread.id, position=1).one(), bob, "r2")
    assert {one.slug: last for one, last in lists.subthemes_with_latest()}["data-and-algorithms"].id == other.id


def test_an_archived_sub_theme_is_not_on_the_home_page(client, subtheme):
    with transaction():
        subtheme.archived_at = now()
    assert subtheme.name_en not in client.get("/").text


def test_where_experts_are_answering(client, alice, dr_chen, pinned):
    assert "3 posts waiting for an expert" in client.get("/").text
    actions.post_reply(pinned, dr_chen, "In three steps.", credential=db.session.query(Credential).one())
    page = client.get("/").text
    assert "1 answer by experts" in page and "since the last answer" not in page
    actions.post_reply(pinned, alice, "And then?")
    assert "1 post since the last answer" in client.get("/").text


def test_unanswered_pinned_threads_come_first(app, alice, ann, bob, dr_chen, subtheme, pinned):
    other = actions.start_thread(subtheme, alice, "Unanswered", "Text")
    staff_actions.pin(other, bob)
    actions.post_reply(pinned, dr_chen, "In three steps.", credential=db.session.query(Credential).one())
    assert [row.thread.id for row in lists.answering(5)] == [other.id, pinned.id]
    staff_actions.unpin(other, bob)
    assert [row.thread.id for row in lists.answering(5)] == [pinned.id]


def test_held_hidden_and_deleted_threads_are_not_listed(as_, client, newbie, alice, bob, subtheme, thread):
    actions.start_thread(subtheme, newbie, "A held question", "Text")
    gone = actions.start_thread(subtheme, alice, "A removed question", "Text")
    states.remove_post(db.session.query(Post).filter_by(thread_id=gone.id).one(), bob, "r2")
    for reader in (client, as_(newbie), as_(alice), as_(bob)):
        page = reader.get("/").text
        assert "A held question" not in page and "A removed question" not in page and thread.title in page


def test_pages_follow_each_other_without_gap_or_repetition(client, alice, subtheme):
    make_threads(alice.id, subtheme.id, 45)
    address, seen = "/", []
    while address:
        page = client.get(address).text.partition("Being discussed")[2]
        seen += titles(page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1] if found else ""
    assert seen == [f"Thread {n}" for n in reversed(range(45))]


def test_threads_of_one_moment_are_not_lost_between_pages(app, alice, subtheme):
    make_threads(alice.id, subtheme.id, 45, last_post_at=now())
    first = lists.latest()
    second = lists.latest(first.next_cursor)
    third = lists.latest(second.next_cursor)
    ids = [thread.id for page in (first, second, third) for thread in page.items]
    assert len(ids) == len(set(ids)) == 45 and third.next_cursor == ""


def test_a_nonsense_place_starts_anew(client, thread):
    for before in ("x", "../..", "9" * 4000, "MTIz", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5Ljk5OTk5OTk5OTk5OTk5OTk5OTk5"):
        assert client.get("/", query_string={"before": before}).status_code == 200


def test_the_number_of_statements_does_not_grow(as_, client, alice, bob, subtheme, pinned, statements):
    c = as_(alice)
    for one in db.session.query(SubTheme):
        make_threads(alice.id, one.id, 30)
    with transaction() as session:
        session.execute(text("UPDATE threads SET pinned_at = created_at WHERE id % 10 = 0"))
    with statements() as seen:
        assert c.get("/").status_code == 200
    assert len(seen) <= MOST, seen
    with statements() as seen:
        assert client.get("/").status_code == 200
    assert len(seen) <= MOST - 3, seen


def test_every_list_is_served_by_its_index(app, alice, subtheme):
    """On SQLite, whose plans do not depend on how much is in the tables."""
    if db.engine.dialect.name != "sqlite":
        return
    plans = {
        "ix_threads_activity (": lists.latest,
        "ix_threads_activity_in_subtheme": lambda: lists.latest("", subtheme.id),
        "ix_threads_pinned": lambda: lists.pinned_of(subtheme.id),
        "ix_threads_held": lambda: lists.held_of(alice, subtheme.id),
        "ix_posts_author": lambda: lists.posts_of(alice.id),
        "ix_threads_waiting": lambda: lists.waiting([subtheme.id]),
    }
    for index, ask in plans.items():
        assert index.rstrip(" (") in plan_of(ask), index


def plan_of(ask) -> str:
    """Return SQLite's plan of the one statement that `ask` sends."""
    sent = []
    event.listen(db.engine, "before_cursor_execute", lambda *seen: sent.append(seen[2:4]), once=True)
    ask()
    statement, parameters = sent[0]
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    plan = "\n".join(row[3] for row in rows)
    assert "SCAN threads" not in plan.replace("SCAN threads USING INDEX", "") and "SCAN posts" not in plan, plan
    return plan
