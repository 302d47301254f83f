"""The application's search index: PostgreSQL's where the forum runs on it, else Whoosh in the instance folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Engine

from forum.core.database import db
from search_index.interface import SearchIndex


def connect_index(app: Flask) -> None:
    """Give `app` its index; nothing is opened yet."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        from search_index.postgres_engine import PostgresIndex  # noqa: PLC0415 - only PostgreSQL needs psycopg

        with app.app_context():
            engine = db.engine
        index = PostgresIndex(lambda: _connection(engine))
        app.extensions["search_index"] = lambda: index
    else:
        app.extensions["search_index"] = _Embedded(Path(app.config["FORUM_INSTANCE"]) / "search")


def current_index() -> SearchIndex:
    """Return the index of the current application."""
    index: SearchIndex = current_app.extensions["search_index"]()
    return index


class _Embedded:
    """Whoosh in a folder, one for all threads of the process, made when somebody first searches or indexes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = Lock()
        self._index: SearchIndex | None = None

    def __call__(self) -> SearchIndex:
        with self._turn:
            if self._index is None:
                from search_index.whoosh_engine import WhooshIndex  # noqa: PLC0415 - who only reads never needs Whoosh

                self._index = WhooshIndex(self._folder)
            return self._index


@contextlib.contextmanager
def _connection(engine: Engine) -> Iterator[Any]:
    """A psycopg connection from SQLAlchemy's pool, so that the forum has one pool and one bound."""
    connection = engine.raw_connection()
    try:
        yield connection.driver_connection
    except Exception:
        if connection.driver_connection.closed:  # type: ignore[union-attr]
            connection.invalidate()  # else the pool would try to roll it back, and complain at length
        raise
    finally:
        connection.close()
