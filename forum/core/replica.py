"""A read replica of PostgreSQL: it makes pages for visitors while it has all that these show (ADR 28).

`SLOT` in the WSGI environment of a request says so; pagecache.layer puts it there.
"""

from __future__ import annotations

from typing import Any

from flask import has_request_context, request
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine

SLOT = "forum.replica"
BIND = "replica"  # what Flask-SQLAlchemy calls its engine; the database itself has the name None
WRITING = "writing"  # in the info of a session: within transaction()


class Routed(Session):
    """A session whose reading goes to the replica where the request may be answered from it, and all else not."""

    def get_bind(self, *_given: Any, bind: Engine | Connection | None = None, **_named: Any) -> Engine | Connection:
        """Return where to send a statement. All tables live in one database, so none has to be looked at."""
        if bind is not None:
            return bind
        engines = self._db.engines
        if BIND in engines and has_request_context() and SLOT in request.environ and WRITING not in self.info:
            return engines[BIND]
        return engines[None]
