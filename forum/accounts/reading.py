"""Who reads a page that is kept for many: recognised in one statement, and who stands for them while it is made."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from flask import Flask, render_template_string
from markupsafe import escape
from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select

from forum.accounts import known_devices, sessions
from forum.accounts.models import Session, Standing, Tie, User
from forum.accounts.standing_in import Row, StandIn
from forum.accounts.youth import Band
from forum.config import SESSION_UNUSED
from forum.core import pagecache
from forum.core.database import UTCDateTime, now
from forum.core.i18n import LANGUAGES
from forum.core.pagecache import marks
from forum.core.pagecache.pieces import Ask
from forum.core.prepared import Prepared

_PORTRAITS, _HELD_SECONDS = 2_000, 30.0  # pictures in the header that are kept, some 200 bytes each, and for how long
_PORTRAIT = '{% from "macros/people.html" import portrait with context %}{{ portrait(user, "s") }}'


class OwnColumn(NamedTuple):
    """What a room above adds to the statement about the reader: a column beside `User`, and the slots that it fills."""

    column: Callable[[], ColumnElement[Any]]
    values: Callable[[Flask, Any, str], marks.Values]  # the application, what was found, the page's language


own_columns: list[OwnColumn] = []
# Conditions beside `User` under which somebody gets pages that are made for them alone.
apart: list[Callable[[], ColumnElement[bool]]] = [lambda: exists().where(Tie.user_id == User.id)]


def _statement() -> Select[Any]:
    about = (
        Session.id, Session.token_hash, Session.expires_at, Session.seen_at, Session.created_at,
        User.id, User.username, User.display_name, User.avatar, User.role, User.moderates, User.is_expert,
        User.language, User.timezone, User.standing, User.age_band, User.suspended_until, User.silenced_until,
        User.leaving_at, User.agreed, User.created_at,
    )  # fmt: skip
    more = (own.column() for own in own_columns)
    is_apart = or_(*(condition() for condition in apart))
    columns: list[Any] = [*about, is_apart, *more]
    query: Select[Any] = select(*columns).join(User, User.id == Session.user_id)
    return query.where(Session.token_hash == bindparam("token"))


_about_reader = Prepared(_statement)
MOMENT: ColumnElement[datetime] = bindparam("moment", type_=UTCDateTime())  # the present, in columns of other rooms


def connect(app: Flask, cookie: str) -> None:
    """Let kept pages be read by whoever has come with `cookie`."""

    def recognise(ask: Ask, token: str) -> Any:
        moment = now()
        found = ask(_about_reader, {"token": sessions.fingerprint(token), "moment": moment})
        if not found:
            return None
        reader = Reader(app, Row(*found[0][: len(Row._fields)]), found[0][len(Row._fields) :])
        return reader if reader.is_usual(moment) else None

    pagecache.recognise_by(app, cookie, recognise, known_devices.COOKIE)


class Reader:
    """Somebody who is signed in, as pages that are kept know them."""

    def __init__(self, app: Flask, row: Row, own: tuple[Any, ...]) -> None:
        self._app = app
        self._row = row
        self._own = own
        self.id = row.id
        self.created_at = row.created_at
        self.is_plain = not row.is_apart
        may = row.role, row.moderates, row.is_expert, row.age_band, row.agreed
        self.kind = f"{row.language} {row.timezone} {may}"
        self._page_language = ""

    def is_usual(self, moment: datetime) -> bool:
        """Whether the session is in use, and nothing holds for the person that is not for everybody of their kind.

        A session that is over is Flask's to answer, as is whoever is told on each page what they may not, or should do.
        """
        row = self._row
        if row.expires_at <= moment or moment - (row.seen_at or row.begun_at) >= SESSION_UNUSED:
            return False
        barred = any(until is not None and until > moment for until in (row.suspended_until, row.silenced_until))
        waits = row.standing != Standing.ACTIVE or row.age_band == Band.CHILD or row.leaving_at is not None
        return not barred and not waits

    def language(self, wished: str) -> str:
        """Return the language of their pages; the browser's, which is `wished`, where the account says nothing."""
        self._page_language = self._row.language if self._row.language in LANGUAGES else wished
        return self._page_language

    def speaks(self, language: str) -> None:
        """Take the language that the switch in the header says."""
        self._page_language = language

    def note_seen(self) -> None:
        """Have it noted that their session was used, once in a while."""
        if sessions.is_to_be_noted(self._row.token_hash, self._row.seen_at):
            with self._app.app_context():
                sessions.note_used(self._row.session_id, self._row.token_hash)

    @cached_property
    def stand_in(self) -> StandIn:
        """Who stands for everybody of this reader's kind."""
        return StandIn(self._row)

    @property
    def values(self) -> marks.Values:
        """The reader's own on every page."""
        row = self._row
        values: marks.Values = {
            "id": str(row.id).encode(),
            "name": str(escape(row.display_name or row.username)).encode(),
            "username": str(escape(row.username)).encode(),
            "portrait": _portrait(self._app, row),
        }
        for own, found in zip(own_columns, self._own, strict=True):
            values |= own.values(self._app, found, self._page_language)
        return values


def _portrait(app: Flask, row: Row) -> bytes:
    """Return the picture in the header, which hangs on these facts alone."""
    until, drawn = app.extensions.get("portraits", (0.0, {}))
    if until <= time.monotonic() or len(drawn) >= _PORTRAITS:  # names that are gone don't stay in memory
        drawn = {}
        app.extensions["portraits"] = time.monotonic() + _HELD_SECONDS, drawn
    facts = row.id, row.username, row.display_name, row.avatar
    if facts not in drawn:
        names = {"username": row.username, "display_name": row.display_name, "avatar": row.avatar}
        user = User(id=row.id, standing=Standing.ACTIVE, private=[], **names)
        with app.test_request_context():
            found = render_template_string(_PORTRAIT, user=user).strip().encode()
        drawn[facts] = found
    return bytes(drawn[facts])
