"""Whether the database has this version's tables, and waiting for a database that is away."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from sqlalchemy.exc import InterfaceError, OperationalError

from forum.core.database import db

if TYPE_CHECKING:
    from flask_migrate import Migrate

log = logging.getLogger(__name__)

LONGEST_PAUSE = 15.0  # seconds between two looks at a database that is away


class Migrations:
    """What Flask-Migrate leaves at an application for `flask db …` and migrations/env.py, made when it is asked for."""

    directory = "migrations"
    configure_args: Mapping[str, Any] = {"render_as_batch": True, "compare_type": True}

    @cached_property
    def migrate(self) -> Migrate:
        """Flask-Migrate itself."""
        from flask_migrate import Migrate  # noqa: PLC0415 - 0.15 s for Alembic, which a web server does not need

        return Migrate(db=db, directory=self.directory, **self.configure_args)


def init_app(app: Flask) -> None:
    """Let migrations find what they need."""
    app.extensions["migrate"] = Migrations()


def migrations_folder() -> Path:
    """Return the folder of the migrations."""
    return Path(current_app.root_path) / "migrations"


def pending_migration() -> str:
    """Return the revision that the database should have and has not, or "" when it is up to date."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - slow, see above

    wanted = _head(migrations_folder())
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return "" if wanted == present else wanted


@lru_cache
def _head(folder: Path) -> str:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow, see above

    return str(ScriptDirectory(str(folder)).get_current_head())


def wait_for_database() -> None:
    """Return when the database answers; until then say why it does not, and look again after 1, 2, 4 … 15 seconds."""
    pause = 1.0
    while True:
        try:
            with db.engine.connect():
                return
        except (OperationalError, InterfaceError) as error:
            log.warning("the database does not answer, trying again in %.0f s: %s", pause, in_one_line(error))
        Event().wait(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def in_one_line(error: OperationalError | InterfaceError) -> str:
    """Return what the database's own library said, for a log line or a message at the terminal."""
    return " ".join(str(error.orig).split())
