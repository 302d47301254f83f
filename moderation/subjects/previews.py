"""What deciding a case about a thread or a profile will do, in sentences."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from moderation.models import Case, Outcome

TO_THE_THREAD: dict[str, Any] = {  # also by a case on a single post in it
    Outcome.LOCK: _l("The thread can be read, but takes no replies and no edits."),
    Outcome.SLOW: _l("Everybody but moderators waits between two posts in the thread."),
    Outcome.MOVE: _l("The thread goes into another sub-theme with all its posts."),
}


def previews(outcome: str, case: Case) -> list[str]:
    """Return what deciding this open case so will do, a sentence each; the case is not about a single post."""
    to_it = (_to_the_profile if case.is_about_person else _to_the_thread)(outcome)
    return [sentence for sentence in (to_it, _to_the_person(outcome), to_the_flaggers(outcome, case)) if sentence]


def _to_the_thread(outcome: str) -> str:
    if outcome == Outcome.HIDE:
        return _("The thread is hidden with all replies: only its author and moderators see it.")
    if outcome in (Outcome.REMOVE, Outcome.SILENCE, Outcome.SUSPEND):
        return _("The thread is removed with all replies: readers don’t find it any more.")
    if outcome in TO_THE_THREAD:
        return str(TO_THE_THREAD[outcome])
    return _("The thread stays as it is.")


def _to_the_profile(outcome: str) -> str:
    if outcome in (Outcome.CLEAR, Outcome.SILENCE, Outcome.SUSPEND):
        return _("What is ticked is cleared, nothing else, and the same can’t be set again.")
    return _("The profile stays as it is.")


def _to_the_person(outcome: str) -> str:
    if outcome == Outcome.KEEP:
        return _("Whose it is is told.")
    if outcome in TO_THE_THREAD:
        return _("Whose it is is told the rule and your reason; it is no strike.")
    if outcome in (Outcome.SILENCE, Outcome.SUSPEND):
        return _("Whose it is can’t write until the date, gets a strike, and is told the rule and your reason.")
    return _("Whose it is gets a strike and is told the rule and your reason.")


def to_the_flaggers(outcome: str, case: Case) -> str:
    """Return what deciding so will do to those who flagged the thread or profile."""
    if outcome == Outcome.KEEP:
        return ngettext(
            "%(num)s person who flagged it is told that it was kept, and their flag counts as mistaken.",
            "%(num)s people who flagged it are told that it was kept, and their flags count as mistaken.",
            case.flag_count,
        )
    return ngettext(
        "%(num)s person who flagged it is told what became of it.",
        "%(num)s people who flagged it are told what became of it.",
        case.flag_count,
    )
