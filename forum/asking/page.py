"""The page of a session, drawn for reading, for asking, answering and commenting, and again when a text was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request, url_for
from flask_login import current_user

from forum.accounts import ties
from forum.asking import asked, clock, policy, queries
from forum.asking.forms import QuestionForm
from forum.asking.models import AskSession, Phase, Question, Status
from forum.asking.planning import body_of
from forum.asking.similar import Alike
from forum.core import web
from forum.core.database import now
from forum.core.paging import id_in
from forum.threads import policy as threads
from forum.threads import presenting
from forum.threads.drafts import answering
from forum.threads.forms import PostForm, ReplyForm
from forum.threads.models import Post
from forum.threads.presenting import Shown


@dataclass(frozen=True)
class Answered:
    """An answer with the comments under it."""

    post: Shown
    comments: list[Shown]


@dataclass(frozen=True)
class Asked:
    """A question as the page shows it: with its answers, and what the viewer may do."""

    row: Question
    post: Shown
    merged: Sequence[Question]
    is_mine_too: bool
    may_support: bool
    may_answer: bool
    answers: list[Answered] = field(default_factory=list)


def phase_now(session: AskSession) -> Phase:
    """Return the state that holds now."""
    return clock.phase_at(session, now())


def url(session: AskSession, **query: Any) -> str:
    """Return the address of the session's page."""
    return url_for("asking.show", session_id=session.id, slug=session.thread.slug, **query)


def page(session: AskSession, form: PostForm | None = None, status: int = 200, alike: Sequence[Alike] = ()) -> Response:
    """Return the session's page; `form` is one that was refused, `alike` what it may ask again."""
    moment = now()
    named = queries.experts(session)
    start = asked.start_at(session, id_in(request.args.get("from")))
    answered = asked.listed(session, Status.ANSWERED, request.args.get("after", ""), start)
    is_later_page = "after" in request.args or (start is not None and start.status == Status.ANSWERED)
    waiting = asked.listed(session, Status.OPEN, request.args.get("open", ""), start)
    under, opening = _under(session, form), queries.opening(session.thread_id)
    wanted = form or _form_under(session, under, named) or _ask_form(session)
    rows = [] if is_later_page else list(waiting.items)
    shown = _shown(session, [*rows, *answered.items], {user.id for user, _ in named})
    phase = clock.phase_at(session, moment)
    return web.page(
        "asking/session.html",
        status,
        session=session,
        thread=session.thread,
        phase=phase,
        next_step=clock.next_step(session, moment),
        steps=[(each, clock.moment_of(session, each), _reached(session, each, phase)) for each in clock.TIMES],
        experts=named,
        waiting=[shown[row.post_id] for row in rows],
        waiting_next=url(session, open=waiting.next_cursor) if waiting.next_cursor and not is_later_page else None,
        answered=[shown[row.post_id] for row in answered.items],
        answered_next=url(session, after=answered.next_cursor) if answered.next_cursor else None,
        first_url=url(session) if is_later_page or start or "open" in request.args else None,
        mine=asked.own(session, current_user) if not is_later_page else [],
        contents=asked.contents(session) if phase == Phase.ARCHIVED else [],
        summary=_summary(session),
        opening=opening,
        is_as_planned=opening is not None and opening.body == body_of(session),
        why_not_ask=_why_not_ask(session),
        may_host=policy.may_host(current_user, session.thread),
        may_summarize=policy.may_summarize(current_user, session, moment),
        form=wanted,
        under=under,
        alike=alike,
    )


def _reached(session: AskSession, each: Phase, phase: Phase) -> bool:
    return clock.ORDER.index(each) <= clock.ORDER.index(phase)


def _why_not_ask(session: AskSession) -> Any | None:
    if (why_not := threads.why_not_reply(current_user, session.thread)) is not None:
        return why_not
    moment = now()
    if clock.phase_at(session, moment) != Phase.COLLECTING:
        return policy.why_not_ask(current_user, session, 0, moment)
    return policy.why_not_ask(current_user, session, asked.asked_by(session, current_user.id), moment)


