"""The forum that bench/grow fills is as this forum would have written it, and no page reads a large table through."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.sql import Composable
from sqlalchemy import event, select, text
from sqlalchemy.orm import undefer

from bench.grow import filling
from bench.grow.pages import pages
from bench.grow.tables import LARGE, SEARCHED
from bench.grow.words import RARE_EN, RARE_POSTS
from forum.core.database import db
from forum.core.markup import Rendered, render_many
from forum.core.text import guess_language
from forum.search.documents import everything
from forum.search.index import current_index
from forum.threads.models import Post
from moderation.models import Case
from moderation.queries import flag_sums
from moderation.scoring import stored_score
from search_index.postgres_table import row

POSTS, TEXTS = 600, 40
BOTH = pytest.mark.parametrize("app", ["sqlite", "postgres"], indirect=True)
Asked = dict[str, Any]  # statements with the values that they were asked with at first


@BOTH
def test_the_forum_recounts_all_of_it_and_reads_no_large_table_through(app: Flask) -> None:
    filling.pour(app, POSTS, lambda _: None, texts=TEXTS)
    is_postgres = db.engine.dialect.name == "postgresql"
    if not is_postgres:
        current_index().rebuild(everything())
        _rendered_as_stored()
        _scored_as_stored()
    else:
        _indexed_as_stored()
        db.session.execute(text("ANALYZE"))  # as PostgreSQL does by itself after a minute
        db.session.commit()
    said = app.test_cli_runner().invoke(args=["doctor"]).output
    for name in ("database", "counters", "audit log", "pending work", "accounts", "search index"):
        assert f"{name}: well" in said, said
    with _asked(is_postgres) as asked:
        for page in pages(app):
            page.act()
    assert len(asked) > 50
    found = _scans_postgres if is_postgres else _scans_sqlite
    read_through = [scan for statement in list(asked.items()) for scan in found(*statement)]
    assert not read_through, "\n".join(f"{table}: {statement}" for table, statement in read_through)


@BOTH
def test_a_statement_that_reads_a_large_table_through_is_found(app: Flask) -> None:
    statement = "SELECT count(*) FROM posts WHERE plain LIKE 'x%'"
    is_postgres = db.engine.dialect.name == "postgresql"
    found = _scans_postgres if is_postgres else _scans_sqlite
    assert [table for table, _ in found(statement, ())] == ["posts"]
    if is_postgres:  # how it would sort and count an empty table hangs on what it believes of the table
        return
    assert list(found("SELECT id FROM threads WHERE state = 'visible' ORDER BY title LIMIT 5", ()))
    assert list(found("SELECT count(*) FROM threads WHERE state = 'visible'", ()))
    assert not list(found("SELECT id FROM posts WHERE thread_id = 1 ORDER BY position LIMIT 20", ()))
    latest = "SELECT id FROM threads WHERE state = 'visible' ORDER BY last_post_at DESC, id DESC LIMIT 9"
    assert not list(found(latest, ()))


def _rendered_as_stored() -> None:
    """Every post's HTML, plain text and language are what the renderer makes of its source."""
    posts = db.session.scalars(select(Post).options(undefer(Post.plain))).all()
    assert len(posts) == POSTS
    shown = {}
    sources = sorted({post.body for post in posts})
    for source, made in zip(sources, render_many(iter(sources), resolve_people=lambda _: {}), strict=True):
        assert isinstance(made, Rendered)
        shown[source] = made
    for post in posts:
        made = shown[post.body]
        assert (post.html, post.plain, post.lang) == (made.html, made.text, guess_language(made.text))
    assert sum(RARE_EN in post.plain for post in posts) == RARE_POSTS


def _scored_as_stored() -> None:
    cases = db.session.scalars(select(Case)).all()
    sums = flag_sums([case.id for case in cases])
    assert len(cases) > POSTS // 2
    for case in cases:
        assert case.score == pytest.approx(stored_score(case.source, case.opened_at, sums[case.id]))
        assert case.flag_count == sum(each.people for each in sums[case.id])


