"""What the tests of moderation share: a post to flag, flags on it, and its case."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.subthemes import moderators
from forum.subthemes import queries as subthemes
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


@pytest.fixture
def elsewhere(app):
    """A sub-theme other than the thread's."""
    return subthemes.by_slug("law-online")


@pytest.fixture
def thea(person, subtheme, carol):
    """A netizen who moderates the sub-theme of the thread."""
    user = person("thea")
    moderators.appoint(user, subtheme, by=carol)
    return user


@pytest.fixture
def theo(person, elsewhere, carol):
    """A netizen who moderates another sub-theme."""
    user = person("theo")
    moderators.appoint(user, elsewhere, by=carol)
    return user
