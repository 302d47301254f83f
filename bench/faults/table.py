"""The rows that are played: what each does to a forum, where it is played, and how long it may take."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from bench.faults.stage import Stage


@dataclass(frozen=True)
class Row:
    """One row. `plays` is `module:function` of this package, called with a Stage; `alone`: nothing beside it, for it
    measures times; `mounts`: in a mount namespace of its own; `seconds`: after which it is ended and has failed."""

    id: str
    title: str
    plays: str
    alone: bool = False
    mounts: bool = False
    seconds: int = 420

    def function(self) -> Callable[[Stage], None]:
        """Return what plays it."""
        module, _, name = self.plays.partition(":")
        found: Callable[[Stage], None] = getattr(importlib.import_module(f"bench.faults.{module}"), name)
        return found


# The longest first, so that two lanes end at about the same time.
ROWS = (
    Row("R-1", "kill -9 of one process, of some, of all", "kills:play", seconds=840),
    Row("R-3", "no byte free on the disk", "full_disk:play", mounts=True),
    Row("R-5", "PostgreSQL restarted, killed, cut off, paused; SQLite held", "databases:play"),
    Row("R-7", "the search index damaged, read-only, locked", "indexes:play", mounts=True),
    Row("R-11", "a backup under load, restored elsewhere, killed amid it", "backups:play"),
    Row("R-10", "clocks minutes and a day off", "clocks:play"),
    Row("R-12", "migrations up and down that are killed", "migrating:play"),
    Row("R-13", "an import twice, and killed in the middle", "migrating:play_import"),
    Row("R-8", "four processes write, two workers index", "indexes:play_together"),
    Row("R-4", "each step fails once", "steps:play_failing"),
    Row("R-9", "dead between the commit and what follows it", "steps:play_dying"),
    Row("R-2", "the same request twice, and in parallel", "doubles:play"),
    Row("R-6", "Redis stopped, paused, emptied, read-only", "redis_away:play"),
    Row("D-1", "texts that are hard to render", "costly:play_texts", alone=True, seconds=180),
    Row("D-2", "long threads, deep answers, odd pages", "costly:play_long", alone=True, seconds=180),
    Row("D-3", "slow, silent and odd clients", "costly:play_clients", alone=True, seconds=180),
)
