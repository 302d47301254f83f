"""`python bench/long_queue.py [--cases 10000]`: the desk with ten open cases, a full page of them, and many.

On a scratch instance (SQLite in a temporary folder) it asks for pages as a moderator does, and prints statements and
the median of the processor's time for each. Exit status 1 when a page needs more statements with many cases than with
a full page of them, or more than half as much time again.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402
from sqlalchemy import event, insert, select  # noqa: E402

import wsgi  # noqa: E402
from forum.accounts import sessions  # noqa: E402
from forum.core.database import db, now, transaction  # noqa: E402
from forum.samples import seeding  # noqa: E402
from forum.threads.models import Post, Thread  # noqa: E402
from moderation.models import Case  # noqa: E402

FULL_PAGE = 20
TIMES = 31
PAGES = (
    "/moderation/cases", "/moderation/cases?source=flags", "/moderation/cases?lang=zh&rule=spam",
    "/moderation/cases?days=1", "/moderation/inside",
)  # fmt: skip
Cost = tuple[int, float]  # statements, milliseconds


def open_cases(number: int, taken: int) -> None:
    """Open so many cases about posts of the samples' first thread, the first `taken` of which there are already."""
    with transaction() as session:
        thread = session.scalars(select(Thread).order_by(Thread.id).limit(1)).one()
        moment = now()
        post = {
            "thread_id": thread.id, "author_id": thread.author_id, "body": "x", "html": "<p>x</p>", "plain": "x",
            "render_version": 1, "notified_at": moment, "indexed_version": 1,
        }  # fmt: skip
        session.execute(insert(Post), [post | {"position": 1000 + place} for place in range(taken, number)])
        found = select(Post.id).where(Post.thread_id == thread.id, Post.position >= 1000 + taken)
        ids = session.scalars(found.order_by(Post.position)).all()
        case = {
            "author_id": thread.author_id, "subtheme_id": thread.subtheme_id, "frozen_revision": 1,
            "frozen_title": "A case", "frozen_author": "a", "frozen_body": "x", "frozen_html": "<p>x</p>",
        }  # fmt: skip
        rows = [case | {"post_id": post_id} | _kind(taken + place) for place, post_id in enumerate(ids)]
        session.execute(insert(Case), rows)


def _kind(place: int) -> dict[str, Any]:
    """Return what differs: every filter fits a part of them, and they are not written in the order of the queue."""
    return {
        "source": "screening" if place % 5 == 4 else "flags",
        "lang": "zh" if place % 2 else "en",
        "rule": ("spam", "spam", "abuse", "hate")[place % 4],
        "opened_at": now() - timedelta(days=place % 3, minutes=place * 5),
        "score": 20.0 - (place * 7919 % 10_007) / 100,
    }


def cost_of(page: str, client: FlaskClient) -> Cost:
    """Return what the page costs once it is warm."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    client.get(page)
    event.listen(db.engine, "before_cursor_execute", note)
    assert client.get(page).status_code == 200, page
    event.remove(db.engine, "before_cursor_execute", note)
    spans = []
    for _ in range(TIMES):
        began = time.process_time()
        client.get(page)
        spans.append(time.process_time() - began)
    return len(seen), statistics.median(spans) * 1000


def measure(most: int) -> dict[int, dict[str, Cost]]:
    """Return the cost of each page by the number of open cases."""
    costs: dict[int, dict[str, Cost]] = {}
    with tempfile.TemporaryDirectory() as folder:
        app = wsgi.create_app({"FORUM_INSTANCE": folder, "JOBS": "memory", "SECRET_KEY": "k" * 40})
        answer = app.test_cli_runner().invoke(args=["setup"])
        assert answer.exit_code == 0, answer.output
        with app.app_context():
            _fill(app, costs, most)
    return costs


def _fill(app: Flask, costs: dict[int, dict[str, Cost]], most: int) -> None:
    seeding.seed()
    moderator = seeding.accounts()[0]
    client = app.test_client()
    client.set_cookie("signin", sessions.start(moderator, "bench"))
    taken = 0
    for number in (10, FULL_PAGE, most):
        open_cases(number, taken)
        taken = number
        costs[number] = {page: cost_of(page, client) for page in PAGES}
        db.session.rollback()


def main() -> int:
    """Measure, print a table, and return 1 where many cases cost more."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=10_000)
    most = parser.parse_args().cases
    costs, failed = measure(most), 0
    for page in PAGES:
        cells = [f"{costs[number][page][0]} statements {costs[number][page][1]:.0f} ms" for number in costs]
        print(f"{page}: " + ", ".join(f"{number:,}: {cell}" for number, cell in zip(costs, cells, strict=True)))
        (few, quick), (many, slow) = costs[FULL_PAGE][page], costs[most][page]
        failed += many > few or slow > quick * 1.5
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
