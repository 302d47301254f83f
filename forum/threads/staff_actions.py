"""What moderators do to a whole thread: pin, lock, slow, move and back. Each is in the public log, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core import audit, signals
from forum.core.database import announce, db, locked, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.subthemes.models import SubTheme
from forum.threads import counters, plugs, policy
from forum.threads.models import Post, State, Thread

Columns = dict[str, Any]  # of a thread, as plain values
SLOW_MINUTES = (1, 5, 15, 60, 360, 1440)  # between two posts of one person in a thread in slow mode


@dataclass(frozen=True)
class Ground:
    """Why an act is done where a case asks for it: the rule that was broken, and facts for the public log."""

    rule: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


NO_GROUND = Ground()


def pin(thread: Thread, by: User) -> bool:
    """Keep the thread at its sub-theme's top, open to experts' answers; return whether it was not yet so."""
    return _mark(thread, by, "pinned", True)


def unpin(thread: Thread, by: User) -> bool:
    """Let the thread take its place by activity again; return whether it was pinned."""
    return _mark(thread, by, "pinned", False)


def lock(thread: Thread, by: User, ground: Ground = NO_GROUND) -> bool:
    """Close the thread to replies and edits; return whether it was open."""
    return _mark(thread, by, "locked", True, ground)


def unlock(thread: Thread, by: User) -> bool:
    """Open the thread again; return whether it was locked."""
    return _mark(thread, by, "locked", False)


def slow(thread: Thread, minutes: int, by: User, ground: Ground = NO_GROUND) -> bool:
    """Let everybody but moderators write one post in `minutes` there, 0: as often as they like; say if it was new.

    Raises Forbidden (not a moderator), NotFound, Conflict (not public any more), Refused (not one of SLOW_MINUTES).
    """
    if minutes and minutes not in SLOW_MINUTES:
        raise Refused(_l("Choose how long people wait between two posts."))
    thread_id, by_id = thread.id, by.id
    with transaction():
        thread, by = _public_thread(thread_id, by_id)
        if thread.slow_minutes == minutes:
            return False
        _allow(by, thread, "slowed")
        thread.slow_minutes = minutes
        thread.slow_at, thread.slow_by_id = (now(), by.id) if minutes else (None, None)
        facts = {**ground.facts, "minutes": minutes} if minutes else dict(ground.facts)
        act = "thread.slowed" if minutes else "thread.unslowed"
        audit.record(
            act, by=by, rule=ground.rule, scope=thread.subtheme.slug, target=f"thread:{thread.id}", facts=facts
        )
        announce(signals.thread_changed, thread_id=thread.id)
        return True


def move(thread: Thread, subtheme: SubTheme, by: User, ground: Ground = NO_GROUND) -> bool:
    """Move a public thread into another open sub-theme with all its posts; return whether it was elsewhere.

    Raises Forbidden (not a moderator), NotFound, Conflict (not public any more), Refused (sub-theme archived).
    """
    thread_id, subtheme_id, by_id = thread.id, subtheme.id, by.id
    with transaction():
        thread, by = _public_thread(thread_id, by_id)
        if thread.subtheme_id == subtheme_id:
            return False
        _allow(by, thread, "moved")
        former = db.session.get(SubTheme, thread.subtheme_id, populate_existing=True)
        target = db.session.get(SubTheme, subtheme_id, populate_existing=True)
        if former is None or target is None or target.archived_at:
            raise Refused(_l("This sub-theme is archived or gone: nothing can be moved into it."))
        if not policy.moderates(by, target.id):
            raise Forbidden(_l("You can move threads only into sub-themes that you moderate."))
        _put_into(thread, former, target)
        audit.record(
            "thread.moved", by=by, rule=ground.rule, scope=target.slug, target=f"thread:{thread.id}",
            facts={**ground.facts, "from": former.slug, "to": target.slug},
        )  # fmt: skip
        announce(signals.thread_changed, thread_id=thread.id)
        return True


def take_back(thread: Thread, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Put a lock, a slow mode or a move back to what `before` says, where the thread still is as `after` says.

    Joins the caller's transaction, which writes the log. Both name columns of the thread, moments as text. A sub-theme
    that is archived or gone takes nothing back. Return whether anything was changed.
    """
    thread_id = thread.id
    with transaction():
        present = locked(Thread, thread_id)
        if present is None or standing(present, after) != dict(after):
            return False
        for name, value in before.items():
            if name == "subtheme_id":
                former = db.session.get(SubTheme, present.subtheme_id, populate_existing=True)
                target = db.session.get(SubTheme, value, populate_existing=True)
                if former is None or target is None or target.archived_at:
                    return False
                _put_into(present, former, target)
            else:
                setattr(present, name, datetime.fromisoformat(value) if value and name.endswith("_at") else value)
        announce(signals.thread_changed, thread_id=present.id)
        return True


def standing(thread: Thread, names: Iterable[str]) -> Columns:
    """Return these columns of the thread as plain values that can be kept, moments as text."""
    values = {name: getattr(thread, name) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _put_into(thread: Thread, former: SubTheme, target: SubTheme) -> None:
    _recount_move(thread, former, target)
    thread.subtheme = target
    counters.owe_index(thread.id)


def _mark(thread: Thread, by: User, mark: str, wanted: bool, ground: Ground = NO_GROUND) -> bool:
    """Set or take away `pinned` or `locked` with who and when, and write it into the log."""
    thread_id, by_id = thread.id, by.id
    with transaction():
        thread, by = _public_thread(thread_id, by_id)
        if (getattr(thread, f"{mark}_at") is not None) == wanted:
            return False
        _allow(by, thread, mark if wanted else f"un{mark}")
        setattr(thread, f"{mark}_at", now() if wanted else None)
        setattr(thread, f"{mark}_by_id", by.id if wanted else None)
        act = f"thread.{mark}" if wanted else f"thread.un{mark}"
        scope, target = thread.subtheme.slug, f"thread:{thread.id}"
        audit.record(act, by=by, rule=ground.rule, scope=scope, target=target, facts=dict(ground.facts))
        announce(signals.thread_changed, thread_id=thread.id)
        return True


def _allow(by: User, thread: Thread, act: str) -> None:
    if (why_not := plugs.asked(plugs.staff_rules, by, thread, act)) is not None:
        raise Refused(why_not)


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
