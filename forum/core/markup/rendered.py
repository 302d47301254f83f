"""What rendering gives back, and the ways in which it refuses."""

import re
from dataclasses import dataclass
from html import unescape

from forum.core.text import leaves_ink

# Stored beside the HTML; count up whenever the same source would give other HTML, and old posts are rendered anew.
RENDER_VERSION = 1

# What a page draws without a letter: a rule, the mark of a list, the lines of a table.
_DRAWN = re.compile(r"<(?:hr|li|t[hd])\b")
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')


@dataclass(frozen=True)
class Rendered:
    """One text after rendering; everything here is safe to store.

    html: sanitized, to be shown as it is
    text: plain, for search and excerpts; code and link texts stay, attributed quotes of other posts don't
    mentions: user names linked outside of quotes, each once, in order
    post_refs: ids of posts linked to, each once, in order
    links: addresses of other sites and of mail, one for each link, repeated ones too
    version: `RENDER_VERSION` at the time
    """

    html: str
    text: str
    mentions: tuple[str, ...] = ()
    post_refs: tuple[int, ...] = ()
    links: tuple[str, ...] = ()
    version: int = RENDER_VERSION

    @property
    def link_count(self) -> int:
        """Return how many links lead away from the forum: what screening counts."""
        return len(self.links)

    @property
    def is_blank(self) -> bool:
        """Whether a reader sees nothing of it: spaces written as entities, links and emphasis around no word."""
        if leaves_ink(self.text) or _DRAWN.search(self.html):
            return False
        return not leaves_ink(unescape(_TAG.sub("", self.html)))


class RenderError(ValueError):
    """A text that can't be rendered; the person must be told which way."""


class TooDeep(RenderError):
    """Quotes or lists nested deeper than `limit`."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"nested deeper than {limit}")
        self.limit = limit


class TooCostly(RenderError):
    """Rendering was stopped at its bound of time or memory."""

    def __init__(self) -> None:
        super().__init__("rendering was stopped at its bound of time or memory")


class NoTurn(RenderError):
    """The renderers were busy with other texts; nothing is said about this one, which may be sent again."""

    def __init__(self) -> None:
        super().__init__("no renderer was free in time")
