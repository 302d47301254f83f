"""Addresses typed as they are: where one ends, in English and in Chinese prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # websites.py needs only the rules, at every start
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

# An address ends before a blank, a quotation mark, a bracket or Chinese punctuation: 见https://example.org/a，然后
_END = '\\s<>\\[\\]"`\\\\^{}|\u2013-\u201f\u2026\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65'
# 2,000 characters are as much as browsers and servers agree on.
_ADDRESS = re.compile(f"://[^{_END}]{{1,2000}}")
BARE_WWW = f"(?<![A-Za-z0-9_@./:-])[Ww][Ww][Ww]\\.[^{_END}]{{1,2000}}"
# An address of plain letters meets Chinese text: https://example.org然后
_HOST_THEN_HAN = re.compile(r"((?:https?://)?[A-Za-z0-9.-]*\.[A-Za-z]{2,})[^\x00-\x7f]")
_ENTITY_AT_END = re.compile(r"&[A-Za-z0-9]+;\Z")


def autolink(state: StateInline, silent: bool) -> bool:
    """Inline rule at ":": take an http or https address whole, so that no underscore in it becomes emphasis."""
    start = state.pos
    if state.linkLevel or not state.src.startswith("://", start):
        return False
    scheme = re.search(r"(?<![A-Za-z0-9])https?\Z", state.src[max(0, start - 6) : start], re.IGNORECASE)
    if not scheme or not (silent or state.pending.endswith(scheme[0])):
        return False
    rest = _ADDRESS.match(state.src, start, state.posMax)
    if not rest:
        return False
    address = trimmed_address(scheme[0] + rest[0])
    href = validated(address, state.md)
    if not href:
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[0])]
        opening = state.push("link_open", "a", 1)
        opening.attrs, opening.info = {"href": href}, "auto"
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos = start + len(address) - len(scheme[0])
    return True


def trimmed_address(address: str) -> str:
    """Return the address without what belongs to the sentence around it (the rules of GitHub's autolinks)."""
    if joined := _HOST_THEN_HAN.match(address):
        address = joined[1]
    surplus = address.count(")") - address.count("(")
    while True:
        before = address
        address = address.rstrip("?!.,:*_~'")
        if address.endswith(";"):
            entity = _ENTITY_AT_END.search(address)
            address = address[: entity.start()] if entity else address[:-1]
        if address.endswith(")") and surplus > 0:
            address, surplus = address[:-1], surplus - 1
        if address == before:
            return address


def validated(address: str, md: MarkdownIt) -> str:
    """Return the address as it goes into the link, or "" when it may not be one."""
    href = md.normalizeLink(address)
    return href if md.validateLink(href) else ""
