"""What stands beside the text of an expert's answer, sources and correction note, is screened together with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from forum.core.markup import Rendered
from forum.threads.models import Post
from forum.threads.sources import Source


def screened(shown: Rendered, sources: Sequence[Source], note: str = "") -> Rendered:
    """Return the rendered text as the screening reads it: with the note, the titles and the links of the sources."""
    if not sources and not note:
        return shown
    links = tuple(source["address"] for source in sources)
    return replace(shown, text=_joined(shown.text, sources, note), links=(*shown.links, *links))


def stood(post: Post) -> str:
    """Return the same of a post as it is before a change."""
    return _joined(post.plain, post.sources, post.correction)


def _joined(text: str, sources: Sequence[Source], note: str) -> str:
    beside = [f"{source['title']} {source['address']}" for source in sources]
    return "\n".join(filter(None, (text, *beside, note)))
