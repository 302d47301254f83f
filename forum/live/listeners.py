"""What templates need to say which state a page was made from."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask

from forum.core import web
from forum.live import queries
from forum.threads.models import Thread


def connect(app: Flask) -> None:
    """Give templates the setting and the form in which moments are compared."""
    app.add_template_filter(queries.stamp, "stamp")
    app.context_processor(lambda: {"live_seconds": app.config["LIVE_SECONDS"], "live_latest": _latest})


def _latest(threads: Iterable[Thread], subtheme_id: int | None) -> int:
    """Return the latest activity of a list's threads; whoever has a page of their own may not see all that count."""
    reader = web.reader()
    if reader.is_authenticated and not reader.is_many:
        return max(queries.of_lists(subtheme_id)["threads"].values(), default=0)
    return max((queries.stamp(thread.last_post_at) for thread in threads), default=0)
