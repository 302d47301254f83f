"""Filling a forum: set-up and the cast by its own acts, the rows of the story, then what is summed up."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import update

import wsgi
from bench.grow import cast, shape, sinks, story, words
from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.search.index import current_index
from forum.subthemes.models import SubTheme

Say = Callable[[str], None]
SECRET_KEY = "k" * 40
STEP = 200_000  # posts after which a line is printed


def forum(instance: Path, url: str = "") -> Flask:
    """Return the forum with this folder and database ("": SQLite in the folder), without kept pages and limits."""
    settings: dict[str, object] = {"FORUM_INSTANCE": str(instance), "PAGE_CACHE_MB": 0, "SECRET_KEY": SECRET_KEY}
    return wsgi.create_app(settings | ({"DATABASE_URL": url} if url else {}))


def fill(app: Flask, posts: int, say: Say) -> None:
    """Set a forum up in an empty database and make it one of so many posts; `say` hears of every step."""
    answer = app.test_cli_runner().invoke(args=["setup"])
    if answer.exit_code:
        raise RuntimeError(answer.output)
    with app.app_context():
        pour(app, posts, say, are_many=True)


def pour(app: Flask, posts: int, say: Say, *, texts: int = words.STOCK, are_many: bool = False) -> None:
    """Make a forum that is set up, and in which nobody has written, one of so many posts.

    `are_many`: indexes are made when all is there, and PostgreSQL looks at its tables; else both come of themselves.
    """
    began, ends = time.monotonic(), now()

    def told(what: str) -> None:
        say(f"{time.monotonic() - began:8.1f} s  {what}")

    people = cast.enter(shape.began_of(ends))
    if _is_postgres(app):
        current_index().rebuild(())
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    db.session.remove()
    told(f"{texts} texts")
    tale = story.Story(posts, people, words.stock(texts), ends)
    sink = sinks.postgres if _is_postgres(app) else sinks.sqlite
    with sink(url, told, are_many=are_many) as writes:
        for number in tale.tell(writes):
            if number % STEP == 0 or number == posts:
                told(f"{number:,} posts")
        db.session.remove()  # the scoring has read the rules: while it is open, VACUUM may call no row visible to all
    _sum_up(tale)
    told("filled")


def _is_postgres(app: Flask) -> bool:
    return str(app.config["SQLALCHEMY_DATABASE_URI"]).startswith("postgresql")


def _sum_up(tale: story.Story) -> None:
    """Write the counters of those who were there before; a new version of all pages comes with the commit."""
    with transaction() as session:
        for subtheme_id, _ in tale.cast.subthemes:
            threads, posts = (tale.places[subtheme_id, what] for what in ("threads", "posts"))
            values = {"thread_count": threads, "post_count": posts}
            session.execute(update(SubTheme).where(SubTheme.id == subtheme_id).values(values))
        here = [*tale.cast.people.values(), *(holder for holder, _ in tale.cast.experts.values())]
        for user_id in here:
            session.execute(update(User).where(User.id == user_id).values(published_count=tale.counts[user_id]))
