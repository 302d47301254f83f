"""Atom feeds (RFC 4287): entries in, an answer out that a reader need not fetch twice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

from flask import Response, current_app, request

from forum.core import i18n
from forum.core.patterns import late

ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml"
_NOT_XML = late("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)  # of a feed that has no entry yet


@dataclass(frozen=True)
class Entry:
    """One entry: `key` names it for ever within the forum ("log/12"), `path` is where people read it."""

    key: str
    title: str
    path: str
    updated: datetime
    summary: str
    category: str = ""


@dataclass(frozen=True)
class Feed:
    """A feed, newest entry first: `key` names it for ever, `path` is the page that shows the same to people."""

    key: str
    title: str
    path: str
    entries: Sequence[Entry]

    @property
    def updated(self) -> datetime:
        """When its newest entry was made."""
        return max((entry.updated for entry in self.entries), default=_EPOCH)


def answer(feed: Feed) -> Response:
    """Return the feed as an answer with ETag and Last-Modified, or 304 for a reader that has it already."""
    body = xml(feed, _site() + request.full_path.rstrip("?"))
    response = Response(body, mimetype=TYPE)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.last_modified = feed.updated
    response.make_conditional(request)
    return response


def xml(feed: Feed, own_address: str) -> bytes:
    """Return the feed as XML in UTF-8; whatever XML can't hold is left out of its texts."""
    Xml.register_namespace("", ATOM)
    root = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": i18n.page_lang()})
    _text(root, "id", _tag(feed.key))
    _text(root, "title", feed.title)
    _text(root, "updated", _moment(feed.updated))
    _text(_child(root, "author"), "name", i18n.site_name())
    _child(root, "link", rel="self", type=TYPE, href=own_address)
    _child(root, "link", rel="alternate", type="text/html", href=_site() + feed.path)
    for entry in feed.entries:
        _add(root, entry)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(root: Xml.Element, entry: Entry) -> None:
    node = _child(root, "entry")
    _text(node, "id", _tag(entry.key))
    _text(node, "title", entry.title)
    _text(node, "updated", _moment(entry.updated))
    _child(node, "link", rel="alternate", type="text/html", href=_site() + entry.path)
    if entry.category:
        _child(node, "category", term=entry.category)
    _text(node, "summary", entry.summary)


def _child(parent: Xml.Element, name: str, **attributes: str) -> Xml.Element:
    clean = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    return Xml.SubElement(parent, f"{{{ATOM}}}{name}", clean)


def _text(parent: Xml.Element, name: str, words: str) -> None:
    _child(parent, name).text = _NOT_XML.sub("", words)


def _site() -> str:
    return str(current_app.config["SITE_URL"])


def _tag(key: str) -> str:
    """Return an id that stays the same when pages move (RFC 4151)."""
    return f"tag:{urlsplit(_site()).hostname or 'localhost'},2026:{key}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
