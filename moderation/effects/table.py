"""Which outcome has which effect, applying one, and what has to be remembered of everything that it may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from forum.accounts.models import User
from forum.core.database import db
from moderation.effects import closing, people, posts, profiles, redacting, threads
from moderation.effects.shape import Done, Effect, JsonObject, Order
from moderation.models import Case, Decision, Kind, Outcome

EFFECTS: dict[Outcome, Effect] = {
    Outcome.KEEP: posts.KEEP,
    Outcome.EDIT_OUT: redacting.EDIT_OUT,
    Outcome.HIDE: posts.HIDE,
    Outcome.REMOVE: posts.REMOVE,
    Outcome.LOCK: threads.LOCK,
    Outcome.SLOW: threads.SLOW,
    Outcome.MOVE: threads.MOVE,
    Outcome.WARN: people.WARN,
    Outcome.SILENCE: people.SILENCE,
    Outcome.SUSPEND: people.SUSPEND,
    Outcome.CLOSE: closing.CLOSE,
}
OF_PROFILES: dict[Outcome, Effect] = {
    Outcome.KEEP: profiles.KEEP,
    Outcome.CLEAR: profiles.CLEAR,
    Outcome.WARN: profiles.WARN,
    Outcome.SILENCE: profiles.SILENCE,
    Outcome.SUSPEND: profiles.SUSPEND,
    Outcome.CLOSE: closing.CLOSE_FOR_PROFILE,
}
_ENDS = ("suspended_until", "silenced_until")  # of the author, as decisions set them


def effect_of(outcome: str, kind: str) -> Effect | None:
    """Return the effect of an outcome on what a case is about, or None where it is not for that."""
    found = (OF_PROFILES if kind == Kind.PROFILE else EFFECTS).get(Outcome(outcome))
    return found if found and kind in found.kinds else None


def apply(outcome: Outcome, case: Case, subject: Any, by: User, order: Order) -> Done:
    """Carry the outcome out; return the act's name and what has to be remembered to take it back.

    `subject` is what the case is about, the post or the person whose profile it is: locked, with all that is in reach.
    """
    effect = effect_of(outcome, case.kind)
    assert effect is not None  # whoever decides has asked
    before = snapshot(case, subject)
    done = effect.apply(case, subject, by, order)
    db.session.flush()
    return replace(done, undo={**undo_of(before, snapshot(case, subject)), **done.undo})


def then(decision: Decision) -> None:
    """Do what an outcome does once the decision has its row; joins the transaction of whoever decides."""
    effect = effect_of(decision.outcome, decision.case.kind)
    if effect is not None and effect.then is not None:
        effect.then(decision)


def snapshot(case: Case, post: Any) -> JsonObject:
    """Return, as plain JSON values, what many outcomes may change: of the post (locked), if any, and of the author."""
    person = {name: end.isoformat() if (end := getattr(case.author, name)) else None for name in _ENDS}
    if case.kind == Kind.PROFILE:
        return person
    return {
        **person,
        "state": str(post.state),
        "state_reason": post.state_reason,
        "state_at": post.state_at.isoformat() if post.state_at else None,
        "state_by": post.state_by_id,
    }


def undo_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> JsonObject:
    """Return what has to be remembered of `before`: the post's part if its state changed, the author's if that did."""
    kept: JsonObject = {}
    if before.get("state") != after.get("state"):
        kept |= {name: before[name] for name in ("state", "state_reason", "state_at", "state_by")}
    return kept | {name: before[name] for name in _ENDS if before[name] != after[name]}
