"""Addresses, people and posts named in running text: www.…, mail addresses, @name and #123 become links."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from forum.core.markup.autolinks import BARE_WWW, trimmed_address, validated
from forum.core.markup.names import LATIN, MENTION, key_of, readings

_NAMED = re.compile(
    f"{MENTION.pattern}(?P<more>[{LATIN}_]?)"
    f"|(?<![{LATIN}_@#&/.:-])#(?P<post>[1-9][0-9]{{0,17}})(?![{LATIN}_-])"
    "|(?<![A-Za-z0-9._+/-])(?P<mail>[A-Za-z0-9._+-]+@[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)+)(?![A-Za-z0-9_-])(?<![_-])"
    f"|(?P<www>{BARE_WWW})"
)


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
        for name in readings(found["run"], found["more"]):
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
