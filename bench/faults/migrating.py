"""R-12: migrations up and down die at a statement, and are run again. R-13: an import is killed, and repeated."""

from __future__ import annotations

import json
import os
import re
import zlib

from sqlalchemy import create_engine, inspect, text

from bench.corpora import CORPORA, convert
from bench.faults.commands import environment, flask, killed, migrate, timed
from bench.faults.stage import Stage

BACK_TO = "0027"  # a released version
NEVER = 10**9


def play(stage: Stage) -> None:
    """R-12, on both kinds of database."""
    for kind in ("sqlite", "postgres"):
        clean = _place(stage, kind)
        _, up = migrate(clean, NEVER, "upgrade", "head")
        wanted = schema(clean)
        _, down = migrate(clean, NEVER, "downgrade", BACK_TO)
        below = schema(clean)
        many = {"up": stage.times(10, 2), "down": stage.times(5, 1)}
        env = _place(stage, kind)
        for number in _spread(up, many["up"]):
            died, _ = migrate(env, number, "upgrade", "head")
            stage.check(died or number > 3, f"{kind}: it did not die at statement {number} of {up}")
        migrate(env, NEVER, "upgrade", "head")
        stage.check(schema(env) == wanted, f"{kind}: after kills on the way up the schema is another")
        for number in _spread(down, many["down"]):
            migrate(env, number, "downgrade", BACK_TO)
        migrate(env, NEVER, "downgrade", BACK_TO)
        stage.check(schema(env) == below, f"{kind}: after kills on the way down the schema is another")
        migrate(env, NEVER, "upgrade", "head")
        stage.check(schema(env) == wanted, f"{kind}: up again, the schema is another")
        timed(env, "setup")
        status, said = flask(env, "doctor")
        stage.check(not status, f"{kind}: the doctor found {said[-400:]}")
        stage.did(
            f"{kind}: {many['up']} kills among {up} statements up from nothing, {many['down']} among {down} down to "
            f"{BACK_TO}; each time run again from where it died"
        )
    stage.found("the schema is that of a run without kills; setup and doctor find nothing to do")


def _place(stage: Stage, kind: str) -> dict[str, str]:
    return environment(stage.new_folder("migrating") / "instance", stage.new_database(kind))


def _address(env: dict[str, str]) -> str:
    return env.get("DATABASE_URL") or f"sqlite:///{env['FORUM_INSTANCE']}/forum.db"


def _spread(steps: int, many: int) -> list[int]:
    """Return so many statements, from an early one to a late one: of what is left each time, the kills come sooner."""
    return [max(2, (place + 1) * steps // (many + 1) // 2) for place in range(many)]


def schema(env: dict[str, str]) -> dict[str, list[str]]:
    """Return the columns, indexes and constraints of every table."""
    engine = create_engine(_address(env))
    try:
        found = inspect(engine)
        return {table: _facts(found, table) for table in sorted(found.get_table_names())}
    finally:
        engine.dispose()


def _facts(found: object, table: str) -> list[str]:
    facts = []
    for what in ("columns", "indexes", "foreign_keys", "unique_constraints", "check_constraints"):
        rows = getattr(found, f"get_{what}")(table)
        words = (f"{what} {sorted((key, str(value)) for key, value in row.items())}" for row in rows)
        facts += sorted(re.sub(r"<[^>]*>", "", each) for each in words)  # objects that say where they lie in memory
    return facts


def play_import(stage: Stage) -> None:
    """R-13: the first posts of each of the corpora."""
    if not CORPORA.is_dir():
        stage.missing(f"the corpora are not at {os.path.relpath(CORPORA)} (CORPORA names another folder)")
        return
    file = stage.folder / "corpora.jsonl"
    convert(file, stage.times(250, 40))
    for kind in ("sqlite", "postgres"):
        clean, other = _place(stage, kind), _place(stage, kind)
        for env in (clean, other):
            timed(env, "setup")
        whole = timed(clean, "archive", "import", str(file))
        kills = sum(
            killed(stage, other, stage.dice.uniform(0.4, 0.95) * whole, "archive", "import", str(file))
            for _ in range(stage.times(4, 2))
        )
        timed(other, "archive", "import", str(file))
        once = contents(other)
        stage.check(
            once == contents(clean), f"{kind}: after {kills} kills it holds something else than one clean import"
        )
        timed(other, "archive", "import", str(file))
        stage.check(contents(other) == once, f"{kind}: importing it twice changed something")
        timed(other, "search", "rebuild")
        mended = "UPDATE posts SET indexed_version = index_version"  # what a worker, of which there is none, would find
        with create_engine(_address(other)).begin() as connection:
            connection.execute(text(mended))
        status, said = flask(other, "doctor")
        stage.check(not status, f"{kind}: the doctor found {said[-400:]}")
        stage.did(f"{kind}: {once['posts'][0]} posts imported after {kills} kills, then once more")
    stage.found("the same people, threads and posts as one clean import, whatever died")


def contents(env: dict[str, str]) -> dict[str, tuple[int, str]]:
    """Return the number of rows of the tables that an import fills, and a sum of what identifies them."""
    engine = create_engine(_address(env))
    columns = {"users": "username", "threads": "title", "posts": "body"}
    try:
        with engine.connect() as connection:
            found = {}
            for table, column in columns.items():
                rows = sorted(connection.scalars(text(f"SELECT {column} FROM {table}")).all())
                found[table] = (len(rows), str(zlib.crc32(json.dumps(rows).encode())))
            return found
    finally:
        engine.dispose()
