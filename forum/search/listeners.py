"""Nudges: a post that was published or changed is brought into the index soon."""

from __future__ import annotations

from typing import Any

from flask import Flask

from forum.accounts.name_actions import on_renamed
from forum.core import jobs, signals
from forum.core.plugs import fill
from forum.search.actions import index_posts, owe_posts_of
from forum.search.index import connect_index


def connect(app: Flask) -> None:
    """Give `app` its index and connect the nudges."""
    connect_index(app)
    for signal in (signals.post_published, signals.post_changed, signals.thread_changed, signals.person_renamed):
        signal.connect(_nudge)
    fill(on_renamed, owe_posts_of)


def _nudge(_sender: object, **_facts: Any) -> None:
    jobs.enqueue(index_posts)
