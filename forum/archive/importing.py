"""The second reading: people, sub-themes, then threads with their posts in batches. Importing again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from forum.accounts.models import Role, User
from forum.archive import experts, rows
from forum.archive.records import BadLine, Record
from forum.archive.rendering import Text, plain_html, render_texts
from forum.archive.survey import PostPlace, Survey, read_post, survey
from forum.core.database import db, transaction
from forum.core.text import skeleton
from forum.subthemes.models import HUES, SubTheme
from forum.threads.models import Post, Thread

BATCH = 500  # posts a transaction: a killed import loses no more, and other writers wait no longer
MODELS = {"person": User, "subtheme": SubTheme, "thread": Thread, "post": Post}


class Broken(Exception):  # noqa: N818 - the file is, not the program
    """The file has wrong lines and nothing of it was kept."""

    def __init__(self, faults: list[BadLine]) -> None:
        super().__init__(f"{len(faults)} wrong lines")
        self.faults = faults


@dataclass
class Report:
    """What an import added (rows that were not there before), and what it could not take as it is."""

    added: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MODELS, 0))
    faults: list[BadLine] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    as_plain_text: list[int] = field(default_factory=list)
    tags_left_out: int = 0


@dataclass(frozen=True)
class Progress:
    """Callbacks that hear of bytes read in the first pass, and of posts written in the second (of how many)."""

    read: Callable[[int], None] = lambda _bytes: None
    write: Callable[[int, int], None] = lambda _done, _of: None


class Ids:
    """The database's id of every row that came from a source, by kind and the source's own id."""

    def __init__(self) -> None:
        self._ids = {kind: self._load(model) for kind, model in MODELS.items()}

    @staticmethod
    def _load(model: Any) -> dict[str, int]:
        query = select(model.source_id, model.id).where(model.source_id.is_not(None))
        return {source_id: row_id for source_id, row_id in db.session.execute(query)}

    def known(self, kind: str, source_id: str) -> bool:
        """Whether an earlier import (or this one) brought it."""
        return source_id in self._ids[kind]

    def of(self, kind: str, source_id: str) -> int:
        """Return the database's id; KeyError when it is not known."""
        return self._ids[kind][source_id]

    def learn(self, kind: str, pairs: Any) -> None:
        """Remember (source id, id) pairs of new rows."""
        self._ids[kind].update(pairs)


def import_file(
    path: Path, *, keep_going: bool = False, trust_roles: bool = False, progress: Progress | None = None
) -> Report:
    """Bring the discussions in the file at `path` in, and return what was added.

    Wrong lines raise Broken before anything is written, or are left out with `keep_going`. `trust_roles` lets the
    file name moderators and admins. Nobody is notified and no limit applies; search owes every new post.
    """
    progress = progress or Progress()
    ids = Ids()
    found = survey(path, ids.known, progress.read)
    if found.faults and not keep_going:
        raise Broken(sorted(found.faults, key=lambda fault: fault.number))
    report = Report(faults=sorted(found.faults, key=lambda fault: fault.number))
    report.tags_left_out = sum(bool(thread.fields.get("tags")) for thread in found.threads.values())
    _import_people(found, ids, report, trust_roles=trust_roles)
    _import_subthemes(found, ids, report)
    credentials = experts.credentials_for(found, ids)
    _import_posts(found, ids, report, credentials, progress)
    return report


def _import_people(found: Survey, ids: Ids, report: Report, *, trust_roles: bool) -> None:
    new = [person for person in found.people.values() if not ids.known("person", person.id)]
    for batch in rows.batches(new, BATCH):
        with transaction() as session:
            names = rows.free_names([person.fields["username"] for person in batch])
            values = [_person_row(person, name, trust_roles) for person, name in zip(batch, names, strict=True)]
            ids.learn("person", session.execute(insert(User).returning(User.source_id, User.id), values).tuples())
        report.renamed += [
            (person.fields["username"], name)
            for person, name in zip(batch, names, strict=True)
            if name != person.fields["username"]
        ]
        report.added["person"] += len(batch)


