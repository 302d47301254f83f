"""Where threads and posts stand on pages, and the whole numbers in their addresses."""

from __future__ import annotations

from typing import Any

from flask import abort, url_for

from forum.config import PAGE_SIZE
from forum.core.paging import id_in, page_of
from forum.threads.models import Post, Thread


def thread_url(thread: Thread, **query: Any) -> str:
    """Return the address of the thread's page."""
    return url_for("threads.show", thread_id=thread.id, slug=thread.slug, **query)


def post_url(post: Post, thread: Thread) -> str:
    """Return the address of the post in its thread's page; one without a place stands at the end of the last page."""
    page = page_of(post.position or thread.last_position, PAGE_SIZE)
    return thread_url(thread, page=page if page > 1 else None, _anchor=f"post-{post.id}")


def whole_number(value: str | None, default: int) -> int:
    """Return the number in a query, `default` where it is absent; anything but plain digits answers 404."""
    if value is None:
        return default
    number = id_in(value)
    return abort(404) if number is None else number
