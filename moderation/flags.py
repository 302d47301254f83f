"""Flagging a post or a thread: the first flag opens a case, later ones join it, a few trusted ones may hide a post."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts import youth
from forum.accounts.models import Person, User
from forum.accounts.silences import why_silent
from forum.core.database import locked, now, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.threads.models import Post, State, Thread
from forum.threads.policy import may_flag, may_flag_thread
from moderation import cases, hiding, kinship, queries, rules, scoring
from moderation.models import Case, Flag, Kind, Source

COOL_DOWN = timedelta(hours=24)  # after "keep" the same person can't flag the same text again (checks.md M-1)


def flag_post(post: Post, by: User, reason: str, note: str = "") -> Flag:
    """Say that a post breaks the rule `reason` (a code); return the flag, or the one that `by` has on it already.

    Raises NotFound for a post that is not visible, Forbidden for one's own or a suspended flagger, Refused for an
    unknown reason or within COOL_DOWN of a decision to keep the same text.
    """
    check_reason(reason)
    with transaction() as session:
        locked(Thread, post.thread_id)  # flags on one thread take turns, so that two at once make one case
        session.refresh(post)
        if not post.is_visible:
            raise NotFound
        if not may_flag(by, post):
            raise Forbidden(why_not(by, Kind.POST))
        return _flag(post, by, reason, note, Kind.POST)


def flag_thread(thread: Thread, by: User, reason: str, note: str = "") -> Flag:
    """Say that a thread as a whole, or its title, breaks a rule; return the flag. Raises as `flag_post` does.

    The case is about the opening post, with which the thread stands and falls. The program hides no thread because of
    flags: other people's words would go with it.
    """
    check_reason(reason)
    with transaction():
        present = locked(Thread, thread.id)
        opening = queries.opening_of(thread.id)
        if present is None or opening is None or present.state != State.VISIBLE:
            raise NotFound
        if not may_flag_thread(by, present):
            raise Forbidden(why_not(by, Kind.THREAD))
        return _flag(opening, by, reason, note, Kind.THREAD)


def _flag(post: Post, by: User, reason: str, note: str, kind: Kind) -> Flag:
    if queries.cleared_since(post, by.id, now() - COOL_DOWN, kind):
        raise Refused(cleared_words(kind))
    case = queries.open_case_of(post.id, lock=True, kind=kind)
    if case and (own := queries.flag_of(case.id, by.id)):
        return own
    case = case or cases.open_case(post, Source.FLAGS, kind=kind)
    flag = join(case, by, reason, note, post.revision)
    if flag.trust and kind == Kind.POST and hiding.hide_if_due(case, post):
        cases.score_anew(case)
    return flag


def check_reason(reason: str) -> None:
    """Raise Refused unless this is the code of a rule in force."""
    if reason not in rules.current():
        raise Refused(_l("Choose the rule that you think is broken."))


def why_not(by: Person, kind: Kind) -> Any:
    """Return what somebody reads who may not flag this."""
    return (
        why_silent(by)
        or {
            Kind.POST: _l("You can flag posts of others, while your account may take part."),
            Kind.THREAD: _l("You can flag threads that others began, while your account may take part."),
            Kind.PROFILE: _l("You can flag profiles of others, while your account may take part."),
        }[kind]
    )


def cleared_words(kind: Kind = Kind.POST) -> Any:
    """Return what somebody reads who flags a text again that was kept."""
    return {
        Kind.POST: _l(
            "A moderator looked at this post after your flag and kept it. "
            "You can flag it again after a day, or when its text has been changed."
        ),
        Kind.THREAD: _l(
            "A moderator looked at this thread after your flag and kept it. "
            "You can flag it again after a day, or when its title or its first post has been changed."
        ),
        Kind.PROFILE: _l(
            "A moderator looked at this profile after your flag and kept it. "
            "You can flag it again after a day, or when it has been changed."
        ),
    }[kind]


def join(case: Case, by: User, reason: str, note: str, revision: int) -> Flag:
    """Add a flag to an open case, weighed and grouped, and let the case stand where it now belongs.

    Joins the caller's transaction, which holds the lock under which flags on this case take turns.
    """
    worth = scoring.worth_of(by, case.subtheme_id, hiding.numbers())
    marks = kinship.marks_of(by, case)
    case.comes_first = case.comes_first or youth.care_of(by).comes_first
    flag = Flag(flagger_id=by.id, reason=reason, note=note, weight=worth.weight, trust=worth.trust, revision=revision)
    return add(case, flag, marks)


def add(case: Case, flag: Flag, marks: kinship.Marks) -> Flag:
    """Write a flag down in an open case, group it by its marks, and let the case stand where it now belongs.

    Joins the caller's transaction, which holds the lock under which flags on this case take turns.
    """
    with transaction() as session:
        flag.case_id, flag.created_at = case.id, now()
        session.add(flag)
        session.flush()
        kinship.group(flag, marks)
        case.version += 1 if case.flag_count else 0  # who decides must have seen every flag
        case.flag_count += 1
        cases.score_anew(case)
        return flag
