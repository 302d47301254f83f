"""Rendering with bounds of time and memory, whatever the text."""

from collections.abc import Callable, Mapping

from forum.core.markup.mentions import mentioned
from forum.core.markup.pipeline import render_here
from forum.core.markup.rendered import Rendered

People = Mapping[str, str] | Callable[[set[str]], Mapping[str, str]]


def render(source: str, *, resolve_people: People | None = None) -> Rendered:
    """Render normalised Markdown to safe HTML, plain text and what it points at.

    `resolve_people` says which names exist: a mapping, or a function that is given the casefolded names of
    `mentioned(source)` and returns those that exist with the user name to show. Without it no name is linked.
    Raises `TooDeep` or `TooCostly`.
    """
    return render_here(source, _people(source, resolve_people))


def plain(source: str) -> str:
    """Return the plain text of Markdown, as `Rendered.text`. Raises as `render`."""
    return render(source).text


def _people(source: str, resolve: People | None) -> dict[str, str]:
    if resolve is None or not (names := mentioned(source)):
        return {}
    known = resolve(names) if callable(resolve) else resolve
    return {name: known[name] for name in names if name in known}
