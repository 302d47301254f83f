"""Putting a thread to the experts, choosing *the* answer, inviting experts, declining."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash
from flask_babel import gettext, ngettext
from flask_login import current_user, login_required

from forum.accounts.models import User
from forum.accounts.policy import limit_row
from forum.answers import actions, inviting, policy, queries
from forum.answers.forms import InviteForm
from forum.core import web
from forum.core.errors import Forbidden, NotFound, Refused, allow
from forum.core.limits import limited
from forum.experts.models import Credential
from forum.threads.addresses import post_url, thread_url
from forum.threads.models import Thread
from forum.threads.queries import placed_post, visible_thread

bp = Blueprint("answers", __name__)


def _row() -> str:
    return limit_row("EDIT", current_user)


@bp.post("/threads/<int:thread_id>/question")
@login_required
@limited(_row, accepted_only=True)
def ask(thread_id: int) -> Response:
    """Put the thread to the experts."""
    return _done(thread_id, actions.ask)


@bp.post("/threads/<int:thread_id>/question/withdraw")
@login_required
@limited(_row, accepted_only=True)
def withdraw(thread_id: int) -> Response:
    """Say that it is no question to the experts (any more)."""
    return _done(thread_id, actions.withdraw)


@bp.post("/posts/<int:post_id>/choose")
@login_required
@limited(_row, accepted_only=True)
def choose(post_id: int) -> Response:
    """Choose the post as the answer of its thread."""
    post = placed_post(post_id, current_user) or abort(404)
    actions.choose(post, current_user)
    return web.see_other(post_url(post, post.thread))


@bp.post("/threads/<int:thread_id>/answer/unchoose")
@login_required
@limited(_row, accepted_only=True)
def unchoose(thread_id: int) -> Response:
    """Take the choice back."""
    return _done(thread_id, actions.unchoose)


@bp.post("/threads/<int:thread_id>/answer/lock")
@login_required
@limited("STAFF")
def lock(thread_id: int) -> Response:
    """Let only moderators change the choice."""
    return _done(thread_id, lambda thread, by: actions.lock_choice(thread, by, locked_now=True))


@bp.post("/threads/<int:thread_id>/answer/unlock")
@login_required
@limited("STAFF")
def unlock(thread_id: int) -> Response:
    """Let the asker change the choice again."""
    return _done(thread_id, lambda thread, by: actions.lock_choice(thread, by, locked_now=False))


@bp.route("/threads/<int:thread_id>/invite", methods=["GET", "POST"])
@login_required
@limited("EXPERT_INVITATION", accepted_only=True)
def invite(thread_id: int) -> Response:
    """Invite experts of the sub-theme to answer, and see whom I invited and who declined."""
    thread = _seen(thread_id)
    allow(policy.why_not_invite(current_user, thread))
    form, status, can_answer = InviteForm(), 200, queries.invitable(current_user, thread)
    form.offer(can_answer)
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                if number := inviting.invite(thread, form.experts.data or [], current_user):
                    flash(ngettext("%(num)d expert is invited.", "%(num)d experts are invited.", number))
                return web.see_other(thread_url(thread))
            except (NotFound, Forbidden):
                raise
            except Refused as refusal:
                form.refuse("experts", refusal.message)
    return _invitations(_seen(thread_id), form, status, can_answer)


def _invitations(thread: Thread, form: InviteForm, status: int, can_answer: list[Credential]) -> Response:
    mine = queries.invitations_by(current_user.id, thread.id)
    invited = {each.expert_id for each in mine}
    offered = [one for one in can_answer if one.user_id not in invited]
    form.offer(offered)
    answered, left = queries.has_answered(thread.id, invited), inviting.MOST - len(invited)
    return web.page(
        "answers/invite.html",
        status,
        form=form,
        thread=thread,
        mine=mine,
        answered=answered,
        offered=offered,
        left=left,
    )


@bp.post("/threads/<int:thread_id>/invite/decline")
@login_required
@limited("EXPERT_INVITATION", accepted_only=True)
def decline(thread_id: int) -> Response:
    """Decline the invitations to answer there."""
    if inviting.decline(_seen(thread_id), current_user):
        flash(gettext("Declined. Whoever invited you sees it, and nobody else."))
    return web.see_other("/experts/desk")


def _done(thread_id: int, act: Callable[[Thread, User], bool]) -> Response:
    thread = _seen(thread_id)
    act(thread, current_user)
    return web.see_other(thread_url(thread))


def _seen(thread_id: int) -> Thread:
    return visible_thread(thread_id, current_user) or abort(404)
