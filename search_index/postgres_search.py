"""Answering a question in PostgreSQL with bounded work: the newest posts that match are fetched, then ranked.

PostgreSQL can't rank without reading every match, and a common word has hundreds of thousands. So the candidates are
the newest posts with any of the words, the newest with all of them, and for each word that is rare the newest with
it, wherever in time they lie. The same formula as in the embedded engine ranks them (see `ranking`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from psycopg import Cursor, sql

from search_index.analysis import TITLE_WEIGHT, name_key
from search_index.interface import IndexBusy, Query
from search_index.postgres_table import TABLE, comment, lexeme
from search_index.question import Question
from search_index.ranking import K1, B, Candidate, Ranking, rarity

ANY_LIMIT = 1_000  # newest posts with any of the words
ALL_LIMIT = 500  # newest posts with all of the words
RARE_LIMIT = 500  # newest posts with a rare word, shared out among the rare words,
RARE_WORDS = 8  # of which the first few are looked for by themselves

_DAY = 86_400
# ts_rank of one mention in the body; a title's mention makes TITLE_WEIGHT of it, endless mentions 1.64
_ONE_MENTION = 1 / TITLE_WEIGHT / 1.64493406685
_WEIGHTS = f"'{{{1 / TITLE_WEIGHT:.6f},0,0,1}}'"


@dataclass(frozen=True, slots=True)
class Statistics:
    """What PostgreSQL's ANALYZE knows: how many posts there are, and the share of posts that hold each of the
    commonest terms."""

    total: float = 0.0
    shares: dict[str, float] = field(default_factory=dict)

    def is_common(self, term: str) -> bool:
        """True if more posts hold the term than we would look at."""
        return self.shares.get(term, 0.0) * self.total > ANY_LIMIT


def read_statistics(cursor: Cursor[Any]) -> tuple[str | None, Statistics]:
    """The comment of the table, by which its version is known, and its statistics."""
    cursor.execute(
        "SELECT obj_description(c.oid, 'pg_class'), c.reltuples, s.most_common_elems::text::text[],"
        " s.most_common_elem_freqs FROM pg_class c LEFT JOIN pg_stats s ON s.schemaname = current_schema()"
        " AND s.tablename = c.relname AND s.attname = 'tokens' WHERE c.oid = %s::regclass",
        (TABLE,),
    )
    found = cursor.fetchone()
    if found is None:  # a rebuild has put another table in its place since the name was looked up
        raise IndexBusy("rebuilt at this moment")
    # the last elements of the frequencies are their least and greatest, not those of a term
    shares = dict(zip(found[2] or (), found[3] or (), strict=False))
    return found[0], Statistics(max(0.0, found[1]), shares)


def is_ours(table_comment: str | None) -> bool:
    """True if the table was made by this version."""
    return table_comment == comment()


class Search:
    """One question on its way through the database."""

    def __init__(self, question: Question, query: Query, statistics: Statistics) -> None:
        self._question = question
        self._statistics = statistics
        self._filters, self._arguments = _filters(question, query)
        rare = [term for term in question.terms if not statistics.is_common(term)]
        self._rare = rare[:RARE_WORDS] if len(question.terms) > 1 else []
        self._each_rare = RARE_LIMIT // max(1, len(self._rare))

    def run(self, cursor: Cursor[Any]) -> tuple[Ranking, list[Candidate]]:
        """The candidates, and the ranking to order them by."""
        frequencies, ids = self._gather(cursor)
        rarities = self._rarities(frequencies, len(ids))
        candidates = self._weigh(cursor, ids, rarities) if ids else []
        return Ranking(self._question, rarities), candidates

    def _gather(self, cursor: Cursor[Any]) -> tuple[dict[str, int], list[int]]:
        """How many posts hold each rare term (counted up to a limit), and the ids of all candidates."""
        quoted = [lexeme(term) for term in self._question.terms]
        has_common = any(map(self._statistics.is_common, self._question.terms))
        parts = [self._part(0, " | ".join(quoted), ANY_LIMIT, walk=has_common)]
        if len(quoted) > 1:
            parts.append(self._part(0, " & ".join(quoted), ALL_LIMIT, walk=True))
        parts += [self._part(n, lexeme(term), self._each_rare) for n, term in enumerate(self._rare, 1)]
        statement = sql.SQL(" UNION ALL ").join(part for part, _ in parts)
        cursor.execute(statement, [argument for _, arguments in parts for argument in arguments], prepare=False)
        counts = [0] * (len(self._rare) + 1)
        ids: set[int] = set()
        for part, id_ in cursor:
            counts[part] += 1
            ids.add(id_)
        return dict(zip(self._rare, counts[1:], strict=True)), list(ids)

    def _part(self, number: int, tsquery: str, limit: int, walk: bool = False) -> tuple[sql.Composed, list[Any]]:
        """The newest posts that match. `walk` lets PostgreSQL go back in time from post to post until it has enough,
        as it should for a common word; for a rare one that would be the whole table, and it can't know."""
        order = sql.SQL("created DESC, id DESC" if walk else "created + 0 DESC")
        statement = sql.SQL("(SELECT {}, id FROM {} WHERE tokens @@ %s::tsquery{} ORDER BY {} LIMIT %s)")
        composed = statement.format(sql.Literal(number), sql.Identifier(TABLE), self._filters, order)
        return composed, [tsquery, *self._arguments, limit]

    def _rarities(self, frequencies: dict[str, int], found: int) -> list[float]:
        total = max(self._statistics.total, found)
        known = self._statistics.shares
        return [
            rarity(round(known[term] * total) if term in known else frequencies.get(term, 0), round(total))
            for term in self._question.terms
        ]

    def _weigh(self, cursor: Cursor[Any], ids: list[int], rarities: Sequence[float]) -> list[Candidate]:
        rank = sql.SQL("ts_rank({}, tokens, %s::tsquery)").format(sql.SQL(_WEIGHTS))
        ranks = sql.SQL(", ").join([rank] * len(rarities))
        statement = sql.SQL("SELECT id, created, length, {} FROM {} WHERE id = ANY(%s)")
        arguments = [*(lexeme(term) for term in self._question.terms), ids]
        cursor.execute(statement.format(ranks, sql.Identifier(TABLE)), arguments, prepare=False)
        rows = cursor.fetchall()
        average = sum(length for _, _, length, *_ in rows) / len(rows) or 1.0
        return [_candidate(id_, created, length / average, found, rarities) for id_, created, length, *found in rows]


