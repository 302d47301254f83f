"""What stands in front of Flask: it answers a visitor's request for a kept page after asking only for the version."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.http import parse_cookie, parse_etags

from forum.core import replica
from forum.core.compression import Compressed, choose, whole, with_encoding
from forum.core.i18n import LANGUAGES, NO_WISH, wished_language
from forum.core.pagecache.asking import Versions
from forum.core.pagecache.readers import ReadersPages
from forum.core.pagecache.scopes import Version
from forum.core.pagecache.sharing import SLOT, Wish
from forum.core.pagecache.shelf import Kept, Key, Shelf

LONGEST_QUERY = 200  # characters: what is longer nobody follows twice
LONGEST_HOST = 262  # characters: the longest name and a port
LONGEST_PATH = 500  # bytes: none of our addresses is so long, and it is remembered of each whether its page is kept
_new = tuple.__new__  # makes a Key in a third of the time that its own way takes
_OF_A_BODY = frozenset({"content-type", "content-encoding", "content-length"})


class PageCache:
    """The application behind it, with shared pages kept as long as the database says nothing else.

    It compresses what it keeps, so it asks `maker`, the application itself, for that, and for all else `behind`.
    """

    def __init__(
        self,
        behind: WSGIApplication,
        maker: WSGIApplication,
        shelf: Shelf,
        versions: Versions,
        scope_of: Callable[[str], int | None],
        cookies: tuple[str, str],
        themes: tuple[str, ...],
        replica: Versions | None = None,
    ) -> None:
        """`scope_of` tells by its path under which versions a page may be kept, None for one that may not.

        `cookies` name those of language and appearance; `themes`: what the latter may say; with anything else the page
        is as with the first of them. `replica` tells which version a read replica has: while it is the present one,
        pages are made from there.
        """
        self._behind = behind
        self._maker = maker
        self.shelf = shelf
        self.versions = versions
        self._scope_of = scope_of
        self._cookies = cookies
        self._themes = themes
        self._replica = replica
        self.from_replica = 0  # how many pages were made from there
        self.readers: ReadersPages | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        present = time.monotonic()
        if present >= self.shelf.tidy_at:
            self.shelf.tidy()
        cookies: dict[str, str] = {}
        chosen = theme = ""
        if "HTTP_COOKIE" in environ:
            cookies = parse_cookie(environ["HTTP_COOKIE"])
            chosen, theme = (cookies.pop(name, "") for name in self._cookies)
        key = self._key(environ, chosen, theme)
        if cookies and key is not None:  # somebody signed in, on the way to it, or who has a message to read
            answer = None
            if self.readers is not None:
                known = chosen if chosen in LANGUAGES else ""
                answer = self.readers.answer(environ, start_response, key, cookies, known)
            return self._behind(environ, start_response) if answer is None else answer
        scope = None if key is None else self.shelf.scope(key) or self._scope_of(key.path)
        if key is None or scope is None:
            return self._behind(environ, start_response)  # without a question to the database, which may be away
        version = self.versions.present(scope)
        if version is None:
            return self._behind(environ, start_response)
        kept = self.shelf.find(key, version)
        if kept is None:
            if environ["REQUEST_METHOD"] == "HEAD":
                return self._behind(environ, start_response)
            with self.shelf.alone(key) as give_up:
                kept = self.shelf.find(key, version)  # by who was quicker
                if kept is None:
                    return self._make(key, version, environ, start_response, give_up)
        return _answer(kept, environ, start_response)

    def _key(self, environ: WSGIEnvironment, language: str, theme: str) -> Key | None:
        """Return what a visitor's page is kept by, or None when this may be anything but reading."""
        method, host = environ["REQUEST_METHOD"], environ.get("HTTP_HOST", "")
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if method not in ("GET", "HEAD") or len(query) > LONGEST_QUERY or len(host) > LONGEST_HOST:
            return None
        if len(path) > LONGEST_PATH:
            return None
        if "HTTP_AUTHORIZATION" in environ or "HTTP_RANGE" in environ or "HTTP_X_REQUESTED_WITH" in environ:
            return None
        accepted = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        chosen = wished_language(language, accepted) if language or accepted else NO_WISH
        theme = theme if theme in self._themes else self._themes[0]
        return _new(Key, (environ["wsgi.url_scheme"], host, path, query, chosen, theme, ""))

    def _make(
        self,
        key: Key,
        version: Version,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        give_up: Callable[[], None],
    ) -> Iterable[bytes]:
        """Let Flask answer; keep the page if its view wishes so, else say to those who wait that they wait in vain."""
        self.shelf.count_missed()
        made = self._made(environ, version)
        status, headers, parts, wish = made
        if not _may_be_kept(wish, status, headers):
            give_up()
            return Compressed(made.again)(environ, start_response)
        plain = [pair for pair in headers if pair[0].lower() not in ("content-length", "vary")]
        vary = ", ".join(value for name, value in headers if name.lower() == "vary")
        plain.append(("Vary", with_encoding(vary)))
        kept = Kept(version, time.monotonic() + wish.seconds, plain, whole(parts))
        self.shelf.put(key, kept)
        return _answer(kept, environ, start_response)

    def _made(self, environ: WSGIEnvironment, version: Version) -> _Made:
        """Let Flask answer, from the replica if it has this version; a fault of the replica is nobody's fault."""
        if self._replica is not None and self._replica.present(version.scope) == version:
            made = _ask(self._maker, {**environ, replica.SLOT: True})
            if not made.status.startswith("5"):
                self.from_replica += 1
                return made
        return _ask(self._maker, environ)

    def close(self) -> None:
        """Let go of the databases that were asked for versions; they are asked again when somebody comes."""
        self.versions.close()
        if self._replica is not None:
            self._replica.close()


class _Made(NamedTuple):
    """What Flask answered, and how it may be kept."""

    status: str
    headers: list[tuple[str, str]]
    parts: Iterable[bytes]
    wish: Wish

    def again(self, _environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer so, as an application does."""
        start_response(self.status, self.headers)
        return self.parts


def _ask(maker: WSGIApplication, environ: WSGIEnvironment) -> _Made:
    wish = environ[SLOT] = Wish()
    began: list[Any] = []

    def begin(*given: Any) -> Any:
        began[:] = given

    parts = maker(environ, begin)
    return _Made(began[0], began[1], parts, wish)


def _may_be_kept(wish: Wish, status: str, headers: list[tuple[str, str]]) -> bool:
    if not wish.is_shared or wish.seconds <= 0 or not status.startswith("200"):
        return False
    return not any(name.lower() in ("set-cookie", "content-encoding") for name, _value in headers)


def _answer(kept: Kept, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer with a kept page, or with 304 if the browser has it."""
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    tag, headers, body = kept.answer(choose(accepted) if accepted else "identity")
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None and parse_etags(known).contains_weak(tag.strip('"')):
        start_response("304 NOT MODIFIED", [pair for pair in headers if pair[0].lower() not in _OF_A_BODY])
        return []
    start_response("200 OK", headers.copy())
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
