"""Pages of people who are signed in: what many have alike is kept in pieces, and each reader's own is filled in.

Who reads, and what they may, is asked at every request, in one statement that knows the session, the account and the
number on the bell. What isn't certain goes to Flask, and comes back as any page does.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from forum.core.compression import Compressed, may_be_probed, whole, with_encoding
from forum.core.crowding import KNOWN
from forum.core.csrf import FormTokens
from forum.core.database import db, now
from forum.core.pagecache.making import Offer, scope_for_readers
from forum.core.pagecache.marks import Values
from forum.core.pagecache.pieces import NOBODY, Ask, Asked, KeptPage, Recognise
from forum.core.pagecache.scopes import Version
from forum.core.pagecache.sharing import OFFER
from forum.core.pagecache.shelf import Key, Shelf

log = logging.getLogger(__name__)
_OF_ONE_ANSWER = frozenset({"content-length", "vary", "set-cookie"})  # and of the browser for which it was made
_PATHS = 4096  # of which it is remembered whether they lead to pages that are kept


@dataclass
class Looked:
    """What the shelf has: the page filled in, or None, and whether the reader needs one of their own."""

    page: KeptPage | None = None
    values: Values = field(default_factory=dict)
    alone: bool = False


class ReadersPages:
    """Answers people who are signed in from the shelf, where their page can be kept."""

    def __init__(
        self, app: Flask, maker: WSGIApplication, shelf: Shelf, present: Callable[[int], Version | None]
    ) -> None:
        """`maker` is Flask itself; `present` tells a scope's version."""
        self._app = app
        self._maker = maker
        self._shelf = shelf
        self._present = present
        self._tokens = FormTokens(app)
        self._scope_of = lru_cache(_PATHS)(lambda path: scope_for_readers(app, path))
        self._engine: Any = None
        self.recognise: Recognise | None = None
        self.signed_in = ""  # the name of the cookie
        self.further: frozenset[str] = frozenset()  # cookies that change nothing on these pages

    def answer(
        self, environ: WSGIEnvironment, start_response: StartResponse, key: Key, cookies: Mapping[str, str], chosen: str
    ) -> Iterable[bytes] | None:
        """Answer one request, or return None when Flask has to. `chosen`: the language by the switch, or ""."""
        token = cookies.get(self.signed_in)
        if not token or self.recognise is None or environ["REQUEST_METHOD"] != "GET":
            return None
        form = self._app.config["SESSION_COOKIE_NAME"]
        if not all(name == form or name in self.further for name in cookies):
            return None
        scope = self._scope_of(key.path)
        if scope is None:
            return None
        secret = self._tokens.secret_in(cookies.get(form, ""))
        version = None if secret is None else self._present(scope)
        if secret is None or version is None:
            return None
        cookie = ""
        if not secret:
            secret, cookie = self._tokens.begin()
        values = {"csrf": self._tokens.token(secret).encode()}
        try:
            return self._answered(Asked(environ, start_response, key, version, values, cookie), token, chosen)
        except (SQLAlchemyError, self._database().dialect.dbapi.Error) as error:
            log.warning("a page is made without what is kept: %s", error)  # Flask says what is wrong
            return None

    def _answered(self, asked: Asked, token: str, chosen: str) -> Iterable[bytes] | None:
        with self._asking() as ask:
            asked.reader = self.recognise(ask, token) if self.recognise else None
            if asked.reader is None:
                return None
            if chosen:
                asked.reader.speaks(chosen)
            else:
                asked.key = asked.key._replace(language=asked.reader.language(asked.key.language))
            looked = self._look(asked, ask)
        if looked.page is None:
            return self._make(asked, alone=looked.alone)
        return self._send(asked, looked.page, looked.values)

    def _look(self, asked: Asked, ask: Ask) -> Looked:
        """Look for the reader's own page, then for the one that many get."""
        page, alone = self._shelf.find(asked.key_for(alone=True), asked.version), True
        if page is None and asked.reader.is_plain:
            page, alone = self._shelf.find(asked.key_for(alone=False), asked.version), False
        if page is None or not page.holds[0] <= now() < page.holds[1]:
            return Looked(alone=alone)
        if not alone and asked.reader.id in page.met:
            return Looked(alone=True)
        values = page.values(asked.reader, ask, asked.values)
        return Looked(alone=True) if values is None else Looked(page, values, alone)

    def _make(self, asked: Asked, *, alone: bool) -> Iterable[bytes]:
        """Let Flask make the page, for many unless `alone`; keep it if it can be kept."""
        with self._shelf.alone(asked.key_for(alone=alone)) as give_up:
            with self._asking() as ask:
                looked = self._look(asked, ask)  # what somebody else was quicker to make
            if looked.page is not None:
                return self._send(asked, looked.page, looked.values)
            alone = alone or looked.alone
            self._shelf.count_missed()
            page = self._made(asked, Offer(None if alone else asked.reader.stand_in))
            if not isinstance(page, KeptPage):
                give_up()
                return page
            for_many = page.met is not NOBODY
            if page.until > time.monotonic():
                self._shelf.put(asked.key_for(alone=not for_many), page)
            if alone == for_many or page.until <= time.monotonic():
                give_up()
        with self._asking() as ask:
            values = page.values(asked.reader, ask, asked.values)
        return self._make(asked, alone=True) if values is None else self._send(asked, page, values)

    def _made(self, asked: Asked, offer: Offer) -> KeptPage | Iterable[bytes]:
        """Return the page in pieces, or Flask's answer where it is none."""
        began: list[Any] = []

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            began[:] = [status, headers, exc_info]

        def answer(_environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            start(*began)
            return parts

        moment = now()
        parts = self._maker({**asked.environ, OFFER: offer, KNOWN: True}, begin)
        if offer.made is None:
            return Compressed(answer)(asked.environ, asked.start_response)
        whole(parts)  # ends the answer; what it says stands in the offer
        headers = [pair for pair in began[1] if pair[0].lower() not in _OF_ONE_ANSWER]
        headers.append(("Vary", with_encoding(", ".join(value for name, value in began[1] if name.lower() == "vary"))))
        seconds = offer.wish.seconds
        return KeptPage(
            asked.version,
            time.monotonic() + seconds,
            (moment, moment + timedelta(seconds=seconds)),
            headers,
            offer.made,
            offer.fillers,
            frozenset(offer.stand_in.met) if offer.made_for_many and offer.stand_in else NOBODY,
        )

    def _send(self, asked: Asked, page: KeptPage, values: Values) -> list[bytes]:
        """Answer with the page, compressed as it may be; note that it was read, and by a session in use."""
        headers = page.headers.copy()
        probed = may_be_probed(asked.environ)
        encoding, body = page.body(values, "" if probed else asked.environ.get("HTTP_ACCEPT_ENCODING", ""))
        if encoding != "identity":
            headers.append(("Content-Encoding", encoding))
        headers.append(("Content-Length", str(len(body))))
        if asked.cookie:
            headers.append(("Set-Cookie", asked.cookie))
        asked.reader.note_seen()
        if "prefetch" not in asked.environ.get("HTTP_SEC_PURPOSE", ""):
            for filler in page.fillers:
                filler.note_read(asked.reader)
        asked.start_response("200 OK", headers)
        return [body]

    @contextmanager
    def _asking(self) -> Iterator[Ask]:
        """Give a way to ask the database, by a connection that is not held while a page is made."""
        with self._database().connect() as connection:
            yield lambda statement, values: statement.rows(connection, values)

    def _database(self) -> Any:
        if self._engine is None:
            with self._app.app_context():
                self._engine = db.engine
        return self._engine
