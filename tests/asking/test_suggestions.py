"""What is shown to somebody who types a question: the session's own ones, then answers elsewhere in the sub-theme."""

from __future__ import annotations

import pytest

from forum.accounts import ties
from forum.answers import actions as answers
from forum.asking import planning, queries, similar, transitions
from forum.core.database import db, now
from forum.experts.queries import in_force_of
from forum.threads import actions, states
from forum.threads.models import Post
from tests.asking.conftest import the_plan
from tests.discussions import opening_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
TYPED = "Who checks the ranking of feeds in this country?"


@pytest.fixture
def former(session, bob, dr_chen, alice, ann, subtheme):
    """Another session of the sub-theme with an answered question and one that waits, and an answered thread."""
    plan = the_plan([dr_chen.id], now(), title="Last year's session")
    other = planning.plan(subtheme, bob, plan)
    transitions.advance(other.id, "announced", bob)
    asked = [
        actions.post_reply(other.thread, alice, f"Who checks the ranking of feeds in the {place}?")
        for place in ("city", "village")
    ]
    transitions.advance(other.id, "collecting", bob)
    actions.post_reply(other.thread, dr_chen, "An office does.", in_force_of(dr_chen)[0], asked[0])
    thread = actions.start_thread(
        subtheme, ann, "Who checks the ranking of feeds?", "In this country, say.", to_experts=True
    )
    given = actions.post_reply(thread, dr_chen, "We do.", in_force_of(dr_chen)[0])
    answers.choose(given, ann)
    return asked[0].id, thread


def shown(client, session, text=TYPED):
    return client.get(f"/sessions/{session.id}/similar?q={text}").text


def test_the_sessions_own_come_first_and_answers_of_the_sub_theme_are_marked(
    session, former, at, ask, alice, ann, mallory, bob, dr_chen, as_, work
):
    at("collecting")
    own = ask(alice, "Who is it that checks the ranking of feeds in this country?")
    work()
    reader, (answered, thread) = as_(mallory), former
    page = shown(reader, session)
    assert (
        page.index(f"from={own.post_id}")
        < page.index("Answered elsewhere")
        < page.index(f"from={answered}#post-{answered}")
    )
    assert "in the village" not in page and f"/threads/{thread.id}/" in page and "Last year" in page
    assert len(similar.suggested(queries.by_id(session.id), TYPED, mallory)) == 3
    assert "Answered elsewhere" not in shown(reader, session, "How long do cookies of feeds live?")
    for kind in (ties.Kind.MUTE, ties.Kind.BLOCK):
        ties.keep(alice, kind, by=mallory)
        page = shown(reader, session)
        assert "Who is it that" not in page and f"from={answered}" not in page and f"/threads/{thread.id}/" in page, (
            kind
        )
    again = {"body": "Who is it that checks the ranking of feeds in this country, please?", "form_token": "t"}
    assert reader.send(f"/sessions/{session.id}/posts", **again).status_code == 303
    ties.keep(alice, ties.Kind.NONE, by=mallory)
    states.hide_post(db.session.get(Post, answered), bob, "r2")
    states.hide_post(opening_of(thread), bob, "r2")
    states.hide_post(db.session.get(Post, own.post_id), bob, "r2")
    page = shown(as_(ann), session)  # the index has not heard of it yet
    assert f"from={answered}" not in page and f"/threads/{thread.id}/" not in page and f"from={own.post_id}" not in page


def test_a_hidden_session_is_suggested_to_nobody(session, former, at, mallory, bob, as_, work):
    at("collecting")
    work()
    answered, _thread = former
    states.hide_post(opening_of(db.session.get(Post, answered).thread), bob, "r2")
    assert f"from={answered}" not in shown(as_(mallory), session)
