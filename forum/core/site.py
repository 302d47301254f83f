"""What an admin sets on a page rather than in the environment: one row a setting, read once a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, has_request_context
from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime, db, now, transaction


class SiteSetting(Base):
    """One setting: its value, and who set it when."""

    __tablename__ = "site_settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


def get(name: str, default: Any = None) -> Any:
    """Return what an admin set for `name`, else `default`; one statement, at most once a request for each name."""
    kept: dict[str, Any] = g.setdefault("site_settings", {}) if has_request_context() else {}
    if name not in kept:
        row = db.session.get(SiteSetting, name)
        kept[name] = None if row is None else row.value
    return default if kept[name] is None else kept[name]


def put(name: str, value: Any, by_id: int | None) -> None:
    """Set `name`; joins the caller's transaction."""
    with transaction() as session:
        row = session.get(SiteSetting, name) or SiteSetting(name=name)
        row.value, row.changed_at, row.changed_by_id = value, now(), by_id
        session.add(row)
    if has_request_context():
        g.pop("site_settings", None)
