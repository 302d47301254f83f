"""Reading what was decided before about a post, a thread or a person: what taking a decision back rests on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from forum.core.database import db
from forum.threads.models import Post, State
from moderation.models import Case, Decision, Outcome

# What becomes of a post by an outcome that takes it out of sight.
WANTS: dict[str, State] = {
    Outcome.HIDE: State.HIDDEN,
    Outcome.REMOVE: State.REMOVED,
    Outcome.SILENCE: State.REMOVED,
    Outcome.SUSPEND: State.REMOVED,
    Outcome.CLOSE: State.REMOVED,
}
SUSPENDING = (Outcome.SUSPEND, Outcome.CLOSE)


def suspensions_of(user_id: int) -> Sequence[Decision]:
    """Return every decision that suspended the person, also what was taken back; few in anybody's life."""
    query = select(Decision).join(Case).where(Case.author_id == user_id, Decision.outcome.in_(SUSPENDING))
    return db.session.scalars(query.order_by(Decision.id)).all()


def silences_of(user_id: int) -> Sequence[Decision]:
    """Return every decision that silenced the person, also what was taken back; few in anybody's life."""
    query = select(Decision).join(Case).where(Case.author_id == user_id, Decision.outcome == Outcome.SILENCE)
    return db.session.scalars(query.order_by(Decision.id)).all()


def redactions_of(post_id: int | None) -> Sequence[Decision]:
    """Return every decision that cut something out of the post, also what was taken back."""
    query = select(Decision).join(Case).where(Case.post_id == post_id, Decision.outcome == Outcome.EDIT_OUT)
    return [each for each in db.session.scalars(query.order_by(Decision.id)) if "redacted" in each.undo]


def state_changes_of(post_id: int | None) -> list[Decision]:
    """Return every decision that changed the post's state, also what was taken back, latest first."""
    query = select(Decision).join(Case).where(Case.post_id == post_id).order_by(Decision.id.desc())
    return [each for each in db.session.scalars(query) if "state" in each.undo]


def wanting_out_of_sight(post_id: int | None) -> list[Decision]:
    """Return every decision that stands and wants the post out of sight, whether it changed anything, latest first."""
    query = select(Decision).join(Case).where(Case.post_id == post_id, Decision.outcome.in_(WANTS))
    return list(db.session.scalars(query.where(Decision.reversed_at.is_(None)).order_by(Decision.id.desc())))


def hidden_by_program(post_id: int | None) -> Case | None:
    """Return the latest case in which the program has hidden the post, or None."""
    query = select(Case).where(Case.post_id == post_id, Case.hidden_at.is_not(None))
    return db.session.scalar(query.order_by(Case.id.desc()).limit(1))


def quoting(post: Post, most: int) -> Sequence[Post]:
    """Return posts in the same thread that quote this one, the first ones, `most` at most; reads the thread once."""
    query = select(Post).where(Post.thread_id == post.thread_id, Post.id != post.id, Post.position.is_not(None))
    return db.session.scalars(
        query.where(Post.body.contains(f"· #{post.id}")).order_by(Post.position).limit(most)
    ).all()


def thread_changes_of(thread_id: int, outcome: str) -> list[Decision]:
    """Return every decision by which this was done to the thread and which was taken back, latest first."""
    return _done_to(thread_id, outcome, Decision.reversed_at.is_not(None))


def standing_changes_of(thread_id: int, outcome: str) -> list[Decision]:
    """Return every decision that stands by which this was done to the thread, latest first."""
    return _done_to(thread_id, outcome, Decision.reversed_at.is_(None))


def _done_to(thread_id: int, outcome: str, which: ColumnElement[bool]) -> list[Decision]:
    query = select(Decision).join(Case).join(Post, Post.id == Case.post_id).where(Post.thread_id == thread_id)
    return list(db.session.scalars(query.where(Decision.outcome == outcome, which).order_by(Decision.id.desc())))
