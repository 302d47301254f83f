"""Who may appeal, until when, and who may decide about it: pure functions for the button and the action."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person, User
from forum.accounts.policy import may_lift
from forum.core.database import now
from forum.core.i18n import exact
from moderation.appeals.models import Appeal
from moderation.models import Decision, Kind, Outcome
from moderation.policy import LASTING, is_about_thread_of, sees_everything

WORDS_LIMIT = 2_000


def is_in_time(decision: Decision) -> bool:
    """Whether the window is open now."""
    return now() <= decision.appealable_until


def is_concerned(person: Person, decision: Decision, *, has_flagged: bool) -> bool:
    """Whether the decision went against the person: the author's post, or, when it was kept, their flag on it.

    A flagger learns nothing of what was decided against an author. What was done to a thread because of a post in it
    also went against whoever began the thread.
    """
    if is_about_thread_of(person, decision):
        return True
    if decision.case.author_id == person.id:
        return decision.outcome != Outcome.KEEP
    return decision.outcome == Outcome.KEEP and has_flagged


def why_not_appeal(decision: Decision) -> Any | None:
    """Say why nobody can appeal against the decision now whom it concerns and who has not yet, or None."""
    return why_not(decision.appealable_until, stands=decision.stands)


def why_not(ends: datetime, *, stands: bool) -> Any | None:
    """Say the same of any decision that stands or not, and of which the window ends at `ends`."""
    if not stands:
        return _l("This decision was taken back: there is nothing left to appeal against.")
    if now() > ends:
        return _l("An appeal was possible for 20 days, until %(moment)s.", moment=exact(ends))
    return None


def objection(person: Person, appeal: Appeal, *, has_flagged: bool, was: Collection[int] = ()) -> Any | None:
    """Return why the person may not decide this appeal (a translated sentence), or None.

    `was` are numbers of accounts that were merged into the person's. The decision's case and author must be loaded.
    """
    case = appeal.decision.case
    if not sees_everything(person):
        return NOT_STAFF
    if appeal.first_decider_id == person.id or appeal.first_decider_id in was:
        return OWN_DECISION
    if case.author_id == person.id:
        return OWN[case.kind]
    if appeal.appellant_id == person.id or has_flagged:
        return FLAGGED[case.kind]
    return above(person, case.author, lasts=appeal.decision.outcome in LASTING)


NOT_STAFF = _l("Only moderators of the whole forum decide appeals.")
OWN_DECISION = _l("You took this decision yourself. Somebody else decides about the appeal.")


OWN: dict[str, Any] = {
    Kind.POST: _l("It is about your own post. Somebody else decides about the appeal."),
    Kind.THREAD: _l("It is about your own thread. Somebody else decides about the appeal."),
    Kind.PROFILE: _l("It is about your own profile. Somebody else decides about the appeal."),
}
FLAGGED: dict[str, Any] = {
    Kind.POST: _l("You flagged this post yourself. Somebody else decides about the appeal."),
    Kind.THREAD: _l("You flagged this thread yourself. Somebody else decides about the appeal."),
    Kind.PROFILE: _l("You flagged this profile yourself. Somebody else decides about the appeal."),
}


def above(person: Person, author: User, *, lasts: bool) -> Any | None:
    """Return why the author is above the person, or None; `lasts`: the decision suspends or silences the author."""
    if author.is_admin and not person.is_admin:
        return _l("The author is an administrator. Another administrator decides about the appeal.")
    if lasts and not may_lift(person, author):
        return _l("The author moderates here. An administrator decides about the appeal.")
    return None
