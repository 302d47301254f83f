"""Reading screens: those that are on, ready for use; the moderators' list; how often people were asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import select

from forum.core import site
from forum.core.database import db
from forum.core.paging import LARGEST_ID
from moderation.screens.compiled import Book
from moderation.screens.models import NudgeCount, Screen

SETTING = "screens"  # {"mark": …}, new with every change
SCREENS_MOST = 200
MONTHS_SHOWN = 12
_NONE = Book()


def book() -> Book:
    """Return the screens that are on; a statement only after a change (the settings are read once a request)."""
    known = site.get(SETTING)
    return _made_ready(str(known["mark"])) if known else _NONE


def all_screens() -> Sequence[Screen]:
    """Return all screens, those that are on first, the latest changes first; never more than SCREENS_MOST."""
    query = select(Screen).order_by(Screen.is_on.desc(), Screen.changed_at.desc(), Screen.id.desc())
    return db.session.scalars(query.limit(SCREENS_MOST)).all()


def screen(screen_id: int) -> Screen | None:
    """Return a screen, or None."""
    return db.session.get(Screen, screen_id) if 0 < screen_id <= LARGEST_ID else None


def nudges() -> Sequence[NudgeCount]:
    """Return what came of the question before insults, the latest months first."""
    return db.session.scalars(select(NudgeCount).order_by(NudgeCount.month.desc()).limit(MONTHS_SHOWN)).all()


@lru_cache(maxsize=4)
def _made_ready(_mark: str) -> Book:
    return Book.of(db.session.scalars(select(Screen).where(Screen.is_on).order_by(Screen.id)).all())
