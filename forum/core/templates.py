"""Templates are translated into Python once, not at every start: a quarter of a second for the first page."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

FOLDER = "templates"  # in FORUM_INSTANCE, which nobody else can write; Jinja compares each with its source


class _Kept(FileSystemBytecodeCache):
    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a translated template if there is room: no page may fail because the disk is full."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def init_app(app: Flask) -> None:
    """Let `app` keep its translated templates."""
    folder = Path(app.config["FORUM_INSTANCE"]) / FOLDER
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        app.jinja_env.bytecode_cache = _Kept(str(folder))
