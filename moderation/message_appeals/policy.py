"""Who may appeal against a decision about messages, and who may decide about it; the rules are those of appeals."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person
from moderation.appeals import policy as appeals
from moderation.message_appeals.models import MessageAppeal
from moderation.policy import sees_everything
from moderation.reports.models import MessageReport, Verdict


def is_concerned(person: Person, report: MessageReport) -> bool:
    """Whether the decision went against the person: the author, or, when it dismissed the flag, whoever flagged."""
    if report.is_open:
        return False
    return person.id == (report.reporter_id if report.is_dismissed else report.author_id)


def why_not_appeal(report: MessageReport) -> Any | None:
    """Say why nobody can appeal against the decision now whom it concerns and who has not yet, or None."""
    return appeals.why_not(report.appealable_until, stands=report.stands)


def objection(person: Person, appeal: MessageAppeal, was: Collection[int] = ()) -> Any | None:
    """Return why the person may not decide this appeal (a translated sentence), or None.

    `was` are numbers of accounts that were merged into the person's. The report and its author must be loaded.
    """
    report = appeal.report
    if not sees_everything(person):
        return appeals.NOT_STAFF
    if appeal.first_decider_id == person.id or appeal.first_decider_id in was:
        return appeals.OWN_DECISION
    if report.author_id == person.id:
        return _l("It is about your own messages. Somebody else decides about the appeal.")
    if person.id in (report.reporter_id, appeal.appellant_id):
        return _l("You flagged these messages yourself. Somebody else decides about the appeal.")
    return appeals.above(person, report.author, lasts=report.verdict == Verdict.SUSPEND)
