"""Reading cases, flags, decisions and people's records. Every list is bounded and served by an index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import case as choose
from sqlalchemy import exists, func, literal_column, select
from sqlalchemy.orm import contains_eager, defer, joinedload, undefer

from forum.core.database import db
from forum.core.paging import LARGEST_ID
from forum.threads.models import Post, Thread
from moderation.models import Case, Decision, Flag, Kind, Outcome, Strike
from moderation.record.steps import counts_since
from moderation.scoring import Sum

FLAGS_SHOWN = 100  # on a case's page, the latest; the score counts all
_SUSPENDING = (Outcome.SUSPEND, Outcome.CLOSE)
HISTORY_SHOWN = 10  # former cases of a post, strikes of a person


def case_in_full(case_id: int) -> Case | None:
    """Return the case with its post as it is now, thread, author, sub-theme, claim and decision, in one statement."""
    if not 0 < case_id <= LARGEST_ID:
        return None
    query = (
        select(Case)
        .where(Case.id == case_id)
        .outerjoin(Post, Post.id == Case.post_id)
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .options(
            contains_eager(Case.post).options(contains_eager(Post.thread), joinedload(Post.author)),
            joinedload(Case.author),
            joinedload(Case.subtheme),
            joinedload(Case.claimed_by),
            joinedload(Case.decision).joinedload(Decision.decider),
            undefer(Case.findings),
            undefer(Case.frozen_body),
            undefer(Case.frozen_html),
        )
    )
    return db.session.scalar(query)


def open_case_of(post_id: int, *, lock: bool = False, kind: str = Kind.POST) -> Case | None:
    """Return the open case on a post, or on the thread that it opens, under a row lock if wanted, or None."""
    query = select(Case).where(Case.post_id == post_id, Case.kind == kind, Case.decided_at.is_(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def opening_of(thread_id: int) -> Post | None:
    """Return the post that opens a published thread, or None."""
    return db.session.scalar(select(Post).where(Post.thread_id == thread_id, Post.position == 1))


def flag_of(case_id: int, user_id: int) -> Flag | None:
    """Return the person's flag in this case, or None."""
    return db.session.scalar(select(Flag).where(Flag.case_id == case_id, Flag.flagger_id == user_id))


def own_open_flag(post_id: int, user_id: int, kind: str = Kind.POST) -> Flag | None:
    """Return the person's flag on this post, or on the thread that it opens, that waits for a decision, or None."""
    about = Case.post_id == post_id, Case.kind == kind
    query = select(Flag).join(Case).where(*about, Case.decided_at.is_(None), Flag.flagger_id == user_id)
    return db.session.scalar(query)


