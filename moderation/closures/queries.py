"""Reading closures: what is due, how far one has come, and which posts are next. Every list is bounded, by an index."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, literal_column, select

from forum.core.database import db
from forum.threads.models import Post, State
from moderation.closures.models import ClosedPost, Closure
from moderation.models import Case, Decision, Flag

AT_ONCE = 20
FLAGS_MOST = 500  # nobody has more on open cases: flags are few a day
_STANDING = (State.VISIBLE, State.HELD, State.HIDDEN)


def due() -> list[int]:
    """Return the closures with work left, the oldest first."""
    query = select(Closure.id).where(literal_column("closures.is_due")).order_by(Closure.id)
    return list(db.session.scalars(query.limit(AT_ONCE)))


def of_decision(decision_id: int) -> Closure | None:
    """Return how far the closure has come that a decision set going, or None."""
    return db.session.scalar(select(Closure).where(Closure.decision_id == decision_id))


def that_ended(case_id: int) -> Closure | None:
    """Return the closure of an account with which this case ended, or None."""
    query = select(Closure).join(ClosedPost, ClosedPost.closure_id == Closure.id).where(ClosedPost.case_id == case_id)
    return db.session.scalar(query.order_by(Closure.id.desc()).limit(1))


def is_closing(user_id: int) -> bool:
    """Whether a decision that stands has closed the account already."""
    query = select(Closure.id).join(Decision).join(Case).where(Case.author_id == user_id, Closure.reversed_at.is_(None))
    return db.session.scalar(query.limit(1)) is not None


def oldest_due() -> datetime | None:
    """Return when the oldest decision was taken or taken back whose posts are still on their way, or None."""
    begun = func.coalesce(Closure.reversed_at, Decision.decided_at, type_=Decision.decided_at.type)
    query = select(begun).select_from(Closure).join(Decision).where(literal_column("closures.is_due"))
    return db.session.scalar(query.order_by(Closure.id).limit(1))


def count_standing(user_id: int) -> int:
    """Return how many posts of the person could be removed now."""
    query = select(func.count()).where(Post.author_id == user_id, Post.state.in_(_STANDING))
    return int(db.session.scalar(query) or 0)


def posts_to_close(closure: Closure, limit: int) -> list[int]:
    """Return the next posts of the account that stand, by their ids."""
    user_id = closure.decision.case.author_id
    query = select(Post.id).where(Post.author_id == user_id, Post.id > closure.last_id, Post.state.in_(_STANDING))
    return list(db.session.scalars(query.order_by(Post.id).limit(limit)))


def closed_posts(closure_id: int, limit: int) -> list[int]:
    """Return rows of posts that are still to be brought back, the latest first."""
    query = select(ClosedPost.id).where(ClosedPost.closure_id == closure_id)
    return list(db.session.scalars(query.order_by(ClosedPost.post_id.desc()).limit(limit)))


def open_flags(user_id: int) -> list[tuple[int, int]]:
    """Return the person's flags on open cases, as (flag, case), the latest first."""
    query = select(Flag.id, Flag.case_id).join(Case).where(Flag.flagger_id == user_id, Case.decided_at.is_(None))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Flag.id.desc()).limit(FLAGS_MOST))]


def standing_of(user_id: int) -> Closure | None:
    """Return the closure that the person's posts are out of sight by, or None."""
    query = select(Closure).join(Decision, Decision.id == Closure.decision_id).join(Case, Case.id == Decision.case_id)
    query = query.where(Case.author_id == user_id, Closure.reversed_at.is_(None)).order_by(Closure.id.desc())
    return db.session.scalar(query.limit(1))


def closed_post(closure_id: int, post_id: int) -> ClosedPost | None:
    """Return how this post stood before the account was closed, or None if it did not go with it."""
    query = select(ClosedPost).where(ClosedPost.closure_id == closure_id, ClosedPost.post_id == post_id)
    return db.session.scalar(query)
