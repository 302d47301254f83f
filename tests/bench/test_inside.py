"""What `bench.calls` and `bench.busy` measure: kept pages are kept, others are made, replies are sent and seen."""

from __future__ import annotations

import contextvars
from pathlib import Path

import pytest
from flask import Flask

from bench import busy, calls, inside
from bench.speed.figures import Wrong
from bench.speed.stage import Stage
from forum.accounts import sessions
from forum.accounts.models import User
from forum.subthemes.models import SubTheme
from forum.threads import actions
from forum.threads.addresses import thread_url
from forum.threads.models import Thread

ONCE = calls.Effort(rounds=1, each=2, single=1, counted=1)

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def tiny(app: Flask, thread: Thread, subtheme: SubTheme, alice: User, tmp_path: Path) -> Stage:
    """A forum with one thread, by alice, who is signed in."""
    with app.test_request_context():
        place, address = f"/subthemes/{subtheme.slug}", thread_url(thread)
    return Stage(tmp_path, {}, app, address, address, place, sessions.start(alice, "pytest"))


def costs_of(tiny: Stage) -> list[calls.Cost]:
    """Measure as the program does, outside of the test's own context, which requests would share."""
    return contextvars.Context().run(lambda: list(calls.costs(tiny, ONCE)))


@on_sqlite
def test_every_request_has_its_cost(tiny: Stage) -> None:
    costs = {cost.name: cost for cost in costs_of(tiny)}
    assert all(cost.microseconds > 0 for cost in costs.values())
    counts = {name: cost.calls for name, cost in costs.items()}
    pages = {name.removesuffix(", kept") for name in costs if name.endswith(", kept")}
    assert len(pages) == 8 and len(costs) == 2 * len(pages) + 2
    assert all(counts[f"{page}, made anew"] > 10 * counts[f"{page}, kept"] for page in pages)
    assert min(counts, key=counts.__getitem__) == "thread, a visitor, kept"
    assert counts["home, signed in, gzip and br, kept"] != counts["home, signed in, kept"], "asked as a browser asks"
    assert min(counts["a reply"], counts["editing a post"]) > 1_000


@on_sqlite
def test_a_page_that_is_not_kept_is_not_called_kept(tiny: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = tiny.app.extensions["page_cache"].shelf
    monkeypatch.setattr(shelf, "put", lambda *_: None)
    with pytest.raises(Wrong, match="thread, a visitor, kept: made anew"):
        costs_of(tiny)


@on_sqlite
def test_what_answers_otherwise_is_not_measured(app: Flask) -> None:
    with pytest.raises(Wrong, match="/threads/1 answers 404"):
        inside.seconds(app, [inside.request("/threads/1")])


def test_the_calls_of_the_asking_itself_are_not_counted() -> None:
    def answer(_environ: object, begin: object) -> list[bytes]:
        begin("200 OK", [])  # type: ignore[operator]
        return [str(len("four")).encode()]

    assert inside.calls(answer, inside.request("/")) == 4, "itself, how it begins, len, encode; str is a type"  # type: ignore[arg-type]


@on_sqlite
def test_a_reply_lets_its_thread_be_made_anew(tiny: Stage, thread: Thread, ann: User) -> None:
    replies = thread.reply_count
    often = busy.read(tiny.app, [thread.id], ann.username, every=1, reads=4)
    seldom = busy.read(tiny.app, [thread.id], ann.username, every=3, reads=4)
    assert (often.made, seldom.made) == (4, 2)
    assert often.milliseconds > 0
    assert thread.reply_count == replies + 6


@on_sqlite
def test_a_reply_that_is_held_is_no_reply(tiny: Stage, thread: Thread, newbie: User) -> None:
    with pytest.raises(Wrong, match="held"):
        busy.read(tiny.app, [thread.id], newbie.username, every=1, reads=1)


@on_sqlite
def test_threads_are_those_of_about_so_many_posts(thread: Thread, subtheme: SubTheme, alice: User) -> None:
    short = actions.start_thread(subtheme, alice, "Who reads the rules?", "One post, and nobody has answered yet.")
    assert busy.some_threads(1, 1) == [short.id]
    assert busy.some_threads(1, 13) == [thread.id]
