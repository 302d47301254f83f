"""Opening a case, and who works on it: a claim keeps two moderators from reading the same case at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from forum.accounts import youth
from forum.accounts.models import User
from forum.core.database import db, must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden
from forum.core.jobs import sweeper
from forum.threads.models import Post, Thread
from forum.threads.states import is_opening
from moderation import kinship, policy, queries, scoring
from moderation.models import Case, Flag, Kind, Source
from moderation.ranker import queries as ranker

FINDINGS_MOST = 30  # kept with a case; more would say nothing new


def open_case(
    post: Post,
    source: Source,
    held_reason: str = "",
    findings: Sequence[dict[str, Any]] = (),
    *,
    kind: Kind = Kind.POST,
) -> Case:
    """Open a case on a post with its text, title and author's name as they are now; joins the caller's transaction.

    `findings` are what the screens found in it. With Kind.THREAD it is about the thread that the post opens.

    The caller holds the thread's lock, so that neither ever gets two open cases.
    """
    with transaction() as session:
        moment, first = now(), youth.care_of(post.author).comes_first
        title = post.thread.title if is_opening(post.thread, post) else ""
        learned, learned_by = ranker.likelihood(title, post.body)
        case = Case(
            kind=kind,
            post_id=post.id,
            author_id=post.author_id,
            subtheme_id=post.thread.subtheme_id,
            source=source,
            held_reason=held_reason,
            findings=list(findings[:FINDINGS_MOST]),
            lang=post.thread.lang if kind == Kind.THREAD else post.lang,
            opened_at=moment,
            score=scoring.stored_score(source, moment, (), first=first, learned=learned),
            learned=learned,
            learned_by=learned_by,
            comes_first=first,
            flag_count=0,
            version=1,
            frozen_revision=post.revision,
            frozen_title=post.thread.title,
            frozen_author=post.author.name,
            frozen_body=post.body,
            frozen_html=post.html,
            frozen_facts=_beside(post),
        )
        session.add(case)
        session.flush()
        return case


def _beside(post: Post) -> dict[str, Any]:
    """Return what an expert's answer says beside its text, where it says anything."""
    facts = {"sources": post.sources, "correction": post.correction}
    return facts if any(facts.values()) else {}


def claim(case_id: int, by: User) -> bool:
    """Take an open case for CLAIM_LIFETIME; claiming again starts the time anew. Return whether it was free before.

    Raises NotFound; Conflict when it was decided or another holds it; Forbidden for a post or a flag of one's own.
    """
    with transaction():
        case = locked_case(case_id)
        check(case, by)
        was_free = case.holder_id is None
        case.claimed_by_id, case.claimed_at = by.id, now()
        return was_free


def release(case_id: int, by: User) -> bool:
    """Give a claimed case back to the queue; return whether `by` held it. Raises NotFound."""
    with transaction():
        case = locked_case(case_id)
        if case.claimed_by_id != by.id or not case.is_open:
            return False
        case.claimed_by_id = case.claimed_at = None
        return True


@sweeper
def follow_threads() -> None:
    """Let every open case stand in the sub-theme of its thread, which may have been moved since: no debt need be
    written down for it, as the two rows say so themselves. (A profile has neither, which is no difference in SQL.)"""
    place = select(Thread.subtheme_id).join(Post, Post.thread_id == Thread.id).where(Post.id == Case.post_id)
    stray = Case.subtheme_id != place.scalar_subquery()
    if db.session.scalar(select(Case.id).where(Case.decided_at.is_(None), stray).limit(1)) is None:
        return  # as nearly always: nobody need wait for a write lock
    with transaction() as session:
        strays = update(Case).where(Case.decided_at.is_(None), stray)
        session.execute(
            strays.values(subtheme_id=place.scalar_subquery()), execution_options={"synchronize_session": False}
        )


def recount(flagger_id: int) -> None:
    """Count the flags of cases anew that this person has flagged: in a merge one of two flags of theirs has ended."""
    counted = select(func.count()).select_from(Flag).where(Flag.case_id == Case.id).scalar_subquery()
    flagged = Case.id.in_(select(Flag.case_id).where(Flag.flagger_id == flagger_id))
    with transaction() as session:
        wrong = session.scalars(select(Case.id).where(flagged, Case.flag_count != counted).order_by(Case.id)).all()
        for case_id in wrong:
            case = locked_case(case_id)
            kinship.count_anew(case_id)
            case.flag_count = sum(each.people for each in score_anew(case))


def score_anew(case: Case) -> list[scoring.Sum]:
    """Let the case stand where its flags put it, and return them by reason; joins the caller's transaction."""
    return put_in_place([case])[case.id]


def put_in_place(found: Sequence[Case]) -> dict[int, list[scoring.Sum]]:
    """The same for several cases, in one statement more; returns the flags by case."""
    sums = queries.flag_sums([case.id for case in found])
    for case in found:
        flags, hidden, first = sums[case.id], case.hidden_at is not None, case.comes_first
        case.score = scoring.stored_score(
            case.source, case.opened_at, flags, hidden=hidden, first=first, learned=case.learned
        )
        case.rule = scoring.main_rule(flags)
    return sums


def locked_case(case_id: int) -> Case:
    """Return the case under a row lock, inside a transaction(); raises NotFound."""
    return must_lock(Case, case_id)


def check(case: Case, by: User) -> None:
    """Raise Conflict when the case is decided or held by another, Forbidden when `by` may not decide it."""
    if not case.is_open:
        raise Conflict(_l("This case has been decided meanwhile."))
    objection = policy.objection(by, case, has_flagged=queries.flag_of(case.id, by.id) is not None)
    if objection:
        raise Forbidden(objection)
    if case.holder_id not in (None, by.id):
        raise Conflict(_l("Another moderator is working on this case."))
