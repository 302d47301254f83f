"""For search engines (sitemaps.org, version 0.9): which pages there are, and when each thread was last written in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, abort, current_app, make_response, url_for
from sqlalchemy import func, select

from forum.core.database import db
from forum.subthemes.queries import open_subthemes
from forum.threads.addresses import thread_url
from forum.threads.models import State, Thread

bp = Blueprint("sitemaps", __name__)

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
RANGE = 5_000  # numbers of threads in one file; the format allows 50,000 addresses, and as many files
HOUR = 3600
PLACES = ("/", "/about", "/rules", "/sessions", "/experts", "/programme", "/moderation/log")


@bp.get("/sitemap.xml")
def index() -> Response:
    """List the files."""
    newest = db.session.scalar(select(func.max(Thread.id))) or 0
    files = [url_for(".threads", number=number) for number in range(newest // RANGE + 1)]
    return _answer("sitemapindex", "sitemap", ((path, None) for path in [url_for(".places"), *files]))


@bp.get("/sitemaps/places.xml")
def places() -> Response:
    """List the pages that stay: what the forum says of itself, and its sub-themes."""
    paths = [*PLACES, *(url_for("subthemes.show", slug=subtheme.slug) for subtheme in open_subthemes())]
    return _answer("urlset", "url", ((path, None) for path in paths))


@bp.get("/sitemaps/threads-<int:number>.xml")
def threads(number: int) -> Response:
    """List the threads of one range of numbers that everybody sees."""
    first = number * RANGE
    query = select(Thread).where(Thread.id >= first, Thread.id < first + RANGE, Thread.state == State.VISIBLE)
    found = db.session.scalars(query.order_by(Thread.id)).all()
    if not found and number:
        abort(404)
    return _answer("urlset", "url", ((thread_url(thread), thread.last_post_at) for thread in found))


def _answer(root: str, each: str, places: Iterable[tuple[str, datetime | None]]) -> Response:
    Xml.register_namespace("", NAMESPACE)
    top = Xml.Element(f"{{{NAMESPACE}}}{root}")
    for path, changed in places:
        node = Xml.SubElement(top, f"{{{NAMESPACE}}}{each}")
        Xml.SubElement(node, f"{{{NAMESPACE}}}loc").text = current_app.config["SITE_URL"] + path
        if changed is not None:
            moment = f"{changed.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            Xml.SubElement(node, f"{{{NAMESPACE}}}lastmod").text = moment
    answer = make_response(Xml.tostring(top, encoding="utf-8", xml_declaration=True))
    answer.mimetype = "application/xml"
    answer.headers["Cache-Control"] = f"public, max-age={HOUR}"
    return answer
