"""Those who take part in a month that is played, and what there is to flag."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from forum.accounts.models import Role, User
from forum.core.database import now, transaction
from forum.core.markup import RENDER_VERSION
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, Thread
from forum.threads.recount import recount

POSTS_A_THREAD = 20


def people_and_posts(people: int, moderators: int, posts: int, dice: random.Random) -> tuple[list[int], list[int]]:
    """Write accounts and posts as rows, as an import does; return the ids of members and of moderators."""
    since = now() - timedelta(days=200)
    with transaction() as session:
        places = session.scalars(select(SubTheme.id)).all()
        first = (session.scalar(select(func.max(User.id))) or 0) + 1
        rows = [_person(first + number, since, number < moderators) for number in range(people + moderators)]
        session.execute(insert(User), rows)
        ids = [row["id"] for row in rows]
        threads = max(1, posts // POSTS_A_THREAD)
        start = (session.scalar(select(func.max(Thread.id))) or 0) + 1
        session.execute(insert(Thread), [_thread(start + n, ids, places, since, dice) for n in range(threads)])
        session.execute(insert(Post), [_post(start, n, ids, since, dice) for n in range(threads * POSTS_A_THREAD)])
    for _ in recount(fix=True):
        pass
    return ids[moderators:], ids[:moderators]


def _person(row_id: int, since: datetime, is_moderator: bool) -> dict[str, Any]:
    name = f"person{row_id}"
    role = Role.MODERATOR if is_moderator else Role.NETIZEN
    return {
        "id": row_id, "username": name, "username_key": name, "email": f"{name}@example.org",
        "email_key": f"{name}@example.org", "password_hash": "", "created_at": since, "published_count": 10,
        "role": role,
    }  # fmt: skip


def _thread(row_id: int, ids: list[int], places: Any, since: datetime, dice: random.Random) -> dict[str, Any]:
    return {
        "id": row_id, "subtheme_id": dice.choice(places), "author_id": dice.choice(ids), "title": f"Thread {row_id}",
        "created_at": since, "last_post_at": since, "last_position": POSTS_A_THREAD,
        "reply_count": POSTS_A_THREAD - 1,
    }  # fmt: skip


def _post(start: int, number: int, ids: list[int], since: datetime, dice: random.Random) -> dict[str, Any]:
    words, lang = ("一篇文章", "zh") if dice.random() < 0.45 else ("A post", "en")
    return {
        "thread_id": start + number // POSTS_A_THREAD, "position": number % POSTS_A_THREAD + 1,
        "author_id": dice.choice(ids), "body": words, "html": f"<p>{words}</p>", "plain": words, "lang": lang,
        "render_version": RENDER_VERSION, "created_at": since, "published_at": since, "notified_at": since,
        "indexed_version": 1,
    }  # fmt: skip
