"""One appeal about messages with the copies, and answering it; the list of all appeals leads here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.core import web
from forum.core.errors import Conflict, NotFound, Refused
from forum.core.limits import limited
from moderation import rules
from moderation.appeals import wording
from moderation.appeals.models import State
from moderation.appeals.staff_views import moderators_only
from moderation.message_appeals import actions, queries
from moderation.message_appeals.forms import MessageAnswerForm
from moderation.message_appeals.models import MessageAppeal
from moderation.reports import wording as words

bp = Blueprint("message_appeal_desk", __name__)
bp.before_request(moderators_only)


@bp.get("/moderation/appeals/messages/<int:appeal_id>")
def show(appeal_id: int) -> Response:
    """Show one appeal with the decision and the copies of the messages."""
    return _page(_found(appeal_id))


@bp.post("/moderation/appeals/messages/<int:appeal_id>/decisions")
@limited("STAFF", accepted_only=True)
def decide(appeal_id: int) -> Response:
    """Answer an appeal and go on to the next about messages, or to the list."""
    found = _found(appeal_id)
    form = MessageAnswerForm(found, current_user)
    able = found.is_open and actions.objection_to(current_user, found) is None
    if able and not form.validate_on_submit():
        return _page(found, 422, form)
    try:
        made = _decided(appeal_id, form)
    except Conflict as conflict:
        found = _found(appeal_id)
        form.look_again(found)
        return _page(found, 409, form, problem=conflict.message)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        form.refuse("outcome", refusal.message)
        return _page(_found(appeal_id), 422, form)
    flash(gettext("%(done)s. Everybody concerned is told.", done=wording.STATES[State(made.state)]))
    following = queries.next_appeal(current_user)
    return web.see_other(url_for(".show", appeal_id=following) if following else url_for("appeal_desk.index"))


def _decided(appeal_id: int, form: MessageAnswerForm) -> MessageAppeal:
    return actions.decide(
        appeal_id,
        current_user,
        form.outcome.data or "",
        form.reply.data or "",
        rule=(form.rule.data or "") if form.rule else "",
        reason=(form.reason.data or "") if form.reason else "",
        until=form.ends_at(),
        version=form.version.data,
    )


def _found(appeal_id: int) -> MessageAppeal:
    found = queries.appeal_in_full(appeal_id)
    if found is None or (found.is_by_flagger and found.report.author_id == current_user.id):
        raise NotFound  # who flagged a moderator's own messages, and what they say of them, is not for that moderator
    return found


def _page(
    found: MessageAppeal, status: int = 200, form: MessageAnswerForm | None = None, *, problem: Any = None
) -> Response:
    objection = actions.objection_to(current_user, found)
    able = found.is_open and objection is None
    return web.page(
        "moderation/message_appeal.html",
        status,
        appeal=found,
        report=found.report,
        form=(form or MessageAnswerForm(found, current_user, formdata=None)) if able else None,
        typed=form.reply.data if form and not able else None,
        objection=objection,
        waits_for=wording.waits_for(queries.bench(found)) if found.is_open else None,
        problem=problem,
        words=words,
        answers=wording.STATES,
        name_of_rule=rules.name_of,
    )
