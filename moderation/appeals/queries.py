"""Reading appeals: the queue, one in full, one's own; who could decide. Every list is bounded, by an index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from forum.accounts.models import Person, Role, Standing, User
from forum.accounts.queries import may_act
from forum.config import PAGE_SIZE, UNDO_WINDOW
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.paging import LARGEST_ID, Page, first_page
from forum.threads.models import Post
from moderation.appeals.models import Appeal
from moderation.models import Case, Decision, Flag, Outcome

# spelled out: a bound value would keep the partial index from serving
_OPEN = Appeal.state == literal_column("'open'")
OWN_SHOWN = 20  # appeals against decisions to keep, on the page of one's own


@dataclass(frozen=True)
class Own:
    """A decision that concerns somebody, with their appeal against it or None."""

    decision: Decision
    appeal: Appeal | None


@dataclass(frozen=True)
class Bench:
    """How many people of the staff could decide an appeal now."""

    moderators: int
    admins: int


def queue(after: int = 0) -> Page[Appeal]:
    """Return one page of open appeals, oldest first, behind the id `after`, with decision, case and its author."""
    case = joinedload(Decision.case).options(
        defer(Case.frozen_body), defer(Case.frozen_html), joinedload(Case.author), joinedload(Case.subtheme)
    )
    query = select(Appeal).where(_OPEN, Appeal.id > after).options(joinedload(Appeal.decision).options(case))
    found = db.session.scalars(query.order_by(Appeal.id).limit(PAGE_SIZE + 1)).all()
    return first_page(found, PAGE_SIZE)


def oldest() -> datetime | None:
    """Return since when the oldest open appeal waits, or None."""
    return db.session.scalar(select(Appeal.created_at).where(_OPEN).order_by(Appeal.id).limit(1))


def appeal_in_full(appeal_id: int) -> Appeal | None:
    """Return the appeal with everybody in it, the decision, its case and the post as it is now, in one statement."""
    if not 0 < appeal_id <= LARGEST_ID:
        return None
    post = joinedload(Case.post).options(joinedload(Post.thread), joinedload(Post.author))
    case = joinedload(Decision.case).options(joinedload(Case.author), joinedload(Case.subtheme), post)
    query = (
        select(Appeal)
        .where(Appeal.id == appeal_id)
        .options(
            joinedload(Appeal.appellant),
            joinedload(Appeal.decider),
            joinedload(Appeal.decision).options(case, joinedload(Decision.decider)),
        )
    )
    return db.session.scalar(query)


def of_decision(decision_id: int) -> Appeal | None:
    """Return the appeal against a decision, or None."""
    return db.session.scalar(select(Appeal).where(Appeal.decision_id == decision_id))


def next_appeal(by: Person) -> int | None:
    """Return the oldest open appeal about no decision, post, appeal or flag of the person's own, or None.

    What only an admin may decide is not left out: its page says so.
    """
    own_flag = select(Flag.id).where(Flag.case_id == Case.id, Flag.flagger_id == by.id).exists()
    query = (
        select(Appeal.id)
        .join(Decision, Decision.id == Appeal.decision_id)
        .join(Case, Case.id == Decision.case_id)
        .where(_OPEN, Appeal.first_decider_id != by.id, Appeal.appellant_id != by.id, Case.author_id != by.id)
    )
    return db.session.scalar(query.where(~own_flag).order_by(Appeal.id).limit(1))


def flagged_by(user_id: int, case_ids: Collection[int]) -> set[int]:
    """Return those of the cases in which the person has a flag."""
    if not case_ids:
        return set()
    return set(db.session.scalars(select(Flag.case_id).where(Flag.case_id.in_(case_ids), Flag.flagger_id == user_id)))


def merged_into(user_id: int) -> set[int]:
    """Return the numbers of the accounts that were merged into this one, also by way of others; the log says so.

    A merge writes two rows in a breath: whom the account went to, and right behind it which account went.
    """
    found: set[int] = set()
    fresh, went = {user_id}, aliased(AuditEntry)
    while fresh:
        kept = [f"person:{each}" for each in fresh]
        rows = (
            select(went.target)
            .join(AuditEntry, went.seq == AuditEntry.seq + 1)
            .where(AuditEntry.target.in_(kept), AuditEntry.act == "person.merged", went.act == "account.merged")
        )
        fresh = {int(target.removeprefix("person:")) for target in db.session.scalars(rows)} - found
        found |= fresh
    return found


def bench(appeal: Appeal) -> Bench:
    """Return how many moderators and admins may sign in and neither decided, wrote, flagged nor appealed."""
    involved = {appeal.first_decider_id, appeal.appellant_id, appeal.decision.case.author_id}
    own_flag = select(Flag.id).where(Flag.case_id == appeal.decision.case_id, Flag.flagger_id == User.id).exists()
    return free_staff(involved, ~own_flag)


def free_staff(involved: Collection[int], *conditions: ColumnElement[bool]) -> Bench:
    """Return how many moderators and admins may sign in, are none of `involved` and fulfil the conditions."""
    query = select(User.role, func.count()).where(
        User.role != literal_column("'netizen'"),
        User.id.not_in(involved),
        User.standing != Standing.CLOSED,
        *may_act(),
        *conditions,
    )
    counts = {row[0]: row[1] for row in db.session.execute(query.group_by(User.role))}
    return Bench(counts.get(Role.MODERATOR, 0), counts.get(Role.ADMIN, 0))


def own_decisions(user_id: int, before: int | None = None) -> Page[Own]:
    """Return what was decided about the person's posts, the latest case first, with their appeals.

    What was undone within seconds is left out, since nobody was told of it: a page may be shorter than others.
    """
    query = (
        select(Case, Decision, Appeal)
        .join(Decision, Decision.case_id == Case.id)
        .outerjoin(Appeal, (Appeal.decision_id == Decision.id) & (Appeal.appellant_id == user_id))
        .where(Case.author_id == user_id, Case.decided_at.is_not(None))
        .options(
            defer(Case.frozen_body),
            defer(Case.frozen_html),
            joinedload(Case.post).load_only(Post.id, Post.state, Post.state_at),
        )
    )
    if before:
        query = query.where(Case.id < before)
    rows = db.session.execute(query.order_by(Case.id.desc()).limit(PAGE_SIZE + 1)).all()
    shown = [Own(decision, appeal) for _case, decision, appeal in rows[:PAGE_SIZE] if not _was_slip(decision)]
    return Page(shown, str(rows[PAGE_SIZE - 1][0].id) if len(rows) > PAGE_SIZE else "")


def _was_slip(decision: Decision) -> bool:
    return decision.reversed_at is not None and decision.reversed_at - decision.decided_at <= UNDO_WINDOW


def own_appeals_about_others(user_id: int) -> Sequence[Appeal]:
    """Return the person's appeals against decisions about what others wrote, the latest first, at most 20."""
    query = (
        select(Appeal)
        .join(Appeal.decision)
        .join(Decision.case)
        .where(Appeal.appellant_id == user_id, Case.author_id != user_id)
        .options(
            contains_eager(Appeal.decision)
            .contains_eager(Decision.case)
            .options(defer(Case.frozen_body), defer(Case.frozen_html))
        )
    )
    return db.session.scalars(query.order_by(Appeal.id.desc()).limit(OWN_SHOWN)).all()


