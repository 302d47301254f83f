"""Garbage is looked for between two instructions and never while an object is made; each fork is told apart."""

import gc
import os
import subprocess
import sys
import time
import weakref

import pytest

from forum.core import garbage

# An object's `__dict__` is asked for while everything makes Python look for garbage, and what it finds asks for it too.
PLAY = """
import gc, sys
from forum.core import garbage

class Thing:
    def __init__(self):
        self.value = 1

class Cycle:
    def __init__(self):
        self.me = self
    def __del__(self):
        seen.append(thing.__dict__)

seen, thing = [], Thing()
kept = [{} for _ in range(500)]  # no freed dict is left to be used again
gc.collect()
gc.disable()
Cycle()
gc.set_threshold(1)
if sys.argv[1] == "aside":
    garbage.collect_aside()
else:
    gc.enable()
mine = thing.__dict__
gc.disable()
print("one" if all(theirs is mine for theirs in seen) else "two")
"""

only_before_3_12 = pytest.mark.skipif(not garbage.NEEDED, reason="Python looks for garbage between instructions itself")


def _played(how: str) -> str:
    return subprocess.run([sys.executable, "-c", PLAY, how], capture_output=True, text=True, check=True).stdout.strip()


def test_an_object_never_gets_two_dicts():
    assert _played("aside") == "one"


@only_before_3_12
def test_python_itself_would_give_it_two():
    assert _played("as Python does") == "two"  # else this room is needed no more


@only_before_3_12
def test_the_forum_looks_for_garbage_aside(app):
    assert not gc.isenabled()


class Node:
    def __init__(self):
        self.me = self


def test_garbage_goes_without_anybody_asking(app):
    node = weakref.ref(Node())
    assert node() is not None
    kept, deadline = [], time.monotonic() + 60
    while node() is not None and time.monotonic() < deadline:
        kept += [[] for _ in range(2 * gc.get_threshold()[0])]
        time.sleep(0.05)
    assert node() is None


@only_before_3_12
def test_a_fork_looks_in_pythons_own_way(app):
    pid = os.fork()
    if not pid:
        os._exit(0 if gc.isenabled() else 1)
    assert os.waitpid(pid, 0)[1] == 0


@pytest.mark.parametrize(
    ("counts", "age"),
    [
        ((20_000, 10, 10), None),
        ((20_001, 0, 0), 0),
        ((20_001, 11, 0), 1),
        ((0, 11, 11), 2),
    ],
)
def test_the_oldest_generation_above_its_threshold_is_due(counts, age):
    assert garbage.due(counts, (20_000, 10, 10)) == age


def test_a_collector_that_is_turned_off_stays_off():
    assert garbage.due((90_000, 90, 90), (0, 10, 10)) is None
