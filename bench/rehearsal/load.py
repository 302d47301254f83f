"""Steady load: readers, and people who write numbered texts, keep what was acknowledged and send again what was not."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.servers.robot import NoAnswer, Robot

READERS, WRITERS = 6, 3
READS_EVERY, WRITES_EVERY = 0.25, 1.0  # seconds of one reader, of one writer
AGAIN_AFTER = 0.5  # seconds after which a text without acknowledgement is sent again, as a person would

Ask = Callable[[], tuple[int, Any, str]]


@dataclass(frozen=True)
class Answer:
    """What came back: status (0 for nothing), and when."""

    kind: str  # read, post or look
    status: int
    begun: float
    ended: float


@dataclass
class Load:
    """The clients, and all that they saw."""

    url: str
    threads: list[str]
    nodes: Callable[[], list[str]]  # the nodes that are up
    answers: list[Answer] = field(default_factory=list)
    acknowledged: dict[str, str] = field(default_factory=dict)  # each text, and where it stands
    sent_again: int = 0
    looked: int = 0  # at a page of a node right after an acknowledgement
    stale: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _clients: list[threading.Thread] = field(default_factory=list)

    def start(self, people: list[Robot]) -> None:
        """Begin."""
        self._clients = [threading.Thread(target=self._read, args=(n,)) for n in range(READERS)]
        self._clients += [threading.Thread(target=self._write, args=(robot,)) for robot in people]
        for client in self._clients:
            client.start()

    def stop(self) -> None:
        """Let every client end what it is doing."""
        self._over.set()
        for client in self._clients:
            client.join()

    def pages(self) -> list[str]:
        """Return what readers read."""
        return ["/", "/subthemes/law-online", *self.threads, "/health/live", "/static/css/site.css", "/moderation/log"]

    def _read(self, number: int) -> None:
        pages = self.pages()
        for page in itertools.islice(itertools.cycle(pages), number, None):
            if self._over.wait(READS_EVERY):
                return
            self._ask("read", lambda page=page: Robot(self.url).ask(page))  # type: ignore[misc]

    def _write(self, robot: Robot) -> None:
        for number in itertools.count(1):
            if self._over.wait(WRITES_EVERY):
                return
            text = f"Text {number} of {robot.name}, {secrets.token_hex(4)}."
            self._send_until_acknowledged(robot, self.threads[number % len(self.threads)], text)

    def _send_until_acknowledged(self, robot: Robot, thread: str, text: str) -> None:
        address = f"{thread.rpartition('/')[0]}/posts"
        fields = {"body": text, "form_token": secrets.token_urlsafe(18)}
        for attempt in itertools.count():
            self.sent_again += attempt > 0
            status, place = self._ask("post", lambda: robot.ask(address, **fields))
            if status == 303:
                self.acknowledged[text] = place
                self._look(place, text)
                return
            if self._over.wait(AGAIN_AFTER):
                return

    def _look(self, place: str, text: str) -> None:
        """Ask every node, as somebody else: what was acknowledged stands there from this moment on."""
        parts = urlsplit(place)
        for node in self.nodes():
            seen: list[str] = []
            status, _ = self._ask("look", lambda node=node: Robot(node).ask(f"{parts.path}?{parts.query}"), seen)  # type: ignore[misc]
            if status == 200:
                self.looked += 1
                if text not in seen[0]:
                    self.stale.append(f"{node} {text}")

    def _ask(
        self, kind: str, ask: Callable[[], tuple[int, object, str]], body: list[str] | None = None
    ) -> tuple[int, str]:
        """Ask, note the answer, and return its status and where it leads."""
        begun, status = time.monotonic(), 0
        headers: Any = {}
        try:
            status, headers, text = ask()
            if body is not None:
                body.append(text)
        except NoAnswer:
            pass
        self.answers.append(Answer(kind, status, begun, time.monotonic()))
        return status, str(headers.get("Location") or "")