def appealable(user_id: int, moment: datetime, limit: int) -> Sequence[Decision]:
    """Return decisions against the person's posts that were taken after `moment` and stand, the latest first."""
    query = (
        select(Decision)
        .join(Case, Case.id == Decision.case_id)
        .where(
            Case.author_id == user_id,
            Case.decided_at > moment,
            Decision.outcome != Outcome.KEEP,
            Decision.reversed_at.is_(None),
        )
        .options(contains_eager(Decision.case).options(defer(Case.frozen_body), defer(Case.frozen_html)))
    )
    return db.session.scalars(query.order_by(Case.id.desc()).limit(limit)).all()


def holds_evidence(post_id: int, moment: datetime) -> bool:
    """Whether a decision on this post can still be appealed against (taken after `moment`), or an appeal is open."""
    query = _evidence(moment).where(Case.post_id == post_id)
    return db.session.execute(query.limit(1)).first() is not None


def with_evidence(case_ids: Collection[int], moment: datetime) -> Sequence[tuple[int, datetime]]:
    """Return those of the cases of which the same is true, each with the moment of its decision."""
    return [(row[0], row[1]) for row in db.session.execute(_evidence(moment).where(Case.id.in_(case_ids)))]


def _evidence(moment: datetime) -> Select[int, datetime]:
    return (
        select(Case.id, Decision.decided_at)
        .join(Decision, Decision.case_id == Case.id)
        .outerjoin(Appeal, (Appeal.decision_id == Decision.id) & _OPEN)
        .where(or_(Decision.decided_at > moment, Appeal.id.is_not(None)))
    )


def forgettable(moment: datetime, limit: int) -> Sequence[Case]:
    """Return cases whose texts are due to go: their author left, the window is over and no appeal is open."""
    waits = (
        select(Appeal.id).join(Decision, Decision.id == Appeal.decision_id).where(Decision.case_id == Case.id, _OPEN)
    )
    query = select(Case).where(Case.forget_at.is_not(None), Case.forget_at <= moment, ~waits.exists())
    return db.session.scalars(query.order_by(Case.forget_at, Case.id).limit(limit)).all()
