"""`python bench/rehearse_import.py [sqlite] [postgres]`: all of CORPORA imported as an operator would, and checked.

Prints how long the import took (processor time too: the machine may be shared), its memory, and every check; exit
status 1 when one fails. Takes some minutes for each engine. PostgreSQL is that of the tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402

import wsgi  # noqa: E402
from bench.corpora import CORPORA, CORPUS, convert, lines_of  # noqa: E402
from forum.archive.exporting import export  # noqa: E402
from forum.core.database import db  # noqa: E402
from forum.core.text import BODY_LIMIT, normalize_text  # noqa: E402
from forum.guard import Guard  # noqa: E402
from forum.serve import flask_command  # noqa: E402
from forum.threads.models import Post, Thread  # noqa: E402
from forum.threads.recount import recount  # noqa: E402
from tests.archive.discussions import rows  # noqa: E402
from tests.servers.postgres import Postgres  # noqa: E402
from tests.servers.website import inherited  # noqa: E402

SECONDS = 240  # issue 2, "Import": 44,000 posts in under four minutes on two cores


def main() -> int:
    """Rehearse on the engines named, or on both; return the number of failed checks."""
    engines = sys.argv[1:] or ["sqlite", "postgres"]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "corpora.jsonl"
        counts = convert(file)
        for engine in engines:
            with database(engine) as url:
                failed += rehearse(engine, url, Path(folder) / engine, file, counts)
    return min(failed, 1)


@contextmanager
def database(engine: str) -> Iterator[str]:
    """Return the address of an empty database; "" is SQLite in the instance folder."""
    if engine == "sqlite":
        yield ""
        return
    guard = Guard()
    server = Postgres(guard)
    try:
        yield server.create("rehearsal")
    finally:
        server.stop()
        guard.close()


def rehearse(engine: str, url: str, instance: Path, file: Path, counts: Mapping[str, Mapping[str, int]]) -> int:
    """Import the file twice, check what is there, and return the number of failed checks."""
    place = {"FORUM_INSTANCE": str(instance), "DATABASE_URL": url}
    run(place, "setup")
    wall, processor, memory = run(place, "archive", "import", str(file))
    print(f"\n{engine}: import {wall:.0f} s, {processor:.0f} s of processor time, at most {memory} MB a process")
    checks = {f"an import takes at most {SECONDS} s": wall <= SECONDS}
    with wsgi.create_app(place).app_context():
        checks |= dict(content_checks(file, counts))
        before = rows()
        again, _, _ = run(place, "archive", "import", str(file))
        checks["a second import changes nothing"] = rows() == before
        out = file.with_name("export.jsonl")
        started = time.monotonic()
        with out.open("w", encoding="utf-8") as opened:
            export(opened)
        print(f"{engine}: second import {again:.0f} s, export {time.monotonic() - started:.0f} s")
        run(place, "archive", "import", str(out))
        checks["its own export changes nothing"] = rows() == before
        db.session.remove()
    for name, passed in checks.items():
        print(f"  {'ok    ' if passed else 'FAILED'} {name}")
    return sum(not passed for passed in checks.values())


def content_checks(file: Path, counts: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, bool]]:
    """Compare what is in the database with the collections themselves."""
    stored = {row[0]: row for row in db.session.execute(select(Post.source_id, Post.body, Post.plain, Post.html))}
    threads = Counter(source.split(":")[0] for source in db.session.scalars(select(Thread.source_id)) if source)
    posts = Counter(source.split(":")[0] for source in filter(None, stored))
    for corpus in CORPUS:
        source = lines_of_source(corpus.folder, corpus.file)
        told = counts[corpus.folder]
        same = (threads[corpus.prefix], posts[corpus.prefix]) == (told["threads"], told["posts"]) == source
        yield f"{corpus.folder}: {source[0]:,} threads and {source[1]:,} posts, as in the source", same
        typed = {
            f"{corpus.prefix}:{post.id}": post.typed
            for each in corpus.discussions()
            for post in each.posts
            if post.typed
        }
        if typed:
            same = all(bare(stored[key].plain) == bare(text) for key, text in typed.items())
            yield f"{corpus.folder}: every text reads as it was typed", same
    bodies = {line["id"]: line["body"] for line in lines_of(file) if line["kind"] == "post"}
    same = all(stored[key].body == normalize_text(body, BODY_LIMIT) for key, body in bodies.items())
    yield "every body is that of the file", same and len(bodies) == len(stored)
    yield "no mojibake", not any("\ufffd" in text for row in stored.values() for text in row[1:])
    yield "counters equal a recount", not list(recount())
    owed = select(func.count()).select_from(Post)
    yield "nobody is told", db.session.scalar(owed.where(Post.notified_at.is_(None))) == 0
    yield "search owes all", db.session.scalar(owed.where(Post.indexed_version != Post.index_version)) == len(stored)


def lines_of_source(folder: str, file: str) -> tuple[int, int]:
    """Return how many threads and posts the collection has by its own lines."""
    lines = lines_of(CORPORA / folder / file)
    return len(lines), sum(len(line["posts"]) if "posts" in line else 2 for line in lines)


def bare(text: str) -> str:
    """Return the text without spaces and without the case that a linked name takes from its bearer."""
    return "".join(normalize_text(text, BODY_LIMIT).split()).casefold()


def run(place: Mapping[str, str], *arguments: str) -> tuple[float, float, int]:
    """Run a flask command; return its seconds, seconds of processor time, and its largest process in MB."""
    started = time.monotonic()
    process = subprocess.Popen(
        flask_command(*arguments), cwd=ROOT, env={**inherited(), **place}, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise SystemExit(f"flask {' '.join(arguments)} failed")
    return time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
