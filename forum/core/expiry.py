"""Rows that are worth nothing any more: one sweep deletes them all, by a list that the rooms fill."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import SQLAlchemyError

from forum.core.database import Base, db, transaction
from forum.core.jobs import sweeper

log = logging.getLogger(__name__)
AT_ONCE = 1_000  # rows of one table in one sweep

# The table and what holds for its rows that are over, asked anew each time. An index finds them.
_over: dict[type[Base], Callable[[], ColumnElement[bool]]] = {}


def forget(model: type[Base], is_over: Callable[[], ColumnElement[bool]]) -> None:
    """Have the worker delete rows of `model` for which `is_over` holds, some at a time. They are refused already."""
    _over[model] = is_over


@sweeper
def forget_what_is_over() -> None:
    """Delete rows that are over, some of each table."""
    for model, is_over in _over.items():
        try:
            _forget_some(model, is_over)
        except SQLAlchemyError:  # one table that can't be swept must not keep the others
            db.session.rollback()
            log.exception("rows of %s that are over can't be deleted", model.__tablename__)


def _forget_some(model: type[Base], is_over: Callable[[], ColumnElement[bool]]) -> None:
    key: Any = next(iter(model.__table__.primary_key))  # all these tables have a key of one column
    ids = db.session.scalars(select(key).where(is_over()).limit(AT_ONCE)).all()
    if ids:
        with transaction() as session:
            session.execute(delete(model).where(key.in_(ids), is_over()))
