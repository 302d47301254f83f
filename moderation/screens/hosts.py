"""Hosts as they are compared: by whole labels, however they are written (CVE-2026-33393 compared by their ends)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import urlsplit

LONGEST = 253  # of a host name (RFC 1035)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]+")
# A name in running text, its scheme left out: plain labels with dots between them, the last one of letters. Other
# scripts' names count where they are linked: in Chinese a sentence's end and the next sentence would look like one.
_IN_TEXT = re.compile(
    r"(?<![\w.-])[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62}){0,8}\.(?:xn--[a-z0-9-]{1,59}|[a-z]{2,24})(?![\w-])",
    re.IGNORECASE | re.ASCII,
)


@lru_cache(maxsize=4096)
def canonical(written: str) -> str:
    """Return the host in a domain or address as it was written, "" when there is none.

    Lower case, punycode, without scheme, user, port, path and the dot at the end: HTTPS://me@Bücher.Example.:443/x
    is xn--bcher-kva.example. A single label ("com") is none: it would stand for too much.
    """
    text = unicodedata.normalize("NFKC", written.strip()).replace("。", ".")
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = (parts.hostname or "").rstrip(".").removeprefix("*.")
    except ValueError:
        return ""
    if _ADDRESS.fullmatch(host):
        return host
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    labels = host.split(".")
    return host if len(labels) > 1 and len(host) <= LONGEST and all(map(_LABEL.fullmatch, labels)) else ""


def of_links(addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the host of each link with the address as it stands; of a mail address, what stands behind its @."""
    for address in addresses:
        place = address.rpartition("@")[2] if address.lower().startswith("mailto:") else address
        if host := canonical(place):
            yield host, address


def in_text(text: str) -> Iterator[tuple[str, str]]:
    """Yield what looks like a host in running text, linked or not, as canonical host and as it stands."""
    for found in _IN_TEXT.finditer(text):
        if host := canonical(found[0]):
            yield host, found[0]


def upwards(host: str) -> Iterator[str]:
    """Yield the host and those it belongs to, by whole labels: a.b.example, b.example; an address only itself."""
    yield host
    if _ADDRESS.fullmatch(host):
        return
    labels = host.split(".")
    for cut in range(1, len(labels) - 1):
        yield ".".join(labels[cut:])
