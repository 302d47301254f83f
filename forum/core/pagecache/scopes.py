"""For which pages a version counts: for all, for lists, or for those of one thread; and how it is asked for (ADR 35).

The rows of `page_versions` stand in this order: those of all pages, those of lists, one for each bucket of threads. A
scope is the first of its rows. Releases before this one write those of all alone, and read the sum of all there are.
"""

from __future__ import annotations

from typing import NamedTuple

# Rows that writers spread over in PostgreSQL: who commits holds one for a moment, and others need not wait for it.
SHARDS = 16
ALL = 0
LISTS = ALL + SHARDS  # whatever shows more than one thread, and every page of which nobody says more
_FIRST_THREADS = LISTS + SHARDS
BUCKETS = 256  # threads share a row with every 256th

# Which version is the present one, of all pages and of what stands in the rows between; and where to look for both.
WHOLE, PART = f"sum(version) FILTER (WHERE shard < {SHARDS})", f"sum(version) FILTER (WHERE shard >= {SHARDS})"
ROWS = f"FROM page_versions WHERE shard < {SHARDS} OR shard BETWEEN {{}} AND {{}}"
PATIENCE_SECONDS = 2  # of that question; a page is made without the cache then


class Version(NamedTuple):
    """What a page was made at: `whole` changes with what may stand on any page, `part` with what its scope shows."""

    scope: int
    whole: int
    part: int


def of_thread(thread_id: int) -> int:
    """Return the scope of the thread's pages."""
    return _FIRST_THREADS + thread_id % BUCKETS


def rows_of(scope: int) -> tuple[int, int]:
    """Return the first and the last row of a scope."""
    return (LISTS, LISTS + SHARDS - 1) if scope == LISTS else (scope, scope)


def told(scope: int, whole: int | None, part: int | None) -> Version | None:
    """Return the version, or None while there is none, as in a database that has just been migrated."""
    return None if whole is None else Version(scope, whole, part or 0)
