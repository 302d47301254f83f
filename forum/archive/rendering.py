"""Rendering of an import's texts on all cores. A text that can't be rendered is kept as plain text, never lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TypeVar

from forum.accounts.queries import existing_names
from forum.core.markup import RENDER_VERSION, Rendered, RenderError, render_many

Item = TypeVar("Item")


@dataclass(frozen=True)
class Text:
    """A text as it is stored; `as_plain_text` when it was too deep or too costly to render as Markdown."""

    html: str
    plain: str
    version: int = RENDER_VERSION
    as_plain_text: bool = False


def rendered(items: Iterable[Item], words: Callable[[Item], str]) -> Iterator[tuple[Item, Text]]:
    """Return each item with the rendering of `words(item)`, in order; reads some hundred items ahead.

    One call for many items: the processes that render are started once. People who exist now are linked by @name.
    """
    ahead: deque[tuple[Item, str]] = deque()

    def sources() -> Iterator[str]:
        for item in items:
            ahead.append((item, words(item)))
            yield ahead[-1][1]

    for result in render_many(sources(), resolve_people=_People()):
        item, source = ahead.popleft()
        yield item, _stored(source, result)


class _People:
    """Asks the database once for each name."""

    def __init__(self) -> None:
        self._asked: dict[str, str | None] = {}

    def __call__(self, names: set[str]) -> Mapping[str, str]:
        if new := names - self._asked.keys():
            found = existing_names(new)
            self._asked.update((name, found.get(name)) for name in new)
        return {name: known for name in names if (known := self._asked[name])}


def _stored(source: str, result: Rendered | RenderError) -> Text:
    if isinstance(result, RenderError):
        return Text(plain_html(source), source, as_plain_text=True)
    return Text(result.html, result.text, result.version)


def plain_html(text: str) -> str:
    """Return a text as escaped paragraphs, line breaks kept."""
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.split("\n\n") if part.strip())
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
