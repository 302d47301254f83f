"""How many statements a request sends to the database, and which of them are slow."""

from __future__ import annotations

import logging
import time
from typing import Any

from flask import Flask, current_app, g, has_app_context, has_request_context, request
from sqlalchemy import Connection, Engine, event

# what figures and traces name; a stranger may send any other word
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
log = logging.getLogger(__name__)
_LONGEST = 500  # characters of a statement in the log; its values are never there
_BEGAN = "statement_began"


def init_app(app: Flask) -> None:
    """Count for `app`; the listeners below do it for every engine."""
    app.extensions["slow_statements"] = 0


@event.listens_for(Engine, "before_cursor_execute")
def _begin(connection: Connection, *_: Any) -> None:
    connection.info[_BEGAN] = time.perf_counter()


@event.listens_for(Engine, "after_cursor_execute")
def _end(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if not has_app_context():
        return
    if has_request_context():
        held = g._get_current_object()  # for the proxy looks for it at each attribute
        held.statements = held.get("statements", 0) + 1
    milliseconds = (time.perf_counter() - connection.info.pop(_BEGAN, time.perf_counter())) * 1000
    most = current_app.config["SLOW_STATEMENT_MS"]
    if most and milliseconds >= most:
        current_app.extensions["slow_statements"] = current_app.extensions.get("slow_statements", 0) + 1
        where = request.endpoint if has_request_context() else "outside a request"
        log.warning("slow statement: %d ms, %s: %s", milliseconds, where, " ".join(statement.split())[:_LONGEST])
