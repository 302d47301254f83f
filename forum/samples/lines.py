"""The sample files, read, with all times moved so that the newest post was written an hour ago."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from forum.core.database import now

FOLDER = Path(__file__).parent
PREFIX = "sample:"  # before every id, so that another file's "u01" is another person
NEWEST = timedelta(hours=1)
_IDS = ("id", "subtheme", "thread", "author", "parent")
_TIMES = ("created", "edited")

Line = dict[str, Any]


class SampleFiles:
    """discussions.jsonl and extras.json (README.md here explains them), moved to the present."""

    def __init__(self) -> None:
        words = (FOLDER / "discussions.jsonl").read_text("utf-8")
        self.lines: list[Line] = [json.loads(line) for line in words.splitlines()]
        self.extras: dict[str, list[Line]] = json.loads((FOLDER / "extras.json").read_text("utf-8"))
        newest = max(datetime.fromisoformat(line["created"]) for line in self.lines if line["kind"] == "post")
        self._shift = now().replace(microsecond=0) - NEWEST - newest

    def moment(self, time: str) -> datetime:
        """Return a time of the files, moved."""
        return datetime.fromisoformat(time) + self._shift

    def day(self, day: str | None) -> date | None:
        """Return a last day of the files, moved by whole days; None stays no end."""
        return date.fromisoformat(day) + timedelta(days=self._shift.days) if day else None

    def post(self, post_id: str) -> Line:
        """Return the line of a post."""
        return next(line for line in self.lines if line["kind"] == "post" and line["id"] == post_id)

    def source_of(self, username: str) -> str:
        """Return the id under which a sample person is imported."""
        people = (line for line in self.lines if line["kind"] == "person")
        return PREFIX + str(next(line["id"] for line in people if line["username"] == username))

    def to_import(self) -> Iterator[Line]:
        """Return the lines as they are before anybody pins, edits or holds: that is done by the acts themselves."""
        held = {extra["post"] for extra in self.extras["held"]}
        former = {extra["post"]: extra["old"] for extra in self.extras["edits"]}
        for line in self.lines:
            if line["kind"] == "post" and line["id"] in held:
                continue
            changed = {**line, **{key: PREFIX + line[key] for key in _IDS if line.get(key)}}
            changed |= {key: self.moment(line[key]).isoformat() for key in _TIMES if key in line}
            if line["kind"] == "post" and line["id"] in former:
                changed["body"] = former[line["id"]]
                del changed["edited"]
            changed.pop("pinned", None)
            yield changed
