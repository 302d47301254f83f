"""After a purge: what files still hold of the words. The worker does it, and again until it is done."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import update

from forum.core.database import db, drop_leftovers, now, transaction
from forum.core.diagnosis import ago
from forum.core.jobs import job, sweeper
from forum.leaving.making import throw_away_of
from forum.search.actions import forget_dropped
from forum.threads.models import Post
from forum.threads.purging import writers_in
from moderation.purging import queries
from moderation.purging.models import Purge

log = logging.getLogger(__name__)
AT_ONCE = 100
PATIENCE = timedelta(hours=1)


def purge_faults() -> Iterator[str]:
    """Yield each purge whose words may still stand in a file after PATIENCE, for `flask doctor`."""
    for row in queries.owed(AT_ONCE):
        if now() - row.purged_at > PATIENCE:
            yield f"the words of post {row.post_id} were purged {ago(row.purged_at)} ago, and files may still hold them"


@sweeper
@job
def sweep_purges() -> None:
    """Clean archives, search index and the database's log of what was purged; safe to repeat.

    Only when all of it is done is a purge settled: an index that can't be written now, or a reader that keeps the
    database from tidying up, leaves it to the next minute.
    """
    owed = [(row.id, row.post_id) for row in queries.owed(AT_ONCE)]
    if not owed:
        return
    for _purge_id, post_id in owed:
        post = db.session.get(Post, post_id)
        if post is not None:
            throw_away_of(writers_in(post.thread_id))
    if not forget_dropped():
        return
    if not drop_leftovers():
        log.warning("purged words may stand in the database's log, which is being read; the sweep tries again")
        return
    ids = [purge_id for purge_id, _post_id in owed]
    with transaction() as session:
        session.execute(update(Purge).where(Purge.id.in_(ids)).values(swept_at=now()))
