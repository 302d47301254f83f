"""Taking a post's words away for good: its text, all former texts, and with an opening the title."""

from __future__ import annotations

from sqlalchemy import delete

from forum.core.database import locked, transaction
from forum.threads import counters, plugs, states
from forum.threads.departing import NO_TITLE
from forum.threads.models import AnswerDraft, Post, PostMention, Revision, State, Thread

HOLD_WORDS = (AnswerDraft, Post, PostMention, Revision, Thread)  # the tables from which `take_words` takes them


def take_words(post: Post) -> bool:
    """Blank a removed or deleted post and delete its former texts; return whether the thread's title went with it.

    Joins the caller's transaction, which holds the locks of thread and post. The row stays where it is.
    """
    with transaction() as session:
        thread, present = locked(Thread, post.thread_id), locked(Post, post.id)
        assert thread is not None and present is not None and present.state in (State.REMOVED, State.DELETED)
        present.body = present.html = present.plain = present.correction = ""
        present.sources = []
        present.form_token = present.redacted_revision = None
        present.index_version += 1  # the index forgets it once more, whatever became of the last time
        for model in (Revision, PostMention):
            session.execute(delete(model).where(model.post_id == present.id))
        for forget in plugs.on_emptied:
            forget(present)
        if not states.is_opening(thread, present):
            return False
        thread.title = NO_TITLE
        counters.owe_index(thread.id)
        return True
