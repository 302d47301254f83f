"""What outcomes do to the thread: lock it, slow it down, move it. The post stays as it is, and nobody gets a strike."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.database import db
from forum.core.errors import Conflict, Refused
from forum.subthemes.models import SubTheme
from forum.threads import staff_actions
from forum.threads.models import Post, Thread
from moderation.effects import queries
from moderation.effects.shape import Done, Effect, Order, facts_of
from moderation.models import Case, Decision, Kind

_ALREADY = _l("The thread is so already. Please look again.")
_LOCK = ("locked_at", "locked_by_id")
_SLOW = ("slow_minutes", "slow_at", "slow_by_id")
_PLACE = ("subtheme_id",)


def _lock(case: Case, post: Post, by: User, order: Order) -> Done:
    found = staff_actions.standing(post.thread, _LOCK)
    return _done("thread.locked", staff_actions.lock(post.thread, by, _ground(case, order)), post.thread, found)


def _slow(case: Case, post: Post, by: User, order: Order) -> Done:
    found, minutes = staff_actions.standing(post.thread, _SLOW), order.details.minutes
    if not minutes:
        raise Refused(_l("Choose how long people wait between two posts."))
    changed = staff_actions.slow(post.thread, minutes, by, _ground(case, order))
    return replace(_done("thread.slowed", changed, post.thread, found), facts={"minutes": minutes})


def _move(case: Case, post: Post, by: User, order: Order) -> Done:
    target = db.session.get(SubTheme, order.details.subtheme_id or 0)
    if target is None:
        raise Refused(_l("Choose where the thread is to go."))
    found = staff_actions.standing(post.thread, _PLACE)
    changed = staff_actions.move(post.thread, target, by, _ground(case, order))
    db.session.flush()
    return replace(_done("thread.moved", changed, post.thread, found), facts={"to": target.slug})


def _ground(case: Case, order: Order) -> staff_actions.Ground:
    return staff_actions.Ground(order.rule, facts_of(case, order.rule))


def _done(act: str, changed: bool, thread: Thread, found: staff_actions.Columns) -> Done:
    if not changed:
        raise Conflict(_ALREADY)
    return Done(act, {"before": found, "after": staff_actions.standing(thread, found)})


def before(decision: Decision) -> staff_actions.Columns:
    """Return how the thread stood before this decision; of one that isn't about the thread nothing.

    What it found may be the work of an earlier one that was taken back in vain, since this one stood by then: so it
    is what that one found.
    """
    found: staff_actions.Columns = decision.undo.get("before", {})
    for earlier in queries.thread_changes_of(decision.case.the_post.thread_id, decision.outcome) if found else ():
        if earlier.id < decision.id and earlier.undo.get("stayed") and earlier.undo["after"] == found:
            found = earlier.undo["before"]
    return found


def _take_back(decision: Decision, _by: User) -> None:
    """Put the thread back as it was, where nobody has done something else with it since, nor decided the same again."""
    thread, after = decision.case.the_post.thread, decision.undo["after"]
    if _is_done_again(decision) or not staff_actions.take_back(thread, before(decision), after):
        decision.undo = {**decision.undo, "stayed": True}


def _is_done_again(decision: Decision) -> bool:
    """Whether a later decision that stands left the thread just so: the thread went back and forth between them."""
    later = queries.standing_changes_of(decision.case.the_post.thread_id, decision.outcome)
    return any(each.id > decision.id and each.undo["after"] == decision.undo["after"] for each in later)


LOCK = Effect(_lock, _take_back, (Kind.POST, Kind.THREAD))
SLOW = Effect(_slow, _take_back, (Kind.POST, Kind.THREAD))
MOVE = Effect(_move, _take_back, (Kind.POST, Kind.THREAD))
