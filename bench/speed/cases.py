"""The pages that are loaded, and what a right answer to each looks like."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message

from bench.speed.figures import Wrong

HOST = "127.0.0.1"
BROWSER = {"Accept-Encoding": "gzip, deflate, br"}
# wrk rounds what it has read to a hundredth of a megabyte, and one page in thousands may differ by a digit.
TOLERANCE = 0.03


@dataclass(frozen=True)
class Case:
    """A page: its name in the table, whose server, its address, what it must say and must not, and who asks."""

    name: str
    server: str
    path: str
    says: tuple[str, ...]
    never: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    yardstick: str = ""
    wanted: float = 0.0
    posts: int = 0


@dataclass(frozen=True)
class Answer:
    """One answer: its status, headers and body."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode("utf-8", "replace")

    @property
    def length(self) -> int:
        """Bytes of the answer as they go over the wire, with status line and headers."""
        lines = sum(len(f"{name}: {value}\r\n".encode()) for name, value in self.headers.items())
        return len(b"HTTP/1.1 200 OK\r\n\r\n") + lines + len(self.body)


def ask(port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Ask once."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def compressed(port: int, path: str, headers: Mapping[str, str] | None = None) -> int:
    """Return the bytes of the body as a browser gets it, compressed if the server does that.

    Asked three times: what is asked for again may be compressed otherwise than what is asked for once.
    """
    for _ in range(3):
        answer = ask(port, path, {**(headers or {}), **BROWSER})
    if answer.status != 200:
        raise Wrong(f"{path} answers {answer.status}")
    return len(answer.body)


def checked(case: Case, answer: Answer) -> Answer:
    """Return the answer, or raise Wrong for a status, words or a number of posts that it should not have."""
    if answer.status != 200:
        raise Wrong(f"{case.name}: status {answer.status}")
    for words in case.says:
        if words not in answer.text:
            raise Wrong(f"{case.name} does not say {words!r}")
    for words in case.never:
        if words in answer.text:
            raise Wrong(f"{case.name} says {words!r}")
    if case.posts and (count := len(re.findall(r"<article\b", answer.text))) != case.posts:
        raise Wrong(f"{case.name} shows {count} posts, not {case.posts}")
    return answer


def same_size(case: Case, answer: Answer, each: float) -> None:
    """Raise Wrong when the answers under load were not as long as the one that was looked at."""
    if abs(each - answer.length) > max(TOLERANCE * answer.length, 64):
        raise Wrong(f"{case.name}: answers of {each:.0f} bytes under load, {answer.length} when asked alone")
