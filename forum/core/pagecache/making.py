"""How a page is made for many readers at once: with somebody who stands for them, and nothing personal in reach."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user
from sqlalchemy import Engine, event

from forum.core.pagecache import marks
from forum.core.pagecache.changes import UNSEEN
from forum.core.pagecache.marks import Filler, Marks, Skeleton
from forum.core.pagecache.sharing import OFFER, Wish, scope_of_marked

log = logging.getLogger(__name__)

_MARK = "is_page_of_readers"
_making: ContextVar[bool] = ContextVar("making_for_many", default=False)
_TABLES = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)', re.IGNORECASE)

Given = ParamSpec("Given")


class Alone(Exception):
    """The page has something that is the reader's own, such as a post of theirs: it is made for them alone."""


class Unkept(Exception):
    """The page, as this reader gets it, holds for this moment alone."""


class Personal(Exception):
    """A page for many asks for what only one reader has, outside of a slot: a fault of ours."""


@dataclass
class Offer:
    """What the layer in front lets a view do: make the page for many, or for this reader but to be kept."""

    stand_in: Any | None  # who stands for the many; None: only for this reader
    wish: Wish = field(default_factory=Wish)
    made: Skeleton | None = None
    made_for_many: bool = False
    fillers: tuple[Filler, ...] = ()


def for_readers(view: Callable[Given, Response]) -> Callable[Given, Response]:
    """Mark a view whose page is kept for people who are signed in too, and says by slots what is each one's own."""

    @wraps(view)
    def marked(*given: Given.args, **named: Given.kwargs) -> Response:
        offer: Offer | None = request.environ.get(OFFER)
        if offer is not None:
            try:
                answer = _offered(offer, lambda: view(*given, **named))
            except Unkept:
                answer = None
            if answer is not None:
                return answer
        return view(*given, **named)

    setattr(marked, _MARK, True)
    return marked


def scope_for_readers(app: Flask, path: str) -> int | None:
    """Return the scope of the page at `path` if its view is marked so."""
    return scope_of_marked(app, path, _MARK)


def _offered(offer: Offer, view: Callable[[], Response]) -> Response | None:
    """Return the page for many, else for this reader alone; None when it has to be made as any other page."""
    if offer.stand_in is not None and (answer := _made(offer, offer.stand_in, view)) is not None:
        return answer
    if not current_user.is_authenticated:  # and who it is, is known before the page is made
        return None
    return _made(offer, None, view)


def _made(offer: Offer, stand_in: Any | None, view: Callable[[], Response]) -> Response | None:
    """Return the page with marks and leave its pieces in the offer; None when it has to be made otherwise."""
    slots = Marks()
    try:
        with _as(stand_in, slots):
            answer = view()
            if answer.status_code != 200 or session.modified:
                return answer if not marks.is_marked(answer.get_data(as_text=True)) else None
            offer.made = marks.cut(answer.get_data(as_text=True))
    except Alone:
        return None
    except Personal:
        log.exception("a page for many asked for what is personal")
        if current_app.testing:
            raise
        return None
    offer.made_for_many, offer.fillers = stand_in is not None, tuple(slots.fillers)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@contextmanager
def _as(stand_in: Any | None, slots: Marks) -> Iterator[None]:
    """Let the page be made for whom `stand_in` stands, with marks in the slots and in the place of form tokens."""
    g.csrf_token = slots.value("csrf")  # where Flask-WTF looks for it
    if stand_in is not None:
        g._login_user = stand_in  # flask-login's own place
    marks.put(slots)
    making = _making.set(True)
    try:
        yield
    finally:
        _making.reset(making)
        marks.put(None)
        del g.csrf_token
        if stand_in is not None:
            del g._login_user  # whoever asks later finds the reader


@event.listens_for(Engine, "before_cursor_execute")
def _guard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    """A kept page shows nothing of tables whose changes don't count: what is kept would not be exact."""
    if _making.get() and not UNSEEN.isdisjoint(_TABLES.findall(statement)):
        raise Personal(f"a kept page reads from a table that does not count: {statement[:500]}")
