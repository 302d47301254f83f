"""The whole way of one text, in this process and unbounded: parse, render, sanitize."""

import threading
from collections.abc import Mapping

from markdown_it import MarkdownIt

from forum.core.markup.parser import markdown
from forum.core.markup.plaintext import addresses_in, leading_away, mentions_in, plain_text, posts_among
from forum.core.markup.rendered import Rendered
from forum.core.markup.sanitize import sanitize

_parsers = threading.local()


def render_here(source: str, people: Mapping[str, str]) -> Rendered:
    """Render normalised Markdown; `people` maps keys of `mentioned()` to user names. Raises `TooDeep`."""
    md = _parser()
    env = {"people": people}
    tokens = md.parse(source, env)
    html = md.renderer.render(tokens, md.options, env)
    addresses = addresses_in(tokens)
    return Rendered(
        html=sanitize(html),
        text=plain_text(tokens),
        mentions=mentions_in(tokens),
        post_refs=posts_among(addresses),
        links=leading_away(addresses),
    )


def _parser() -> MarkdownIt:
    if not hasattr(_parsers, "md"):
        _parsers.md = markdown()
    md: MarkdownIt = _parsers.md
    return md
