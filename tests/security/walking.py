"""Requests made from the table of tests/authorization.py: all that succeed, and all that read."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.authorization import Line, asked, lines
from tests.stage import VIEWERS, Stage

ACCEPTED = ("200", "301", "303")


def accepted_posts() -> list[tuple[Line, str]]:
    """Return for each writing route one line and the least of the viewers for whom it succeeds, a stranger last."""
    found: dict[str, tuple[Line, str]] = {}
    order = [*(viewer for viewer in VIEWERS if viewer not in ("anonymous", "suspended")), "anonymous"]
    for line in lines():
        able = [viewer for viewer in order if line.expected(viewer) in ACCEPTED]
        if line.method != "GET" and able:
            found.setdefault(line.path, (line, able[0]))
    return list(found.values())


def reading() -> list[Line]:
    """Return every line that reads."""
    return [line for line in lines() if line.method == "GET"]


def send(app: Flask, stage: Stage, line: Line, viewer: str, **changes: Any) -> Any:
    """Send the request of a line as the viewer, with a valid token; `changes` replace fields, None leaves one out."""
    client = stage.client(app, viewer)
    request = asked(line, stage, viewer)
    fields = {"csrf_token": client.csrf_token(), **request.fields, **changes}
    return client.open(
        request.url,
        method=line.method,
        query_string=request.query,
        data={name: value for name, value in fields.items() if value is not None} if line.method != "GET" else None,
        headers=request.headers,
        buffered=True,
    )
