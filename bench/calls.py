"""What requests cost inside one process, without a server: `python -m bench.calls [FOLDER]`, for docs/performance.md.

Function calls, which no load disturbs, and processor time; of each the least. The content is the yardstick's, on SQLite
(a forum in FOLDER stays, for the next run), and so is the reader who is signed in. "Made anew" is with nothing kept.
"""

from __future__ import annotations

import os
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from wsgiref.types import WSGIEnvironment

from bench import inside
from bench.speed import posting, stage
from bench.speed.figures import Wrong
from bench.speed.stage import Stage

BROWSER = {"Accept-Encoding": "gzip, br"}


@dataclass(frozen=True)
class Effort:
    """How often each is asked: rounds of what is kept, requests in such a round, and requests of all else."""

    rounds: int = 12
    each: int = 150
    single: int = 40
    counted: int = 5  # how often calls are counted


@dataclass(frozen=True)
class Cost:
    """What one request takes."""

    name: str
    calls: int
    microseconds: float


def main() -> None:
    """Build the forum, measure and print."""
    with stage.opened(Path(sys.argv[1]) if sys.argv[1:] else None) as built:
        print("| request | function calls | processor µs |\n|---|---|---|")
        for cost in costs(built, Effort()):
            print(f"| {cost.name} | {cost.calls:,} | {cost.microseconds:,.1f} |", flush=True)
    print(f"\nload averages: {', '.join(f'{mean:.1f}' for mean in os.getloadavg())}")


def costs(built: Stage, effort: Effort) -> Iterator[Cost]:
    """Measure one after the other. Raises Wrong when an answer isn't as it should be, or a kept page is made."""
    for name, path, headers in _pages(built):
        page = partial(inside.request, path, headers)
        yield _made(built, f"{name}, made anew", page, effort)
        yield _kept(built, f"{name}, kept", page, effort)
    reply = partial(_form, built, built.thread, posting.reply_address(built), "form_token")
    post = re.search(r"post-(\d+)", inside.ask(built.app, reply()).header("Location"))
    if post is None:
        raise Wrong("a reply doesn't lead to its post")
    address = f"/posts/{post[1]}/edit"
    yield _each(built, "a reply", reply, effort, 303)
    yield _each(built, "editing a post", partial(_form, built, address, address, "revision"), effort, 303)


def _pages(built: Stage) -> Iterator[tuple[str, str, dict[str, str]]]:
    yield "thread, a visitor", built.thread, {}
    for name, path in (("thread", built.thread), ("home", "/"), ("sub-theme", built.subtheme)):
        yield f"{name}, signed in", path, built.signed_in
        yield f"{name}, signed in, gzip and br", path, built.signed_in | BROWSER
    yield "what is new in a thread", f"/live?thread={built.thread.split('/')[2]}", {}


def _kept(built: Stage, name: str, page: Callable[[], WSGIEnvironment], effort: Effort) -> Cost:
    """What a page costs that has just been made, and is there: nothing may be missed meanwhile."""
    shelf = built.app.extensions["page_cache"].shelf
    inside.ask(built.app, page())  # compressed at the first wish
    missed = shelf.missed
    calls = min(inside.calls(built.app, page()) for _ in range(effort.counted))
    rounds = [[page() for _ in range(effort.each)] for _ in range(effort.rounds)]
    seconds = min(inside.seconds(built.app, requests) for requests in rounds)
    if shelf.missed != missed:
        raise Wrong(f"{name}: made anew {shelf.missed - missed} times")
    return Cost(name, calls, seconds / effort.each * 1e6)


def _made(built: Stage, name: str, page: Callable[[], WSGIEnvironment], effort: Effort) -> Cost:
    shelf = built.app.extensions["page_cache"].shelf

    def unkept() -> WSGIEnvironment:
        shelf.clear()
        return page()

    inside.ask(built.app, unkept())  # what is made once in each process: templates, statements
    return _each(built, name, unkept, effort)


def _each(built: Stage, name: str, new: Callable[[], WSGIEnvironment], effort: Effort, status: int = 200) -> Cost:
    """What requests cost of which each needs something before, that isn't counted."""
    calls = min(inside.calls(built.app, new()) for _ in range(effort.counted))
    seconds = min(inside.seconds(built.app, [new()], status) for _ in range(effort.single))
    return Cost(name, calls, seconds * 1e6)


def _form(built: Stage, page: str, address: str, field: str) -> WSGIEnvironment:
    """Open the page as a browser does, and return its form with a text to be sent."""
    answer = inside.ask(built.app, inside.request(page, built.signed_in))
    cookie = f"{built.signed_in['Cookie']}; {answer.header('Set-Cookie').partition(';')[0]}"
    fields = {name: answer.field(name) for name in ("csrf_token", field)}
    body = posting.words(random.Random(), 0)
    return inside.request(address, {"Cookie": cookie}, {**fields, "body": body})


if __name__ == "__main__":
    main()
