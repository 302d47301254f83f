"""What is different for young people: one table, by age band. No date of birth is known to anybody here."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

# In User.private: the page is for people who are signed in. Everybody may choose it, so that it says nothing of an age.
UNLISTED = "page"


GUARDIANS_LINK = "guardian"  # purpose of the mailed link that a parent or guardian answers by


class Band(enum.StrEnum):
    """What somebody said about their age. CHILD: under 14, and a guardian has not agreed yet; afterwards YOUNG."""

    UNKNOWN = ""
    CHILD = "child"
    YOUNG = "young"
    ADULT = "adult"


@dataclass(frozen=True)
class Care:
    """What holds for people of one band.

    is_minor: adults don't begin to talk with them in private, nor does any expert
    is_unlisted: their page is read, and their name linked, for people who are signed in only
    quiet_hours: when notices wait for the morning, as long as they have not chosen other hours ("" for never)
    comes_first: cases that they open by a flag, or that are about them, come first in the moderators' queue
    is_capped: the rows …_YOUNG of config.LIMITS count what they write, whatever their trust level
    mentions_most: how many people are told by one post of theirs because it names them
    """

    is_minor: bool
    is_unlisted: bool
    quiet_hours: str
    comes_first: bool
    is_capped: bool
    mentions_most: int


_GROWN_UP = Care(
    is_minor=False, is_unlisted=False, quiet_hours="", comes_first=False, is_capped=False, mentions_most=20
)
_YOUNG = Care(is_minor=True, is_unlisted=True, quiet_hours="22-7", comes_first=True, is_capped=True, mentions_most=5)
# Under 14 with a guardian's consent the same holds as from 14 to 17: no rule differs, so no band is kept for it.
TABLE: dict[str, Care] = {
    Band.UNKNOWN: _GROWN_UP,
    Band.ADULT: _GROWN_UP,
    Band.YOUNG: _YOUNG,
    Band.CHILD: _YOUNG,
}

CAPPED = frozenset({"THREAD", "REPLY", "CONVERSATION", "MESSAGE"})


def care_of(person: Any) -> Care:
    """Return what holds for the person; whoever has not said their age counts as an adult."""
    return TABLE.get(person.age_band, _GROWN_UP)


def is_minor(person: Any) -> bool:
    """Whether the person is known to be young."""
    return care_of(person).is_minor


def is_unlisted(person: Any) -> bool:
    """Whether the person's page is for people who are signed in only: by their age, or because they chose so."""
    return care_of(person).is_unlisted or UNLISTED in person.private


def may_approach(by: Any, to: Any) -> bool:
    """Whether `by` may begin a talk in private with `to`, as far as ages decide.

    With young people only young people do who are no experts, and moderators of the whole forum: a decision has to
    reach its person. Experts speak with the young where everybody reads along.
    """
    return not is_minor(to) or bool(by.is_moderator) or (is_minor(by) and not by.is_expert)


def row(act: str, person: Any) -> str:
    """Return the gentler row of config.LIMITS for this act of the person, or "" where the usual one holds.

    Whoever moderates needs the usual ones; flags are never fewer.
    """
    capped = act in CAPPED and care_of(person).is_capped and not person.is_staff
    return f"{act}_YOUNG" if capped else ""
