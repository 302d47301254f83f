"""Databases that have this version's tables and nothing in them: migrated once, and copied for whoever needs one."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from flask_migrate import upgrade

import wsgi
from forum.core.database import db
from tests.servers.postgres import Postgres

_TEMPLATE = "migrated"
_have_template: set[Path] = set()  # the folders of the servers that do


def put_into(instance: Path) -> None:
    """Give the forum in this folder, which may not be there yet, an SQLite database."""
    instance.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_sqlite(), instance / "forum.db")


def create(server: Postgres, database: str) -> str:
    """A new database in PostgreSQL. Returns its address."""
    if server.folder not in _have_template:
        _migrate(Path(tempfile.mkdtemp(dir=_folder())), server.create(_TEMPLATE))
        _have_template.add(server.folder)
    return server.create(database, like=_TEMPLATE)


@cache
def _folder() -> str:
    folder = tempfile.TemporaryDirectory(prefix="forum-schema-")
    _folders.append(folder)  # which deletes it at the end of the tests
    return folder.name


_folders: list[tempfile.TemporaryDirectory[str]] = []


@cache
def _sqlite() -> Path:
    folder = Path(_folder())
    _migrate(folder)
    return folder / "forum.db"


def _migrate(folder: Path, url: str = "") -> None:
    settings = {"TESTING": True, "FORUM_INSTANCE": str(folder), "SECRET_KEY": "k" * 40, "JOBS": "memory"}
    app = wsgi.create_app({**settings, **({"DATABASE_URL": url} if url else {})})
    with app.app_context():
        upgrade(str(Path(app.root_path) / "migrations"))
        db.session.remove()
        db.engine.dispose()
