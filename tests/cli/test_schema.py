"""The migrations make what the models say, on both engines; one that fails spoils nothing of those before it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Float, text
from sqlalchemy.exc import ProgrammingError

import wsgi
from forum.core.database import db
from forum.core.schema import migrations_folder, pending_migration
from tests.servers.postgres import Postgres


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


def test_a_migration_that_fails_leaves_those_before_it_done(app_halfway: Flask) -> None:
    """Each is a transaction of its own where the engine has them; begun again, it goes on where it stopped."""
    with app_halfway.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE theme_moderators (id integer)")  # what 0005 is about to make
        with pytest.raises(ProgrammingError):
            upgrade(str(migrations_folder()))
        with db.engine.begin() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0004"
            connection.exec_driver_sql("DROP TABLE theme_moderators")
        upgrade(str(migrations_folder()))
        assert pending_migration() == ""


def test_a_database_that_a_newer_version_has_migrated_is_served(app: Flask, client: Any) -> None:
    """While versions change one node after another, the old ones go on (docs/decisions/0027)."""
    ours = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    for present, status in (("0001", 503), ("9999", 200), (ours, 200)):
        db.session.execute(text("UPDATE alembic_version SET version_num = :present"), {"present": present})
        db.session.commit()
        assert client.get("/health/ready").status_code == status
        if status == 200:
            assert app.test_cli_runner().invoke(args=["setup"]).exit_code == 0
            assert db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == present
            db.session.rollback()


@pytest.fixture
def app_halfway(postgres: Postgres, tmp_path: Path) -> Iterator[Flask]:
    """The forum on an empty database of PostgreSQL."""
    url = postgres.create("halfway")
    settings = {"TESTING": True, "FORUM_INSTANCE": str(tmp_path), "SECRET_KEY": "k" * 40, "JOBS": "memory"}
    app = wsgi.create_app({**settings, "SQLALCHEMY_DATABASE_URI": url, "DATABASE_URL": url})
    yield app
    with app.app_context():
        db.engine.dispose()
    postgres.drop("halfway")
