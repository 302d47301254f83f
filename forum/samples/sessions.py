"""The sample sessions with experts: held through the real acts, then dated back to when they would have been."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from forum.asking import clock, planning, transitions
from forum.asking.models import AskSession, AskStep, Phase
from forum.asking.supporting import support
from forum.core.database import db, now
from forum.core.plugs import fill
from forum.experts.queries import usable
from forum.samples.lines import FOLDER, PREFIX
from forum.samples.seeding import Samples, extra_steps
from forum.subthemes.queries import by_slug
from forum.threads import actions
from forum.threads.models import Post


def connect(_app: Flask) -> None:
    """Fill the plug of the samples."""
    fill(extra_steps, hold)


def hold(samples: Samples) -> None:
    """Hold every session of sessions.json up to its state."""
    for line in json.loads((FOLDER / "sessions.json").read_text("utf-8")):
        session = _planned(samples, line)
        _bring(session, "collecting", line)
        questions = [_asked(samples, session, each) for each in line["questions"]]
        if _bring(session, "answering", line):
            for question, each in zip(questions, line["questions"], strict=True):
                if "answer" not in each:
                    continue  # one that still waits
                _answered(samples, session, question, each["answer"])
        if _bring(session, "closed", line):
            summary = actions.post_reply(session.thread, session.host, line["summary"]["body"])
            _date(summary, line["summary"]["hours"])
        _bring(session, "archived", line)
        _date_session(session, line)


def _planned(samples: Samples, line: dict[str, Any]) -> AskSession:
    subtheme = by_slug(line["subtheme"])
    assert subtheme, "flask setup has made it"
    times = {name: now() + timedelta(days=day) for day, name in enumerate(clock.TIMES.values(), 1)}
    expert_ids = [samples.person(name).id for name in line["experts"]]
    words = {name: line[name] for name in ("title", "description_en", "description_zh", "capacity")}
    wanted = planning.Plan(**words, times=times, expert_ids=expert_ids)
    return planning.plan(subtheme, samples.person(line["host"]), wanted)


def _bring(session: AskSession, state: str, line: dict[str, Any]) -> bool:
    """Bring the session into the state, if it is to come that far."""
    if clock.ORDER.index(Phase(state)) > clock.ORDER.index(Phase(line["state"])):
        return False
    transitions.advance(session.id, session.state, session.host)
    return True


def _asked(samples: Samples, session: AskSession, each: dict[str, Any]) -> Post:
    post = actions.post_reply(session.thread, samples.person(each["by"]), each["body"])
    for name in each["too"]:
        support(post.id, samples.person(name))
    _date(post, each["hours"])
    return post


def _answered(samples: Samples, session: AskSession, question: Post, each: dict[str, Any]) -> None:
    expert = samples.person(each["by"])
    worn = usable(expert, session.thread.subtheme_id)[0]
    answer = actions.post_reply(session.thread, expert, each["body"], worn, question)
    _date(answer, each["hours"])
    for comment in each["comments"]:
        written = actions.post_reply(session.thread, samples.person(comment["by"]), comment["body"], parent=answer)
        _date(written, comment["hours"])


def _date(post: Post, hours: int) -> None:
    post.created_at = post.published_at = now() - timedelta(hours=hours)
    post.notified_at = post.published_at  # it concerns nobody today
    post.source_id = f"{PREFIX}session-{post.id}"


def _date_session(session: AskSession, line: dict[str, Any]) -> None:
    """Put its clock, its steps and its thread where they would have been."""
    moments = dict(zip(clock.TIMES, (_in_days(day) for day in line["days"]), strict=True))
    for phase, name in clock.TIMES.items():
        setattr(session, name, moments[phase])
    following = clock.next_step(session, now())
    session.next_at = following[1] if following else None
    announced = moments[clock.ORDER[1]] - timedelta(days=3)
    session.created_at = announced
    for step in db.session.scalars(select(AskStep).where(AskStep.session_id == session.id)):
        step.done_at = step.planned_at = moments.get(Phase(step.state), announced)
        step.notified_at = step.done_at
    opening = db.session.scalars(select(Post).where(Post.thread_id == session.thread_id, Post.position == 1)).one()
    opening.created_at = opening.published_at = opening.notified_at = announced
    latest = select(Post.published_at).where(Post.thread_id == session.thread_id).order_by(Post.published_at.desc())
    thread = session.thread
    thread.created_at, thread.source_id = announced, PREFIX + line["id"]
    thread.last_post_at = db.session.scalar(latest.limit(1)) or announced


def _in_days(days: float) -> datetime:
    return now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
