"""Who may flag messages, and who may decide about them: pure functions."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person
from forum.accounts.policy import may_suspend
from forum.messages.models import Message
from forum.threads.policy import why_not_take_part
from moderation.policy import sees_everything
from moderation.reports.models import MessageReport, Verdict


def may_flag_message(person: Person, message: Message) -> bool:
    """Whether a member of the conversation may flag the message: somebody else's that still has its text."""
    return why_not_take_part(person) is None and message.author_id != person.id and message.deleted_at is None


def sees_report(person: Person, report: MessageReport) -> bool:
    """Whether the person sees the report on the desk; whose messages are flagged does not learn it there."""
    return sees_everything(person) and person.id != report.author_id


def objection(person: Person, report: MessageReport) -> Any | None:
    """Return why the person may not decide this report, or None; `report.author` must be loaded."""
    if not sees_everything(person):
        return _l("Only moderators decide about flagged messages.")
    if report.author_id == person.id:
        return _l("These are your own messages. Another moderator decides about them.")
    if report.reporter_id == person.id:
        return _l("You flagged these messages yourself. Another moderator decides about them.")
    if report.author.is_admin and not person.is_admin:
        return _l("The author is an administrator. Another administrator decides about these messages.")
    return None


def verdicts(person: Person, report: MessageReport) -> tuple[Verdict, ...]:
    """Return what the person may decide; whom they may suspend is for the accounts' policy to say."""
    may = may_suspend(person, report.author)
    return tuple(verdict for verdict in Verdict if verdict != Verdict.SUSPEND or may)


def sees_decision(person: Person, report: MessageReport) -> bool:
    """Whether the person may read the decision: the author, when it went against them, and moderators."""
    if report.is_open or not person.is_authenticated:
        return False
    return sees_everything(person) or (report.author_id == person.id and report.verdict != Verdict.DISMISS)
