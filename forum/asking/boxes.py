"""The box in which one writes on a session's page: a question, an answer, a comment or the summary."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from forum.asking import asked, clock, policy
from forum.asking.forms import QuestionForm
from forum.asking.models import AskSession, Phase
from forum.core.database import now
from forum.core.paging import id_in
from forum.threads import policy as threads
from forum.threads.drafts import answering
from forum.threads.forms import PostForm, ReplyForm
from forum.threads.models import Post


def why_not_ask(session: AskSession) -> Any | None:
    """Say why the viewer may not ask a question now."""
    if (why_not := threads.why_not_reply(current_user, session.thread)) is not None:
        return why_not
    moment = now()
    if clock.phase_at(session, moment) != Phase.COLLECTING:
        return policy.why_not_ask(current_user, session, 0, moment)
    return policy.why_not_ask(current_user, session, asked.asked_by(session, current_user.id), moment)


def at_foot(session: AskSession, why_not: Any | None) -> QuestionForm | None:
    """Return the box at the foot: for a question, or for the summary of a host."""
    may_write = why_not is None or policy.may_summarize(current_user, session, now())
    return QuestionForm(formdata=None) if may_write else None


def post_under(session: AskSession, form: PostForm | None, told: str) -> Post | None:
    """Return the post under which somebody writes, by the form or the address: the question, or the answer."""
    wanted = form["parent"].data if form is not None and "parent" in form else told
    return asked.post_in(session, id_in(wanted)) if wanted else None


def form_under(session: AskSession, under: Post | None, named: set[int]) -> ReplyForm | None:
    """Return the box under this post, if the viewer may write there."""
    if under is None or threads.why_not_reply(current_user, session.thread) is not None:
        return None
    if not _may_write_under(session, under, named):
        return None
    form = ReplyForm(session.thread, current_user, formdata=None)
    if "draft" in form and (draft := answering(under.id, current_user)) is not None:
        form.take_up(draft)
    return _fit(form, under)


def _fit(form: ReplyForm, under: Post) -> ReplyForm:
    """Return the form with what belongs under this post: an answer is worn, a comment is not."""
    form.parent.data = str(under.id)
    if under.credential_id and "credential" in form:
        del form.credential
        del form.listed
    elif "credential" in form and form.credential.choices:
        form.credential.choices = [choice for choice in form.credential.choices if choice[0]]
        first = form.credential.choices[0][0] if form.credential.choices else ""
        form.credential.data = form.credential.data or first
    return form


def _may_write_under(session: AskSession, under: Post, named: set[int]) -> bool:
    """Whether the page offers to write under this post: an answer of a named expert, or a comment."""
    moment = now()
    if under.credential_id:
        return policy.why_not_comment(session, under, moment) is None
    question = asked.question(under.id, current_user)
    return policy.why_not_answer(current_user, session, question, current_user.id in named, moment) is None
