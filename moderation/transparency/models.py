"""The figures of each month as the worker counted them; nobody's name, and nothing that can't be counted anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime


class ReportMonth(Base):
    """A month ("2026-11", in UTC) and up to which moment, not included, it is counted; `is_due`: count it anew."""

    __tablename__ = "report_months"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    is_due: Mapped[bool] = mapped_column(default=False)


class ReportFigure(Base):
    """One number of a month: `figure` is what is counted, `part` by what it is told apart ("" for all), `value` which.

    Whole numbers, but for hours. As counted: what is published goes through suppression.
    """

    __tablename__ = "report_figures"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    figure: Mapped[str] = mapped_column(String(20), primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(60), primary_key=True)
    amount: Mapped[float]
