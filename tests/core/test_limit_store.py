"""Counting in memory: no thread for each count, and what is over is forgotten."""

from __future__ import annotations

import threading
import time

import pytest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from forum.core import limit_store


def test_counting_starts_no_thread_and_forgets_what_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    store = storage_from_string("memory://")
    assert isinstance(store, limit_store.QuietMemory), "the one that every limit uses"
    store.timer.join()
    threads, limiter, once = threading.active_count(), MovingWindowRateLimiter(store), parse("1/second")
    assert limiter.hit(once, "alice") and not limiter.hit(once, "alice")
    assert threading.active_count() == threads and len(store.events) == 1
    for entry in next(iter(store.events.values())):
        entry.atime = entry.expiry = time.time() - 1
    monkeypatch.setattr(limit_store, "TIDIED_SECONDS", 0.0)
    assert limiter.hit(once, "bob") and len(store.events) == 2
    assert limiter.hit(once, "alice"), "hers was over"
    assert [len(events) for events in store.events.values()] == [1, 1]
