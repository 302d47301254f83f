"""The letters of this room: somebody is suspended; an appeal is answered. Their links need no signing in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.database import db
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail
from moderation import statement, wording
from moderation.appeals import links
from moderation.appeals.models import Appeal, State
from moderation.message_appeals import links as message_links
from moderation.message_appeals import statement as message_statement
from moderation.message_appeals.models import MessageAppeal
from moderation.models import Decision, Outcome
from moderation.reports import wording as report_wording
from moderation.reports.models import MessageReport


def _decision(mail: Mail) -> Decision | None:
    return db.session.get(Decision, mail.facts["decision"])


def _person(mail: Mail) -> User | None:
    person = db.session.get(User, mail.user_id) if mail.user_id else None
    return None if person is None or person.is_closed else person


def _report(mail: Mail) -> MessageReport | None:
    return db.session.get(MessageReport, mail.facts["report"])


def _still_suspends(mail: Mail) -> bool:
    if "report" in mail.facts:
        report = _report(mail)
        return _person(mail) is not None and report is not None and report.stands
    decision = _decision(mail)
    return _person(mail) is not None and decision is not None and decision.stands


def _suspended(mail: Mail) -> Mapping[str, Any]:
    if "report" in mail.facts:
        return _suspended_by_messages(mail)
    decision, person = _decision(mail), _person(mail)
    if decision is None or person is None:
        return {}
    return {
        "said": wording.decided_to_author(decision),
        "for_good": decision.outcome == Outcome.CLOSE,
        "reason": decision.reason,
        "statement": statement.with_rule(decision, person.timezone),
        "url": link_to("appeals.by_link", token=links.token(decision.id, person)),
    }


def _suspended_by_messages(mail: Mail) -> Mapping[str, Any]:
    report, person = _report(mail), _person(mail)
    if report is None or person is None:
        return {}
    return {
        "said": report_wording.TO_AUTHOR[report.verdict],
        "for_good": False,
        "reason": report.reason,
        "statement": message_statement.with_rule(report, person.timezone),
        "url": link_to("message_appeals.by_link", token=message_links.token(report.id, person)),
    }


def _answer(mail: Mail) -> Mapping[str, Any]:
    """The reply, and a link: to the author one that opens without signing in, as they may be suspended."""
    if "message_appeal" in mail.facts:
        return _answer_about_messages(mail)
    appeal, person = db.session.get(Appeal, mail.facts["appeal"]), _person(mail)
    if appeal is None or person is None:
        return {}
    place = link_to("appeals.own", decision_id=appeal.decision_id)
    if appeal.is_by_author:
        place = link_to("appeals.by_link", token=links.token(appeal.decision_id, person))
    return {
        "overturned": appeal.state == State.OVERTURNED,
        "reply": appeal.reply,
        "title": appeal.decision.case.frozen_title if appeal.is_by_author else "",  # another's may be gone by now
        "url": place,
    }


def _answer_about_messages(mail: Mail) -> Mapping[str, Any]:
    appeal, person = db.session.get(MessageAppeal, mail.facts["message_appeal"]), _person(mail)
    if appeal is None or person is None:
        return {}
    place = link_to("message_appeals.own", report_id=appeal.report_id)
    if not appeal.is_by_flagger:
        place = link_to("message_appeals.by_link", token=message_links.token(appeal.report_id, person))
    return {"overturned": appeal.state == State.OVERTURNED, "reply": appeal.reply, "title": "", "url": place}


LETTERS["suspended"] = Letter(
    lambda facts: _("Your account was closed") if facts.get("for_good") else _("Your account is suspended"),
    title=_l("Your account is suspended"),
    still_due=_still_suspends,
    extra=_suspended,
)
LETTERS["appeal_decided"] = Letter(
    _l("Your appeal is answered"), still_due=lambda mail: _person(mail) is not None, extra=_answer
)
