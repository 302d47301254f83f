"""The application's search index: PostgreSQL's where the forum runs on it, else Whoosh in the instance folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Engine

from forum.core.database import db
from search_index.interface import SearchIndex
from search_index.whoosh_engine import WhooshIndex


def connect_index(app: Flask) -> None:
    """Give `app` its index; nothing is opened yet."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        from search_index.postgres_engine import PostgresIndex  # noqa: PLC0415 - only PostgreSQL needs psycopg

        with app.app_context():
            engine = db.engine
        app.extensions["search_index"] = PostgresIndex(lambda: _connection(engine))
    else:
        app.extensions["search_index"] = WhooshIndex(Path(app.config["FORUM_INSTANCE"]) / "search")


def current_index() -> SearchIndex:
    """Return the index of the current application."""
    index: SearchIndex = current_app.extensions["search_index"]
    return index


@contextlib.contextmanager
def _connection(engine: Engine) -> Iterator[Any]:
    """A psycopg connection from SQLAlchemy's pool, so that the forum has one pool and one bound."""
    connection = engine.raw_connection()
    try:
        yield connection.driver_connection
    finally:
        connection.close()
