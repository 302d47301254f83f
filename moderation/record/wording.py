"""The words of a record: what an entry says to whom, and the usual next steps."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from moderation import outcomes
from moderation.models import Case, Outcome
from moderation.record.queries import Entry, Record
from moderation.record.steps import Step
from moderation.reports import wording as reports


def to_person(entry: Entry) -> Any:
    """Return what an entry says to the person whose record it is."""
    if entry.decision is not None:
        return outcomes.decided_to_author(entry.decision)
    assert entry.report is not None
    return reports.TO_AUTHOR[entry.report.verdict]


def to_moderator(entry: Entry) -> Any:
    """Return what an entry says to a moderator."""
    if entry.decision is not None:
        return outcomes.decided(entry.decision)
    assert entry.report is not None
    return reports.DECIDED[entry.report.verdict]


def page_of(entry: Entry) -> str:
    """Return the address of the decision, as whom it concerns reads it."""
    if entry.decision is not None:
        return url_for("flags.decision", decision_id=entry.decision.id)
    assert entry.report is not None
    return url_for("message_flags.decision", report_id=entry.report.id)


def borne(record: Record) -> str:
    """Return how many decisions count, as a number; "10+" where the list was cut."""
    number = len(record.borne)
    return f"{number}+" if record.is_cut and number == len(record.entries) else str(number)


_MILD: dict[bool, Any] = {
    False: _l("a warning, or hiding, cutting or removing what was posted, and nothing more"),
    True: _l("refusing what was sent, and nothing more"),
}


def step(line: Step, *, held: bool = False) -> str:
    """Return what a line of the table says comes next; `held`: for a post that nobody has seen yet."""
    if line.outcome == Outcome.SILENCE:
        return ngettext("silence for %(num)s day", "silence for %(num)s days", line.days)
    if line.outcome == Outcome.SUSPEND:
        return ngettext("suspension for %(num)s day", "suspension for %(num)s days", line.days)
    return str(_MILD[held])


def standing(line: Step, *, last: bool) -> str:
    """Return for how many decisions in the record a line of the table is."""
    if not line.borne:
        return _("None")
    return _("%(number)s or more", number=line.borne) if last else str(line.borne)


def why(record: Record, days: int) -> str:
    """Return why a step is the usual one: what counts against the person, in moderators' words."""
    number = len(record.borne)
    if not number:
        return _("No decision of the last %(days)s days counts against this person.", days=days)
    return ngettext(
        "%(num)s decision of the last %(days)s days counts against this person.",
        "%(num)s decisions of the last %(days)s days count against this person.",
        number,
        days=days,
    )


def needs_another(line: Step, offered: Any, case: Case) -> str:
    """Say who may take the usual step where the reader may not, "" where they may."""
    if line.outcome == Outcome.WARN or line.outcome in offered:
        return ""
    if case.author.is_closed:
        return _("The account is closed, so it can’t be silenced or suspended.")
    return _("You may not do that yourself: hand the case over to somebody who may, or choose something milder.")
