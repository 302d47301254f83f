"""The queue of appeals, one of them with its evidence, and answering it. Moderators of the whole forum only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.accounts import doors
from forum.core import web
from forum.core.database import now
from forum.core.errors import NotFound
from forum.core.limits import limited
from forum.core.paging import id_in
from moderation import rules
from moderation import wording as words
from moderation.appeals import actions, policy, queries, wording
from moderation.appeals.desk import Desk
from moderation.appeals.forms import AnswerForm
from moderation.appeals.models import Appeal
from moderation.message_appeals import policy as message_policy
from moderation.message_appeals import queries as message_appeals
from moderation.policy import sees_everything
from moderation.profiles.contents import compared
from moderation.reports.wording import DECIDED

bp = Blueprint("appeal_desk", __name__)


# a sub-theme's own moderators decide, but answer no appeals
moderators_only = doors.only(sees_everything, _l("Appeals are for moderators of the whole forum."))
bp.before_request(moderators_only)


@bp.get("/moderation/appeals")
def index() -> Response:
    """List open appeals, oldest first, with why the viewer may not decide one."""
    after, since = (id_in(request.args.get(name)) or 0 for name in ("after", "messages"))
    page = queries.queue(after)
    about_messages = message_appeals.queue(current_user, since)
    flagged = queries.flagged_by(current_user.id, [each.decision.case_id for each in page.items])
    was = queries.merged_into(current_user.id)
    oldest = min(filter(None, (queries.oldest(), message_appeals.oldest())), default=None)
    return web.page(
        "moderation/appeals.html",
        rows=[
            (each, policy.objection(current_user, each, has_flagged=each.decision.case_id in flagged, was=was))
            for each in page.items
        ],
        oldest=wording.span(now() - oldest) if oldest else None,
        about_messages=[(each, message_policy.objection(current_user, each, was)) for each in about_messages.items],
        later_messages=url_for(".index", messages=about_messages.next_cursor) if about_messages.next_cursor else None,
        words=words,
        verdicts=DECIDED,
        name_of_rule=rules.name_of,
        later=url_for(".index", after=page.next_cursor) if page.next_cursor else None,
        first=url_for(".index") if after or since else None,
    )


@bp.get("/moderation/appeals/<int:appeal_id>")
def show(appeal_id: int) -> Response:
    """Show one appeal with the decision, the evidence and the post as it is now."""
    return _DESK.show(appeal_id)


@bp.post("/moderation/appeals/<int:appeal_id>/decisions")
@limited("STAFF", accepted_only=True)
def decide(appeal_id: int) -> Response:
    """Answer an appeal and go on to the next."""
    return _DESK.decide(appeal_id)


def _found(appeal_id: int) -> Appeal:
    found = queries.appeal_in_full(appeal_id)
    if found is None or (found.is_by_flagger and found.decision.case.author_id == current_user.id):
        raise NotFound  # who flagged a moderator's own post, and what they say of it, is not for that moderator
    return found


def _answer(appeal_id: int, form: AnswerForm) -> Appeal:
    return actions.decide(
        appeal_id,
        current_user,
        parts=form.chosen_parts(),
        details=form.details(),
        revision=form.revision.data,
        **form.judgement(),
    )


def _evidence(found: Appeal) -> dict[str, Any]:
    case = found.decision.case
    return {
        "decision": found.decision,
        "case": case,
        "profile": compared(case) if case.is_about_person else None,
        "words": words,
        "groups": wording.groups(case),
    }


def _place(appeal_id: int | None) -> str:
    return url_for("appeal_desk.show", appeal_id=appeal_id) if appeal_id else url_for("appeal_desk.index")


_DESK = Desk(
    template="moderation/appeal.html",
    find=_found,
    form=AnswerForm,
    answer=_answer,
    objection=actions.objection_to,
    bench=queries.bench,
    evidence=_evidence,
    place=_place,
    following=queries.next_appeal,
)
