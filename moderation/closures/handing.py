"""An account is closed again while an older closure's posts still come back: what is left waits for the newer one."""

from __future__ import annotations

from forum.core.database import db, locked
from forum.threads.models import Post, State
from moderation.closures import queries
from moderation.closures.models import ClosedPost, Closure


def hand_over(closed: ClosedPost, post: Post) -> bool:
    """Leave a post that was to come back where it is, for the closure that stands by now; return whether there is one.

    It remembers how the post stood before both. Joins the caller's transaction, which has locked author and post.
    """
    heir = _heir(post.author_id)
    if heir is None or post.state != State.REMOVED or queries.closed_post(heir.id, post.id) is not None:
        return False
    heir.asked += 1
    heir.done += 1
    row = ClosedPost(closure_id=heir.id, post_id=post.id, case_id=closed.case_id, former=closed.former)
    db.session.add(row)
    return True


def hand_over_flags(closure: Closure) -> bool:
    """Let the closure that stands by now remember what the account's flags weighed; return whether there is one."""
    heir = _heir(closure.decision.case.author_id)
    if heir is None or heir.id == closure.id:
        return False
    heir.flags = {**heir.flags, **closure.flags}
    return True


def _heir(user_id: int) -> Closure | None:
    found = queries.standing_of(user_id)
    present = locked(Closure, found.id) if found is not None else None
    return present if present is not None and present.reversed_at is None else None
