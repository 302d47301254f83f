"""D-1: texts that are hard to render. D-2: long threads, deep answers, odd pages. D-3: odd clients beside a reader."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import quantiles

from bench.faults import checker
from bench.faults.clients import number_of
from bench.faults.forums import Forum
from bench.faults.stage import Stage
from bench.speed.servers import family, memory
from forum.core.text import BODY_LIMIT
from tests.archive.discussions import person, post, subtheme, thread, write
from tests.core.hostile_markdown import PATTERNS, nested, repeated
from tests.servers.robot import NoAnswer, Robot

RENDER_SECONDS, RENDER_MB = 1.0, 200
PAGE_SECONDS = 0.5
FLOOR = 0.05  # seconds: a p95 below this is not compared, for a busy machine alone doubles it
EXTRA = {
    "20,000 nested tags": lambda _length: "<b>" * 20_000 + "</b>" * 20_000,
    "60 kB of [": lambda _length: "[" * 60_000,
    "nested tags": nested("<b>", "</b>"),
    "a name with a long near miss": repeated("@" + "a" * 60 + "! "),
}


def play_texts(stage: Stage) -> None:
    """D-1: the patterns of cmark's tests and ours, at the limit of a post's length, as previews."""
    patterns = {**PATTERNS, **EXTRA}
    chosen = list(patterns) if not stage.is_quick else list(patterns)[::8] + list(EXTRA)
    with stage.forum(worker=False) as forum:
        robot = forum.person()
        path = f"/preview?thread={number_of(forum.thread(robot))}"
        robot.send(path, body="The first one starts the child that renders.")
        statuses: Counter[int] = Counter()
        worst, worst_name = 0.0, ""
        before = _megabytes(forum)
        most = before
        for name in chosen:
            began = time.monotonic()
            status, page = robot.send(path, body=patterns[name](BODY_LIMIT))
            took = time.monotonic() - began
            worst, worst_name = max((worst, worst_name), (took, name))
            most = max(most, _megabytes(forum))
            statuses[status] += 1
            stage.check(status in (200, 413, 422), f"{name}: answered with {status}: {page[:200]}")
        reply = robot.get("/")[0]
        stage.check(reply == 200, "the web server does not answer any more")
        stage.check(worst < 2 * RENDER_SECONDS, f"{worst_name} took {worst:.2f} s")
        stage.check(most - before < RENDER_MB, f"rendering took {most - before:.0f} MB more")
        stage.did(f"{len(chosen)} hostile texts of up to {BODY_LIMIT:,} characters, previewed over HTTP")
        stage.found(
            f"answers {dict(statuses)}; the longest took {worst:.2f} s ({worst_name}), with the page around it and the "
            f"machine's load; at most {most - before:.0f} MB more than before"
        )
        checker.unbroken(stage, forum, "hostile texts")


def _megabytes(forum: Forum) -> float:
    total = 0.0
    for pid in family(forum.website.web_pid):
        with contextlib.suppress(OSError, AssertionError):
            total += memory(pid).share
    return total


def play_long(stage: Stage) -> None:
    """D-2: a thread of 20,000 posts, of which 500 answer each other in a chain."""
    posts, deep = stage.times(20_000, 2_000), 500
    file = write(stage.folder, _long_thread(posts, deep))
    with stage.forum(worker=False) as forum:
        forum.website.flask("archive", "import", str(file))
        address = forum.count("SELECT id FROM threads WHERE title = 'A long one'")
        reader, member = Robot(forum.url), forum.person()
        path = reader.ask(f"/threads/{address}/x")[1].get("Location") or f"/threads/{address}/x"
        last = -(-posts // 20)
        times: list[float] = []
        for number in range(stage.times(30, 6)):
            for page in (1, last // 2 + number, last):
                for robot in (reader, member):
                    times.append(_timed(stage, robot, f"{path}?page={page}", (200,)))
        for odd in ("page=1000000000", "page=-1", "page=0", "page=x", "page=99999999999999999999"):
            _timed(stage, reader, f"{path}?{odd}", (404, 422, 400))
        for odd in ("per_page=1000000", "sort=random", "page=2&page=3"):
            _timed(stage, reader, f"{path}?{odd}", (200, 404, 422))
        p95 = quantiles(times, n=20)[-1]
        stage.check(p95 < PAGE_SECONDS, f"p95 of the pages is {p95:.2f} s")
        stage.did(
            f"a thread of {posts:,} posts, {deep} of them a chain of answers; {len(times)} pages, odd page numbers"
        )
        stage.found(f"p95 {p95 * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms; pages that are none are 404 or 422")
        stage.missing("5,000 reactions: the forum has none")


def _timed(stage: Stage, robot: Robot, path: str, allowed: tuple[int, ...]) -> float:
    began = time.monotonic()
    status = robot.get(path)[0]
    stage.check(status in allowed, f"{path} is answered with {status}")
    return time.monotonic() - began


def _long_thread(posts: int, deep: int) -> Iterator[dict[str, object]]:
    yield from (person(f"u{number}", f"reader{chr(97 + number)}") for number in range(20))
    yield subtheme()
    yield thread(title="A long one", author="u0")
    for number in range(posts):
        parent = {"parent": f"p{number - 1}"} if 0 < number <= deep else {}
        yield post(f"p{number}", author=f"u{number % 20}", minute=number / 10, **parent)


def play_clients(stage: Stage) -> None:
    """D-3: a reader's pages are timed before and while others do what no browser does."""
    with stage.forum(worker=False) as forum:
        reader = forum.person()
        path = forum.thread(reader)
        many = stage.times(300, 60)
        before = _p95(reader, path, many)
        acts: dict[str, Callable[[Forum], contextlib.AbstractContextManager[None]]] = {
            "1,000 idle connections": lambda forum: _idle(forum, 1000),
            "100 who send a byte now and then": _slow,
            "2,000 fields, 1 MB of cookies, nested brackets, again and again": lambda forum: _odd(stage, forum),
        }
        said = []
        for name, act in acts.items():
            try:
                with act(forum):
                    during = _p95(reader, path, many)
            except NoAnswer as hung:
                stage.check(False, f"{name}: a page got no answer within 20 s ({hung})")
                continue
            said.append(f"{name}: {during * 1000:.0f} ms")
            stage.check(
                during < max(2 * before, FLOOR), f"{name}: p95 is {during * 1000:.0f} ms, {before * 1000:.0f} ms before"
            )
        stage.did(f"{', '.join(acts)}; {many} pages of a thread timed before and during each")
        stage.found(f"p95 before {before * 1000:.0f} ms; " + "; ".join(said))
        checker.unbroken(stage, forum, "odd clients")


