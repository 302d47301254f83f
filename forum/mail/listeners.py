"""Listener of this room: a letter that is owed is sent soon."""

from __future__ import annotations

from typing import Any

from flask import Flask

from forum.core import jobs, signals
from forum.mail import sending


def connect(app: Flask) -> None:
    """Connect this room's listener and let this process remember when the mail server was away."""
    app.extensions["mail_line"] = sending.Line()
    signals.mail_owed.connect(_send_soon)


def _send_soon(_sender: object, mail_id: int, **_facts: Any) -> None:
    jobs.enqueue(sending.send, mail_id=mail_id)
