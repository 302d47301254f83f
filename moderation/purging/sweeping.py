"""After a purge: what files still hold of the words. The worker does it, and again until it is done."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import update

from forum.core.database import db, drop_leftovers, now, transaction
from forum.core.diagnosis import Fact, ago
from forum.core.jobs import job, sweeper
from forum.leaving.making import throw_away_all
from forum.search.actions import forget_dropped
from forum.threads.purging import HOLD_WORDS
from moderation.models import Case
from moderation.purging import about, queries, quotes
from moderation.purging.models import Purge

log = logging.getLogger(__name__)
AT_ONCE = 100
PATIENCE = timedelta(hours=1)
SEARCH_TABLE = "search_documents"  # search_index.postgres_table, which can't be read without a driver of PostgreSQL


def purge_faults() -> Iterator[str]:
    """Yield each purge whose words may still stand in a file after PATIENCE, for `flask doctor`.

    On PostgreSQL also, as a fact, what is left to the operators after the latest purge: nobody sees whether they did.
    """
    for row in queries.owed(AT_ONCE):
        if now() - row.purged_at > PATIENCE:
            yield f"the words of post {row.post_id} were purged {ago(row.purged_at)} ago, and files may still hold them"

    if db.engine.dialect.name == "postgresql" and (latest := queries.latest()) is not None:
        yield Fact(
            f"purged last {ago(latest)} ago; until they are rewritten, tables may hold the words: {vacuum_order()}"
        )


def tables() -> list[str]:
    """Return the tables from which a purge takes words: PostgreSQL keeps these on free places of their pages."""
    said = {place[0].__tablename__ for place in about.places(0)}
    return sorted(said | {model.__tablename__ for model in (*HOLD_WORDS, Case)} | {SEARCH_TABLE})


def vacuum_order() -> str:
    """Return the statement by which an operator of PostgreSQL has these tables written anew."""
    return f"VACUUM FULL {', '.join(tables())};"


@sweeper
@job
def sweep_purges() -> None:
    """Clean quotes, archives, search index and the database's log of what was purged; safe to repeat.

    Only when all of it is done is a purge settled: a post that is being edited, an index that can't be written now, or
    a reader that keeps the database from tidying up, leaves it to the next minute. Whoever's archive may hold the words
    of a post, nobody can say: everybody's go, which would end after 48 hours anyway, and can be asked for anew.
    """
    owed = [(row.id, row.post_id) for row in queries.owed(AT_ONCE)]
    if not owed:
        return
    cut = [quotes.cut(post_id) for _purge_id, post_id in owed]
    throw_away_all()
    if not all(cut) or not forget_dropped():
        return
    if not drop_leftovers():
        log.warning("purged words may stand in the database's log, which is being read; the sweep tries again")
        return
    ids = [purge_id for purge_id, _post_id in owed]
    with transaction() as session:
        session.execute(update(Purge).where(Purge.id.in_(ids)).values(swept_at=now()))
