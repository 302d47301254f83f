"""From Markdown's tokens to plain text and to what a post points at."""

import re
from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from forum.core.markup.addresses import is_own
from forum.core.markup.highlight import fence_info

_POST = re.compile(r"/posts/([1-9][0-9]{0,17})")
_SPACED = {"th_close": "\t", "td_close": "\t", "tr_close": "\n"}


def plain_text(tokens: Iterable[Token]) -> str:
    """Return the words of a text, one block a line; quotes that name another post are left out."""
    parts = [part for token, depth in _own_words(tokens) if not depth for part in _words(token)]
    return re.sub(r"\n{2,}", "\n", "".join(parts)).strip()


def mentions_in(tokens: Iterable[Token]) -> tuple[str, ...]:
    """Return the user names linked outside of quotes, each once, in order."""
    names: dict[str, None] = {}
    quoted = 0
    for token in tokens:
        quoted += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        children = token.children or []
        for i, child in enumerate(children):
            if not quoted and child.attrs.get("class") == "mention":
                names[children[i + 1].content[1:]] = None
    return tuple(names)


def addresses_in(tokens: Iterable[Token]) -> list[str]:
    """Return the address of every link, in order."""
    return [str(child.attrs["href"]) for token in tokens for child in token.children or () if child.type == "link_open"]


def posts_among(addresses: Iterable[str]) -> tuple[int, ...]:
    """Return the ids of this forum's posts among the addresses, each once, in order."""
    found = (_POST.fullmatch(address) for address in addresses)
    return tuple(dict.fromkeys(int(match[1]) for match in found if match))


def leading_away(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses that are not of this forum."""
    return tuple(address for address in addresses if not is_own(address))


def _own_words(tokens: Iterable[Token]) -> Iterator[tuple[Token, int]]:
    """Yield each token with the number of attributed quotes around it."""
    quotes: list[bool] = []
    for token in tokens:
        if token.type == "blockquote_open":
            quotes.append("attributed" in token.meta)
        elif token.type == "blockquote_close":
            quotes.pop()
        yield token, sum(quotes)


def _words(token: Token) -> Iterator[str]:
    if token.type == "inline":
        for child in token.children or ():
            yield from _inline_words(child)
    elif token.type in ("fence", "code_block"):
        caption = fence_info(token)[1]
        yield f"{caption}\n{token.content}" if caption else token.content
    elif token.type == "list_item_open" and "checked" in token.meta:
        yield "☑ " if token.meta["checked"] else "☐ "
    elif token.type in _SPACED:
        yield _SPACED[token.type]
    elif token.nesting == -1 and token.block:
        yield "\n"


def _inline_words(token: Token) -> Iterator[str]:
    if token.type in ("text", "code_inline"):
        yield token.content
    elif token.type in ("softbreak", "hardbreak"):
        yield "\n"