def _ask_form(session: AskSession) -> QuestionForm | None:
    """The box at the foot: for a question, or for the summary of a host."""
    if policy.may_summarize(current_user, session, now()):
        return QuestionForm(formdata=None)
    return QuestionForm(formdata=None) if _why_not_ask(session) is None else None


def _under(session: AskSession, form: PostForm | None) -> Post | None:
    """Return the post under which somebody writes: the question answered, or the answer commented."""
    wanted = form["parent"].data if form is not None and "parent" in form else request.args.get("under")
    return asked.post_in(session, id_in(wanted)) if wanted else None


def _form_under(session: AskSession, under: Post | None, named: Sequence[Any]) -> ReplyForm | None:
    if under is None or threads.why_not_reply(current_user, session.thread) is not None:
        return None
    if not may_write_under(session, under, {user.id for user, _ in named}):
        return None
    form = ReplyForm(session.thread, current_user, formdata=None)
    if "draft" in form and (draft := answering(under.id, current_user)) is not None:
        form.take_up(draft)
    return fit(form, under)


def fit(form: ReplyForm, under: Post) -> ReplyForm:
    """Return the form with what belongs under this post: an answer is worn, a comment is not."""
    form.parent.data = str(under.id)
    if under.credential_id and "credential" in form:
        del form.credential
        del form.listed
    elif "credential" in form and form.credential.choices:
        form.credential.choices = [choice for choice in form.credential.choices if choice[0]]
        form.credential.data = form.credential.data or (
            form.credential.choices[0][0] if form.credential.choices else ""
        )
    return form


def may_write_under(session: AskSession, under: Post, named: set[int]) -> bool:
    """Whether the page offers to write under this post: an answer of a named expert, or a comment."""
    moment = now()
    if under.credential_id:
        return policy.why_not_comment(session, under, moment) is None
    question = asked.question(under.id, current_user)
    return policy.why_not_answer(current_user, session, question, current_user.id in named, moment) is None


def _summary(session: AskSession) -> Shown | None:
    post = asked.post_in(session, session.summary_id)
    return presenting.shown([post], session.thread, current_user)[0] if post else None


def _shown(session: AskSession, rows: Sequence[Question], named: set[int]) -> dict[int, Asked]:
    """Return the questions with all that belongs to them, in a fixed number of statements."""
    ids = [row.post_id for row in rows]
    answers = asked.answers(ids)
    comments = asked.comments([answer.id for answer in answers])
    merged = asked.merged_into(ids)
    same = [row.post for group in merged.values() for row in group]
    kept = _kept_away([*(row.post for row in rows), *same, *answers, *comments])

    def draw(posts: Sequence[Post]) -> list[Shown]:
        return presenting.shown(posts, session.thread, current_user, kept_away=kept)

    by_answer: dict[int, list[Post]] = {}
    for comment in comments:
        by_answer.setdefault(comment.parent_id or 0, []).append(comment)
    by_question: dict[int, list[Answered]] = {}
    for answer in answers:
        entry = Answered(draw([answer])[0], draw(by_answer.get(answer.id, [])))
        by_question.setdefault(answer.parent_id or 0, []).append(entry)
    mine, moment = asked.asked_too(current_user, ids), now()
    may_write = threads.why_not_reply(current_user, session.thread) is None
    return {
        row.post_id: Asked(
            row,
            draw([row.post])[0],
            [each for each in merged.get(row.post_id, ()) if each.post.author_id not in kept],
            is_mine_too=row.post_id in mine,
            may_support=policy.why_not_support(current_user, session, row, moment) is None
            and row.post.author_id != current_user.id,
            may_answer=may_write
            and policy.why_not_answer(current_user, session, row, current_user.id in named, moment) is None,
            answers=by_question.get(row.post_id, []),
        )
        for row in rows
    }


def _kept_away(posts: Sequence[Post]) -> dict[int, str]:
    return ties.among(current_user.id, {post.author_id for post in posts}) if current_user.is_authenticated else {}
