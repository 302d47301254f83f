"""Addresses, people and posts named in running text: www.…, mail addresses, @name and #123 become links."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from forum.core.markup.autolinks import BARE_WWW, trimmed_address, validated
from forum.core.usernames import LONGEST, SHORTEST

# Names looked up for one text at most, counting every reading of "@张三你好"; later ones stay text.
CANDIDATES = 500

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_LATIN = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
# Han letters may touch a mention or a reference, since Chinese has no spaces; Latin ones and digits may not.
_MENTION = re.compile(f"(?<![{_LATIN}_@./+-])@(?P<run>[{_LATIN}{_HAN}][{_LATIN}{_HAN}_.-]{{0,{LONGEST - 1}}})")
_NAMED = re.compile(
    f"{_MENTION.pattern}(?P<more>[{_LATIN}_]?)"
    f"|(?<![{_LATIN}_@#&/.:-])#(?P<post>[1-9][0-9]{{0,17}})(?![{_LATIN}_-])"
    "|(?<![A-Za-z0-9._+/-])(?P<mail>[A-Za-z0-9._+-]+@[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)+)(?![A-Za-z0-9_-])(?<![_-])"
    f"|(?P<www>{BARE_WWW})"
)
_HAN_LETTER = re.compile(f"[{_HAN}]")


def mentioned(source: str) -> set[str]:
    """Return every user name, casefolded, that an @ in the source could mean: what to look up before rendering.

    "@张三你好" may name 张三, 张三你 or 张三你好; the longest that exists wins. At most 500, the first ones.
    """
    names: dict[str, None] = {}
    for found in _MENTION.finditer(source):
        names.update((key_of(name), None) for name in _readings(found["run"], source[found.end() : found.end() + 1]))
        if len(names) >= CANDIDATES:
            break
    return set(list(names)[:CANDIDATES])


def key_of(name: str) -> str:
    """Return the form in which names are looked up: NFKC, casefolded."""
    return unicodedata.normalize("NFKC", name).casefold()


def link_names(state: StateCore) -> None:
    """Core rule: turn names in text outside of links into link tokens. `env["people"]` maps keys to user names."""
    people: Mapping[str, str] = state.env.get("people", {})
    for block in state.tokens:
        if block.type == "inline" and block.children and re.search("[@#]|www\\.", block.content, re.IGNORECASE):
            block.children = list(_with_links(block.children, people, state.md))


def _with_links(children: list[Token], people: Mapping[str, str], md: MarkdownIt) -> Iterator[Token]:
    inside = 0
    for token in children:
        inside += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "text" and not inside:
            yield from _split(token, people, md)
        else:
            yield token


def _split(token: Token, people: Mapping[str, str], md: MarkdownIt) -> Iterator[Token]:
    text, done = token.content, 0
    for found in _NAMED.finditer(text):
        link = _link(found, people, md)
        if not link:
            continue
        length, href, label, kind = link
        start = found.start()
        yield _text(text[done:start], token.level)
        yield from link_tokens(href, label, kind, token.level)
        done = start + length
    yield _text(text[done:], token.level)


def _link(found: re.Match[str], people: Mapping[str, str], md: MarkdownIt) -> tuple[int, str, str, str] | None:
    """Return how many characters the link covers, its address, its text and its class; None when it is no link."""
    if found["run"]:
        for name in _readings(found["run"], found["more"]):
            if username := people.get(key_of(name)):
                return len(name) + 1, f"/people/{quote(username)}", f"@{username}", "mention"
        return None
    if found["post"]:
        return len(found[0]), f"/posts/{found['post']}", found[0], "post-ref"
    if found["mail"]:
        return len(found[0]), f"mailto:{found[0]}", found[0], "auto"
    address = trimmed_address(found["www"])
    href = validated("http://" + address, md) if address.count(".") > 1 else ""
    return (len(address), href, address, "auto") if href else None


def _readings(run: str, following: str) -> Iterator[str]:
    """Yield the names that a run of name characters may begin with, the longest first."""
    for length in range(len(run), SHORTEST - 1, -1):
        name, after = run[:length], run[length : length + 1] or following
        if name[-1] not in "_.-" and not _joined(name[-1], after):
            yield name


def _joined(last: str, after: str) -> bool:
    """Tell whether a name can't end between these two characters: both belong to one Latin word."""
    if not after or _HAN_LETTER.match(last) or _HAN_LETTER.match(after):
        return False
    return after == "_" or after.isalnum()


def link_tokens(href: str, label: str, kind: str, level: int) -> list[Token]:
    """Return the three tokens of a link; `kind` is its class, or "auto" for an address that is its own text."""
    opening = Token("link_open", "a", 1, attrs={"href": href}, level=level)
    if kind == "auto":
        opening.info = "auto"
    else:
        opening.attrSet("class", kind)
    return [opening, _text(label, level + 1), Token("link_close", "a", -1, level=level)]


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)
