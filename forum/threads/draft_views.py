"""Drafts of an expert's answers: kept beside the reply box, opened again from the desk, thrown away."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts.policy import limit_row
from forum.core import web
from forum.core.errors import Forbidden, NotFound, Refused
from forum.core.limits import limited
from forum.core.paging import id_in
from forum.threads import drafts, plugs, policy, queries, thread_page
from forum.threads.forms import ReplyForm
from forum.threads.models import AnswerDraft, Thread

bp = Blueprint("drafts", __name__)


def _row() -> str:
    return limit_row("EDIT", current_user)


@bp.post("/threads/<int:thread_id>/drafts")
@login_required
@limited(_row, accepted_only=True)
def save(thread_id: int) -> Response:
    """Keep what stands in the reply box."""
    thread = queries.visible_thread(thread_id, current_user) or abort(404)
    form, parent = ReplyForm(thread, current_user), None
    if (parent_id := id_in(form.parent.data)) is not None:
        parent = queries.visible_post(parent_id, current_user)
        parent = parent if parent and parent.thread_id == thread.id else None
    try:
        drafts.save(thread, current_user, form.body.data or "", parent, form.sources)
    except (NotFound, Forbidden):
        raise
    except Refused as refusal:
        form.refuse("body", refusal.message)
        return thread_page.page(thread, form=form, status=refusal.status)
    flash(gettext("Your draft is kept. You find it here, and nobody else does."))
    return web.see_other(url_for("experts.desk", _anchor="drafts"))


@bp.get("/drafts/<int:draft_id>")
@login_required
def take_up(draft_id: int) -> Response:
    """Open the form with the draft; where nobody answers any more, or not I, show it alone."""
    draft = drafts.own(draft_id, current_user) or abort(404)
    thread = draft.parent.thread
    why_not = _why_not(draft, thread)
    if why_not is not None:
        return web.page("threads/draft.html", draft=draft, thread=_seen(thread), why_not=why_not)
    if (place := plugs.asked(drafts.places, draft)) is not None:
        return web.see_other(place)
    form = ReplyForm(queries.visible_thread(thread.id, current_user) or abort(404), current_user)
    form.take_up(draft)
    return thread_page.page(thread, form=form)


def _why_not(draft: AnswerDraft, thread: Thread) -> object | None:
    if _seen(thread) is None:
        return gettext("This thread is not shown any more.")
    return drafts.why_not_answer(current_user, thread)


def _seen(thread: Thread) -> Thread | None:
    return thread if policy.sees_thread(current_user, thread) else None


@bp.post("/drafts/<int:draft_id>/discard")
@login_required
@limited(_row, accepted_only=True)
def discard(draft_id: int) -> Response:
    """Throw a draft away."""
    drafts.discard(draft_id, current_user)
    flash(gettext("The draft is discarded."))
    return web.see_other(url_for("experts.desk") if current_user.is_expert else "/")
