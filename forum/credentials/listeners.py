"""What this room adds when the app is made: its kinds of notices, and a mail about a credential granted or revoked."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

import forum.credentials.reminders  # noqa: F401 - registers its sweeper
from forum.credentials import wording
from forum.notifications.wording import KINDS


def connect(_app: Flask) -> None:
    """Add the kinds of notices; harmless to repeat."""
    KINDS.update(wording.KINDS)
    KINDS["credential"] = replace(
        KINDS["credential"], target=wording.own_page, mail="notices", mailed=wording.told_by_mail
    )
