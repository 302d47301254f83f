"""The discussions of the tests, as fixtures: written through the same actions as everybody's."""

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.subthemes import queries
from forum.subthemes.models import SubTheme
from forum.threads import actions, staff_actions
from forum.threads.models import Post, Thread


def opening_of(thread: Thread) -> Post:
    """Return the post that opens the thread, also while it is held."""
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.id).limit(1)).one()


@pytest.fixture
def subtheme(app: object) -> SubTheme:
    """Data and algorithms."""
    found = queries.by_slug("data-and-algorithms")
    assert found
    return found


@pytest.fixture
def thread(alice: User, ann: User, subtheme: SubTheme) -> Thread:
    """alice's thread in data-and-algorithms with two replies by ann."""
    thread = actions.start_thread(subtheme, alice, "Who checks the ranking?", "Nobody tells us how a feed is *ranked*.")
    actions.post_reply(thread, ann, "There is a rule about it since March.")
    actions.post_reply(thread, ann, "并且平台要说明推荐的主要依据。")
    return thread


@pytest.fixture
def pinned(thread: Thread, bob: User) -> Thread:
    """The same thread, pinned by bob, waiting for an expert."""
    staff_actions.pin(thread, by=bob)
    return thread
