"""The rehearsal itself: one act after another, each with its moments, under load that never stops."""

from __future__ import annotations

import itertools
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import Engine, create_engine, text

from bench.rehearsal.load import WRITERS, Load
from bench.rehearsal.town import SEARCHES, Town
from tests.servers.robot import Robot

PASSWORD = "a bridge of seven arches"
OWED = "SELECT count(*) FROM posts WHERE indexed_version <> index_version OR notified_at IS NULL"
COUNTED_AGAIN_WITHIN = 45.0  # seconds; flask-limiter looks for its store after 1, 2, 4 … at most 32
DONE_WITHIN = 70.0  # seconds: a sweep comes each minute


@dataclass
class Act:
    """A part of the rehearsal, from when to when, with what happened in it."""

    name: str
    begun: float
    ended: float = 0.0
    notes: list[str] = field(default_factory=list)


@dataclass
class Play:
    """What was done and found."""

    town: Town
    quick: bool
    acts: list[Act] = field(default_factory=list)
    killed: list[tuple[float, float]] = field(default_factory=list)  # between which moments a node went
    away: tuple[float, float] = (0.0, 0.0)  # when the database was
    limits: dict[str, int] = field(default_factory=dict)  # searches that were let through over both nodes
    addresses: Iterator[int] = field(default_factory=lambda: itertools.count(1))  # of those who search
    down: set[str] = field(default_factory=set)  # nodes that are not asked directly

    def __post_init__(self) -> None:
        """Make the people and threads."""
        self.engine: Engine = create_engine(self.town.env["DATABASE_URL"], pool_pre_ping=True)
        self.people = [self.person(f"writer{number}") for number in range(WRITERS)]
        self.threads = [self._thread(number) for number in range(3)]
        self.load = Load(self.town.nginx.url, self.threads, self.up)

    def up(self) -> list[str]:
        """Return the nodes that are to answer."""
        return [node.url for node in self.town.nodes if node.url not in self.down]

    def person(self, name: str) -> Robot:
        """Return the browser of a new member whose posts are not held."""
        made = ("people", "create", name, "--email", f"{name}@example.org", "--password-stdin")
        self.town.flask(self.town.old, *made, stdin=PASSWORD)
        known = "UPDATE users SET standing = 'active', published_count = 10, trust_level = 2 WHERE username = :name"
        with self.engine.begin() as connection:
            connection.execute(text(known), {"name": name})
        robot = Robot(self.town.nginx.url)
        robot.sign_in(name, PASSWORD)
        return robot

    def _thread(self, number: int) -> str:
        sent = {"title": f"What shall we rehearse? {number}", "body": "Each of us says one thing."}
        status, where = self.people[0].send("/subthemes/law-online/threads/new", **sent)
        assert status == 303, where
        return urlsplit(where).path

    def play(self) -> None:
        """All acts. The load goes on in between."""
        self.load.start(self.people)
        try:
            self._act("nothing happens", self._quiet)
            self._act("a node is killed (-9), and comes back after 10 s", self._kill_a_node)
            self._act("PostgreSQL is restarted", self._restart_postgres)
            self._act(f"Redis is away for {self._redis_away} s", self._stop_redis)
            self._act("a new version with a migration, one node after another", self._roll)
            self._act("nothing happens any more", self._quiet)
        finally:
            self.load.stop()

    @property
    def _redis_away(self) -> int:
        return 10 if self.quick else 30

    def _act(self, name: str, do: Callable[[Act], None]) -> None:
        act = Act(name, time.monotonic())
        self.acts.append(act)
        do(act)
        act.ended = time.monotonic()

    def _wait(self, seconds: float) -> None:
        time.sleep(seconds / 3 if self.quick else seconds)

    def _quiet(self, act: Act) -> None:
        self._wait(8)
        self.limits[act.name] = self.let_through()
        self._wait(7)

    def _kill_a_node(self, act: Act) -> None:
        node = self.town.nodes[0]
        self.down.add(node.url)
        began = time.monotonic()
        node.kill()
        self.killed.append((began, time.monotonic()))
        self._wait(10)
        began = time.monotonic()
        node.start()
        self.down.remove(node.url)
        act.notes.append(f"ready {time.monotonic() - began:.1f} s after its start")
        self._wait(6)

    def _restart_postgres(self, act: Act) -> None:
        began = time.monotonic()
        self.town.postgres.halt()
        self.town.postgres.resume()
        self.away = (began, time.monotonic())
        act.notes.append(f"away for {self.away[1] - began:.1f} s")
        self._wait(15)

    def _stop_redis(self, act: Act) -> None:
        self.town.redis.kill()
        time.sleep(self._redis_away)
        self.town.redis.restart()
        back, counted = time.monotonic(), 0
        while time.monotonic() - back < COUNTED_AGAIN_WITHIN and counted != SEARCHES:
            counted = self.let_through()
            time.sleep(1)
        act.notes.append(f"limits counted together again {time.monotonic() - back:.0f} s after its return")
        self.limits[act.name] = counted

    def _roll(self, act: Act) -> None:
        began = time.monotonic()
        self.town.flask(self.town.new, "setup")
        act.notes.append(f"set-up with the migration {time.monotonic() - began:.1f} s, beside both old nodes")
        self._wait(3)
        for node in self.town.nodes:
            self.down.add(node.url)
            began = time.monotonic()
            self.town.renew(node)
            self.down.remove(node.url)
            act.notes.append(f"{node.name} stopped, started and ready {time.monotonic() - began:.1f} s")
            time.sleep(4)  # until nginx, which tries a node that was away every third second, believes in it again
        for worker in self.town.workers:
            self.town.renew(worker)

    def let_through(self) -> int:
        """Return how many searches from one new address both nodes together let through, asked by turns."""
        address = f"203.0.113.{next(self.addresses)}"
        return sum(_searched(self.town.nodes[number % 2].url, address, number) for number in range(2 * SEARCHES))

    def owed_after(self) -> int:
        """Return how many posts are not yet indexed or told of when the worker had its time."""
        deadline, owed = time.monotonic() + DONE_WITHIN, 1
        while owed and time.monotonic() < deadline:
            with self.engine.connect() as connection:
                owed = int(connection.scalar(text(OWED)) or 0)
            time.sleep(0.5)
        return owed

    def found(self) -> dict[str, int]:
        """Return how often each acknowledged text stands in the database."""
        with self.engine.connect() as connection:
            bodies = [row[0] for row in connection.execute(text("SELECT body FROM posts"))]
        return {words: bodies.count(words) for words in self.load.acknowledged}

    def unread(self) -> list[str]:
        """Return the acknowledged texts that a visitor does not find at the address that the acknowledgement gave."""
        pages: dict[str, str] = {}
        missing = []
        for words, place in self.load.acknowledged.items():
            address = place.partition("#")[0]
            if address not in pages:
                pages[address] = Robot(self.town.nginx.url).get(address)[1]
            if words not in pages[address]:
                missing.append(words)
        return missing

    def is_renewed(self) -> bool:
        """Whether both nodes show the new version's style sheet."""
        return all("of the next version" in Robot(node.url).get("/static/css/site.css")[1] for node in self.town.nodes)


def _searched(node: str, address: str, number: int) -> bool:
    """Whether a node let a search through that a proxy says comes from this address; each a new one."""
    question = urllib.request.Request(f"{node}/search?q=text+{number}+{address}", headers={"X-Forwarded-For": address})
    try:
        with urllib.request.urlopen(question, timeout=20) as answer:
            return bool(answer.status == 200)
    except OSError:  # which 429 is, too
        return False
