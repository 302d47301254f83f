"""How this room joins the house: the plug of what was read, its notices, and the thread that writes reading down."""

from __future__ import annotations

from flask import Flask

from forum.notifications import wording as notices
from forum.threads import marks
from forum.trust import flushing, pruning, wording
from forum.trust.collecting import Memory
from forum.trust.reader import MarkedReader


def connect(app: Flask) -> None:
    """Fill the plugs; harmless to repeat for another application."""
    memory = app.extensions["reading"] = Memory()
    app.extensions["levels_weighed_up_to"] = {"id": 0}
    pruning.begin_anew()
    app.extensions["reading_flusher"] = None if app.testing else flushing.Flusher(app, memory)
    marks.plug.reader = MarkedReader()
    notices.KINDS.update(wording.KINDS)
