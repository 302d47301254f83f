"""What a reader of the public log has chosen: kinds of acts, rule, place, role, days, or a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from forum.core.paging import id_in

KINDS = ("row", "post", "thread", "case", "decision")  # what a number may be the number of


@dataclass(frozen=True)
class Choice:
    """What the log is narrowed to; "" and None narrow nothing.

    `act` is one act or a group, which is what stands before the dot; `acts` are the acts that it means. `first` and
    `last` are days in UTC, both included.
    """

    act: str = ""
    acts: tuple[str, ...] = ()
    rule: str = ""
    scope: str = ""
    role: str = ""
    first: date | None = None
    last: date | None = None
    kind: str = ""
    number: int | None = None

    @property
    def columns(self) -> dict[str, str]:
        """The columns that must hold exactly this."""
        given = {"rule": self.rule, "scope": self.scope, "actor_role": self.role}
        return {name: value for name, value in given.items() if value}

    @property
    def is_narrow(self) -> bool:
        """Whether several things are asked for at once, for which no one index stands in order."""
        return len(self.columns) + bool(self.acts) + bool(self.number) > 1

    @property
    def asked(self) -> dict[str, Any]:
        """The choice as the query of an address."""
        given = {
            "act": self.act,
            "rule": self.rule,
            "subtheme": self.scope,
            "role": self.role,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            "kind": self.kind if self.number else "",
            "number": self.number or "",
        }
        return {name: value for name, value in given.items() if value}


def chosen(args: Mapping[str, str], acts: Iterable[str], rules: Iterable[str], roles: Iterable[str]) -> Choice:
    """Return what the query of an address asks for; what is nonsense, or no act, rule or role, narrows nothing."""
    act = args.get("act", "")
    fitting = tuple(sorted(each for each in acts if act in (each, group_of(each))))
    number = id_in(args.get("number", "").strip())
    kind = args.get("kind", "")
    scope = args.get("subtheme", "")
    return Choice(
        act=act if fitting else "",
        acts=fitting,
        rule=_one_of(args.get("rule", ""), rules),
        scope=scope if len(scope) <= 60 else "",
        role=_one_of(args.get("role", ""), roles),
        first=day_in(args.get("from", "")),
        last=day_in(args.get("to", "")),
        kind=kind if kind in KINDS else KINDS[0],
        number=number or None,
    )


def group_of(act: str) -> str:
    """Return the group of an act, which is what was acted on: "post" of "post.hidden"."""
    return act.partition(".")[0]


def day_in(value: str) -> date | None:
    """Return the day written as 2026-11-23, or None for none or nonsense."""
    try:
        return date.fromisoformat(value.strip()) if len(value.strip()) == 10 else None
    except ValueError:
        return None


def _one_of(value: str, known: Iterable[str]) -> str:
    return value if value in set(known) else ""