def _indexed_as_stored() -> None:
    """Every row of the search is what the engine would have written."""
    with db.engine.connect() as connection:
        cursor = connection.connection.cursor()
        for document in everything():
            tokens, *rest = row(document)[1:]
            said = f"tokens = %s::tsvector, length, subtheme, author, lang, expert, created FROM {SEARCHED}"
            cursor.execute(f"SELECT {said} WHERE id = %s", (tokens, document.id))
            assert cursor.fetchone() == (True, *rest), document


@contextlib.contextmanager
def _asked(is_postgres: bool) -> Iterator[Asked]:
    """Collect what goes to the database, also beside SQLAlchemy, as the search does."""
    asked: Asked = {}

    class Listening(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            asked.setdefault(query.as_string(self) if isinstance(query, Composable) else str(query), params)
            return super().execute(query, params, **options)

    def connect(connection: Any, *_: Any) -> None:
        connection.cursor_factory = Listening

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, is_many: bool) -> None:
        asked.setdefault(statement, parameters[0] if is_many else parameters)

    told = ("checkout", connect) if is_postgres else ("before_cursor_execute", note)
    event.listen(db.engine, *told)
    try:
        yield asked
    finally:
        event.remove(db.engine, *told)


# Partial indexes of rows of which there are few at any size: what is pinned, owed, held.
MANY = ("state = 'visible'", "decided_at IS NULL", "read_at IS NULL")
FEW = {
    index.name
    for table in db.metadata.tables.values()
    for index in table.indexes
    if (where := index.dialect_options["sqlite"]["where"]) is not None and str(where) not in MANY
}
WHOLE = ("Sort", "Aggregate", "Hash", "WindowAgg", "Unique")  # they want all rows before they give the first


def _scans_postgres(statement: str, parameters: Any) -> Iterator[tuple[str, str]]:
    """Yield the large tables that are read through even where another way is preferred at any price.

    Also those that are read along an index from end to end for the sake of sorting or counting.
    """
    if not re.match(r"\(?\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", statement):
        return
    with db.engine.connect() as connection:
        cursor = connection.connection.cursor()
        for way in ("seqscan", "hashjoin", "mergejoin"):  # which of few rows are the shortest
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters or None)
        (plan,) = cursor.fetchone()
    todo = [(plan[0]["Plan"], False)]
    while todo:
        node, is_whole = todo.pop()
        kind = node["Node Type"]
        is_whole = kind != "Limit" and (is_whole or kind in WHOLE)
        todo += [(each, is_whole) for each in node.get("Plans", [])]
        through = is_whole and "Index Cond" not in node and node.get("Index Name", "") not in FEW
        if node.get("Relation Name") in LARGE and (kind == "Seq Scan" or (through and kind.startswith("Index"))):
            yield node["Relation Name"], statement


def _scans_sqlite(statement: str, parameters: Any) -> Iterator[tuple[str, str]]:
    """Yield the large tables that are read through; one that is read along an index stops when the page is full.

    That is, unless all of it is sorted or counted. Of an INSERT, SQLite names what it would look through for foreign
    keys that were left open, and leaves none open.
    """
    if not re.match(r"\s*(SELECT|UPDATE|DELETE|WITH)\b", statement):
        return
    with db.engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        rows = cursor.fetchall()
    sorted_in = {parent for _, parent, _, detail in rows if detail.startswith("USE TEMP B-TREE")}
    for _, parent, _, detail in rows:
        scanned = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?(?! VIRTUAL)", detail)
        if scanned and (table := _table(scanned[1], statement)) in LARGE:
            stops = scanned[2] and parent not in sorted_in and "LIMIT" in statement
            if not stops and scanned[2] not in FEW:
                yield table, statement


def _table(name: str, statement: str) -> str:
    """Return the table that a plan calls by its name in the statement."""
    found = re.search(rf"\b(?:FROM|JOIN|,)\s+(\w+) AS {name}\b", statement)
    return found[1] if found else name
