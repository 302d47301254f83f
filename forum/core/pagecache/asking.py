"""Asking which version is the present one, before a kept page is served: on connections of its own."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import URL

from forum.core.pagecache.asking_postgres import InPostgres
from forum.core.pagecache.asking_sqlite import InSQLite
from forum.core.pagecache.scopes import LISTS, Version


class Versions(Protocol):
    """Whoever can say which version is the present one."""

    def present(self, scope: int = LISTS) -> Version | None:
        """Return the scope's version that is committed now, or None when there is none or the database doesn't say."""

    def close(self) -> None:
        """Let go of the database."""


def versions_of(url: URL) -> Versions:
    """Return who asks the database at `url`."""
    return InPostgres(url) if url.get_backend_name() == "postgresql" else InSQLite(str(url.database))
