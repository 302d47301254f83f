"""The only sanitizer: bleach with a strict allow-list, then nh3 with the same list as an independent second pass.

A tag off the list is shown as text, an attribute off the list goes. Nothing here carries an id, a name or a style.
"""

import html
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import nh3
from bleach import html5lib_shim
from bleach.sanitizer import Cleaner
from pygments.token import STANDARD_TYPES

from forum.core.markup.addresses import is_allowed, is_own

TAGS = frozenset(
    {
        *("p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "pre", "div"),
        *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
        *("a", "code", "em", "s", "span", "strong", "sup"),
    }
)
SCHEMES = frozenset({"http", "https", "mailto"})
REL = "nofollow ugc noopener"

# Every class that may stand on a tag, as the whole value. Pygments' short names come from its own table.
CLASSES: dict[str, frozenset[str]] = {
    "a": frozenset({"mention", "post-ref", "image"}),
    "div": frozenset({"table-wrap", "footnotes"}),
    "li": frozenset({"task-list-item"}),
    "ol": frozenset({"contains-task-list"}),
    "ul": frozenset({"contains-task-list"}),
    "p": frozenset({"attribution", "code-info"}),
    "span": frozenset(STANDARD_TYPES.values()) - {""} | {"real-host"},
    "sup": frozenset({"footnote-ref"}),
    "td": frozenset({"align-left", "align-center", "align-right"}),
    "th": frozenset({"align-left", "align-center", "align-right"}),
}
ATTRIBUTES: dict[str, frozenset[str]] = {
    **{tag: frozenset({"class"}) for tag in CLASSES},
    "a": frozenset({"class", "href", "rel", "title"}),
    "code": frozenset({"class"}),
    "div": frozenset({"class", "tabindex"}),
    "ol": frozenset({"class", "start"}),
    "pre": frozenset({"tabindex"}),
}

_VALUES: dict[str, Callable[[str], object]] = {
    "class": re.compile(r"language-[a-z0-9+#-]{1,20}").fullmatch,
    "href": is_allowed,
    "rel": REL.__eq__,
    "start": re.compile(r"[0-9]{1,9}").fullmatch,
    "tabindex": "0".__eq__,
    "title": lambda value: True,
}
# Written as entities, these come out as bare characters, which the next parser would read otherwise.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_cleaners = threading.local()


def sanitize(dirty: str) -> str:
    """Return HTML that holds only what the allow-list names; doing it again changes nothing (check X-2)."""
    clean = nh3.clean(
        _cleaner().clean(dirty),
        tags=set(TAGS),
        clean_content_tags=set(),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_second_look,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
    return _CONTROL.sub("", clean.replace("\r", "\n"))


def is_allowed_attribute(tag: str, name: str, value: str) -> bool:
    """Tell whether the attribute may stand on the tag with this value (entities decoded)."""
    if name not in ATTRIBUTES.get(tag, ()):
        return False
    if name == "class" and tag != "code":
        return value in CLASSES[tag]
    return bool(_VALUES[name](value))


class _Rel(html5lib_shim.Filter):  # type: ignore[name-defined]
    """Puts `rel` on every link that leaves the forum, and takes it from the others."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in super().__iter__():
            if token["type"] in ("StartTag", "EmptyTag") and token["name"] == "a":
                attributes = token["data"]
                href = attributes.get((None, "href"))
                attributes.pop((None, "rel"), None)
                if href is not None and not is_own(html.unescape(href)):
                    attributes[(None, "rel")] = REL
            yield token


def _cleaner() -> Cleaner:
    # A Cleaner keeps the state of its parser, so each thread has its own.
    if not hasattr(_cleaners, "cleaner"):
        _cleaners.cleaner = Cleaner(
            tags=TAGS, attributes=_first_look, protocols=SCHEMES, strip=False, strip_comments=True, filters=[_Rel]
        )
    cleaner: Cleaner = _cleaners.cleaner
    return cleaner


def _first_look(tag: str, name: str, value: str) -> bool:
    # bleach leaves entities in attribute values as they were written
    return is_allowed_attribute(tag, name, html.unescape(value))


def _second_look(tag: str, name: str, value: str) -> str | None:
    return value if is_allowed_attribute(tag, name, value) else None
