"""The page of a session, drawn for reading, for asking, answering and commenting, and again when a text was refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, request, url_for
from flask_login import current_user

from forum.accounts.models import Person
from forum.asking import asked, boxes, clock, drawing, policy, queries
from forum.asking.counting import STANDS
from forum.asking.models import AskSession, Phase, Question, Status
from forum.asking.place import Place
from forum.asking.similar import Alike
from forum.asking.words import body_of
from forum.core import web
from forum.core.database import now
from forum.core.paging import Page
from forum.experts.queries import usable
from forum.threads import plugs, presenting
from forum.threads.forms import PostForm
from forum.threads.models import State, Thread
from forum.threads.plugs import Panel
from forum.threads.presenting import Shown

# What the rooms above put at the head of a session's page, by its thread.
heads: list[Callable[[Person, Thread], Panel | None]] = []


def phase_now(session: AskSession) -> Phase:
    """Return the state that holds now."""
    return clock.phase_at(session, now())


def url(session: AskSession, **query: Any) -> str:
    """Return the address of the session's page."""
    return url_for("asking.show", session_id=session.id, slug=session.thread.slug, **query)


def back_to(session: AskSession, post_id: int, place: Place) -> str:
    """Return the address where the reader was, at the question; if it has moved, the page that begins with it."""
    start = asked.start_at(session, place.id("from"))
    rows = asked.listed(session, Status.OPEN, place.get("open"), start).items
    parts = place.parts if any(row.post_id == post_id for row in rows) else {"from": post_id}
    return url(session, **parts, _anchor=f"post-{post_id}")


def page(session: AskSession, form: PostForm | None = None, status: int = 200, alike: Sequence[Alike] = ()) -> Response:
    """Return the session's page; `form` is one that was refused, `alike` what it may ask again."""
    place, named = Place.told(request.args), queries.experts(session)
    may_answer = {user.id for user, _ in named} if usable(current_user, session.thread.subtheme_id) else set()
    under, why_not = boxes.post_under(session, form, place.get("under")), boxes.why_not_ask(session)
    return web.page(
        "asking/session.html",
        status,
        session=session,
        thread=session.thread,
        place=place,
        panels=plugs.panels(heads, current_user, session.thread),
        experts=named,
        **_head(session),
        **_lists(session, place, may_answer),
        why_not_ask=why_not,
        form=form or boxes.form_under(session, under, may_answer) or boxes.at_foot(session, why_not),
        under=under,
        alike=alike,
    )


def _head(session: AskSession) -> dict[str, Any]:
    """Return the clock, what the session is about, and what its hosts may do."""
    moment, opening = now(), queries.opening(session.thread_id)
    phase = clock.phase_at(session, moment)
    reached = clock.ORDER.index(phase)
    steps = [(each, clock.moment_of(session, each), clock.ORDER.index(each) <= reached) for each in clock.TIMES]
    return {
        "phase": phase,
        "next_step": clock.next_step(session, moment),
        "steps": steps,
        "stands_still": session.thread.state != State.VISIBLE,
        "opening": opening,
        "is_as_planned": opening is not None and opening.body == body_of(session),
        "summary": _summary(session),
        "may_host": policy.why_not_host(current_user, session) is None,
        "may_summarize": policy.may_summarize(current_user, session, moment),
    }


def _lists(session: AskSession, place: Place, named: set[int]) -> dict[str, Any]:
    """Return the questions that wait and those that are answered; a later page has those that go on alone."""
    start = asked.start_at(session, place.id("from"))
    answered = asked.listed(session, Status.ANSWERED, place.get("after"), start, seen=STANDS)
    waiting = asked.listed(session, Status.OPEN, place.get("open"), start)
    if is_later := bool(place.get("after")) or (start is not None and start.status == Status.ANSWERED):
        waiting = Page[Question]([])
    rows = [*waiting.items, *answered.items]
    shown = drawing.drawn(session, rows, named, place, start.post_id if start else None)
    lines = asked.contents(session, place.get("contents")) if phase_now(session) == Phase.ARCHIVED else Page([])
    return {
        "waiting": [shown[row.post_id] for row in waiting.items],
        "waiting_next": url(session, open=waiting.next_cursor) if waiting.next_cursor else None,
        "answered": [shown[row.post_id] for row in answered.items],
        "answered_next": url(session, after=answered.next_cursor) if answered.next_cursor else None,
        "first_url": url(session) if is_later or start or place.get("open") else None,
        "question_id": start.post_id if start else None,
        "mine": [] if is_later else asked.own(session, current_user),
        "contents": lines.items,
        "contents_next": url(session, contents=lines.next_cursor) if lines.next_cursor else None,
    }


def _summary(session: AskSession) -> Shown | None:
    post = asked.post_in(session, session.summary_id)
    return presenting.shown([post], session.thread, current_user)[0] if post else None
