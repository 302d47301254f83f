"""Whoever takes back a question that was answered takes no answer away: its place stays, without its words."""

from __future__ import annotations

import pytest

from forum.asking import asked, similar, triage
from forum.asking.models import Question, Status
from forum.asking.recount import recount_sessions
from forum.asking.supporting import support
from forum.core.database import db
from forum.threads import actions, departing, states
from forum.threads.models import Post
from forum.threads.models.kinds import BY_FLAGS
from tests.asking.conftest import answer, present

WORDS, GONE = "Who checks the zebra ranking?", "Deleted by its author."


@pytest.fixture
def address(session):
    return f"/sessions/{session.id}/{session.thread.slug}"


def counts(session):
    row = present(session)
    assert not list(recount_sessions())
    return row.question_count, row.answered_count


def post_of(question):
    return db.session.get(Post, question.post_id)


@pytest.mark.parametrize("how", ["by hand", "with the account"])
def test_the_place_of_an_answered_question_stays(
    session, at, ask, alice, ann, mallory, bob, dr_chen, as_, client, address, statements, work, how
):
    at("collecting")
    one, other, source = ask(alice, WORDS), ask(ann, "When is it?"), ask(mallory, "Zebra checked by whom?")
    support(one.post_id, ann)
    triage.merge([source.post_id], one.post_id, bob)
    at("answering")
    given = answer(session, dr_chen, one)
    work()
    reader = as_(ann)
    reader.get(address)
    with statements() as before:
        assert "zebra" in reader.get(address).text
    if how == "by hand":
        actions.delete_post(post_of(one), alice)
    else:
        departing.take_back_some(alice.id)
    work()
    assert counts(session) == (3, 1) and db.session.get(Question, source.post_id).status == Status.MERGED
    with statements() as after:
        page = reader.get(address).text
    assert len(after) <= len(before)
    part = page[page.index('id="answered"') :]
    order = [part.index(words) for words in (f'id="post-{one.post_id}"', GONE, "3 people ask", given.plain)]
    assert order == sorted(order) and "1 question that asks the same" in part
    assert f"/sessions/{session.id}/posts" not in as_(dr_chen).get(f"{address}?under={one.post_id}").text
    desk = f"/sessions/{session.id}/desk"
    for person, place in (
        (ann, address), (bob, address), (dr_chen, address), (dr_chen, "/experts/desk"),
        (ann, f"{address}?from={one.post_id}"), (bob, f"{desk}?show=answered"), (bob, desk),
        (ann, f"/sessions/{session.id}/similar?q=Who+checks+the+zebra+ranking"), (ann, "/search?q=zebra"),
        (ann, f"/threads/{session.thread_id}/{session.thread.slug}"), (ann, "/"),
        (ann, f"/subthemes/{session.thread.subtheme.slug}"),
    ):  # fmt: skip
        sent = as_(person).get(place)
        assert sent.status_code == 200 and "checks the zebra" not in sent.text, place
    assert as_(bob).get(f"{desk}?question={one.post_id}").status_code == 404
    assert not similar.near(present(session), WORDS, ann)
    assert f"?under={one.post_id}" not in as_(dr_chen).get(address).text
    assert as_(ann).send(f"/questions/{one.post_id}/support").status_code == 404
    assert as_(ann).get(f"/posts/{given.id}").location == f"{address}?from={one.post_id}#post-{given.id}"
    at("archived")
    lines = asked.contents(present(session)).items
    assert lines == [(one.post_id, None, 3)]
    page = client.get(address).text
    assert GONE in page.split('id="contents"')[1].split("</nav>")[0] and "checks the zebra" not in page
    assert other.post_id not in [line[0] for line in lines]


def test_without_an_answer_a_deleted_question_goes_and_moderators_keep_it_away(
    session, at, ask, alice, ann, mallory, bob, bea, dr_chen, client, address
):
    at("collecting")
    one, two, hidden, source = ask(alice, WORDS), ask(ann), ask(ann, "When is it?"), ask(mallory, "Checked by whom?")
    triage.merge([source.post_id], one.post_id, bob)
    at("answering")
    given, under_hidden = answer(session, dr_chen, one), answer(session, dr_chen, hidden, "On Monday.")
    assert counts(session) == (4, 2)
    states.hide_post(post_of(hidden), bea, "r2")  # out of sight, with what hangs under it
    actions.delete_post(post_of(two), ann)
    assert counts(session) == (2, 1) and under_hidden.plain not in client.get(address).text
    actions.delete_post(post_of(one), alice)
    assert counts(session) == (2, 1)
    states.hide_post(given, bea, "r2")  # the last answer goes: so does the place, and what was merged stands alone
    assert counts(session) == (1, 0) and db.session.get(Question, source.post_id).status == Status.OPEN
    assert f'id="post-{one.post_id}"' not in client.get(address).text
    states.restore_post(given, bea)
    assert counts(session) == (2, 1) and db.session.get(Question, source.post_id).status == Status.MERGED
    assert GONE in client.get(address).text
    states.hide_post(post_of(hidden), bea, "r2")
    states.restore_post(post_of(hidden), bea)
    assert counts(session) == (3, 2)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_question_hidden_by_flags_alone_that_its_author_deletes(session, at, ask, alice, dr_chen, client, address):
    at("collecting")
    one = ask(alice, WORDS)
    at("answering")
    given = answer(session, dr_chen, one)
    states.hide_post(post_of(one), None, BY_FLAGS)
    assert counts(session) == (0, 0)
    actions.delete_post(post_of(one), alice)
    assert counts(session) == (1, 1) and given.plain in client.get(address).text
