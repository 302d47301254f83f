"""The first reading of a file: every line checked by itself. Nothing is written, and no body is kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from sys import intern

from forum.archive.records import KINDS, BadLine, Record, parse


@dataclass(frozen=True, slots=True)
class PostPlace:
    """Where a post stands in the file, and what its order needs. Some 300 bytes; the body is read again later."""

    created: datetime
    line: int
    offset: int
    id: str
    thread: str
    author: str
    parent: str | None
    chosen_by: str | None = None


@dataclass
class Survey:
    """What a file holds, by the source's ids, and which lines are wrong."""

    path: Path
    people: dict[str, Record] = field(default_factory=dict)
    subthemes: dict[str, Record] = field(default_factory=dict)
    threads: dict[str, Record] = field(default_factory=dict)
    posts: dict[str, PostPlace] = field(default_factory=dict)
    faults: list[BadLine] = field(default_factory=list)


def survey(path: Path, advance: Callable[[int], None] = lambda _bytes: None) -> Survey:
    """Read the file at `path` once and return what it holds; `advance` hears of the bytes read."""
    found = Survey(path)
    latest = 0
    for number, offset, line in _lines(path):
        advance(len(line))
        try:
            record = parse(number, line)
            rank = KINDS.index(record.kind)
            if rank < latest:
                raise BadLine(
                    number, f"a {record.kind} stands after a {KINDS[latest]}; the order is {', '.join(KINDS)}"
                )
            latest = rank
            _take(found, record, offset)
        except BadLine as fault:
            found.faults.append(fault)
    return found


def read_again(path: Path, places: Iterable[PostPlace]) -> Iterator[Record]:
    """Return the records of posts, each from its place in the file. Raises BadLine when the file was changed."""
    with path.open("rb") as file:
        for place in places:
            file.seek(place.offset)
            record = parse(place.line, file.readline())
            if record.id != place.id:
                raise BadLine(place.line, "the file was changed while it was imported")
            yield record


def _lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, offset, line
            offset += len(line)


def _take(found: Survey, record: Record, offset: int) -> None:
    kinds: dict[str, dict[str, Record] | dict[str, PostPlace]]
    kinds = {"person": found.people, "subtheme": found.subthemes, "thread": found.threads, "post": found.posts}
    if record.id in kinds[record.kind]:
        raise BadLine(record.line, f"the {record.kind} id {record.id!r} is there twice")
    kinds[record.kind][record.id] = _place(record, offset) if record.kind == "post" else record  # type: ignore[assignment]


def _place(record: Record, offset: int) -> PostPlace:
    fields = record.fields
    parent = fields.get("parent")
    return PostPlace(
        created=fields["created"],
        line=record.line,
        offset=offset,
        id=intern(record.id),
        thread=intern(fields["thread"]),
        author=intern(fields["author"]),
        parent=intern(parent) if parent else None,
        chosen_by=intern(fields["chosen_by"]) if fields.get("chosen_by") else None,
    )
