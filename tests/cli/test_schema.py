"""The migrations make what the models say, on both engines."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Float

from forum.core.database import db


def test_migrations_and_models_agree(app: Flask) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": _types_differ, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Full-text tables are made by the search engine, not by a model."""
    return kind != "table" or name in db.metadata.tables


def _types_differ(_context: object, _there: object, _ours: object, there: Any, ours: Any) -> bool | None:
    """Alembic's own answer (None), but SQLite has one kind of number with a point and calls it by either name."""
    return False if isinstance(there, Float) and isinstance(ours, Float) else None
