"""How long a request waits for PostgreSQL by its own clock: a server that hangs keeps no time limits."""

from __future__ import annotations

from typing import Any

import psycopg
from flask import has_request_context

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