def _p95(reader: Robot, path: str, many: int) -> float:
    times = []
    for _ in range(many):
        began = time.monotonic()
        reader.get(path)
        times.append(time.monotonic() - began)
    return quantiles(times, n=20)[-1]


@contextlib.contextmanager
def _idle(forum: Forum, many: int) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for _ in range(many):
            stack.enter_context(socket.create_connection(("127.0.0.1", forum.website.port), timeout=20))
        yield


@contextlib.contextmanager
def _slow(forum: Forum) -> Iterator[None]:
    head = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    head += b"Content-Length: 9999\r\n\r\n"
    with contextlib.ExitStack() as stack:
        address = ("127.0.0.1", forum.website.port)
        connections = [stack.enter_context(socket.create_connection(address, timeout=20)) for _ in range(100)]
        for number, connection in enumerate(connections):
            connection.sendall(head if number % 2 else head[:40])

        def drip() -> None:
            for connection in connections:
                with contextlib.suppress(OSError):
                    connection.sendall(b"a")

        with _beside(drip):
            yield


@contextlib.contextmanager
def _beside(act: Callable[[], None]) -> Iterator[None]:
    """Do it twice a second in a thread until the end."""
    done = threading.Event()

    def go_on() -> None:
        while not done.is_set():
            act()
            done.wait(0.5)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextlib.contextmanager
def _odd(stage: Stage, forum: Forum) -> Iterator[None]:
    seen = Counter[int]()
    robot = Robot(forum.url)
    fields = {f"field{number}": "x" for number in range(2000)}
    deep = "[" * 10_000 + "]" * 10_000

    def act() -> None:
        with contextlib.suppress(NoAnswer, OSError):
            seen[robot.ask("/login", **fields)[0]] += 1
            seen[robot.ask("/login", body=deep, x=json.dumps({"a": "b"}))[0]] += 1
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", forum.website.port), 20) as wire:
            wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nCookie: a=" + b"x" * 2**20 + b"\r\nConnection: close\r\n\r\n")
            answer = wire.recv(64).split(b" ", 2)
            seen[int(answer[1]) if len(answer) > 1 else 0] += 1

    try:
        with _beside(act):
            yield
    finally:
        stage.check(not any(status >= 500 for status in seen), f"odd requests were answered with {dict(seen)}")