def cleared_since(post: Post, user_id: int, moment: datetime, kind: str = Kind.POST) -> bool:
    """Whether a flag of this person on the present text was answered with "keep" since `moment`."""
    query = (
        select(Flag.id)
        .join(Case)
        .where(
            Case.post_id == post.id,
            Case.kind == kind,
            Case.decided_at > moment,
            Case.decided_revision == post.revision,
            Flag.flagger_id == user_id,
            Flag.upheld.is_(False),
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None


def flag_sums(case_ids: Sequence[int]) -> dict[int, list[Sum]]:
    """Return for each case its flags by reason, heaviest first: people, as how many they count, their weight."""
    found: dict[int, dict[str, Sum]] = {case_id: {} for case_id in case_ids}
    if not case_ids:
        return {}
    counted, visits = choose((Flag.counts, 1), else_=0), func.count() - func.count(Flag.flagger_id)
    sums = func.count(), func.sum(counted), func.sum(Flag.weight * counted), visits
    query = (
        select(Flag.case_id, Flag.reason, Flag.alike, *sums)
        .where(Flag.case_id.in_(case_ids))
        .group_by(Flag.case_id, Flag.reason, Flag.alike)
    )
    for case_id, reason, alike, people, as_many, weight, visitors in db.session.execute(query):
        known = found[case_id].get(reason, Sum(reason, 0, 0.0, 0))
        signs = (*known.alike, alike) if alike else known.alike
        found[case_id][reason] = Sum(
            reason, known.people + people, known.weight + float(weight), known.counted + int(as_many), signs,
            known.visitors + visitors,
        )  # fmt: skip
    return {case_id: sorted(by.values(), key=lambda each: (-each.weight, each.reason)) for case_id, by in found.items()}


def trusted_of(case_id: int, revision: int) -> list[float]:
    """Return what the flags on this text weigh towards hiding it: of each group of people who look alike the most."""
    query = select(func.max(Flag.trust)).where(
        Flag.case_id == case_id, Flag.trust > literal_column("0"), Flag.revision == revision
    )
    return list(db.session.scalars(query.group_by(Flag.kin)))


def was_decided_about(post_id: int, revision: int) -> bool:
    """Whether a moderator has decided about this text of the post already, whatever became of the decision."""
    query = select(Case.id).where(
        Case.post_id == post_id, Case.decided_at.is_not(None), Case.decided_revision == revision
    )
    return db.session.scalar(query.limit(1)) is not None


def flags_of(case_id: int) -> Sequence[Flag]:
    """Return the case's latest flags with who sent them, newest first, at most FLAGS_SHOWN."""
    query = select(Flag).where(Flag.case_id == case_id).options(joinedload(Flag.flagger))
    return db.session.scalars(query.order_by(Flag.id.desc()).limit(FLAGS_SHOWN)).all()


def flaggers_of(case_id: int) -> list[tuple[int, int]]:
    """Return the ids of all flags in the case and of who sent them; visitors are told by letter (see visitors)."""
    query = select(Flag.id, Flag.flagger_id).where(Flag.case_id == case_id, Flag.flagger_id.is_not(None))
    return [(flag_id, flagger_id) for flag_id, flagger_id in db.session.execute(query) if flagger_id]


def former_decisions(case: Case) -> Sequence[Decision]:
    """Return what was decided about the same post or profile, newest first, at most HISTORY_SHOWN."""
    profile = (Case.author_id == case.author_id) & (Case.kind == Kind.PROFILE)
    query = (
        select(Decision)
        .join(Case)
        .where(profile if case.is_about_person else Case.post_id == case.post_id)
        .options(
            contains_eager(Decision.case).options(
                defer(Case.frozen_body), defer(Case.frozen_html), defer(Case.findings)
            )
        )
        .order_by(Decision.id.desc())
        .limit(HISTORY_SHOWN)
    )
    return db.session.scalars(query).all()


def strikes_since(user_ids: Collection[int], moment: datetime) -> dict[int, int]:
    """Return how many decisions that stand and still count were taken against each of the people since `moment`."""
    query = select(Strike.user_id, func.count()).where(
        Strike.user_id.in_(user_ids), Strike.created_at >= max(moment, counts_since()), Strike.overruled_at.is_(None)
    )
    rows = db.session.execute(query.group_by(Strike.user_id)).all()
    return {row.user_id: row[1] for row in rows}


def has_open_flag_between(one: int, other: int) -> bool:
    """Whether one of two people has flagged, or holds, an open case about a post of the other."""
    pair = (one, other)
    flagged = exists().where(Flag.case_id == Case.id, Flag.flagger_id.in_(pair), Flag.flagger_id != Case.author_id)
    holds = Case.claimed_by_id.in_(pair) & (Case.claimed_by_id != Case.author_id)
    query = select(Case.id).where(Case.author_id.in_(pair), Case.decided_at.is_(None), flagged | holds)
    return db.session.scalar(query.limit(1)) is not None


def strikes_of(user_id: int) -> Sequence[Strike]:
    """Return the person's latest strikes with their decisions, overruled ones too, newest first, HISTORY_SHOWN."""
    post = joinedload(Case.post).load_only(Post.id, Post.state, Post.state_at)
    case = joinedload(Decision.case).options(
        defer(Case.frozen_body), defer(Case.frozen_html), defer(Case.findings), post
    )
    query = select(Strike).where(Strike.user_id == user_id).options(joinedload(Strike.decision).options(case))
    return db.session.scalars(query.order_by(Strike.id.desc()).limit(HISTORY_SHOWN)).all()


def latest_suspension(user_id: int) -> Decision | None:
    """Return the latest decision that suspended the person and stands, or None."""
    query = select(Decision).join(Case).where(Case.author_id == user_id, Decision.reversed_at.is_(None))
    return db.session.scalar(query.where(Decision.outcome.in_(_SUSPENDING)).order_by(Decision.id.desc()).limit(1))


def decision_in_full(decision_id: int) -> Decision | None:
    """Return the decision with its case, post, thread and author, or None."""
    if not 0 < decision_id <= LARGEST_ID:
        return None
    query = (
        select(Decision)
        .where(Decision.id == decision_id)
        .options(
            joinedload(Decision.case).options(
                joinedload(Case.post).joinedload(Post.thread), joinedload(Case.author), joinedload(Case.subtheme)
            )
        )
    )
    return db.session.scalar(query)
