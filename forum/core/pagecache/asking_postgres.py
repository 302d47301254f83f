"""The version as PostgreSQL tells it: one statement, prepared, that goes out and comes back without ceremony."""

from __future__ import annotations

import select
import time
from functools import cache
from typing import Any

from sqlalchemy import URL

from forum.core.pagecache.scopes import LISTS, PART, PATIENCE_SECONDS, ROWS, WHOLE, Version, rows_of, told

_NAME = b"present_version"
_PRESENT = f"SELECT concat({WHOLE}, ' ', {PART}) {ROWS.format('$1', '$2')}"
_PREPARE = f"SET enable_seqscan = off; PREPARE {_NAME.decode()} (smallint, smallint) AS {_PRESENT}"  # by the key
_REST_SECONDS = 5.0  # for which a server that is silent is not asked again: the page itself will wait for it


class InPostgres:
    """Asks by connections of its own, as many as ask at once."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._idle: list[_Line] = []
        self._rests_until = 0.0
        self._known: dict[int, tuple[bytes, Version | None]] = {}  # by scope: what was said last, and what that means

    def present(self, scope: int = LISTS) -> Version | None:
        """Return the scope's version that is committed now, or None when there is none or the database doesn't say."""
        try:
            line = self._idle.pop()
        except IndexError:  # all are asking
            line = None
        said = None if line is None else self._asked(line, scope)
        if said is None:  # one that lay idle may be dead, and then all are: the database was started again
            said = self._asked(self._connected(), scope)
        return self._meaning(scope, said) if said else None

    def close(self) -> None:
        """Let go of the database."""
        while self._idle:
            self._idle.pop().close()

    def _meaning(self, scope: int, said: bytes) -> Version | None:
        """Return the version that was told; the same object as long as it is the same."""
        known = self._known.get(scope)
        if known is None or known[0] != said:
            whole, _, part = said.partition(b" ")
            known = self._known[scope] = said, told(scope, int(whole) if whole else None, int(part or 0))
        return known[1]

    def _asked(self, line: _Line | None, scope: int) -> bytes | None:
        """Ask by this connection; it goes back to the others, or is closed if it can't be used any more: None then."""
        if line is None:
            return None
        began = time.monotonic()
        try:
            said = line.ask(scope)
        except line.faults:
            line.close()
            self.close()
            self._rest_after(began)
            return None
        self._idle.append(line)
        return said

    def _connected(self) -> _Line | None:
        """Return a new connection, or None when there is none to be had at this time."""
        import psycopg  # noqa: PLC0415 - PostgreSQL is an optional part

        from forum.core.patience import connected  # noqa: PLC0415

        began = time.monotonic()
        if began < self._rests_until:
            return None
        try:
            return _Line(connected(self._url, PATIENCE_SECONDS))
        except psycopg.Error:
            self._rest_after(began)
            return None

    def _rest_after(self, began: float) -> None:
        """Ask no more for a while if that took long: a server hangs then, or can't be reached. A "no" costs nothing."""
        if time.monotonic() - began >= PATIENCE_SECONDS / 2:
            self._rests_until = time.monotonic() + _REST_SECONDS


class _Line:
    """A connection on which the statement stands prepared. Asked by hand: a cursor would cost four times as much."""

    def __init__(self, connection: Any) -> None:
        """Prepare the statement; psycopg.Error when that fails, and the connection is closed."""
        import psycopg  # noqa: PLC0415 - PostgreSQL is an optional part
        from psycopg.pq import ExecStatus  # noqa: PLC0415 - beside it

        try:
            connection.execute(_PREPARE)
        except psycopg.Error:  # also where the table is not there yet
            connection.close()
            raise
        self.faults = (psycopg.Error, TimeoutError)
        self._right = ExecStatus.TUPLES_OK
        self._connection = connection
        self._server = connection.pgconn
        self._answers = select.poll()
        self._answers.register(self._server.socket, select.POLLIN)

    def ask(self, scope: int) -> bytes:
        """Return what the statement says; `faults` when it fails, TimeoutError when no answer comes."""
        server = self._server
        server.send_query_prepared(_NAME, _given(scope))
        server.flush()  # some bytes, for which there is always room
        while server.is_busy():
            if not self._answers.poll(PATIENCE_SECONDS * 1000):
                raise TimeoutError
            server.consume_input()
        answer = server.get_result()
        while server.get_result() is not None:  # which ends the question
            pass
        if answer is None or answer.status != self._right:
            raise self.faults[0]("no version was told")
        said: bytes = answer.get_value(0, 0)
        return said

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@cache
def _given(scope: int) -> list[bytes]:
    """Return the rows of a scope as the statement takes them."""
    return [str(row).encode() for row in rows_of(scope)]
