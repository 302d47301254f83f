"""Answers are compressed for browsers that take it: pages as they come, our own files once and then kept."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import brotli
from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header

Encoder = Callable[[bytes], bytes]

# For an answer that is made once and sent once. A thread of 20 posts, 79 KB, takes brotli 0.22 ms at 2 (10.3 KB) and
# 0.48 ms at 4 (10.0 KB); gzip takes 0.45 ms at 4 (10.6 KB).
AT_ONCE: dict[str, Encoder] = {
    "br": partial(brotli.compress, mode=brotli.MODE_TEXT, quality=2),
    "gzip": partial(gzip.compress, compresslevel=4, mtime=0),
}
# For what is kept and sent again and again.
TO_KEEP: dict[str, Encoder] = {
    "br": partial(brotli.compress, mode=brotli.MODE_TEXT, quality=7),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}
# For files that are the same until the next version of the forum.
FOR_GOOD: dict[str, Encoder] = {
    "br": partial(brotli.compress, mode=brotli.MODE_TEXT, quality=11),
    "gzip": partial(gzip.compress, compresslevel=9, mtime=0),
}
SMALLEST = 600  # bytes: what fits into one packet anyway gains nothing
LARGEST = 5_000_000  # bytes: what is larger goes out as it is, piece by piece, and never lies in memory as a whole
LARGEST_KEPT = 1_000_000  # bytes of a file of ours; and so many files at most:
FILES_KEPT = 200
LONGEST_HEADER = 500  # characters: no browser sends more, and what was parsed stays in memory
_WORDS = (
    "text/",
    "application/json",
    "application/javascript",
    "application/xml",
    "image/svg+xml",
    "application/atom+xml",
)


def choose(accepted: str, liked: tuple[str, ...] = ("br", "gzip")) -> str:
    """Return the first of those liked that the header Accept-Encoding allows, else "identity"."""
    return _best(accepted, liked) if len(accepted) <= LONGEST_HEADER else "identity"


@lru_cache(maxsize=512)
def _best(accepted: str, liked: tuple[str, ...]) -> str:
    wishes = {name.lower(): quality for name, quality in parse_accept_header(accepted)}
    return next((name for name in liked if wishes.get(name, wishes.get("*", 0)) > 0), "identity")


class Compressed:
    """The application behind it, compressed. An answer that is encoded already, or a stream, passes as it is."""

    def __init__(self, behind: WSGIApplication) -> None:
        self._behind = behind
        self._files: dict[tuple[str, str, str], bytes] = {}
        self._turn = threading.Lock()  # a file is compressed once, not by each of the threads that are asked for it

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        encoding = "identity" if may_be_probed(environ) else choose(environ.get("HTTP_ACCEPT_ENCODING", ""))
        began: list[Any] = []

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            began[:] = [status, Headers(headers), exc_info]
            return _no_writing

        parts = self._behind(environ, begin)
        status, headers, exc_info = began
        if status.startswith("304"):  # it says as little about the type as about the body
            headers["Vary"] = with_encoding(headers.get("Vary", ""))
        elif _gains(status, headers):
            headers["Vary"] = with_encoding(headers.get("Vary", ""))
            if encoding == "identity":
                pass
            elif environ["REQUEST_METHOD"] == "HEAD":
                del headers["Content-Length"]  # of an answer that would go out compressed
            else:
                parts = [self._encoded(encoding, whole(parts), environ, headers)]
        start_response(status, list(headers), exc_info)
        return parts

    def _encoded(self, encoding: str, body: bytes, environ: WSGIEnvironment, headers: Headers) -> bytes:
        """Return the body compressed, with the headers put right."""
        tag = headers.get("ETag", "")
        if _stays(headers) and tag and len(body) <= LARGEST_KEPT:
            body = self._file((encoding, environ.get("PATH_INFO", ""), tag), body)
        else:
            body = AT_ONCE[encoding](body)
        headers["Content-Encoding"] = encoding
        headers["Content-Length"] = str(len(body))
        if tag.startswith('"'):  # the same in meaning, not byte for byte
            headers["ETag"] = f"W/{tag}"
        return body

    def _file(self, key: tuple[str, str, str], body: bytes) -> bytes:
        """Return a file of ours, compressed as well as can be, the first time or from memory."""
        kept = self._files.get(key)
        if kept is None:
            with self._turn:
                kept = self._files.get(key)
                if kept is None:
                    if len(self._files) >= FILES_KEPT:  # files have changed again and again under this process
                        self._files.clear()
                    kept = self._files[key] = FOR_GOOD[key[0]](body)
        return kept


def whole(parts: Iterable[bytes]) -> bytes:
    """Return an answer's body in one piece, and end the answer."""
    try:
        return b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


def with_encoding(vary: str) -> str:
    """Return the header Vary with Accept-Encoding in it."""
    return vary if "accept-encoding" in vary.lower() else ", ".join(filter(None, (vary, "Accept-Encoding")))


def _gains(status: str, headers: Headers) -> bool:
    """Whether compressing this answer is worth it and allowed: a stream of events has to go out piece by piece."""
    kind = headers.get("Content-Type", "")
    if status[:3] in ("204", "206") or "Content-Encoding" in headers or kind.startswith("text/event-stream"):
        return False
    return kind.startswith(_WORDS) and SMALLEST <= int(headers.get("Content-Length") or 0) <= LARGEST


def may_be_probed(environ: WSGIEnvironment) -> bool:
    """Whether another site let this browser ask, with its cookies: the size of the answer could tell what stands in it.

    Every page repeats its address in the language switch, so who can choose the address and see how many bytes come
    back could guess a secret of the same page letter by letter (BREACH). Browsers say who asks.
    """
    return "HTTP_COOKIE" in environ and environ.get("HTTP_SEC_FETCH_SITE", "none") not in ("none", "same-origin")


def _stays(headers: Headers) -> bool:
    return "immutable" in headers.get("Cache-Control", "")


def _no_writing(_words: bytes) -> None:
    raise TypeError("the forum answers with a body and never writes past it")
