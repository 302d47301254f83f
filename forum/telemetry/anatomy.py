"""An error without what anybody wrote: its kind and where in the program it arose.

What an error says of itself (`str(error)`), the values of variables and the lines of foreign code are never looked at:
all of them may hold a letter, a password or an address. The log of the forum has the words, under the request's number.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OURS = ("forum", "moderation", "search_index", "wsgi")
MOST_ERRORS = 5  # of one chain: the error, what it came from, and so on
MOST_CALLS = 60  # of one error, the last ones: an endless recursion has a thousand
AROUND = 3  # lines of our own code before and after


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and those that it came from, the last one first, as Python's traceback shows them."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < MOST_ERRORS:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def described(error: BaseException) -> list[dict[str, Any]]:
    """Return the error and where it came from in the form of Sentry's protocol, the first one first."""
    return [
        {
            "type": type(each).__qualname__,
            "module": type(each).__module__,
            "stacktrace": {"frames": list(_calls(each.__traceback__))},
        }
        for each in reversed(list(chain(error)))
    ]


def _calls(traceback: TracebackType | None) -> Iterator[dict[str, Any]]:
    steps = []
    while traceback is not None:
        steps.append(traceback)
        traceback = traceback.tb_next
    for step in steps[-MOST_CALLS:]:
        code = step.tb_frame.f_code
        module = _short(str(step.tb_frame.f_globals.get("__name__", "")))  # a template's is the path of its file
        call: dict[str, Any] = {
            "function": code.co_qualname,
            "module": module,
            "filename": _short(code.co_filename),
            "lineno": step.tb_lineno,
            "in_app": module.partition(".")[0] in OURS,
        }
        if call["in_app"]:
            call |= _lines(code.co_filename, step.tb_lineno)
        yield call


def _short(filename: str) -> str:
    """Return a file's name from the program's or the library's folder on: the machine's own folders are nobody's."""
    path = Path(filename)
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        return path.relative_to(ROOT).as_posix()
    return filename.rpartition("site-packages/")[2] if "site-packages/" in filename else path.name


def _lines(filename: str, number: int) -> dict[str, Any]:
    lines = [line.rstrip("\n") for line in linecache.getlines(filename)]
    here = number - 1
    if not 0 <= here < len(lines):
        return {}
    return {
        "pre_context": lines[max(here - AROUND, 0) : here],
        "context_line": lines[here],
        "post_context": lines[here + 1 : here + 1 + AROUND],
    }
