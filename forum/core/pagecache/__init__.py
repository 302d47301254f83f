"""Pages that many get alike, kept in memory and exact: those of visitors whole (ADR 24), of others in pieces (ADR 26).

A view that all visitors get the same way is marked `@shared`, one that people who are signed in get so but for their
own `@for_readers`; `init_app` puts the cache in front of Flask.
"""

from __future__ import annotations

from functools import partial

from flask import Flask
from sqlalchemy import make_url

from forum.core import i18n, web
from forum.core.compression import Compressed
from forum.core.cookies import full_name_for
from forum.core.pagecache import marks
from forum.core.pagecache.asking import versions_of
from forum.core.pagecache.layer import PageCache
from forum.core.pagecache.making import Alone, Personal, Unkept, for_readers
from forum.core.pagecache.pieces import Recognise
from forum.core.pagecache.readers import ReadersPages
from forum.core.pagecache.sharing import holds_long, holds_until, of_one_thread, scope_of_shared, shared
from forum.core.pagecache.shelf import Shelf
from forum.core.pagecache.versions import PageVersion, stands_in

# the version's row brings the listeners that change versions
__all__ = [
    "Alone",
    "PageVersion",
    "Personal",
    "Unkept",
    "for_readers",
    "holds_long",
    "holds_until",
    "init_app",
    "marks",
    "of_one_thread",
    "recognise_by",
    "shared",
    "stands_in",
]


def init_app(app: Flask) -> None:
    """Compress what `app` answers, and keep as many pages as PAGE_CACHE_MB allows; 0 keeps none."""
    maker = app.wsgi_app
    app.context_processor(lambda: {"slots": marks.slots()})
    app.wsgi_app = compressed = Compressed(maker)  # type: ignore[method-assign]
    most = app.config["PAGE_CACHE_MB"] * 1_000_000
    if not most:
        return
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    replica = app.config["DATABASE_REPLICA_URL"]
    names = (full_name_for(app, i18n.COOKIE), full_name_for(app, web.THEME_COOKIE))
    cache = PageCache(
        compressed,
        maker,
        Shelf(most),
        versions_of(url),
        partial(scope_of_shared, app),
        names,
        web.THEMES,
        versions_of(make_url(replica)) if replica else None,
    )
    cache.readers = ReadersPages(
        app,
        maker,
        cache.shelf,
        lambda scope: cache.versions.present(scope),  # noqa: PLW0108 - tests put others in its place
    )
    app.wsgi_app = cache  # type: ignore[method-assign]
    app.extensions["page_cache"] = cache


def recognise_by(app: Flask, cookie: str, recognise: Recognise, *further: str) -> None:
    """Let `recognise` say who has come with the cookie `cookie`; `further` cookies change nothing on kept pages."""
    cache = app.extensions.get("page_cache")
    if cache is not None:
        cache.readers.recognise, cache.readers.signed_in = recognise, full_name_for(app, cookie)
        cache.readers.further = frozenset(full_name_for(app, name) for name in (cookie, *further))
