"""What an admin sets on a page rather than in the environment: one row a setting, read once a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, has_request_context
from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime, db, now, transaction
from forum.core.prepared import Prepared


class SiteSetting(Base):
    """One setting: its value, and who set it when."""

    __tablename__ = "site_settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


def get(name: str, default: Any = None) -> Any:
    """Return what an admin set for `name`, else `default`; one statement for all settings, once a request."""
    if not has_request_context():
        kept = _all()
    elif "site_settings" in g:
        kept = g.site_settings
    else:
        kept = g.site_settings = _all()
    value = kept.get(name)
    return default if value is None else value


def forget() -> None:
    """Read the settings anew when the next one is asked for."""
    if has_request_context():
        g.pop("site_settings", None)


_EVERYTHING = Prepared(lambda: select(SiteSetting.name, SiteSetting.value))


def _all() -> dict[str, Any]:
    """Return all settings: a handful of small rows."""
    db.session.flush()
    return dict(_EVERYTHING.within({}))


def put(name: str, value: Any, by_id: int | None) -> None:
    """Set `name`; joins the caller's transaction."""
    with transaction() as session:
        row = session.get(SiteSetting, name) or SiteSetting(name=name)
        row.value, row.changed_at, row.changed_by_id = value, now(), by_id
        session.add(row)
        session.flush()
    forget()
