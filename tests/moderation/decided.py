"""Decided cases as rows, as many as a test needs: two hundred decisions by hand would prove nothing more."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, insert, select

from bench.decided_texts import Decided
from forum.core.database import db, now, transaction
from forum.threads.models import Post, Thread
from moderation.models import Case, Decision


def decide_all(texts: Sequence[Decided], thread: Thread, by, *, days: int = 60) -> list[int]:
    """Write a decided case for each text, the first one `days` ago, the last one now; return the cases' ids."""
    with transaction() as session:
        first = {model: (session.scalar(select(func.max(model.id))) or 0) + 1 for model in (Post, Case, Decision)}
        place = session.scalar(select(func.max(Post.position)).where(Post.thread_id == thread.id)) or 0
        place = max(place, 100_000)  # beyond what is written by hand afterwards
        step = timedelta(days=days) / len(texts)
        posts, cases, decisions = [], [], []
        for number, text in enumerate(texts):
            moment = now() - step * (len(texts) - 1 - number)
            post_id, case_id = first[Post] + number, first[Case] + number
            posts.append({
                "id": post_id, "thread_id": thread.id, "author_id": thread.author_id, "position": place + 1 + number,
                "body": text.text, "html": "", "plain": text.text, "lang": text.lang, "render_version": 1,
                "notified_at": moment, "state": "removed" if text.rule else "visible",
            })  # fmt: skip
            cases.append({
                "id": case_id, "post_id": post_id, "author_id": thread.author_id, "subtheme_id": thread.subtheme_id,
                "source": "flags", "opened_at": moment - timedelta(hours=number % 7), "decided_at": moment,
                "decided_revision": 1, "frozen_revision": 1, "frozen_title": thread.title, "frozen_author": "",
                "frozen_body": text.text, "frozen_html": "", "lang": text.lang,
            })  # fmt: skip
            decisions.append({
                "id": first[Decision] + number, "case_id": case_id, "decider_id": by.id, "rule": text.rule,
                "outcome": "remove" if text.rule else "keep", "reason": "", "decided_at": moment,
            })  # fmt: skip
        for model, rows in ((Post, posts), (Case, cases), (Decision, decisions)):
            session.execute(insert(model), rows)
        if db.engine.dialect.name == "postgresql":
            for table in ("posts", "cases", "decisions"):
                session.execute(db.text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
    return [row["id"] for row in cases]
