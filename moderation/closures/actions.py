"""Taking all posts of a closed account away, and bringing them back: each in a transaction of its own, in steps.

The row says what is owed; a job does it soon and the sweep what a crash left. An open case about a post that goes ends
with it, without a decision of its own, and is opened again when the decision is taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update

from forum.accounts.models import User
from forum.core.database import db, locked, now, transaction
from forum.core.jobs import each_or_log, enqueue, job, sweeper
from forum.notifications import actions as notices
from forum.notifications.actions import Notice, tell_all
from forum.subthemes.models import SubTheme
from forum.threads import states
from forum.threads.models import Post, State, Thread
from forum.threads.states import Former
from moderation import cases, keys, kinship
from moderation import queries as moderation
from moderation.closures import queries
from moderation.closures.handing import hand_over, hand_over_flags
from moderation.closures.models import ClosedPost, Closure
from moderation.models import Case, Decision, Flag

STEP = 25  # posts that are looked up at once
STEPS = 20  # of one job or sweep for one account; then others have their turn


@sweeper
def carry_on_all() -> None:
    """Do what is left of every closure, the oldest first; one that fails keeps no other waiting."""
    each_or_log(_steps, queries.due())


@job
def carry_on(closure_id: int) -> None:
    """Go on with one closure, and come back for the rest. Safe to repeat."""
    if _steps(closure_id):
        enqueue(carry_on, closure_id=closure_id)


def _steps(closure_id: int) -> bool:
    """Take up to STEPS steps and return whether work is left."""
    return all(step(closure_id) for _ in range(STEPS))


def step(closure_id: int) -> bool:
    """Deal with the next STEP posts and return whether there may be more."""
    closure = db.session.get(Closure, closure_id, populate_existing=True)
    if closure is None or not closure.is_due:
        return False
    if closure.reversed_at is not None:
        return _each(closure, queries.closed_posts(closure_id, STEP), _bring_back, _flags_again)
    if not closure.last_id:
        _silence_flags(closure)
    return _each(closure, queries.posts_to_close(closure, STEP), _take_away, None)


def _each(
    closure: Closure, ids: list[int], act: Callable[[int, int], None], last: Callable[[Closure], None] | None
) -> bool:
    closure_id, was_reversed = closure.id, closure.reversed_at
    for row_id in ids:
        act(closure_id, row_id)
    if ids:
        return True
    if last is not None:
        last(closure)
    with transaction():
        present = locked(Closure, closure_id)
        if present is not None and present.reversed_at == was_reversed:  # else it was turned round this very moment
            present.is_due, present.finished_at = False, now()
            return False
    return True


def _take_away(closure_id: int, post_id: int) -> None:
    """Remove one post, whatever kept it out of sight before, and end the open case about it."""
    thread_id = db.session.scalar(select(Post.thread_id).where(Post.id == post_id))
    with transaction() as session:
        thread, post = locked(Thread, thread_id or 0), locked(Post, post_id)
        case = moderation.open_case_of(post_id, lock=True)
        _lock_reach(thread, post)
        closure = locked(Closure, closure_id)
        if thread is None or post is None or closure is None or closure.reversed_at is not None:
            return
        closure.last_id = max(closure.last_id, post_id)
        former = {
            "state": str(post.state), "reason": post.state_reason, "by": post.state_by_id,
            "at": post.state_at.isoformat() if post.state_at else None,
        }  # fmt: skip
        decision = closure.decision
        if not states.remove_post(post, by=decision.decider, rule=decision.rule):
            return
        closure.done += 1
        former["removed_at"] = post.state_at.isoformat() if post.state_at else None
        if case is not None:
            _end(case, decision)
        case_id = case.id if case else None
        session.add(ClosedPost(closure_id=closure_id, post_id=post_id, case_id=case_id, former=former))


def _lock_reach(thread: Thread | None, post: Post | None) -> None:
    """Lock author and sub-theme before the closure, as whoever takes the decision back does: see `targets`."""
    if thread is not None and post is not None:
        locked(User, post.author_id)
        locked(SubTheme, thread.subtheme_id)


def _end(case: Case, decision: Decision) -> None:
    case.decided_at, case.version = now(), case.version + 1
    with transaction() as session:
        session.execute(update(Flag).where(Flag.case_id == case.id).values(upheld=True))
    kinship.forget_of_case(case.id)
    facts = {"outcome": "removed", "rule": decision.rule}
    tell_all(
        Notice(flagger_id, "flag_outcome", keys.of_flag(flag_id, decision), post_id=case.post_id, facts=facts)
        for flag_id, flagger_id in moderation.flaggers_of(case.id)
    )


def _bring_back(closure_id: int, closed_id: int) -> None:
    """Let one post stand as it did, unless somebody has done something else with it since; open its case again."""
    closed = db.session.get(ClosedPost, closed_id)
    post = db.session.get(Post, closed.post_id) if closed else None
    if closed is None or post is None:
        return
    post_id, thread_id, case_id = post.id, post.thread_id, closed.case_id
    with transaction() as session:
        thread, post = locked(Thread, thread_id), locked(Post, post_id)
        case = locked(Case, case_id) if case_id else None
        _lock_reach(thread, post)
        closure, closed = locked(Closure, closure_id), locked(ClosedPost, closed_id)
        if post is None or closure is None or closed is None:
            return
        if hand_over(closed, post):
            case = None  # it stays ended with the account
        else:
            _stand_again(post, closed.former, closure.decision.decider)
        if case is not None and moderation.open_case_of(post_id) is None:
            case.decided_at, case.version = None, case.version + 1
            session.execute(update(Flag).where(Flag.case_id == case.id).values(upheld=None))
            cases.score_anew(case)
            _correct(case, closure.decision)
        closure.done -= 1
        session.delete(closed)


def _correct(case: Case, decision: Decision) -> None:
    """Take back what the flaggers were told of a case that is open again, and tell those who have read it."""
    flaggers = moderation.flaggers_of(case.id)
    untold = notices.take_back({(flagger_id, keys.of_flag(flag_id, decision)) for flag_id, flagger_id in flaggers})
    tell_all(
        Notice(flagger_id, "flag_corrected", f"flag:{flag_id}:{decision.id}:corrected", post_id=case.post_id)
        for flag_id, flagger_id in flaggers
        if flagger_id not in untold
    )


def _stand_again(post: Post, former: dict[str, str | int | None], by: User) -> None:
    removed_at = post.state_at.isoformat() if post.state_at else None
    if post.state != State.REMOVED or removed_at != former["removed_at"] or not post.body:
        return
    if former["state"] == State.HELD:
        states.hold_again(post, str(former["reason"]))
        return
    at = datetime.fromisoformat(str(former["at"])) if former["at"] else None
    by_id = int(former["by"]) if former["by"] else None
    states.put_back(post, Former(str(former["state"]), str(former["reason"]), at, by_id), by)


def _silence_flags(closure: Closure) -> None:
    """Let the account's flags on open cases weigh nothing, and keep what they weighed."""
    closure_id, user_id = closure.id, closure.decision.case.author_id
    for flag_id, case_id in queries.open_flags(user_id):
        with transaction():
            case, flag, present = locked(Case, case_id), locked(Flag, flag_id), locked(Closure, closure_id)
            if case is None or flag is None or present is None or str(flag_id) in present.flags:
                continue
            present.flags = {**present.flags, str(flag_id): [flag.weight, flag.trust]}
            flag.weight = flag.trust = 0.0
            db.session.flush()
            cases.score_anew(case)


def _flags_again(closure: Closure) -> None:
    """Let them weigh what they did, in cases that are still open."""
    with transaction():
        locked(User, closure.decision.case.author_id)
        if hand_over_flags(closure):
            return
    for flag_id, (weight, trust) in closure.flags.items():
        with transaction():
            flag = db.session.get(Flag, int(flag_id))
            case = locked(Case, flag.case_id) if flag else None
            if flag is None or case is None:
                continue
            flag.weight, flag.trust = weight, trust
            db.session.flush()
            if case.is_open:
                cases.score_anew(case)
