"""Listeners of this room: its notices have words, pages below show questions, and a correction is told of soon."""

from __future__ import annotations

from typing import Any

from flask import Flask

from forum.answers import panels, telling, wording
from forum.core import jobs, signals
from forum.core.plugs import fill
from forum.notifications.wording import KINDS
from forum.threads import plugs


def connect(_app: Flask) -> None:
    """Connect this room's listeners and fill the plugs of the rooms below."""
    KINDS.update(wording.KINDS)
    fill(plugs.thread_heads, panels.head)
    fill(plugs.under_openings, panels.the_answer)
    fill(plugs.post_acts, panels.acts)
    fill(plugs.desk_panels, panels.desk)
    signals.answer_corrected.connect(_tell_soon)


def _tell_soon(_sender: object, post_id: int, **_facts: Any) -> None:
    jobs.enqueue(telling.tell_of_correction, post_id=post_id)
