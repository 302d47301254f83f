"""What can become of rows that name a person whose account is merged into another: they move, end or stay."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, null, or_

Join = Callable[[Any, Any], Any]
Also = Callable[[int], Any]


class Fate(enum.StrEnum):
    """Goes over to the account that stays; ends; or stays where it is, as what was done under that number."""

    MOVES = "moves"
    ENDS = "ends"
    STAYS = "stays"


@dataclass(frozen=True)
class Kind:
    """What becomes of the rows of one column.

    words: what they are called on the preview; None where nobody needs to know
    unless: with these columns equal the account that stays has such a row already, and this one ends instead
    among: `unless` looks only at rows, on both sides, in which these columns have these values
    joined: what the row that stays gets then from both, as {name: function of (its own, the other's)}
    also: set along with the column, as {name: function of the id of the account that stays → SQL expression}
    """

    fate: Fate
    words: Any = None
    unless: tuple[str, ...] = ()
    also: Mapping[str, Also] | None = None
    joined: Mapping[str, Join] | None = None
    among: Mapping[str, str] | None = None


def moves(
    words: Any = None,
    unless: tuple[str, ...] = (),
    also: Mapping[str, Also] | None = None,
    joined: Mapping[str, Join] | None = None,
    among: Mapping[str, str] | None = None,
) -> Kind:
    """Return the kind of rows that go over to the account that stays."""
    return Kind(Fate.MOVES, words, unless, also, joined, among)


def ends(words: Any = None) -> Kind:
    """Return the kind of rows that are deleted."""
    return Kind(Fate.ENDS, words)


STAYS = Kind(Fate.STAYS)


def greater(mine: Any, theirs: Any) -> Any:
    """Return the greater of two columns."""
    return case((theirs > mine, theirs), else_=mine)


def lesser(mine: Any, theirs: Any) -> Any:
    """Return the lesser of two columns."""
    return case((theirs < mine, theirs), else_=mine)


def unless_open(mine: Any, theirs: Any) -> Any:
    """Return the later of two ends; nothing where one has not come."""
    return case((or_(mine.is_(None), theirs.is_(None)), null()), else_=greater(mine, theirs))
