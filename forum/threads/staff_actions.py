"""What moderators do to a whole thread: pin, unpin, lock, unlock, move. Each is in the public log, once."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core import audit, signals
from forum.core.database import announce, db, locked, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.subthemes.models import SubTheme
from forum.threads import counters, policy
from forum.threads.models import Post, State, Thread


def pin(thread: Thread, by: User) -> bool:
    """Keep the thread at its sub-theme's top, open to experts' answers; return whether it was not yet so."""
    return _mark(thread, by, "pinned", True)


def unpin(thread: Thread, by: User) -> bool:
    """Let the thread take its place by activity again; return whether it was pinned."""
    return _mark(thread, by, "pinned", False)


def lock(thread: Thread, by: User) -> bool:
    """Close the thread to replies and edits; return whether it was open."""
    return _mark(thread, by, "locked", True)


def unlock(thread: Thread, by: User) -> bool:
    """Open the thread again; return whether it was locked."""
    return _mark(thread, by, "locked", False)


def move(thread: Thread, subtheme: SubTheme, by: User) -> bool:
    """Move a public thread into another open sub-theme with all its posts; return whether it was elsewhere.

    Raises Forbidden (not a moderator), NotFound, Conflict (not public any more), Refused (sub-theme archived).
    """
    thread_id, subtheme_id, by_id = thread.id, subtheme.id, by.id
    with transaction():
        thread, by = _public_thread(thread_id, by_id)
        if thread.subtheme_id == subtheme_id:
            return False
        former = db.session.get(SubTheme, thread.subtheme_id, populate_existing=True)
        target = db.session.get(SubTheme, subtheme_id, populate_existing=True)
        if former is None or target is None or target.archived_at:
            raise Refused(_l("This sub-theme is archived or gone: nothing can be moved into it."))
        if not policy.moderates(by, target.id):
            raise Forbidden(_l("You can move threads only into sub-themes that you moderate."))
        _recount_move(thread, former, target)
        thread.subtheme = target
        counters.owe_index(thread.id)
        audit.record(
            "thread.moved", by=by, scope=target.slug, target=f"thread:{thread.id}",
            facts={"from": former.slug, "to": target.slug},
        )  # fmt: skip
        announce(signals.thread_changed, thread_id=thread.id)
        return True


def _mark(thread: Thread, by: User, mark: str, wanted: bool) -> bool:
    """Set or take away `pinned` or `locked` with who and when, and write it into the log."""
    thread_id, by_id = thread.id, by.id
    with transaction():
        thread, by = _public_thread(thread_id, by_id)
        if (getattr(thread, f"{mark}_at") is not None) == wanted:
            return False
        setattr(thread, f"{mark}_at", now() if wanted else None)
        setattr(thread, f"{mark}_by_id", by.id if wanted else None)
        act = f"thread.{mark}" if wanted else f"thread.un{mark}"
        audit.record(act, by=by, scope=thread.subtheme.slug, target=f"thread:{thread.id}")
        announce(signals.thread_changed, thread_id=thread.id)
        return True


def _public_thread(thread_id: int, by_id: int) -> tuple[Thread, User]:
    """Return the locked thread and the moderator, both as they are now."""
    thread, by = locked(Thread, thread_id), db.session.get(User, by_id, populate_existing=True)
    if thread is None or by is None:
        raise NotFound
    if not policy.moderates(by, thread.subtheme_id):
        raise Forbidden
    if thread.state != State.VISIBLE:
        raise Conflict(_l("This thread is not public (any more)."))
    return thread, by


def _recount_move(thread: Thread, former: SubTheme, target: SubTheme) -> None:
    """Take the thread's share from one sub-theme to the other, the smaller id first, as two moves may cross."""
    opening = db.session.query(Post.state).where(Post.thread_id == thread.id, Post.position == 1).scalar()
    share, nothing = counters.share(thread, opening == State.VISIBLE), counters.Share(0, 0)
    for subtheme in sorted((former, target), key=lambda one: one.id):
        counters.shift(subtheme.id, *((share, nothing) if subtheme is former else (nothing, share)))
