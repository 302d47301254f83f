"""What the tests of moderation share: a post to flag, flags on it, and its case."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.threads.models import Post, Thread
from moderation import flags
from moderation.models import Case


@pytest.fixture
def reply(thread: Thread) -> Post:
    """ann's first reply in alice's thread."""
    found = db.session.scalar(select(Post).where(Post.thread_id == thread.id, Post.position == 2))
    assert found
    return found


@pytest.fixture
def flagged(reply: Post, alice: User) -> Case:
    """The case on ann's reply, which alice has flagged as an insult."""
    flag = flags.flag_post(reply, alice, "abuse", "she means me")
    found = db.session.get(Case, flag.case_id)
    assert found
    return found


@pytest.fixture
def fresh() -> Callable[[Case], Case]:
    """`fresh(case)`: the case as it is in the database now."""

    def read(case: Case) -> Case:
        db.session.rollback()
        again = db.session.get(Case, case.id, populate_existing=True)
        assert again
        return again

    return read
