"""Templates: translated into Python once, not at every start, and their macros made ready once a page."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache, Template
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule

FOLDER = "templates"  # in FORUM_INSTANCE, which nobody else can write; Jinja compares each with its source
MACROS = "macros/"
_READY = "macros_made_ready"  # what every page has under this name in its context: the macros of this page so far


class _Kept(FileSystemBytecodeCache):
    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a translated template if there is room: no page may fail because the disk is full."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


class _Template(Template):
    """Makes a file of macros ready once a page, though base, page and other macros all import it "with context".

    That context is the page's, and macros take only what is the same everywhere on it (tests/core/test_templates.py).
    """

    def make_module(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> TemplateModule:
        """Return the template's macros, made for this page before or now."""
        ready = (vars or {}).get(_READY) if shared and (self.name or "").startswith(MACROS) else None
        if ready is None:
            return super().make_module(vars, shared, locals)
        if self.name not in ready:
            ready[self.name] = super().make_module(vars, shared, locals)
        made: TemplateModule = ready[self.name]
        return made


def init_app(app: Flask) -> None:
    """Let `app` keep its translated templates, and a page its macros."""
    app.jinja_env.template_class = _Template
    app.context_processor(lambda: {_READY: {}})
    folder = Path(app.config["FORUM_INSTANCE"]) / FOLDER
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        app.jinja_env.bytecode_cache = _Kept(str(folder))
