"""Listeners of this room: its notices have words, and a correction is told of soon."""

from __future__ import annotations

from typing import Any

from flask import Flask

from forum.answers import telling, wording
from forum.core import jobs, signals
from forum.notifications.wording import KINDS


def connect(_app: Flask) -> None:
    """Connect this room's listeners."""
    KINDS.update(wording.KINDS)
    signals.answer_corrected.connect(_tell_soon)


def _tell_soon(_sender: object, post_id: int, **_facts: Any) -> None:
    jobs.enqueue(telling.tell_of_correction, post_id=post_id)
