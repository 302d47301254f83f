"""Starting a thread: what is written and counted, and who is refused."""

import pytest

from forum.core import signals
from forum.core.database import db, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from forum.core.text import BODY_LIMIT, TITLE_LIMIT
from forum.subthemes import queries as subthemes
from forum.threads import actions
from forum.threads.models import Thread
from tests.discussions import opening_of

NEW = "/subthemes/data-and-algorithms/threads/new"


def test_alice_starts_a_thread(as_, alice, subtheme):
    answer = as_(alice).send(NEW, title="  谁来检查排序？ ", body="Nobody tells us **how**.")
    thread = db.session.get(Thread, 1)
    assert answer.status_code == 303
    assert answer.location == "/threads/1/%E8%B0%81%E6%9D%A5%E6%A3%80%E6%9F%A5%E6%8E%92%E5%BA%8F"
    assert (thread.title, thread.lang, thread.state, thread.author_id) == ("谁来检查排序？", "zh", "visible", alice.id)
    assert (thread.last_position, thread.reply_count, thread.last_author_id) == (1, 0, alice.id)
    opening = opening_of(thread)
    assert (opening.position, opening.state, opening.lang) == (1, "visible", "en")
    assert "<strong>how</strong>" in opening.html and opening.plain == "Nobody tells us how."
    assert opening.notified_at is None and opening.indexed_version < opening.index_version
    assert (thread.subtheme.thread_count, thread.subtheme.post_count) == (1, 1)


def test_it_is_announced_after_the_commit(app, alice, subtheme):
    seen = []
    with signals.post_published.connected_to(lambda _, **facts: seen.append((facts, "writing" in db.session().info))):
        thread = actions.start_thread(subtheme, alice, "One", "Two")
    assert seen == [({"post_id": 1, "thread_id": thread.id}, False)]


def test_the_form_is_shown_to_a_person_and_not_to_a_stranger(as_, alice, client):
    assert b'name="title"' in as_(alice).get(NEW).data
    answer = client.get(NEW)
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/login")
    assert client.send(NEW, title="A", body="B").status_code == 401
    assert db.session.query(Thread).count() == 0


@pytest.mark.parametrize(
    ("title", "body", "told"),
    [
        ("", "text", "Please fill this in."),
        ("A title", " \u200b\n", "Please fill this in."),
        ("x" * (TITLE_LIMIT + 1), "text", "1 character too long"),
        ("A title", "字" * (BODY_LIMIT + 2), "2 characters too long"),
        ("A title", "> " * 200 + "deep", "deep"),
    ],
)
def test_a_refused_text_keeps_what_was_typed(as_, alice, title, body, told):
    answer = as_(alice).send(NEW, title=title, body=body)
    assert answer.status_code == 422
    assert told in answer.text
    assert body.strip()[:300] in answer.text.replace("&gt;", ">") and title[:200] in answer.text
    assert db.session.query(Thread).count() == 0


def test_the_longest_title_and_text_are_taken(as_, alice):
    answer = as_(alice).send(NEW, title="题" * TITLE_LIMIT, body="字" * BODY_LIMIT)
    assert answer.status_code == 303


def test_other_fields_change_nothing(as_, alice, bob):
    as_(alice).send(
        NEW, title="A", body="B", author_id=bob.id, state="removed", pinned_at="2020-01-01", id="77", subtheme_id="1",
        reply_count="9", credential="1", lang="xx", source_id="t9",
    )  # fmt: skip
    thread = db.session.query(Thread).one()
    assert (thread.id, thread.author_id, thread.state, thread.reply_count) == (1, alice.id, "visible", 0)
    assert thread.subtheme.slug == "data-and-algorithms"
    assert thread.pinned_at is None and thread.source_id is None and thread.lang != "xx"


def test_an_unknown_or_archived_sub_theme_takes_none(as_, alice, carol, subtheme):
    c = as_(alice)
    assert c.send("/subthemes/nowhere/threads/new", title="A", body="B").status_code == 404
    with transaction():
        subtheme.archived_at = subtheme.created_at
    assert c.get(NEW).status_code == 403
    answer = c.send(NEW, title="A", body="My long thought")
    assert answer.status_code == 403 and "My long thought" in answer.text


def test_a_suspended_person_starts_none(app, sam, subtheme):
    with pytest.raises(Forbidden, match="suspended until"):
        actions.start_thread(subtheme, sam, "A", "B")
    assert db.session.query(Thread).count() == 0


def test_actions_refuse_what_forms_refuse(app, alice, subtheme):
    for title, body in (("", "B"), ("A", " "), ("x" * 201, "B"), ("A", "x" * (BODY_LIMIT + 1))):
        with pytest.raises(Refused):
            actions.start_thread(subtheme, alice, title, body)


def test_a_form_sent_twice_makes_one_thread(as_, alice):
    c = as_(alice)
    first = c.send(NEW, title="A", body="B", form_token="t" * 24)
    again = c.send(NEW, title="A", body="B", form_token="t" * 24)
    assert again.status_code == 303 and first.location == again.location
    assert db.session.query(Thread).count() == 1


def test_a_form_gone_back_to_and_changed_loses_nothing(as_, alice):
    c = as_(alice)
    c.send(NEW, title="A", body="B", form_token="t" * 24)
    answer = c.send(NEW, title="A", body="Another text", form_token="t" * 24)
    assert answer.status_code == 409 and "Another text" in answer.text
    assert "t" * 24 not in answer.text  # a new token: sending it again posts it


def test_the_token_of_somebody_else_is_not_theirs(app, alice, mallory, subtheme):
    first = actions.start_thread(subtheme, alice, "A", "B", form_token="t" * 24)
    other = actions.start_thread(subtheme, mallory, "A", "B", form_token="t" * 24)
    elsewhere = actions.start_thread(subthemes.by_slug("law-online"), alice, "A", "B", form_token="t" * 24)
    assert len({first.id, other.id, elsewhere.id}) == 3
    with pytest.raises(Conflict):
        actions.start_thread(subtheme, alice, "A", "C", form_token="t" * 24)
