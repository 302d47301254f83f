"""The first reading of a file: every line checked, every reference resolved, the posts' order found. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from forum.archive.records import KINDS, BadLine, Record, parse


@dataclass(frozen=True)
class PostPlace:
    """Where a post stands in the file, and what its order needs. The body is read again when it is written."""

    created: datetime
    line: int
    offset: int
    id: str
    thread: str
    author: str
    parent: str | None
    expert: bool


@dataclass
class Survey:
    """What a file holds and what is wrong with it."""

    path: Path
    people: dict[str, Record] = field(default_factory=dict)
    subthemes: dict[str, Record] = field(default_factory=dict)
    threads: dict[str, Record] = field(default_factory=dict)
    posts: list[PostPlace] = field(default_factory=list)
    faults: list[BadLine] = field(default_factory=list)


Known = Callable[[str, str], bool]  # (kind, id) → whether an earlier import brought it


def survey(path: Path, known: Known, advance: Callable[[int], None] = lambda _bytes: None) -> Survey:
    """Read the file at `path` once; `known` answers for ids of earlier imports, `advance` hears of bytes read.

    Wrong lines are in `faults`; lines that need a wrong one are wrong too, so that the rest is whole.
    """
    found = Survey(path)
    thread_of: dict[str, str] = {}
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
            _take(found, record, offset, known, thread_of)
        except BadLine as fault:
            found.faults.append(fault)
    _check_parents(found, known, thread_of)
    _check_openings(found, known)
    found.posts.sort(key=lambda post: (post.created, post.line))
    return found


def read_post(path: Path, places: list[PostPlace]) -> Iterator[Record]:
    """Return the records of posts again, each from its place in the file."""
    with path.open("rb") as file:
        for place in places:
            file.seek(place.offset)
            yield parse(place.line, file.readline())


def _lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, offset, line
            offset += len(line)


def _take(found: Survey, record: Record, offset: int, known: Known, thread_of: dict[str, str]) -> None:
    if record.kind == "post":
        if record.id in thread_of:
            raise BadLine(record.line, f"the post id {record.id!r} is there twice")
        _refer(record, "thread", "thread", found.threads, known)
        _refer(record, "author", "person", found.people, known)
        fields = record.fields
        thread_of[record.id] = fields["thread"]
        found.posts.append(
            PostPlace(
                created=fields["created"],
                line=record.line,
                offset=offset,
                id=record.id,
                thread=fields["thread"],
                author=fields["author"],
                parent=fields.get("parent"),
                expert=fields.get("expert", False),
            )
        )
        return
    mine = {"person": found.people, "subtheme": found.subthemes, "thread": found.threads}[record.kind]
    if record.id in mine:
        raise BadLine(record.line, f"the {record.kind} id {record.id!r} is there twice")
    if record.kind == "thread":
        _refer(record, "subtheme", "subtheme", found.subthemes, known)
        _refer(record, "author", "person", found.people, known)
    mine[record.id] = record


def _refer(record: Record, name: str, kind: str, here: dict[str, Record], known: Known) -> None:
    wanted = record.fields[name]
    if wanted not in here and not known(kind, wanted):
        raise BadLine(record.line, f"{name!r} names {wanted!r}, which is no {kind} of this file or an earlier import")


def _check_parents(found: Survey, known: Known, thread_of: dict[str, str]) -> None:
    """A parent is a post of the same thread; it may stand later in the file."""
    sound = []
    for post in found.posts:
        parent = post.parent
        if parent is not None and parent in thread_of and thread_of[parent] != post.thread:
            found.faults.append(BadLine(post.line, f"'parent' names {parent!r}, a post of another thread"))
        elif parent is not None and parent not in thread_of and not known("post", parent):
            found.faults.append(
                BadLine(post.line, f"'parent' names {parent!r}, which is no post of this file or an earlier import")
            )
        else:
            sound.append(post)
    found.posts = sound


def _check_openings(found: Survey, known: Known) -> None:
    """A thread lives from its opening post."""
    opened = {post.thread for post in found.posts}
    for thread_id in [thread_id for thread_id in found.threads if thread_id not in opened]:
        if not known("thread", thread_id):
            record = found.threads.pop(thread_id)
            found.faults.append(BadLine(record.line, f"the thread {thread_id!r} has no post"))
