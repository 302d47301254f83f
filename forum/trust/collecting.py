"""What was read since the last flush, in the memory of one process: a page is only read, the writing comes after.

A crash loses what stands here, READING_FLUSHED_SECONDS of reading at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Lock

VISITS_MOST = 20_000  # kept while the database is away; what is read beyond that is not counted
BATCH = 500  # visits written in one transaction


@dataclass
class Visit:
    """What pages of one thread showed one person: texts at `positions`, the thread up to `last`, lately at `moment`."""

    positions: set[int]
    last: int
    moment: datetime


@dataclass(frozen=True)
class OpenPage:
    """The page that somebody looks at: since when, and how many seconds its texts take to read."""

    since: datetime
    worth: float

    def read_by(self, moment: datetime) -> float:
        """Return the seconds that count by `moment`: those that passed, and no more than the texts take."""
        return max(0.0, min((moment - self.since).total_seconds(), self.worth))


@dataclass
class Batch:
    """What is to be written: visits by person and thread, seconds by person and day (UTC)."""

    visits: dict[tuple[int, int], Visit] = field(default_factory=dict)
    seconds: dict[tuple[int, date], float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.visits or self.seconds)


class Memory:
    """What one process has noted; safe to use from all of its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._visits: dict[tuple[int, int], Visit] = {}
        self._open: dict[int, OpenPage] = {}
        self._seconds: defaultdict[tuple[int, date], float] = defaultdict(float)

    def note(
        self, user_id: int, thread_id: int, positions: Iterable[int], last: int, worth: float, moment: datetime
    ) -> None:
        """Note that a page was opened whose texts take `worth` seconds to read; the page before it counts now."""
        with self._lock:
            if len(self._visits) >= VISITS_MOST:
                return
            self._count(user_id, moment)
            self._open[user_id] = OpenPage(moment, worth)
            self._add(user_id, thread_id, Visit(set(positions), last, moment))

    def last(self, user_id: int, thread_id: int) -> int:
        """Return up to which position the thread was read, as far as it is not written yet."""
        with self._lock:
            visit = self._visits.get((user_id, thread_id))
            return visit.last if visit else 0

    def take(self, moment: datetime, *, all_of_it: bool = False) -> Batch:
        """Return what can be written and forget it; a page still being read stays, unless the process ends."""
        with self._lock:
            for user_id, page in list(self._open.items()):
                if all_of_it or page.read_by(moment) >= page.worth:
                    self._count(user_id, moment)
            keys = list(self._visits) if all_of_it else list(self._visits)[:BATCH]
            batch = Batch({key: self._visits.pop(key) for key in keys}, dict(self._seconds))
            self._seconds.clear()
            return batch

    def put_back(self, batch: Batch) -> None:
        """Keep for the next time what could not be written."""
        with self._lock:
            for (user_id, thread_id), visit in batch.visits.items():
                self._add(user_id, thread_id, visit)
            for key, seconds in batch.seconds.items():
                self._seconds[key] += seconds

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._visits.clear()
            self._open.clear()
            self._seconds.clear()

    def _add(self, user_id: int, thread_id: int, visit: Visit) -> None:
        before = self._visits.setdefault((user_id, thread_id), visit)
        before.positions |= visit.positions
        before.last, before.moment = max(before.last, visit.last), max(before.moment, visit.moment)

    def _count(self, user_id: int, moment: datetime) -> None:
        page = self._open.pop(user_id, None)
        if page:
            self._seconds[user_id, page.since.astimezone(UTC).date()] += page.read_by(moment)
