"""One appeal about messages with the copies, and answering it; the list of all appeals leads here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from flask_login import current_user

from forum.core.errors import NotFound
from forum.core.limits import limited
from moderation.appeals.desk import Desk
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
    return _DESK.show(appeal_id)


@bp.post("/moderation/appeals/messages/<int:appeal_id>/decisions")
@limited("STAFF", accepted_only=True)
def decide(appeal_id: int) -> Response:
    """Answer an appeal and go on to the next about messages, or to the list."""
    return _DESK.decide(appeal_id)


def _found(appeal_id: int) -> MessageAppeal:
    found = queries.appeal_in_full(appeal_id)
    if found is None or (found.is_by_flagger and found.report.author_id == current_user.id):
        raise NotFound  # who flagged a moderator's own messages, and what they say of them, is not for that moderator
    return found


def _answer(appeal_id: int, form: MessageAnswerForm) -> MessageAppeal:
    return actions.decide(appeal_id, current_user, **form.judgement())


def _evidence(found: MessageAppeal) -> dict[str, Any]:
    return {"report": found.report, "words": words}


def _place(appeal_id: int | None) -> str:
    return url_for("message_appeal_desk.show", appeal_id=appeal_id) if appeal_id else url_for("appeal_desk.index")


_DESK = Desk(
    template="moderation/message_appeal.html",
    find=_found,
    form=MessageAnswerForm,
    answer=_answer,
    objection=actions.objection_to,
    bench=queries.bench,
    evidence=_evidence,
    place=_place,
    following=queries.next_appeal,
)