def _candidate(id_: int, created: int, length: float, ranks: list[float], rarities: Sequence[float]) -> Candidate:
    """BM25 with ts_rank in the place of the number of mentions; `length` is relative to the average."""
    scale = (K1 + 1) / (1 + K1 * (1 - B + B * length)) / _ONE_MENTION
    strength = scale * sum(rank * worth for rank, worth in zip(ranks, rarities, strict=True))
    return Candidate(id_, strength, sum(1 << bit for bit, rank in enumerate(ranks) if rank > 0), created)


def _filters(question: Question, query: Query) -> tuple[sql.Composable, list[Any]]:
    """Conditions, each beginning with AND, and their arguments."""
    conditions: list[str] = []
    arguments: list[Any] = []
    for column, value in (("subtheme", query.subtheme), ("author", query.author), ("lang", query.lang)):
        if value is not None:
            conditions.append(f" AND {column} = %s")
            arguments.append(name_key(value))
    if query.expert:
        conditions.append(" AND expert")
    for condition, day, days in ((" AND created >= %s", query.after, 0), (" AND created < %s", query.before, 1)):
        if day is not None:
            conditions.append(condition)
            arguments.append(_seconds(day) + days * _DAY)
    for condition, phrases in (
        (" AND tokens @@ %s::tsquery", question.phrases),
        (" AND NOT tokens @@ %s::tsquery", question.excluded),
    ):
        for phrase in phrases:
            conditions.append(condition)
            arguments.append(" <-> ".join(map(lexeme, phrase)))
    return sql.Composed([sql.SQL(condition) for condition in conditions]), arguments


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
