"""What a case may be about, why it exists, how it can end, and in what flags are alike."""

from __future__ import annotations

import enum
from typing import Any

from sqlalchemy import text


class Kind(enum.StrEnum):
    """What a case is about: one post; a thread as a whole, with its title; or what somebody says of themselves."""

    POST = "post"
    THREAD = "thread"
    PROFILE = "profile"


class Outcome(enum.StrEnum):
    """What a moderator decided. KEEP of a held post publishes it; CLEAR empties parts of a profile."""

    KEEP = "keep"
    EDIT_OUT = "edit_out"
    HIDE = "hide"
    REMOVE = "remove"
    CLEAR = "clear"
    LOCK = "lock"
    SLOW = "slow"
    MOVE = "move"
    WARN = "warn"
    SILENCE = "silence"
    SUSPEND = "suspend"
    CLOSE = "close"


class Source(enum.StrEnum):
    """Why a case exists: flags, a post that the screening held or published with a watched word, or an appeal.

    The last kind is opened where a decision to keep is overturned, and decided in one breath by whoever answers the
    appeal; it never waits in the queue.
    """

    FLAGS = "flags"
    SCREENING = "screening"
    WATCHED = "watched"
    APPEAL = "appeal"


class Alike(enum.StrEnum):
    """In what people are alike whose flags count as one, the plainest sign first. Visitors: they came in one hour."""

    NETWORK = "network"
    JOINED = "joined"
    TARGETS = "targets"
    VISITED = "visited"


def where(condition: str) -> dict[str, Any]:
    """Return the arguments that make an index partial on both engines."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
