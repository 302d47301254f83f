"""What stands beside the text of an expert's answer, sources and correction note: screened and cut as the text is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from forum.core.markup import Rendered
from forum.core.markup.unquoting import MARK
from forum.threads.models import Post
from forum.threads.sources import CUT, Source, is_cut


@dataclass(frozen=True)
class Beside:
    """What stands beside a post's text."""

    sources: list[Source]
    correction: str


def screened(shown: Rendered, sources: Sequence[Source], note: str = "") -> Rendered:
    """Return the rendered text as the screening reads it: with the note, the titles and the links of the sources."""
    if not sources and not note:
        return shown
    links = tuple(source["address"] for source in sources)
    return replace(shown, text=_joined(shown.text, sources, note), links=(*shown.links, *links))


def stood(post: Post) -> str:
    """Return the same of a post as it is before a change."""
    return _joined(post.plain, post.sources, post.correction)


def cut_beside(post: Post, places: Collection[int], *, note: bool) -> tuple[Beside, tuple[str, ...]]:
    """Return what stands beside the post without the sources at these places (from 0) and without the note, the mark
    in their places; and the pieces that are gone by it.
    """
    cut = [place for place, source in enumerate(post.sources) if place in places and not is_cut(source)]
    gone = [words for place in cut for words in post.sources[place].values()]
    sources = [CUT if place in cut else source for place, source in enumerate(post.sources)]
    if not note or post.correction in ("", MARK):
        return Beside(sources, post.correction), tuple(gone)
    return Beside(sources, MARK), (*gone, post.correction)


def _joined(text: str, sources: Sequence[Source], note: str) -> str:
    beside = [f"{source['title']} {source['address']}" for source in sources]
    return "\n".join(filter(None, (text, *beside, note)))
