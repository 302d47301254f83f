"""The name that this forum gives its own rows in an export, so that two forums' ids never collide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, Thread

MODELS: dict[str, Any] = {"person": User, "thread": Thread, "post": Post}
_LETTERS = {"person": "u", "thread": "t", "post": "p"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Origin:
    """This forum as a source of ids. It is named by the microsecond of its set-up, which a backup keeps.

    The site's address would not do: it can change, and all forums that are tried out at home share one.
    """

    def __init__(self) -> None:
        first = db.session.scalar(select(SubTheme.created_at).order_by(SubTheme.id).limit(1))
        if first is None:
            raise RuntimeError("the forum has no sub-theme; run: flask setup")
        self.name = f"{(first - _EPOCH) // timedelta(microseconds=1):x}"

    def id(self, kind: str, row_id: int, source_id: str | None) -> str:
        """Return the id that a row has in an export: the one it came with, or else one of this forum's own."""
        return source_id or f"{self.name}:{_LETTERS[kind]}{row_id}"

    def row_id(self, kind: str, source_id: str) -> int | None:
        """Return the row that an id of this forum's own means, or None when it is another's."""
        start = f"{self.name}:{_LETTERS[kind]}"
        number = source_id.removeprefix(start)
        return int(number) if source_id.startswith(start) and number.isascii() and number.isdigit() else None
