"""The states of a post, and words that several of these tables share."""

from __future__ import annotations

import enum
from typing import Any

from sqlalchemy import text


class State(enum.StrEnum):
    """Visible to all; held for review; hidden or removed by a decision; deleted by its author."""

    VISIBLE = "visible"
    HELD = "held"
    HIDDEN = "hidden"
    REMOVED = "removed"
    DELETED = "deleted"


BY_FLAGS = "by-flags"  # state_reason of a post that the program has hidden until a moderator looks
PAGES_BESIDE = frozenset({"manage", "flags", "invite"})  # GET /threads/<id>/<this> is not the thread's page


def where(condition: str) -> dict[str, Any]:
    """Return the arguments that make an index partial on both engines."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
