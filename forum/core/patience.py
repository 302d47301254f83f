"""How long a request waits for PostgreSQL by its own clock: a server that hangs keeps no time limits."""

from __future__ import annotations

from typing import Any

import psycopg
from flask import has_request_context
from psycopg.pq import TransactionStatus
from sqlalchemy import URL

from forum.core import attempts

REQUEST_SECONDS = 11.0  # a second more than statement_timeout, which ends what is merely slow and keeps the connection


class Bounded(psycopg.Connection[Any]):
    """A connection that is given up when no answer comes. Outside of requests (worker, commands) it waits on, unless
    `patience` says for how many seconds."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server; close and raise OperationalError, which heals the pool, when it takes too long."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        limit = self.patience or (REQUEST_SECONDS if has_request_context() else None)
        try:
            return super().wait(gen, interval, limit)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server did not answer within {limit:g} s") from None

    def commit(self) -> None:
        """Commit; whatever happens from here on, it may be done."""
        if self.pgconn.transaction_status == TransactionStatus.INTRANS:
            attempts.note_commit()
        super().commit()


def connected(url: URL, seconds: int) -> Bounded:
    """Return a connection of its own, beside SQLAlchemy's, of which nothing takes longer than `seconds` (at least 2).

    Raises psycopg.Error when there is none to be had.
    """
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    connection = Bounded.connect(
        url.set(drivername="postgresql", query=query).render_as_string(hide_password=False),
        autocommit=True,
        connect_timeout=seconds,
        options=f"-c statement_timeout={seconds * 1000}",
        application_name="forum pages",
        tcp_user_timeout=seconds * 1000,  # else a network that is silent holds a page for minutes
    )
    connection.patience = seconds  # of a server that hangs, and ends no statement
    return connection
