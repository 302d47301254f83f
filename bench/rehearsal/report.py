"""What the rehearsal found, as a table for people: on the screen and in docs/rehearsal.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.rehearsal.load import READERS, READS_EVERY, WRITERS, WRITES_EVERY, Answer
from bench.rehearsal.play import Act, Play
from bench.rehearsal.town import SEARCHES
from bench.speed.figures import percentile

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rehearsal.md"
IN_FLIGHT = 0.3  # seconds after a kill in which a connection may still have been in the dead node's queue
BACK_WITHIN = 2.0  # seconds after PostgreSQL is there again in which an error may still be laid to its absence


@dataclass(frozen=True)
class Line:
    """Something that has to hold."""

    what: str
    found: str
    holds: bool

    def verdict(self) -> str:
        """Return how it ended, in words."""
        return "holds" if self.holds else "**does not hold**"


def bad(answers: Sequence[Answer]) -> list[Answer]:
    """Return those that are no answer or one of 500 and above.

    Who looks at a node itself, past nginx, may find it stopped.
    """
    return [answer for answer in answers if answer.status >= 500 or (answer.status == 0 and answer.kind != "look")]


def in_flight(answer: Answer, play: Play) -> bool:
    """Whether it was under way when a node was killed."""
    return any(answer.begun <= after + IN_FLIGHT and answer.ended >= before for before, after in play.killed)


def while_away(answer: Answer, play: Play) -> bool:
    """Whether it was under way while the database was away."""
    begun, ended = play.away
    return begun <= answer.ended and answer.begun <= ended + BACK_WITHIN


def lines(play: Play, owed: int) -> list[Line]:
    """Return what has to hold, and what was found."""
    load, found = play.load, play.found()
    lost = [words for words, count in found.items() if count == 0]
    twice = [words for words, count in found.items() if count > 1]
    faults = [answer for answer in bad(load.answers) if not in_flight(answer, play)]
    unread, statuses = play.unread(), play.town.statuses
    counts = ", ".join(str(count) for count in play.limits.values())
    return [
        Line("texts that were acknowledged: lost, twice", f"{len(found)}: {len(lost)}, {len(twice)}", not lost + twice),
        Line("… not at the address that the acknowledgement gave", f"{len(unread)}", not unread),
        Line("answers ≥ 500 or none, but those in flight at the kill", f"{len(faults)}", not faults),
        Line("kept pages of a node looked at right after an acknowledgement: out of date",
             f"{load.looked}: {len(load.stale)}", load.looked > 0 and not load.stale),
        Line(f"searches let through by both nodes together, of {SEARCHES}, each time", counts,
             all(count == SEARCHES for count in play.limits.values())),
        Line("posts not indexed or not told of, a sweep later", f"{owed}", not owed),
        Line("exit status of all that were asked to stop", ", ".join(map(str, statuses)), not any(statuses)),
        Line("both nodes run the new version at the end", "yes" if play.is_renewed() else "no", play.is_renewed()),
    ]  # fmt: skip


def table(play: Play, held: Sequence[Line], command: str, loads: tuple[float, float]) -> str:
    """Return both tables with what was run where, as Markdown."""
    cores, memory = os.cpu_count(), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    rate = READERS / READS_EVERY, WRITERS / WRITES_EVERY
    rows = [
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d, ended %H:%M} UTC; {cores} cores, {memory:.0f} GB, Python "
        f"{platform.python_version()}; load {loads[0]:.1f} at the beginning, {loads[1]:.1f} at the end. "
        f"{READERS} readers, up to {rate[0]:.0f} pages a second, {WRITERS} writers, up to {rate[1]:.0f} texts.",
        "",
        "| act | reads | p50, p95, longest ms | posts | p50, p95, longest ms | ≥ 500 or none | what happened |",
        "|---|---|---|---|---|---|---|",
        *(_row(play, act) for act in play.acts),
        "",
        "| what has to hold | found | |",
        "|---|---|---|",
        *(f"| {line.what} | {line.found} | {line.verdict()} |" for line in held),
        "",
        f"Texts sent again since nobody had acknowledged them: {play.load.sent_again}; each stands there once.",
    ]
    return "\n".join(rows) + "\n"


def _row(play: Play, act: Act) -> str:
    answers = [answer for answer in play.load.answers if act.begun <= answer.begun < act.ended]
    reads = [answer for answer in answers if answer.kind == "read" and 200 <= answer.status < 400]
    posts = [answer for answer in answers if answer.kind == "post" and answer.status == 303]
    faults = bad(answers)
    flying = sum(in_flight(answer, play) for answer in faults)
    away = sum(while_away(answer, play) for answer in faults)
    told = f"{len(faults)}" + (f" ({flying} in flight, {away} database away)" if faults else "")
    name = f"{act.name} ({act.ended - act.begun:.0f} s)"
    cells = (name, len(reads), _times(reads), len(posts), _times(posts), told, "; ".join(act.notes))
    return f"| {' | '.join(map(str, cells))} |"


def _times(answers: Sequence[Answer]) -> str:
    took = sorted((answer.ended - answer.begun) * 1000 for answer in answers)
    if not took:
        return "–"
    return f"{percentile(took, 0.5):.0f}, {percentile(took, 0.95):.0f}, {took[-1]:.0f}"


def write(text: str) -> None:
    """Put the tables into docs/rehearsal.md."""
    page = PAGE.read_text("utf-8")
    marked = re.compile(r"(?<=<!-- table -->\n).*(?=<!-- end of table -->)", re.DOTALL)
    PAGE.write_text(marked.sub(lambda _: text, page), "utf-8")
