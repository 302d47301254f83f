"""Garbage is looked for by a thread of its own where Python would do it while it makes an object: before 3.12.

Python 3.11 may look for cycles whenever an object is made, so also while it makes the `__dict__` of another one. What
the collector then calls (a finalizer, the callback of a weak reference) may let another thread run, and when that one
asks for the same `__dict__`, there are two over the same values. Once the first is freed, the process dies by a
segmentation fault, or reads what belongs to somebody else. Since 3.12 Python looks only between two instructions
(gh-97922).
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Sequence

NEEDED = sys.version_info < (3, 12)
EVERY_SECONDS = 0.1  # how often it asks whether there is enough to look through; asking takes some microseconds


class _State:
    started = False


def collect_aside() -> None:
    """From now on let a thread look for garbage in this process, as often as Python would have; once is enough.

    Nothing changes where Python needs no help. A fork has no such thread, and looks for garbage in Python's own way.
    """
    if NEEDED and not _State.started:
        _State.started = True
        gc.disable()  # Python goes on counting what it would have to look through
        threading.Thread(target=_collect, name="garbage", daemon=True).start()


def due(counts: Sequence[int], thresholds: Sequence[int]) -> int | None:
    """Return the oldest of the three generations whose count is above its threshold, or None.

    Both as `gc.get_count()` and `gc.get_threshold()` return them; a first threshold of 0 turns the collector off.
    Python also leaves the oldest one alone until a quarter of it is new, which it tells nobody; here that one comes at
    most once in twelve seconds.
    """
    if not thresholds[0]:
        return None
    return next((age for age in (2, 1, 0) if counts[age] > thresholds[age]), None)


def _collect() -> None:
    while True:
        time.sleep(EVERY_SECONDS)
        age = due(gc.get_count(), gc.get_threshold())
        if age is not None:
            gc.collect(age)


def _in_a_fork() -> None:
    if _State.started:
        _State.started = False
        gc.enable()


os.register_at_fork(after_in_child=_in_a_fork)
