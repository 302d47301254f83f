"""The state follows everything that everybody sees, at once, and nothing that they don't see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.asking.models import AskSession
from forum.core.database import Clock, db, now
from forum.live.queries import stamp
from forum.subthemes.models import SubTheme
from forum.threads import actions, staff_actions, states
from forum.threads.models import Post, State, Thread
from tests.asking.conftest import answer, ask, at, present, session  # noqa: F401 - fixtures
from tests.live.conftest import Told

Tells = Callable[..., Told]


def of_row(thread: Thread) -> Told:
    db.session.refresh(thread)
    return {"replies": thread.reply_count, "latest": stamp(thread.last_post_at)}


def test_a_reply_is_told_at_once(of_thread: Tells, thread: Thread, ann: User) -> None:
    before = of_thread()
    assert before == of_thread() == of_row(thread)
    assert before["replies"] == 2
    actions.post_reply(thread, ann, "It has never been enforced.")
    after = of_thread()
    assert after == of_row(thread)
    assert after["replies"] == 3 and after["latest"] > before["latest"]


def test_what_is_hidden_restored_removed_or_deleted(of_thread: Tells, thread: Thread, ann: User, bob: User) -> None:
    before = of_thread()
    reply = actions.post_reply(thread, ann, "It has never been enforced.")
    shown = of_thread()
    states.hide_post(reply, bob, "civility")
    assert of_thread() == before, "neither its number nor its moment is left"
    states.restore_post(reply, bob)
    assert of_thread() == shown
    states.remove_post(reply, bob, "civility")
    assert of_thread() == before
    states.restore_post(reply, bob)
    actions.delete_post(reply, ann)
    assert of_thread() == before


def test_what_is_held_leaves_no_trace_until_it_is_approved(
    of_thread: Tells, told: Tells, thread: Thread, newbie: User, bob: User
) -> None:
    before, home = of_thread(), told()
    held = actions.post_reply(thread, newbie, "May I say something too?")
    assert held.state == State.HELD
    assert (of_thread(), told()) == (before, home)
    states.publish_held(held, bob)
    after = of_thread()
    assert after["replies"] == before["replies"] + 1 and after["latest"] > before["latest"]


def test_threads_that_not_everybody_sees_are_not_there(
    client: FlaskClient, told: Tells, thread: Thread, subtheme: SubTheme, newbie: User, alice: User, bob: User, as_: Any
) -> None:
    held = actions.start_thread(subtheme, newbie, "Is anybody here at all?", "I would like to know.")
    assert held.state == State.HELD
    for reader in (client, as_(newbie), as_(bob)):  # whoever asks: the page of those who see it doesn't ask
        assert reader.get(f"/live?thread={held.id}").status_code == 404
    assert str(held.id) not in told()["threads"]
    opening = db.session.query(Post).filter_by(thread_id=thread.id, position=1).one()
    states.hide_post(opening, bob, "civility")
    assert client.get(f"/live?thread={thread.id}").status_code == 404
    assert str(thread.id) not in told()["threads"]
    states.restore_post(opening, bob)
    assert client.get(f"/live?thread={thread.id}").status_code == 200
    assert str(thread.id) in told()["threads"]
    actions.delete_post(opening, alice)


def test_lists_tell_the_latest_activity_of_their_threads(
    told: Tells, thread: Thread, subtheme: SubTheme, ann: User, bob: User
) -> None:
    here = f"subtheme={subtheme.slug}"
    before = told()["threads"]
    assert before == told(here)["threads"] == {str(thread.id): of_row(thread)["latest"]}
    assert told("subtheme=law-online") == {"threads": {}}
    actions.post_reply(thread, ann, "It has never been enforced.")
    assert told()["threads"][str(thread.id)] == told(here)["threads"][str(thread.id)] > before[str(thread.id)]
    staff_actions.pin(thread, by=bob)
    assert list(told(here)["threads"]) == [str(thread.id)], "pinned ones too"
    another = actions.start_thread(subtheme, ann, "Who checks the checkers?", "Somebody has to.")
    assert {*told()["threads"]} == {*told(here)["threads"]} == {str(thread.id), str(another.id)}


def test_a_session_tells_its_phase_by_the_clock_and_its_counts(
    app: Flask,
    told: Tells,
    session: AskSession,  # noqa: F811
    at: Any,  # noqa: F811
    ask: Any,  # noqa: F811
    alice: User,
    ann: User,
    dr_chen: User,
    bob: User,
) -> None:
    def of_session() -> Told:
        return told(f"session={session.id}")

    def go(phase: str) -> None:
        at(phase)
        app.extensions["page_cache"].shelf.clear()  # which goes by a clock that tests don't move

    assert of_session() == {"phase": "announced", "questions": 0, "answered": 0}
    go("collecting")
    assert of_session()["phase"] == "collecting", "before the worker has carried it out"
    question = ask(alice)
    assert of_session()["questions"] == 1
    hidden = ask(ann, "And who pays them?")
    assert of_session()["questions"] == 2
    states.hide_post(hidden.post, bob, "civility")
    assert of_session()["questions"] == 1
    go("answering")
    answer(present(session), dr_chen, question)
    assert of_session() == {"phase": "answering", "questions": 1, "answered": 1}
    go("archived")
    assert of_session()["phase"] == "archived"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_the_clock_changes_is_kept_until_then_and_all_else_as_long_as_nothing_is_written(
    app: Flask,
    told: Tells,
    thread: Thread,
    session: AskSession,  # noqa: F811
) -> None:
    Clock.offset += session.opens_at - now() - timedelta(seconds=100)
    for query in (f"thread={thread.id}", f"session={session.id}"):
        told(query)
    pages = app.extensions["page_cache"].shelf._pages
    until = {key.path: page.until - monotonic() for key, page in pages.items()}
    assert until[f"/live/threads/{thread.id}"] > 3000 and 50 < until["/live"] <= 100


def test_a_session_that_not_everybody_sees_is_not_there(
    client: FlaskClient,
    session: AskSession,  # noqa: F811
    bob: User,
) -> None:
    opening = db.session.query(Post).filter_by(thread_id=session.thread_id).order_by(Post.id).first()
    assert opening is not None
    assert client.get(f"/live?session={session.id}").status_code == 200
    states.hide_post(opening, bob, "civility")
    assert client.get(f"/live?session={session.id}").status_code == 404


def test_each_state_costs_little(
    client: FlaskClient,
    thread: Thread,
    subtheme: SubTheme,
    session: AskSession,  # noqa: F811
    statements: Any,
) -> None:
    wanted = {"": 1, f"?thread={thread.id}": 1, f"?subtheme={subtheme.slug}": 2, f"?session={session.id}": 1}
    client.get("/live")
    for query, most in wanted.items():
        with statements() as seen:
            assert client.get(f"/live{query}").status_code == 200
        assert len(seen) <= most, (query, seen)
        with statements() as seen:
            client.get(f"/live{query}")
            seen.clear()
            client.get(f"/live{query}")
        assert seen == [], "kept"
