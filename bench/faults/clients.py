"""People who post and change numbered texts, and write down every answer that acknowledges one."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.faults.forums import Forum
from tests.servers.robot import NoAnswer, Robot

FILLER = "The net was wide, and the words were many. "
PATIENCE = 90.0  # seconds for which somebody tries to send one text


def text_of(name: str, number: int, edition: int, filler: int = 3) -> str:
    """Return a text whose end can be told from a text that was cut, and a word of its own for the search."""
    return (
        f"{name} says {number}, edition {edition}: {word_of(name, number, edition)}. {FILLER * filler}"
        f"That was {name} {number}, edition {edition}."
    )


def word_of(name: str, number: int, edition: int) -> str:
    """Return the word that stands in this text alone."""
    return f"q{name}x{number}e{edition}"


def number_of(thread: str) -> str:
    """Return the number of the thread at an address."""
    return thread.split("/")[2]


@dataclass
class Words:
    """One text as its author knows it: which editions may stand there now, and under which number."""

    number: int
    editions: set[int]
    revision: int = 1
    post: str = ""
    given_up: bool = False  # nobody knows whether it came in, and it was not sent again


class Writer:
    """One person who writes into one thread until told to stop."""

    def __init__(self, robot: Robot, thread: str, journal: Path, seed: int, *, filler: int = 3) -> None:
        self.robot, self.name = robot, robot.name
        self._post_to = thread.rpartition("/")[0] + "/posts"
        self._journal, self._dice, self._filler = journal, random.Random(seed), filler
        self.said: dict[int, Words] = {}
        self.acknowledged = 0
        self.statuses: Counter[str] = Counter()
        self.odd: list[str] = []  # answers that nobody should get
        self.slowest = 0.0
        self.edits_too = True

    def run(self, stop: threading.Event) -> None:
        """Write and change until `stop`."""
        while not stop.is_set():
            mine = [words for words in self.said.values() if words.post]
            if self.edits_too and mine and self._dice.random() < 0.35:
                self._change(self._dice.choice(mine), stop)
            else:
                self._post(stop)

    def _post(self, stop: threading.Event) -> None:
        words = Words(len(self.said) + 1, {1})
        self.said[words.number] = words
        gives_up = self._dice.random() < 0.2
        token = f"{self.name}-{words.number}"
        while True:
            where = self._sent(self._post_to, body=self._text(words.number, 1), form_token=token)
            if where:
                self._note(words, where)
                return
            if gives_up or stop.is_set():
                words.given_up = True
                return

    def _change(self, words: Words, stop: threading.Event) -> None:
        edition = max(words.editions) + 1
        fields = {"body": self._text(words.number, edition), "reason": "on", "revision": str(words.revision)}
        is_known = True  # whether it can't have come in yet
        words.editions.add(edition)
        while not stop.is_set():
            where = self._sent(f"/posts/{words.post}/edit", may_conflict=not is_known, **fields)
            if where:
                words.editions, words.revision = {edition}, words.revision + 1
                self._note(words, where)
                return
            is_known = False

    def _text(self, number: int, edition: int) -> str:
        return text_of(self.name, number, edition, self._filler)

    def _sent(self, path: str, *, may_conflict: bool = False, **fields: str) -> str:
        """Send a form; return where it leads, or "" when nobody knows whether it was taken, or it was not."""
        began = time.monotonic()
        try:
            status, where = self.robot.send(path, **fields)
        except NoAnswer:
            self.statuses["none"] += 1
            time.sleep(0.1)
            return ""
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)
        self.statuses[str(status)] += 1
        if status == 303:
            return where
        if status == 409 and may_conflict:  # it came in the first time, and the answer was lost
            return "taken before"
        if status == 503:
            if fields["body"][:40] not in where:
                self.odd.append(f"a 503 at {path} that does not keep the text")
            time.sleep(0.05)
            return ""
        self.odd.append(f"{status} at {path}: {' '.join(re.sub(r'<[^>]+>', ' ', where).split())[:200]}")
        time.sleep(0.05)
        return ""

    def _note(self, words: Words, where: str) -> None:
        self.acknowledged += 1
        if not words.post and (found := re.search(r"#post-(\d+)", where)):
            words.post = found[1]
        with self._journal.open("a") as file:
            entry = {"by": self.name, "number": words.number, "edition": max(words.editions), "post": words.post}
            file.write(json.dumps(entry) + "\n")


@dataclass
class Crowd:
    """Several writers in one thread."""

    forum: Forum
    thread: str
    writers: list[Writer]
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def acknowledged(self) -> int:
        """How many texts and changes were acknowledged so far."""
        return sum(writer.acknowledged for writer in self.writers)

    @property
    def statuses(self) -> Counter[str]:
        """How often each status was answered; "none" is a connection that ended without one."""
        return sum((writer.statuses for writer in self.writers), Counter())

    @property
    def slowest(self) -> float:
        """The seconds that the longest answer took."""
        return max(writer.slowest for writer in self.writers)

    def wait_for_more(self, many: int = 1, seconds: float = PATIENCE) -> bool:
        """Return once so many more were acknowledged; False after so many seconds."""
        wanted, deadline = self.acknowledged + many, time.monotonic() + seconds
        while self.acknowledged < wanted:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


@contextmanager
def writing(
    forum: Forum, journal: Path, people: int = 3, *, at: Sequence[str] = (), filler: int = 3, edits: bool = True
) -> Iterator[Crowd]:
    """Let people write, at the web servers of these addresses in turn, until the end of the block."""
    assert forum.person_before
    robots = [forum.person() for _ in range(people)]
    thread = forum.thread(robots[0])
    for number, robot in enumerate(robots if at else ()):
        robots[number] = robot.at(at[number % len(at)])
        robots[number].renew()  # of a server with another clock, a form that it made itself
    crowd = Crowd(
        forum, thread, [Writer(robot, thread, journal, seed, filler=filler) for seed, robot in enumerate(robots)]
    )
    for writer in crowd.writers:
        writer.edits_too = edits
    threads = [threading.Thread(target=writer.run, args=(crowd.stop,)) for writer in crowd.writers]
    for each in threads:
        each.start()
    try:
        yield crowd
    finally:
        crowd.stop.set()
        for each in threads:
            each.join(PATIENCE)
