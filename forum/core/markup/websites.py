"""An address given as a field of its own: the same rule as for links in posts, but it has to lead to another site."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from forum.core.markup.autolinks import validated

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LIMIT = 200
_REST = 40

_parsers = threading.local()


def website(typed: str, limit: int = LIMIT) -> str:
    """Return the http or https address that was typed, as a post would link it; "" if a post would not.

    Without a scheme https is meant; letters of other scripts become punycode and %-codes. Nor may it then be longer
    than `limit`.
    """
    address = typed.strip()
    if "://" not in address:
        address = f"https://{address}"
    if not address.lower().startswith(("http://", "https://")) or any(map(str.isspace, address)):
        return ""
    host = address.split("://", 1)[1].partition("/")[0]
    href = validated(address, _parser()) if "." in host.strip(".") else ""
    return href if len(href) <= limit else ""


def shown_address(address: str) -> str:
    """Return the address as it is shown: without scheme, `www.` and a slash at its end, shortened behind the host."""
    bare = address.partition("://")[2].removeprefix("www.").rstrip("/")
    host, slash, rest = bare.partition("/")
    return host + slash + (rest if len(rest) <= _REST else f"{rest[:_REST]}…")


def _parser() -> MarkdownIt:
    if not hasattr(_parsers, "md"):
        from forum.core.markup.parser import markdown  # noqa: PLC0415 - 0.1 s, and who only reads never needs it

        _parsers.md = markdown()
    md: MarkdownIt = _parsers.md
    return md
