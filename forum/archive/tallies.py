"""The counters of threads, sub-themes and people while a batch is written (what they count: threads/counters)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.subthemes.models import SubTheme
from forum.threads.models import State, Thread


class Tallies:
    """Gives posts their places, and counts them; `write` sends the counts, in the transaction of the posts."""

    def __init__(self, session: Session, thread_ids: Iterable[int]) -> None:
        """Load the threads of the batch under lock, so that replies written meanwhile keep their places."""
        self._session = session
        query = select(Thread).where(Thread.id.in_(set(thread_ids))).order_by(Thread.id).with_for_update()
        rows = session.scalars(query.execution_options(populate_existing=True))
        self.threads = {thread.id: thread for thread in rows}
        self._posts: Counter[int] = Counter()
        self._opened: Counter[int] = Counter()
        self._published: Counter[int] = Counter()

    def add(self, thread_id: int, author_id: int, created: datetime, *, expert: bool) -> int:
        """Count one post at the end of its thread and return its position."""
        thread = self.threads[thread_id]
        thread.last_position += 1
        opens = thread.last_position == 1
        if not opens:
            thread.reply_count += 1
        thread.expert_answer_count += expert
        thread.last_post_at, thread.last_author_id = created, author_id
        if thread.state == State.VISIBLE:
            self._posts[thread.subtheme_id] += 1
            self._opened[thread.subtheme_id] += opens
        self._published[author_id] += 1
        return thread.last_position

    def write(self) -> None:
        """Send all counters to the database; rows in the order of their ids, as two imports may run at once."""
        self._session.flush()
        connection = self._session.connection()
        people = update(User.__table__).where(User.id == bindparam("who"))  # type: ignore[arg-type]
        people = people.values(published_count=User.published_count + bindparam("more"))
        connection.execute(people, [{"who": who, "more": more} for who, more in sorted(self._published.items())])
        subthemes = update(SubTheme.__table__).where(SubTheme.id == bindparam("which"))  # type: ignore[arg-type]
        subthemes = subthemes.values(
            post_count=SubTheme.post_count + bindparam("posts"),
            thread_count=SubTheme.thread_count + bindparam("threads"),
        )
        if self._posts:
            moved = [{"which": i, "posts": n, "threads": self._opened[i]} for i, n in sorted(self._posts.items())]
            connection.execute(subthemes, moved)
