"""The clock of a session, from its four times alone: which state holds at a moment, what is due, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from forum.asking.models import AskSession, Phase
from forum.core.pagecache import holds_until

TIMES = {
    Phase.COLLECTING: "opens_at",
    Phase.ANSWERING: "answers_at",
    Phase.CLOSED: "closes_at",
    Phase.ARCHIVED: "archives_at",
}
ORDER = tuple(Phase)


def phase_at(session: AskSession, moment: datetime) -> Phase:
    """Return the state that holds at the moment, also while the worker has not carried it out yet."""
    reached = [phase for phase, name in TIMES.items() if getattr(session, name) <= moment]
    holds_until(min((at for name in TIMES.values() if (at := getattr(session, name)) > moment), default=None))
    return max([Phase(session.state), *reached], key=ORDER.index)


def due(session: AskSession, moment: datetime) -> list[Phase]:
    """Return the states that are to be carried out by now, in order."""
    first, last = ORDER.index(Phase(session.state)), ORDER.index(phase_at(session, moment))
    return list(ORDER[first + 1 : last + 1])


def following(phase: Phase) -> Phase | None:
    """Return the state after this one; None after the last."""
    number = ORDER.index(phase) + 1
    return ORDER[number] if number < len(ORDER) else None


def moment_of(session: AskSession, phase: Phase) -> datetime:
    """Return when the session comes or came into the state."""
    return getattr(session, TIMES[phase]) if phase in TIMES else session.created_at


def next_step(session: AskSession, moment: datetime) -> tuple[Phase, datetime] | None:
    """Return the state that comes next and its moment; None for an archived session."""
    phase = following(phase_at(session, moment))
    return (phase, moment_of(session, phase)) if phase else None


def are_in_order(times: Mapping[str, datetime]) -> bool:
    """Whether each of the four times is later than the one before."""
    moments = [times[name] for name in TIMES.values()]
    return all(earlier < later for earlier, later in pairwise(moments))
