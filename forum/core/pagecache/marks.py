"""What is one reader's own on a page that many get: places in the page, and what each reader has there.

Templates say `slots.when(…)` and `slots.value(…)` there. On most pages that prints what it is for the reader; on a page
that is made for many it prints a mark, and the page becomes a `Skeleton` that is filled in for each reader.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from flask import g
from markupsafe import Markup

from forum.core.pagecache.layouts import LAYOUTS, Layout

# Nobody can write a mark into a text: it is chosen when the process starts and never goes out.
_SECRET = secrets.token_hex(12)
_MARK = re.compile(f"q{_SECRET}([vbe])([a-z0-9_-]*)Z")
_OF_PAGE = "page_slots"  # in g

Values = dict[str, Any]  # by the names of slots: bytes for a value, True for a part that is shown


class Filler(Protocol):
    """What a view leaves with a page that is kept: how the places that only this page has are filled in."""

    def fill(self, ask: Any, reader: Any, values: Values) -> bool:
        """Add the reader's values; False if this page, made for many, isn't theirs after all.

        `ask` sends a statement (core/prepared.py) with its values and returns the rows.
        """

    def note_read(self, reader: Any) -> None:
        """Note that the reader has got the page."""


@dataclass
class Own:
    """The slots of a page that is made for its reader: they print what is the reader's."""

    values: dict[str, Any] = field(default_factory=dict)
    for_many = False

    def when(self, name: str, shown: Any = None, caller: Callable[[], str] | None = None) -> str:
        """Return what `{% call %}` holds if the part is shown: by `shown`, or because the view has said so."""
        assert caller is not None
        return caller() if (name in self.values if shown is None else shown) else ""

    def value(self, name: str, value: Any = None) -> Any:
        """Return the value, or what the view has said."""
        return self.values.get(name, "") if value is None else value

    def say(self, name: str, value: Any = True) -> None:
        """Let the slot `name` be shown, or have this value."""
        self.values[name] = value


@dataclass
class Marks:
    """The slots of a page that is made for many, and is filled in afterwards."""

    fillers: list[Filler] = field(default_factory=list)
    for_many = True

    def when(self, name: str, _shown: Any = None, caller: Callable[[], str] | None = None) -> Markup:
        """Return what `{% call %}` holds between two marks."""
        assert caller is not None
        return Markup(f"{_mark('b', name)}{caller()}{_mark('e')}")  # noqa: S704 - what a macro has printed is HTML

    def fill_with(self, filler: Filler | None) -> None:
        """Let `filler` fill in what only this page has."""
        if filler is not None:
            self.fillers.append(filler)

    def value(self, name: str, _value: Any = None) -> Markup:
        """Return the mark in the place of the value."""
        return Markup(_mark("v", name))  # noqa: S704 - letters and digits


def slots() -> Own | Marks:
    """Return the slots of the page that is being made."""
    if _OF_PAGE not in g:
        setattr(g, _OF_PAGE, Own())
    found: Own | Marks = getattr(g, _OF_PAGE)
    return found


def put(found: Own | Marks | None) -> None:
    """Let the next page that is made in this request have these slots; None: its own."""
    g.pop(_OF_PAGE, None)
    if found is not None:
        setattr(g, _OF_PAGE, found)


def _mark(kind: str, name: str = "") -> str:
    return f"q{_SECRET}{kind}{name}Z"


@dataclass(frozen=True)
class Slot:
    """A place in a page: a value, or (with `inner`) a part that some readers get."""

    name: str
    inner: Skeleton | None = None


@dataclass(frozen=True)
class Skeleton:
    """A page in pieces, with slots between them."""

    parts: tuple[bytes | Slot, ...]

    def layout(self, values: Mapping[str, Any]) -> Layout:
        """Return the page as it is laid out for a reader with these values: with the parts that they are shown."""
        shown = self._parts_by_name.intersection(values)
        kept = self._layouts  # the one that was asked for last stands last; threads share it
        layout = kept.pop(shown, None) or Layout(list(self._shown_to(shown)))
        kept[shown] = layout
        if len(kept) > LAYOUTS:
            kept.pop(next(iter(list(kept))), None)
        return layout

    def _shown_to(self, shown: frozenset[str]) -> Iterator[bytes | str]:
        """Give the pieces and the names of values, in their order."""
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
            elif part.inner is None:
                yield part.name
            elif part.name in shown:
                yield from part.inner._shown_to(shown)

    @cached_property
    def _layouts(self) -> dict[frozenset[str], Layout]:
        return {}

    @cached_property
    def _parts_by_name(self) -> frozenset[str]:
        """The names of all parts that not everybody is shown."""
        inner = [(part.name, part.inner) for part in self.parts if isinstance(part, Slot) and part.inner is not None]
        return frozenset(name for name, _part in inner).union(*(part._parts_by_name for _name, part in inner))

    @property
    def size(self) -> int:
        """Roughly how many bytes of memory it takes."""
        own = sum(
            len(part) + 48 if isinstance(part, bytes) else 230 + (part.inner.size if part.inner else 0)
            for part in self.parts
        )
        return own + 100


def cut(page: str) -> Skeleton:
    """Return a page with marks in its pieces. Raises ValueError when its marks don't close."""
    open_parts: list[tuple[str, list[bytes | Slot]]] = [("", [])]
    place = 0
    for mark in _MARK.finditer(page):
        _add(open_parts[-1][1], page[place : mark.start()])
        place = mark.end()
        kind, name = mark[1], mark[2]
        if kind == "v":
            open_parts[-1][1].append(Slot(name))
        elif kind == "b":
            open_parts.append((name, []))
        else:
            name, inner = open_parts.pop()
            if not open_parts:
                raise ValueError("a part ends that has not begun")
            open_parts[-1][1].append(Slot(name, Skeleton(tuple(inner))))
    _add(open_parts[-1][1], page[place:])
    if len(open_parts) > 1:
        raise ValueError(f"the part {open_parts[-1][0]} does not end")
    return Skeleton(tuple(open_parts[0][1]))


def _add(parts: list[bytes | Slot], words: str) -> None:
    if words:
        parts.append(words.encode())


def is_marked(page: str) -> bool:
    """Whether any mark stands on the page."""
    return _SECRET in page