def _person_row(person: Record, name: str, trust_roles: bool) -> dict[str, Any]:
    role = person.fields.get("role", "netizen")
    return {
        "username": name,
        "username_key": skeleton(name),
        "display_name": person.fields.get("name", ""),
        "bio": person.fields.get("bio", ""),
        "bio_html": plain_html(person.fields.get("bio", "")),
        "created_at": person.fields["created"],
        "role": role if trust_roles and role in (Role.MODERATOR, Role.ADMIN) else Role.NETIZEN,
        "source_id": person.id,
    }


def _import_subthemes(found: Survey, ids: Ids, report: Report) -> None:
    new = [subtheme for subtheme in found.subthemes.values() if not ids.known("subtheme", subtheme.id)]
    if not new:
        return
    with transaction() as session:
        by_slug = {slug: row_id for slug, row_id in session.execute(select(SubTheme.slug, SubTheme.id))}
        place = session.scalar(select(func.coalesce(func.max(SubTheme.position), 0))) or 0
        for record in new:
            slug = record.fields["slug"]
            if slug not in by_slug:  # a slug that exists is joined, and keeps its own names
                place += 1
                row = SubTheme(
                    slug=slug,
                    name_en=record.fields["name"]["en"],
                    name_zh=record.fields["name"]["zh"],
                    position=place,
                    hue=place % HUES,
                    source_id=record.id,
                )
                session.add(row)
                session.flush()
                by_slug[slug] = row.id
                report.added["subtheme"] += 1
            ids.learn("subtheme", [(record.id, by_slug[slug])])


def _import_posts(
    found: Survey, ids: Ids, report: Report, credentials: experts.CredentialIds, progress: Progress
) -> None:
    new = [post for post in found.posts if not ids.known("post", post.id)]
    late = {post.id: post.parent for post in found.posts if post.parent}
    for done, batch in enumerate(rows.batches(new, BATCH)):
        progress.write(done * BATCH, len(new))
        records = list(read_post(found.path, batch))
        texts = render_texts([record.fields["body"] for record in records])
        report.as_plain_text += [r.line for r, text in zip(records, texts, strict=True) if text.as_plain_text]
        _write_batch(found, batch, records, texts, ids, credentials, report)
    _link_late_parents(late, ids)
    progress.write(len(new), len(new))


def _write_batch(
    found: Survey,
    batch: list[PostPlace],
    records: list[Record],
    texts: list[Text],
    ids: Ids,
    credentials: experts.CredentialIds,
    report: Report,
) -> None:
    """One transaction: the threads that open in this batch, its posts, and every counter they move."""
    with transaction() as session:
        opening = {post.thread: None for post in batch if not ids.known("thread", post.thread)}
        if opening:
            values = [rows.thread_row(found.threads[thread_id], ids) for thread_id in opening]
            ids.learn("thread", session.execute(insert(Thread).returning(Thread.source_id, Thread.id), values).tuples())
        tallies = rows.Tallies(session, [ids.of("thread", post.thread) for post in batch])
        values = [
            rows.post_row(record, text, ids, credentials, tallies) for record, text in zip(records, texts, strict=True)
        ]
        ids.learn("post", session.execute(insert(Post).returning(Post.source_id, Post.id), values).tuples())
        tallies.write()
    report.added["thread"] += len(opening)
    report.added["post"] += len(batch)


def _link_late_parents(parents: dict[str, str], ids: Ids) -> None:
    """Tie posts to parents that were written in the same batch or after them; what is tied already stays."""
    pairs = [{"child": ids.of("post", child), "parent": ids.of("post", parent)} for child, parent in parents.items()]
    statement = (
        update(Post.__table__)  # type: ignore[arg-type]
        .where(Post.id == bindparam("child"), Post.parent_id.is_(None))
        .values(parent_id=bindparam("parent"))
    )
    for batch in rows.batches(pairs, BATCH * 4):
        with transaction() as session:
            session.connection().execute(statement, batch)
