"""Flagging messages of a conversation that one is in, and reading a decision about one's own."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts.policy import limit_row
from forum.accounts.silences import refuse_silent
from forum.core import web
from forum.core.errors import Forbidden, Refused
from forum.core.limits import limited
from forum.core.paging import id_in
from forum.messages import queries as messages
from moderation import rules
from moderation.flag_pages import THANKS
from moderation.message_appeals.pages import decision_page
from moderation.reports import actions, policy, queries, wording
from moderation.reports.forms import MessageFlagForm

bp = Blueprint("message_flags", __name__)


@bp.route("/messages/<int:conversation_id>/flags", methods=("GET", "POST"))
@login_required
@limited(lambda: limit_row("FLAG", current_user), accepted_only=True)
def flag(conversation_id: int) -> Response:
    """Flag messages on one page of a conversation: the latest, or those before one."""
    member = messages.membership(conversation_id, current_user.id) or abort(404)
    refuse_silent(current_user)
    page = messages.messages(conversation_id, id_in(request.args.get("before")))
    able = [each for each in page.items if policy.may_flag_message(current_user, each)]
    form = MessageFlagForm(able)
    if request.method == "GET" and (asked := id_in(request.args.get("message"))):
        form.message.data = [asked]
    if form.validate_on_submit():
        try:
            actions.report_messages(
                conversation_id, form.message.data or [], current_user, form.reason.data, form.note.data
            )
        except Refused as refusal:
            form.refuse_by("message", refusal)
        else:
            flash(THANKS)
            return web.see_other(url_for("messages.show", conversation_id=conversation_id))
    following = page.next_cursor
    return web.page(
        "moderation/flag_messages.html",
        422 if form.errors else 200,
        form=form,
        conversation=member.conversation,
        messages=able,
        rules=rules.current(),
        most=actions.MESSAGES_MOST,
        earlier=url_for(".flag", conversation_id=conversation_id, before=following) if following else None,
    )


@bp.get("/moderation/messages/<int:report_id>/decision")
@login_required
def decision(report_id: int) -> Response:
    """Show a decision as the author of the messages reads it: what, by which rule, why, and what can be done."""
    report = queries.report_in_full(report_id)
    if report is None or not policy.sees_decision(current_user, report):
        abort(404)
    if report.verdict not in wording.TO_AUTHOR:
        raise Forbidden(gettext("The author was not told: nothing was found against them."))
    return decision_page(report, current_user)
