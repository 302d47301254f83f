"""Several processes and threads at one embedded index: killed, writing at once, reading meanwhile."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh.index import TOC

from search_index.interface import Query
from search_index.whoosh_engine import WhooshIndex
from tests.search_index.conftest import found, post

ROOT = Path(__file__).parents[2]

# For each round that it is told, forks a writer, says its number, and says "over" when that has ended. A writer writes
# generation after generation of the same ten posts, from that round on, and says so after each commit.
WRITERS = """
import os, sys
from pathlib import Path
from search_index.whoosh_engine import WhooshIndex
from tests.search_index.conftest import post
def write(first):
    index = WhooshIndex(Path(sys.argv[1]), patience=60)
    for round in range(first, first + 1_000):
        documents = [post(number, f"charity round{round} " + "words " * 200) for number in range(1, 11)]
        index.rebuild(documents) if sys.argv[2] == "rebuild" else index.put(documents)
        print(round, flush=True)
for line in sys.stdin:
    if not (pid := os.fork()):
        print(os.getpid(), flush=True)
        write(int(line))
        os._exit(0)
    os.waitpid(pid, 0)
    print("over", flush=True)
"""

ADDER = """
import sys
from pathlib import Path
from search_index.whoosh_engine import WhooshIndex
from tests.search_index.conftest import post
index = WhooshIndex(Path(sys.argv[1]), patience=60)
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    index.put([post(number, "charity")])
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the index lies."""
    return tmp_path / "index"


@pytest.fixture
def index(place: Path) -> Iterator[WhooshIndex]:
    """The index as the website opens it; not made yet."""
    index = WhooshIndex(place, time_limit=60)
    yield index
    index.close()


def start(program: str, *arguments: object, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, text=True, cwd=ROOT)


@pytest.mark.parametrize("act", ["put", "rebuild"])
def test_killed_writers_leave_the_old_state_or_the_new_one(place: Path, index: WhooshIndex, act: str) -> None:
    index.rebuild([post(number, "charity round0") for number in range(1, 11)])
    done, writers = 0, start(WRITERS, place, act, stdin=subprocess.PIPE)
    assert writers.stdin is not None and writers.stdout is not None
    for kill in range(12):
        writers.stdin.write(f"{done + 1}\n")
        writers.stdin.flush()
        writer = int(writers.stdout.readline())
        for _ in range(1 + kill % 3):
            done = int(writers.stdout.readline())
        threading.Event().wait(0.002 * kill)  # somewhere in the next commit, whose length is unknown
        os.kill(writer, signal.SIGKILL)
        done = max([done, *map(int, iter(writers.stdout.readline, "over\n"))])

        assert index.ids() == list(range(1, 11))
        states = [found(index, f"round{number}") for number in (done, done + 1)]
        assert sorted(map(len, states)) == [0, 10]
        done += 1 if states[1] else 0
    writers.communicate()
    index.put([post(11, "charity again")])
    assert found(index, "again") == [11]
    assert index.rebuild([post(1, "charity anew")]) == 1
    assert found(index, "charity") == [1]


def test_two_writers_at_once_lose_nothing(place: Path, index: WhooshIndex) -> None:
    index.rebuild([])
    writers = [start(ADDER, place, 100 * n, 100 * n + 40) for n in (1, 2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert index.ids() == [*range(100, 140), *range(200, 240)]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.close()


def test_threads_read_while_another_writes(place: Path, index: WhooshIndex) -> None:
    worker = WhooshIndex(place, patience=60)
    worker.rebuild([post(number, f"charity number{number} 网络文明") for number in range(1, 301)])
    finished = threading.Event()
    failures: list[BaseException] = []

    def read(first: int) -> None:
        number = first
        try:
            while not finished.is_set():
                number = number % 300 + 1
                assert found(index, f"number{number}") == [number]
                assert index.find(Query('"网络文明"', limit=100)).more
        except BaseException as failure:
            failures.append(failure)

    readers = [threading.Thread(target=read, args=(37 * n,)) for n in range(8)]
    for reader in readers:
        reader.start()
    for number in range(1_000, 1_030):
        worker.put([post(number, "charity"), post(number - 950, f"charity number{number - 950} 网络文明")])
    worker.rebuild([post(number, f"charity number{number} 网络文明") for number in range(1, 301)])
    finished.set()
    for reader in readers:
        reader.join(30)
    worker.close()
    assert not failures


def test_a_commit_between_looking_and_opening(place: Path, index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = WhooshIndex(place)
    worker.rebuild([post(1, "charity")])
    read = TOC.read.__func__
    commits = iter([[post(1, "charity renewed")]])

    def read_and_fall_behind(cls: type, *arguments: Any, **options: Any) -> Any:
        contents = read(cls, *arguments, **options)
        if documents := next(commits, None):
            worker.put(documents)  # the files that we just read about are gone now
        return contents

    monkeypatch.setattr(TOC, "read", classmethod(read_and_fall_behind))
    assert found(index, "renewed") == [1]
    worker.close()
