"""A session of data-and-algorithms: bob hosts, dr_chen is named; questions from tomorrow, answers a day after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from forum.accounts.models import User
from forum.asking import clock, planning, queries
from forum.asking.models import AskSession, Phase, Question, QuestionSupport
from forum.core.database import Clock, db, now, transaction
from forum.experts.queries import in_force_of
from forum.subthemes.models import SubTheme
from forum.threads import actions
from forum.threads.models import Post

DAYS = {"opens_at": 1, "answers_at": 2, "closes_at": 3, "archives_at": 4}


def the_plan(expert_ids: Sequence[int], start: datetime, **changed: Any) -> planning.Plan:
    """Return a plan whose steps are a day apart."""
    facts: dict[str, Any] = {
        "title": "Ask about rankings", "description_en": "How feeds are ranked.", "description_zh": "信息流如何排序。",
        "capacity": 2, "times": {name: start + timedelta(days=days) for name, days in DAYS.items()},
        "expert_ids": list(expert_ids),
    }  # fmt: skip
    return planning.Plan(**{**facts, **changed})


@pytest.fixture
def session(bob: User, dr_chen: User, subtheme: SubTheme) -> AskSession:
    """The session, just announced."""
    return planning.plan(subtheme, bob, the_plan([dr_chen.id], now()))


@pytest.fixture
def at(session: AskSession, clock: Any) -> Any:
    """`at("answering")`: it is an hour after the session's planned beginning of that state; nothing was carried out."""

    def go(phase: str) -> None:
        wanted = moment_of(session, phase) + timedelta(hours=1)
        Clock.offset += wanted - now()

    return go


def moment_of(session: AskSession, phase: str) -> datetime:
    return clock.moment_of(present(session), Phase(phase))


def present(session: AskSession) -> AskSession:
    """Return the session as the database has it."""
    db.session.rollback()
    db.session.expire_all()
    found = queries.by_id(session.id)
    assert found is not None
    return found


@pytest.fixture
def ask(session: AskSession) -> Callable[..., Question]:
    """`ask(alice, "Why?")`: a question, through the threads' own door."""

    def write(person: User, text: str = "Who checks the ranking?") -> Question:
        post = actions.post_reply(session.thread, person, text)
        found = db.session.get(Question, post.id)
        assert found is not None
        return found

    return write


def answer(session: AskSession, person: User, question: Question, text: str = "We do, every year.") -> Post:
    """Write an expert's answer under a question."""
    parent = db.session.get(Post, question.post_id)
    return actions.post_reply(session.thread, person, text, in_force_of(person)[0], parent)


@pytest.fixture
def fill(session: AskSession) -> Callable[..., list[int]]:
    """`fill(7, author, parent=…)`: that many visible posts of the session's thread; returns their ids."""
    places = iter(range(100, 100_000))

    def write(number: int, author: User, text: str = "Word", **facts: Any) -> list[int]:
        rows = []
        for _ in range(number):
            place = next(places)
            rows.append(
                {"thread_id": session.thread_id, "author_id": author.id, "position": place, "body": f"{text} {place}",
                 "html": f"<p>{text} {place}</p>", "plain": f"{text} {place}", "render_version": 1, "lang": "en",
                 "state": "visible", "published_at": now(), "created_at": now(), "notified_at": now(), **facts}
            )  # fmt: skip
        with transaction() as writer:
            return list(writer.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), rows))

    return write


def put_down(session: AskSession, ids: Sequence[int], people: Sequence[int] = (), **facts: Any) -> None:
    """Make questions of these posts, asked by these people."""
    with transaction() as writer:
        writer.execute(insert(Question), [{"post_id": one, "session_id": session.id, **facts} for one in ids])
        rows = [{"question_id": one, "user_id": user_id} for one in ids for user_id in people]
        if rows:
            writer.execute(insert(QuestionSupport), rows)
