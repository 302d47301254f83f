"""Which outcome has which effect, applying one, and what has to be remembered of everything that it may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forum.accounts.models import User
from forum.core.database import db, locked
from forum.threads.models import Post
from moderation.effects import people, posts
from moderation.effects.shape import Done, Effect, JsonObject, Order
from moderation.models import Case, Outcome

EFFECTS: dict[Outcome, Effect] = {
    Outcome.KEEP: posts.KEEP,
    Outcome.HIDE: posts.HIDE,
    Outcome.REMOVE: posts.REMOVE,
    Outcome.WARN: people.WARN,
    Outcome.SILENCE: people.SILENCE,
    Outcome.SUSPEND: people.SUSPEND,
}
_ENDS = ("suspended_until", "silenced_until")  # of the author, as decisions set them
_LOCKS_PEOPLE = (Outcome.SILENCE, Outcome.SUSPEND)


def apply(outcome: Outcome, case: Case, post: Post, by: User, order: Order) -> Done:
    """Carry the outcome out; return the act's name and what has to be remembered to take it back."""
    if outcome in _LOCKS_PEOPLE:  # in the order of their ids, as everywhere, so that what is remembered stays true
        for user_id in sorted({case.author_id, by.id}):
            locked(User, user_id)
    before = snapshot(case, post)
    done = EFFECTS[outcome].apply(case, post, by, order)
    db.session.flush()
    return Done(done.act, {**undo_of(before, snapshot(case, post)), **done.undo})


def snapshot(case: Case, post: Post) -> JsonObject:
    """Return, as plain JSON values, what many outcomes may change: of the post (locked), and of the author."""
    return {
        "state": str(post.state),
        "state_reason": post.state_reason,
        "state_at": post.state_at.isoformat() if post.state_at else None,
        "state_by": post.state_by_id,
        **{name: end.isoformat() if (end := getattr(case.author, name)) else None for name in _ENDS},
    }


def undo_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> JsonObject:
    """Return what has to be remembered of `before`: the post's part if its state changed, the author's if that did."""
    kept: JsonObject = {}
    if before["state"] != after["state"]:
        kept |= {name: before[name] for name in ("state", "state_reason", "state_at", "state_by")}
    return kept | {name: before[name] for name in _ENDS if before[name] != after[name]}
