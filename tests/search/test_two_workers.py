"""Two workers index at once: whoever's text came last into the index, a changed post is never taken for settled."""

from forum.core.database import db
from forum.search import actions as indexing
from forum.search.actions import Seen
from forum.threads import actions
from forum.threads.models import Post


def _owed(post: Post) -> bool:
    db.session.refresh(post)
    return post.index_version != post.indexed_version


def test_the_slower_worker_with_the_older_text_leaves_the_post_owed(thread, ann, work):
    post = actions.post_reply(thread, ann, "The word is kumquat.")
    slow = Seen(post.id, post.indexed_version, post.index_version)  # it has read, and sleeps
    actions.edit_post(post, ann, "The word is rambutan.")
    fast = Seen(post.id, post.indexed_version, post.index_version)
    indexing._settle([slow])
    indexing._settle([fast])
    assert _owed(post)


def test_one_worker_alone_settles(thread, ann, work):
    post = actions.post_reply(thread, ann, "The word is kumquat.")
    work()
    assert not _owed(post)
