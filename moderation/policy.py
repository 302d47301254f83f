"""Who may see the desk, claim and decide. Pure functions; the button and the action ask the same one."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person, Standing, User
from forum.accounts.policy import may_suspend, may_take_part
from forum.subthemes.policy import looks_after
from forum.threads.models import State
from moderation.effects.table import effect_of
from moderation.models import Case, Decision, Kind, Outcome, Source

ABOUT_THREAD = (Outcome.LOCK, Outcome.SLOW, Outcome.MOVE)
ABOUT_PERSON = (Outcome.WARN, Outcome.SILENCE, Outcome.SUSPEND, Outcome.CLOSE)
_PUBLISHED = (Outcome.KEEP, Outcome.HIDE, Outcome.REMOVE, Outcome.EDIT_OUT, *ABOUT_THREAD, *ABOUT_PERSON)
# A held post is seen by nobody yet: hiding it or leaving it "visible with a warning" would mean nothing.
OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    Source.FLAGS: (Outcome.KEEP, Outcome.CLEAR, *_PUBLISHED[1:]),  # no case offers all of them: see `possible`
    Source.SCREENING: (Outcome.KEEP, Outcome.REMOVE, Outcome.SILENCE, Outcome.SUSPEND, Outcome.CLOSE),
    Source.WATCHED: _PUBLISHED,
    Source.APPEAL: (Outcome.CLEAR, *_PUBLISHED[1:]),  # whatever was not decided first
}

LASTING = frozenset({Outcome.SILENCE, Outcome.SUSPEND})  # until a moment that the moderator sets


def sees_desk(person: Person) -> bool:
    """Whether the person has a desk at all: all cases for moderators, those of their sub-themes for others."""
    return bool(may_take_part(person)) and bool(person.is_staff)


def sees_everything(person: Person) -> bool:
    """Whether the person moderates the whole forum: also what belongs to no sub-theme, such as flagged messages."""
    return bool(may_take_part(person)) and bool(person.is_moderator)


def sees_case(person: Person, case: Case) -> bool:
    """Whether the case is on the person's desk; of another sub-theme's case they know nothing."""
    return sees_desk(person) and looks_after(person, case.subtheme_id)


def objection(person: Person, case: Case, *, has_flagged: bool) -> Any | None:
    """Return why the person may not claim or decide this case (a translated sentence), or None.

    Nobody judges their own post or their own flag (checks.md M-2), nobody an equal or somebody above, and whoever
    moderates a sub-theme judges nothing outside it. `case.author` must be loaded.
    """
    if not sees_desk(person):
        return _l("Only moderators decide cases.")
    if not looks_after(person, case.subtheme_id):
        return _l("You don’t moderate this sub-theme.")
    if case.author_id == person.id:
        return OWN[case.kind]
    if has_flagged:
        return FLAGGED[case.kind]
    return _above(person, case.author)


OWN: dict[str, Any] = {
    Kind.POST: _l("This is your own post. Another moderator decides about it."),
    Kind.THREAD: _l("This is your own thread. Another moderator decides about it."),
    Kind.PROFILE: _l("This is your own profile. Another moderator decides about it."),
}
FLAGGED: dict[str, Any] = {
    Kind.POST: _l("You flagged this post yourself. Another moderator decides about it."),
    Kind.THREAD: _l("You flagged this thread yourself. Another moderator decides about it."),
    Kind.PROFILE: _l("You flagged this profile yourself. Another moderator decides about it."),
}


def _above(person: Person, author: User) -> Any | None:
    """Return why the author is beyond this moderator, or None."""
    if author.is_admin and not person.is_admin:
        return _l("The author is an administrator. Another administrator decides about this post.")
    if author.is_staff and not person.is_moderator:
        return _l("The author moderates too. A moderator of the whole forum decides about this post.")
    if author.standing == Standing.WAITING and not person.is_moderator:
        return _l("The author’s account waits for approval. A moderator of the whole forum decides about both.")
    return None


def possible(case: Case, source: str = "") -> tuple[Outcome, ...]:
    """Return what can be decided at all about such a case, whoever decides; `source`: as if it were opened by that."""
    return tuple(outcome for outcome in OUTCOMES[source or case.source] if effect_of(outcome, case.kind))


def outcomes(person: Person, case: Case, source: str = "") -> tuple[Outcome, ...]:
    """Return what the person may decide in this case, `source` as in `possible`.

    Whom they may suspend is for the accounts' policy to say. A closed account is suspended no more, and what was held
    of it is not published: nobody answers for it. A thread whose opening its author has deleted isn't hidden with it.
    """
    without: set[Outcome] = set()
    if case.kind == Kind.THREAD and case.the_post.state == State.DELETED:
        without |= {Outcome.HIDE, Outcome.REMOVE}
    if case.kind == Kind.POST and case.author.is_closed and case.the_post.state == State.HELD:
        without.add(Outcome.KEEP)
    if case.author.is_closed or not may_suspend(person, case.author):
        without |= {*LASTING, Outcome.CLOSE}
    if case.author.is_staff or case.author.is_expert:
        without.add(Outcome.CLOSE)  # whoever holds an office or a credential is no spammer; that ends first
    if case.kind != Kind.PROFILE:
        without |= _beside_the_point(case)
    return tuple(outcome for outcome in possible(case, source) if outcome not in without)


def _beside_the_point(case: Case) -> set[Outcome]:
    """Return what would mean nothing for this post, or for its thread as it is."""
    without: set[Outcome] = set()
    if case.the_post.state in (State.HELD, State.DELETED):
        without.add(Outcome.EDIT_OUT)
    if case.the_post.thread.state != State.VISIBLE:
        without.update(ABOUT_THREAD)
    if case.the_post.thread.is_locked:
        without |= {Outcome.LOCK, Outcome.SLOW}
    return without


def sees_decision(person: Person, decision: Decision) -> bool:
    """Whether the person may read a decision's page: the author of the post, whose thread it bears on, moderators."""
    is_theirs = decision.case.author_id == person.id or is_about_thread_of(person, decision)
    return bool(person.is_authenticated) and (is_theirs or sees_case(person, decision.case))


def is_about_thread_of(person: Person, decision: Decision) -> bool:
    """Whether something was done to the person's thread because of another's post in it."""
    return starter_of(decision) == person.id


def starter_of(decision: Decision) -> int | None:
    """Return who began the thread to which something was done because of another's post, or None."""
    if decision.outcome not in ABOUT_THREAD or decision.case.post is None:
        return None
    starter_id = decision.case.post.thread.author_id
    return starter_id if starter_id != decision.case.author_id else None


def is_strike(outcome: str) -> bool:
    """Whether the decision stays in the author's record: not where only the thread is changed."""
    return outcome not in (Outcome.KEEP, *ABOUT_THREAD)


def needs_rule(outcome: str) -> bool:
    """Whether a decision must name a rule: all but keeping the post."""
    return outcome != Outcome.KEEP


def needs_reason(outcome: str, source: str) -> bool:
    """Whether the author must be told why: always, but for a held post that is simply published."""
    return not (outcome == Outcome.KEEP and source == Source.SCREENING)
