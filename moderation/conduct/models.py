"""Conduct: one version of the rules, whole, as it was published. Version 1 comes with the program and has no row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime, now


class Conduct(Base):
    """`rules`: a list in their order of {"code", "name": {"en", "zh"}, "text": {"en", "zh"}, "urgency"}."""

    __tablename__ = "conducts"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
