"""Nudges: a post that was published or changed is brought into the index soon."""

from __future__ import annotations

from typing import Any

from flask import Flask

from forum.core import jobs, signals
from forum.search.actions import index_posts
from forum.search.index import connect_index


def connect(app: Flask) -> None:
    """Give `app` its index and connect the nudges."""
    connect_index(app)
    for signal in (signals.post_published, signals.post_changed, signals.thread_changed):
        signal.connect(_nudge)


def _nudge(_sender: object, **_facts: Any) -> None:
    jobs.enqueue(index_posts)
