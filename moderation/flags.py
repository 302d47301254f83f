"""Flagging a post: the first flag opens a case, later ones join it, and a few trusted ones may hide the post."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts import youth
from forum.accounts.models import User
from forum.accounts.silences import why_silent
from forum.core.database import locked, now, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.threads.models import Post, Thread
from forum.threads.policy import may_flag
from moderation import cases, hiding, likeness, queries, rules, scoring
from moderation.models import Case, Flag, Source

COOL_DOWN = timedelta(hours=24)  # after "keep" the same person can't flag the same text again (checks.md M-1)


def flag_post(post: Post, by: User, reason: str, note: str = "") -> Flag:
    """Say that a post breaks the rule `reason` (a code); return the flag, or the one that `by` has on it already.

    Raises NotFound for a post that is not visible, Forbidden for one's own or a suspended flagger, Refused for an
    unknown reason or within COOL_DOWN of a decision to keep the same text.
    """
    if reason not in rules.current():
        raise Refused(_l("Choose the rule that you think is broken."))
    with transaction() as session:
        locked(Thread, post.thread_id)  # flags on one thread take turns, so that two at once make one case
        session.refresh(post)
        _check(post, by)
        case = queries.open_case_of(post.id, lock=True)
        if case and (own := queries.flag_of(case.id, by.id)):
            return own
        return _join(case or cases.open_case(post, Source.FLAGS), post, by, reason, note)


def _check(post: Post, by: User) -> None:
    if not post.is_visible:
        raise NotFound
    if not may_flag(by, post):
        raise Forbidden(why_silent(by) or _l("You can flag posts of others, while your account may take part."))
    if queries.cleared_since(post, by.id, now() - COOL_DOWN):
        raise Refused(cleared_words())


def cleared_words() -> Any:
    """Return what somebody reads who flags a text again that was kept."""
    return _l(
        "A moderator looked at this post after your flag and kept it. "
        "You can flag it again after a day, or when its text has been changed."
    )


def _join(case: Case, post: Post, by: User, reason: str, note: str) -> Flag:
    worth = scoring.worth_of(by, case.subtheme_id, hiding.numbers())
    marks = likeness.marks_of(by, case)
    with transaction() as session:
        flag = Flag(
            case_id=case.id,
            flagger_id=by.id,
            reason=reason,
            note=note,
            weight=worth.weight,
            trust=worth.trust,
            revision=post.revision,
            created_at=now(),
        )
        session.add(flag)
        session.flush()
        likeness.group(flag, marks)
        case.version += 1 if case.flag_count else 0  # who decides must have seen every flag
        case.flag_count += 1
        case.comes_first = case.comes_first or youth.care_of(by).comes_first
        if flag.trust:
            hiding.hide_if_due(case, post)
        cases.score_anew(case)
        return flag
