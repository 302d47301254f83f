"""Whether set-up was done before for exactly this: this program, these settings, this database. Then it can wait.

Setting up loads the whole application once more before anything answers. Where nothing can have changed since it was
last done, the worker does it beside the web server. It needs only the standard library, as the supervisor does.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "set-up.stamp"
CODE = ("forum", "moderation", "search_index", "migrations")
# What differs from one terminal to the next and says nothing to the forum.
_OF_THE_TERMINAL = ("PWD", "OLDPWD", "SHLVL", "_", "TERM", "COLUMNS", "LINES", "WINDOWID", "PORT", "HOST")
_OF_THE_SESSION = ("SSH_", "XDG_", "MAKE", "MFLAGS", "DBUS_", "TMUX", "GPG_")


def is_valid(environ: Mapping[str, str]) -> bool:
    """Whether set-up was done for what would run now. Never for a database server: others may have changed it."""
    instance = instance_of(environ)
    if environ.get("DATABASE_URL") or not (schema := _schema(instance)):
        return False
    with contextlib.suppress(OSError):
        return (instance / NAME).read_text() == _mark(environ, schema)
    return False


def put(environ: Mapping[str, str]) -> None:
    """Write down that set-up was done. Where that is not possible it is simply done again next time."""
    instance = instance_of(environ)
    if not environ.get("DATABASE_URL") and (schema := _schema(instance)):
        with contextlib.suppress(OSError):
            (instance / NAME).write_text(_mark(environ, schema))


def instance_of(environ: Mapping[str, str]) -> Path:
    """Return the folder of the embedded data."""
    return ROOT / (environ.get("FORUM_INSTANCE") or "instance")


def _schema(instance: Path) -> str:
    """Return the revision of the embedded database, "" when there is none: somebody may have put back an older one."""
    try:
        with contextlib.closing(sqlite3.connect(f"{(instance / 'forum.db').as_uri()}?mode=ro", uri=True)) as database:
            return str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return ""


def _mark(environ: Mapping[str, str], schema: str) -> str:
    """Return what stands for program, settings and schema: a sum, of which nobody can read the secrets in it.

    CRC-32 is enough where nobody wants to deceive; a better hash would cost the supervisor 4 MB.
    """
    facts = [sys.version, sys.prefix, schema]
    facts += [f"{name}={value}" for name, value in sorted(environ.items()) if _matters(name)]
    for path in sorted(_files()):
        state = path.stat()
        facts.append(f"{path} {state.st_size} {state.st_mtime_ns}")
    return f"{zlib.crc32(chr(0).join(facts).encode(errors='surrogateescape')):08x}"


def _matters(name: str) -> bool:
    return name not in _OF_THE_TERMINAL and not name.startswith(_OF_THE_SESSION)


def _files() -> list[Path]:
    folders = [Path(folder) for part in CODE for folder, _, _ in os.walk(ROOT / part) if "__pycache__" not in folder]
    return [path for folder in folders for path in folder.glob("*.py")]
