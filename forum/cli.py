"""The command line."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands."""
