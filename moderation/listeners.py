"""Listeners of this room."""

from flask import Flask


def connect(app: Flask) -> None:
    """Connect this room's listeners."""
