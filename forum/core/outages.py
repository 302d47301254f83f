"""What fails for the machine's sake and no program's: the database or the store of files is away, a disk is full."""

from __future__ import annotations

import errno
import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from forum.core.errors import FilesAway

OF_THE_DATABASE = (OperationalError, InterfaceError, NoFreeConnection)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_DISK_FULL = "53100"  # PostgreSQL's disk_full
_GOING = ("08", "57P")  # what it says when connections break, and when it stops, has crashed or is starting


def is_outage(error: BaseException) -> bool:
    """Whether waiting, or making room, is all that helps: a traceback would tell nothing."""
    return isinstance(error, (*OF_THE_DATABASE, FilesAway)) or has_no_room(error)


def is_away(error: BaseException) -> bool:
    """Whether PostgreSQL could not be reached or went away amid a statement: another attempt may find it."""
    orig: Any = getattr(error, "orig", None)
    if not isinstance(error, (OperationalError, InterfaceError)) or not hasattr(orig, "sqlstate"):
        return False
    return orig.sqlstate is None or str(orig.sqlstate).startswith(_GOING)  # None: the client's own library says so


def has_no_room(error: BaseException) -> bool:
    """Whether a disk is full: ours, or the database server's."""
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # without what SQLite adds to say where
    return code == sqlite3.SQLITE_FULL or getattr(error.orig, "sqlstate", "") == _DISK_FULL


def in_words(error: BaseException) -> str:
    """Return what the database, the store or the system said, without the statement."""
    return str(getattr(error, "orig", None) or error).strip()
