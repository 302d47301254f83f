"""Sub-themes read from the database: one by its slug, and the open ones in their order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from forum.core.database import db
from forum.subthemes.models import SubTheme


def by_slug(slug: str) -> SubTheme | None:
    """Return the sub-theme with this slug, archived ones too, or None."""
    if "\x00" in slug:  # PostgreSQL refuses even to compare it
        return None
    return db.session.scalar(select(SubTheme).where(SubTheme.slug == slug))


def open_subthemes() -> Sequence[SubTheme]:
    """Return the sub-themes that are not archived, in the order the admins gave them."""
    query = select(SubTheme).where(SubTheme.archived_at.is_(None)).order_by(SubTheme.position, SubTheme.id)
    return db.session.scalars(query).all()
