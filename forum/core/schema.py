"""Whether the database has this version's tables, and waiting for a database that is away."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path
from threading import Event

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError

from forum.core.database import db

log = logging.getLogger(__name__)

LONGEST_PAUSE = 15.0  # seconds between two looks at a database that is away


def migrations_folder() -> Path:
    """Return the folder of the migrations."""
    return Path(current_app.root_path) / "migrations"


def pending_migration() -> str:
    """Return the revision that the database should have and has not, or "" when it is up to date."""
    wanted = _head(migrations_folder())
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return "" if wanted == present else wanted


@lru_cache
def _head(folder: Path) -> str:
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
