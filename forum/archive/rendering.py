"""Rendering of an import's texts on all cores. A text that can't be rendered is kept as plain text, never lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from forum.accounts import queries
from forum.core.markup import RENDER_VERSION, Rendered, RenderError, mentioned, render_many


@dataclass(frozen=True)
class Text:
    """A post's text as it is stored; `as_plain_text` when it was too deep or too costly to render as Markdown."""

    html: str
    plain: str
    version: int = RENDER_VERSION
    as_plain_text: bool = False


def render_texts(bodies: list[str]) -> list[Text]:
    """Return the bodies rendered, in their order, with links to the people that exist now."""
    names = set().union(*map(mentioned, bodies)) if bodies else set()
    people = queries.existing_names(names) if names else {}
    rendered: Iterable[Rendered | RenderError] = render_many(bodies, resolve_people=people)
    return [_stored(body, result) for body, result in zip(bodies, rendered, strict=True)]


def _stored(body: str, result: Rendered | RenderError) -> Text:
    if isinstance(result, RenderError):
        return Text(plain_html(body), body, as_plain_text=True)
    return Text(result.html, result.text, result.version)


def plain_html(text: str) -> str:
    """Return a text as escaped paragraphs, line breaks kept."""
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.split("\n\n") if part.strip())
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
