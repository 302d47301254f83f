"""What every outcome of this room is made of: what was ordered, what it did, and for which targets it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from forum.accounts.models import User
from forum.core import audit
from forum.threads.models import Post
from moderation import rules
from moderation.models import Case, Decision, Kind

JsonObject = dict[str, Any]
NAMELESS = ("person:", "decision:")  # targets of rows about what was decided against somebody


@dataclass(frozen=True)
class Order:
    """What a moderator orders besides the outcome: the rule that was broken, until when it lasts."""

    rule: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Done:
    """What applying an outcome did: the act's name, and what has to be remembered to take it back (see table)."""

    act: str
    undo: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Effect:
    """One outcome: `apply` changes post, thread or account and writes the public log; `revert` puts back what it found.

    Both join the transaction of whoever decides, which has locked thread, post and case. `kinds` says what a case
    must be about for this outcome to be offered.
    """

    apply: Callable[[Case, Post, User, Order], Done]
    revert: Callable[[Decision, User], None]
    kinds: tuple[Kind, ...]


def log(act: str, case: Case, by: User, rule: str = "", *, target: str = "", **facts: Any) -> Done:
    """Write an act about a case into the public log and return that it was done.

    The row of a sanction names nobody, so it tells no case either: other rows of the case name the post.
    """
    target = target or f"post:{case.post_id}"
    about = {} if target.startswith(NAMELESS) else {"case": case.id}
    facts = {**about, "source": str(case.source), **({"rules": rules.version()} if rule else {}), **facts}
    audit.record(act, by=by, rule=rule, scope=case.subtheme.slug, target=target, facts=facts)
    return Done(act)


def moment(text: str | None) -> datetime | None:
    """Return the moment that was remembered as text."""
    return datetime.fromisoformat(text) if text else None
