"""Searches by HTTP in large forums: 50,000 posts in Whoosh's files, a million in PostgreSQL.

The forums are those of bench/grow, in the same folder, so that what one of them has filled the other finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.grow import measuring
from bench.grow.filling import SECRET_KEY
from bench.grow.server import running as postgres
from bench.grow.words import COMMON_EN
from bench.speed import posting
from bench.speed.figures import percentile
from bench.speed.servers import python, running
from tests.servers.website import inherited, without_limits

Say = Callable[[str], None]


@dataclass(frozen=True)
class Large:
    """A large forum that is searched: its kind of database, its posts, and what it is called in the table."""

    kind: str
    posts: int
    name: str

    def is_filled(self, folder: Path) -> bool:
        """Whether it lies in the folder, as this version fills it."""
        return bool(measuring.stamp_of(folder, self.kind, self.posts).get("version") == measuring.VERSION)


EMBEDDED = Large("sqlite", 50_000, "50,000 posts, Whoosh")
MILLION = Large("postgres", 1_000_000, "one million, PostgreSQL")
FORUMS = (EMBEDDED, MILLION)


@dataclass(frozen=True)
class Found:
    """The milliseconds of searches in a large forum."""

    name: str
    milliseconds: Sequence[float]

    @property
    def p95(self) -> float:
        """Milliseconds within which 95 of 100 were answered."""
        return round(percentile(self.milliseconds, 0.95), 1)

    @property
    def middle(self) -> float:
        """The median."""
        return round(median(self.milliseconds), 1)


def measure(folder: Path, log: Path, count: int, say: Say, fill: Sequence[Large] = ()) -> dict[str, Found]:
    """Search for a common word `count` times in each large forum that lies in `folder`; fill those of `fill` before.

    Return what was found by the forums' names; of a forum that is not there nothing.
    """
    for forum in fill:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # PostgreSQL, which runs as nobody, looks for its folder in here
        measuring.fill_missing(folder, forum.kind, [forum.posts], say)
    found = {}
    for forum in FORUMS:
        if forum.is_filled(folder):
            found[forum.name] = Found(forum.name, _searched(folder, log, forum, count))
        else:
            say(f"no forum of {forum.name} in {folder}: not measured")
    return found


def _searched(folder: Path, log: Path, forum: Large, count: int) -> list[float]:
    with _settings(folder, forum) as env:
        python("flask", "setup", env=env)  # where it was filled before the latest migration
        with running(forum.kind, "wsgi:create_app", log, env) as server:
            return posting.search(server.port, COMMON_EN, count)


@contextmanager
def _settings(folder: Path, forum: Large) -> Iterator[Mapping[str, str]]:
    """Give the environment of the forum; its database runs meanwhile."""
    instance = folder / f"{forum.kind}-{forum.posts}"
    env = {**inherited(), **without_limits(), "FORUM_INSTANCE": str(instance), "SECRET_KEY": SECRET_KEY}
    if forum.kind == "sqlite":
        yield env
        return
    with postgres(folder / "postgres", filling=False) as server:
        yield {**env, "DATABASE_URL": server.url(f"forum_{forum.posts}")}
