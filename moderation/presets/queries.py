"""Reading presets: all of them, which are few, or one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from forum.core.database import db
from forum.core.paging import LARGEST_ID
from moderation.presets.models import Preset

PRESETS_MOST = 100  # nobody finds anything in a longer list


def all_presets() -> Sequence[Preset]:
    """Return all presets by their titles."""
    return db.session.scalars(select(Preset).order_by(Preset.title, Preset.id).limit(PRESETS_MOST)).all()


def preset(preset_id: int) -> Preset | None:
    """Return a preset, or None."""
    return db.session.get(Preset, preset_id) if 0 < preset_id <= LARGEST_ID else None
