"""What every outcome of this room is made of: what was ordered, what it did, and for which targets it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from forum.accounts.models import User
from forum.core import audit
from forum.threads.redaction import Cut
from moderation import rules
from moderation.models import Case, Decision, Kind

JsonObject = dict[str, Any]
NAMELESS = ("person:", "decision:")  # targets of rows about what was decided against somebody


@dataclass(frozen=True)
class Details:
    """What some outcomes need to be told: the shortened text, where a thread goes, the minutes of its slow mode."""

    cut: Cut | None = None
    subtheme_id: int | None = None
    minutes: int = 0


@dataclass(frozen=True)
class Order:
    """What a moderator orders besides the outcome: rule, until when, which parts of a profile, details."""

    rule: str = ""
    until: datetime | None = None
    parts: tuple[str, ...] | None = None  # all that may be cleared
    details: Details = field(default_factory=Details)


@dataclass(frozen=True)
class Done:
    """What applying an outcome did: the act's name, what has to be remembered to take it back, and facts to show."""

    act: str
    undo: JsonObject = field(default_factory=dict)
    facts: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Effect:
    """One outcome: `apply` changes post, thread or account and writes the public log; `revert` puts back what it found.

    `apply` gets what the case is about: the post (of a thread the opening one), or the person whose profile it is.
    Both join the transaction of whoever decides, which has locked thread, post and case, or person and case. `kinds`
    says what a case must be about for this outcome to be offered; `then` is called once the decision has its row.
    """

    apply: Callable[[Case, Any, User, Order], Done]
    revert: Callable[[Decision, User], None]
    kinds: tuple[Kind, ...]
    then: Callable[[Decision], None] | None = None


def log(act: str, case: Case, by: User, rule: str = "", *, target: str = "", **facts: Any) -> Done:
    """Write an act about a case into the public log and return that it was done.

    The row of a sanction names nobody, so it tells no case either: other rows of the case name the post.
    """
    if case.kind == Kind.THREAD and act.startswith("post."):
        act = f"thread.{act.removeprefix('post.')}"  # the same was done to its opening post
    target = target or target_of(case)
    told = facts_of(case, rule)
    if target.startswith(NAMELESS):
        del told["case"]
    audit.record(act, by=by, rule=rule, scope=scope_of(case), target=target, facts={**told, **facts})
    return Done(act)


def facts_of(case: Case, rule: str) -> JsonObject:
    """Return what every row about a case says of it."""
    return {"case": case.id, "source": str(case.source), **({"rules": rules.version()} if rule else {})}


def target_of(case: Case) -> str:
    """Return what the case is about, as the public log names it; people are sealed there."""
    if case.kind == Kind.PROFILE:
        return f"person:{case.author_id}"
    return f"thread:{case.the_post.thread_id}" if case.kind == Kind.THREAD else f"post:{case.post_id}"


def scope_of(case: Case) -> str:
    """Return the sub-theme in which it happened, as the public log names it; a profile stands in none."""
    return case.subtheme.slug if case.subtheme else ""


def moment(text: str | None) -> datetime | None:
    """Return the moment that was remembered as text."""
    return datetime.fromisoformat(text) if text else None
