"""The table that the PostgreSQL engine keeps: its columns, its indexes, and how a post is written into it."""

from typing import Any

from psycopg import sql

from search_index.analysis import Occurrences, document_terms, name_key
from search_index.interface import Document

# Change it whenever the analyser or the table changes: an older table is then rebuilt, not misread.
VERSION = 1
TABLE = "search_documents"
COLUMNS = ("id", "tokens", "length", "subtheme", "author", "lang", "expert", "created")
LAST_POSITION = 16_383  # PostgreSQL's; phrases beyond it are not found, words are

# `created` is in seconds since 1970. Rows of up to 8 kB stay in one piece: a tsvector that is stored apart and
# compressed is fetched and unpacked again by every operator that looks at it.
_CREATE = """
CREATE TABLE {table} (
    id bigint PRIMARY KEY,
    tokens tsvector NOT NULL,
    length integer NOT NULL,
    subtheme text NOT NULL,
    author text NOT NULL,
    lang text NOT NULL,
    expert boolean NOT NULL,
    created bigint NOT NULL
) WITH (toast_tuple_target = 8160);
COMMENT ON TABLE {table} IS {comment};
"""
# Without fastupdate a search never has to look through a list of posts that are not in the index yet.
_INDEXES = {
    "tokens": "USING gin (tokens) WITH (fastupdate = off)",
    "created": "(created DESC, id DESC)",
    "author": "(author, created DESC, id DESC)",
    "subtheme": "(subtheme, created DESC, id DESC)",
}


def comment() -> str:
    """What the table's comment says, by which an older table is known."""
    return f"search_index {VERSION}"


def create_table(table: str) -> sql.Composed:
    """The statements that create the table without its indexes."""
    return sql.SQL(_CREATE).format(table=sql.Identifier(table), comment=sql.Literal(comment()))


def create_indexes(table: str) -> list[sql.Composed]:
    """The statements that create its indexes."""
    return [
        sql.SQL("CREATE INDEX {} ON {} ").format(sql.Identifier(f"{table}_{name}"), sql.Identifier(table))
        + sql.SQL(definition)
        for name, definition in _INDEXES.items()
    ]


def rename(old: str, new: str) -> list[sql.Composed]:
    """The statements that put one table in the place of another."""
    statements = [
        sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(new)),
        sql.SQL("ALTER TABLE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)),
    ]
    for name in (*_INDEXES, "pkey"):
        identifiers = sql.Identifier(f"{old}_{name}"), sql.Identifier(f"{new}_{name}")
        statements.append(sql.SQL("ALTER INDEX {} RENAME TO {}").format(*identifiers))
    return statements


def row(document: Document) -> tuple[Any, ...]:
    """The values of COLUMNS for one post."""
    terms, length = document_terms(document.title, document.body)
    names = (name_key(document.subtheme), name_key(document.author), name_key(document.lang))
    return (document.id, vector(terms), length, *names, document.expert, int(document.created.timestamp()))


def vector(terms: dict[str, Occurrences]) -> str:
    """The text form of a tsvector made of our own tokens: the title's positions weigh A, the body's D."""
    return " ".join(lexeme(term) + _positions(occurrences) for term, occurrences in terms.items())


def lexeme(term: str) -> str:
    """A term quoted for a tsvector or a tsquery."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def _positions(occurrences: Occurrences) -> str:
    places = [f"{position + 1}A" for position in occurrences.title if position < LAST_POSITION]
    places += [str(position + 1) for position in occurrences.body if position < LAST_POSITION]
    return ":" + ",".join(places[:256]) if places else ""
