"""Lines of the process log: nobody's words begin a new one, hide one, or make a terminal do something."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context, request

# Whatever a terminal or a reader of lines takes for more than a letter: C0 and C1 controls, the separators of lines and
# paragraphs, marks that turn the direction of writing, lone surrogates.
_SIGNS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class ToStandardError(logging.StreamHandler[Any]):
    """Writes to standard error, as it is when it writes: tests and supervisors put another in its place.

    A line that can't be written, since the disk under it is full or nobody reads it any more, is lost, and that is all.
    """

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        """Return standard error."""
        return sys.stderr

    def handleError(self, record: logging.LogRecord) -> None:
        """Complain of a record that is wrong, and of nothing else: the complaint would go the same way."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


class PlainLines(logging.Formatter):
    """One record, one line; a traceback follows in lines of its own, each set in."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line, with every sign escaped that is none."""
        return escaped(super().formatMessage(record))

    def formatException(self, ei: object) -> str:
        """Return the traceback; what an error says may hold anything."""
        return _set_in(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:
        """Return the stack likewise."""
        return _set_in(super().formatStack(stack_info))


class JsonLines(logging.Formatter):
    """One record, one object in one line: time, level, logger, words, the request's number and route, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, in ASCII: whatever the words hold, they begin no new one."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line |= {"request": g.get("request_number", ""), "route": request.url_rule.rule if request.url_rule else ""}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def escaped(words: str) -> str:
    """Return `words` as one line that shows what was in it: a line break as \\n, ESC as \\x1b."""
    return _SIGNS.sub(lambda sign: sign[0].encode("unicode_escape").decode("ascii"), words)


def asked_path() -> str:
    """Return the path asked for, without the secret of a link that was sent by mail."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(str(token), "…") if token else request.path


def _set_in(text: str) -> str:
    return "\n".join(f"  {escaped(line)}" for line in text.split("\n"))
