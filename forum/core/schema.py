"""Whether the database has this version's tables, and waiting for a database that is away."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from sqlalchemy import inspect, text
from sqlalchemy.exc import InterfaceError, OperationalError

from forum.core.database import db

if TYPE_CHECKING:
    from flask_migrate import Migrate

log = logging.getLogger(__name__)

_VERSIONS = "alembic_version"
_REVISION = re.compile(r"^revision\b.*?=\s*['\"](\w+)", re.MULTILINE)
_REVISION_BEFORE = re.compile(r"^down_revision\b.*?=\s*['\"](\w+)", re.MULTILINE)

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
    """Return the revision that the database should have and has not, or "" when it is up to date.

    A newer one is no less: what a newer version adds, this one does without (docs/decisions/0027).

    Asked at every start and by each look at /health/ready, so without Alembic: 10 MB and a third of a second.
    """
    wanted = newest_migration(migrations_folder())
    with db.engine.connect() as connection:
        is_there = inspect(connection).has_table(_VERSIONS)
        present = connection.scalar(text(f"SELECT version_num FROM {_VERSIONS}")) if is_there else None  # noqa: S608
    return "" if wanted == present or is_newer(present, wanted) else wanted


def is_newer(present: str | None, wanted: str) -> bool:
    """Whether a database's revision comes after the one that this version knows as its last; they are numbered."""
    return bool(present) and str(present).isdigit() and wanted.isdigit() and int(str(present)) > int(wanted)


@lru_cache
def newest_migration(folder: Path) -> str:
    """Return the revision after which no other comes, as the files in `folder` name themselves and the one before."""
    scripts = [path.read_text("utf-8") for path in (folder / "versions").glob("*.py")]
    named = {found[1] for script in scripts if (found := _REVISION.search(script))}
    before = {found[1] for script in scripts if (found := _REVISION_BEFORE.search(script))}
    (newest,) = named - before
    return newest


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
