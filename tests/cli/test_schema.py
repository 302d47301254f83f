"""The migrations make what the models say, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from forum.core.database import db


def test_migrations_and_models_agree(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
        assert compare_metadata(context, db.metadata) == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Full-text tables are made by the search engine, not by a model."""
    return kind != "table" or name in db.metadata.tables
