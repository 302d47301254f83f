"""A post becomes visible, held, hidden, removed or deleted, and its thread, counters and debts follow.

Every function joins the caller's transaction, returns whether anything changed, and is harmless to repeat.
Order of row locks, to be kept by callers that change more: thread, post, users, sub-theme, audit log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forum.accounts.models import User
from forum.core import signals
from forum.core.database import announce, locked, now, transaction
from forum.threads import counters, plugs
from forum.threads.models import Post, State, Thread


def publish_held(post: Post, by: User | None) -> bool:
    """Publish a held post: it takes the next position, and notices and the index are owed."""
    return _turn(post, State.VISIBLE, by, "", {State.HELD})


def hide_post(post: Post, by: User | None, rule: str) -> bool:
    """Take a post out of sight, its author excepted; with an opening goes its thread. A deleted one stays deleted.

    `rule` is the rule's code; the program (`by` None) hides with BY_FLAGS in its place.
    """
    return _turn(post, State.HIDDEN, by, rule, {State.VISIBLE, State.HELD})


def remove_post(post: Post, by: User, rule: str) -> bool:
    """Take a post away from all but moderators; with an opening goes its thread. A deleted one stays deleted."""
    return _turn(post, State.REMOVED, by, rule, {State.VISIBLE, State.HELD, State.HIDDEN})


def restore_post(post: Post, by: User) -> bool:
    """Bring back a hidden or removed post to its place; one that was never published takes the next position."""
    return _turn(post, State.VISIBLE, by, "", {State.HIDDEN, State.REMOVED})


@dataclass(frozen=True)
class Former:
    """How a post stood before something was decided about it: the state, why, since when and by whom."""

    state: str
    reason: str = ""
    at: datetime | None = None
    by_id: int | None = None


def put_back(post: Post, former: Former, by: User) -> bool:
    """Let a hidden or removed post stand again exactly as it did; one that was held is published by `by` instead."""
    post_id, thread_id = post.id, post.thread_id
    with transaction():
        thread, present = locked(Thread, thread_id), locked(Post, post_id)
        if thread is None or present is None or present.state not in (State.HIDDEN, State.REMOVED):
            return False
        was_held = former.state == State.HELD
        settle(thread, present, State.VISIBLE if was_held else State(former.state), by=by)
        if not was_held:
            present.state_reason, present.state_at, present.state_by_id = former.reason, former.at, former.by_id
        return True


def hold_again(post: Post, reason: str) -> bool:
    """Let a post that was refused before anybody could read it wait for a moderator again."""
    post_id, thread_id = post.id, post.thread_id
    with transaction():
        thread, present = locked(Thread, thread_id), locked(Post, post_id)
        if thread is None or present is None or present.state != State.REMOVED or present.position is not None:
            return False
        settle(thread, present, State.HELD, by=None, reason=reason)
        return True


def delete(post: Post, by: User) -> bool:
    """Turn a post into the placeholder that says its author deleted it; also one that only the program has hidden."""
    undecided = {State.HIDDEN} if post.is_hidden_by_flags else set()
    return _turn(post, State.DELETED, by, "", {State.VISIBLE, State.HELD} | undecided)


def is_opening(thread: Thread, post: Post) -> bool:
    """Whether the post opens the thread; before anything is published, the only post does."""
    return post.position == 1 or thread.last_position == 0


def settle(thread: Thread, post: Post, state: State, *, by: User | None, reason: str = "") -> None:
    """Give the post its state, and everything that follows from it. Inside transaction(), the thread locked.

    An opening takes its thread along; only its author's deletion leaves a thread that has replies.
    """
    opening, was_visible, was_thread = is_opening(thread, post), post.is_visible, thread.state
    before = counters.share(thread, opening and was_visible)
    is_new = state == State.VISIBLE and post.position is None
    if is_new:
        _place(thread, post)
    post.state, post.state_reason, post.state_at = state, reason, now()
    post.state_by_id = by.id if by else None
    post.index_version += 1
    if opening and not (state == State.DELETED and thread.reply_count):
        thread.state = state
    if post.is_visible != was_visible:
        counters.count_post(thread, post, opening=opening, step=1 if post.is_visible else -1, is_new=is_new)
        if post.credential_id:
            counters.refresh_answered(thread)
    if not is_new:
        counters.refresh_activity(thread)
    if thread.state != was_thread and not is_new:
        counters.owe_index(thread.id)
    counters.shift(thread.subtheme_id, before, counters.share(thread, opening and post.is_visible))
    for note in plugs.on_settled:
        note(thread, post, was_visible)
    signal = signals.post_published if is_new else signals.post_changed
    announce(signal, post_id=post.id, thread_id=thread.id)


def _turn(post: Post, state: State, by: User | None, reason: str, allowed: set[State]) -> bool:
    post_id, thread_id = post.id, post.thread_id
    with transaction():
        thread, present = locked(Thread, thread_id), locked(Post, post_id)
        if thread is None or present is None or present.state not in allowed:
            return False
        settle(thread, present, state, by=by, reason=reason)
        return True


def _place(thread: Thread, post: Post) -> None:
    """Give the post the place behind the last one."""
    post.position, post.published_at, post.notified_at = thread.last_position + 1, now(), None
