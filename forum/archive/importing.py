"""Bringing a file in: read and check all of it, then write people, sub-themes, threads and posts in batches.

Importing again changes nothing, and an import that was killed goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select, text

from forum.archive import references
from forum.archive.ids import Ids, batches
from forum.archive.people import import_people
from forum.archive.records import KINDS, BadLine
from forum.archive.rendering import rendered
from forum.archive.survey import Survey, read_again, survey
from forum.archive.threads import Links, write_batch
from forum.core import audit
from forum.core.database import transaction
from forum.subthemes.models import HUES, SubTheme

BATCH = 500  # posts in a transaction: a killed import loses no more, and other writers wait no longer


class Broken(Exception):
    """The file has wrong lines and nothing of it was kept."""

    def __init__(self, faults: list[BadLine]) -> None:
        super().__init__(f"{len(faults)} wrong lines")
        self.faults = faults


@dataclass
class Report:
    """What an import added (rows that were not there before), and what it could not take as it is."""

    added: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    faults: list[BadLine] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    as_plain_text: list[int] = field(default_factory=list)
    tags_left_out: int = 0


@dataclass(frozen=True)
class Progress:
    """Callbacks that hear of bytes read in the first pass, and of posts written in the second (of how many)."""

    read: Callable[[int], None] = lambda _bytes: None
    write: Callable[[int, int], None] = lambda _done, _of: None


def import_file(
    path: Path, *, keep_going: bool = False, trust_roles: bool = False, progress: Progress | None = None
) -> Report:
    """Bring the discussions in the file at `path` in, and return what was added.

    Wrong lines raise Broken before anything is written, or are left out with `keep_going`. `trust_roles` lets the
    file name moderators and admins. Nobody is notified and no limit applies; search owes every new post.
    """
    progress = progress or Progress()
    found = survey(path, progress.read)
    ids = Ids(found)
    references.check(found, ids)
    if found.faults and not keep_going:
        raise Broken(found.faults)
    report = Report(faults=found.faults)
    people = [person for person in found.people.values() if not ids.known("person", person.id)]
    report.renamed = import_people(people, ids, trust_roles=trust_roles)
    report.added["person"] = len(people)
    report.added["subtheme"] = _join_subthemes(found, ids)
    _import_posts(found, ids, report, progress)
    if report.added["post"] > BATCH:
        _refresh_statistics()
    return report


def _join_subthemes(found: Survey, ids: Ids) -> int:
    """Tie the file's sub-themes to those with the same slug, make the others at the end, and return how many."""
    with transaction() as session:
        by_slug = dict(session.execute(select(SubTheme.slug, SubTheme.id)).all())
        last = session.scalar(select(func.max(SubTheme.position))) or 0
        missing = {one.fields["slug"]: one for one in found.subthemes.values() if one.fields["slug"] not in by_slug}
        for place, (slug, record) in enumerate(missing.items(), last + 1):
            names = record.fields["name"]
            row = SubTheme(slug=slug, name_en=names["en"], name_zh=names["zh"], position=place, hue=(place - 1) % HUES)
            session.add(row)
            session.flush()
            by_slug[slug] = row.id
            facts = {"name_en": row.name_en, "name_zh": row.name_zh}
            audit.record("subtheme.created", by=None, scope=slug, target=f"subtheme:{row.id}", facts=facts)
    ids.learn("subtheme", ((one.id, by_slug[one.fields["slug"]]) for one in found.subthemes.values()))
    return len(missing)


def _import_posts(found: Survey, ids: Ids, report: Report, progress: Progress) -> None:
    """Write the new posts of all threads in the order of their time, and of their lines where that is equal."""
    new = [post for post in found.posts.values() if not ids.known("post", post.id)]
    new.sort(key=lambda post: (post.created, post.line))
    opening = {post.thread for post in new if not ids.known("thread", post.thread)}
    report.tags_left_out = sum(bool(found.threads[thread].fields.get("tags")) for thread in opening)
    links = Links.of(new)
    for batch in batches(rendered(read_again(found.path, new), lambda post: str(post.fields["body"])), BATCH):
        report.as_plain_text += [record.line for record, text in batch if text.as_plain_text]
        report.added["thread"] += write_batch(found, batch, links, ids)
        report.added["post"] += len(batch)
        progress.write(report.added["post"], len(new))


def _refresh_statistics() -> None:
    """Let PostgreSQL look at its tables now.

    Until it does so by itself, about a minute later, it plans as if they were empty.
    """
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL statement_timeout = 0"))
            session.execute(text("ANALYZE"))
