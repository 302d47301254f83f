"""What the tests of this room ask for."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from forum.answers import actions as questions
from forum.core.database import db
from forum.experts.models import Credential
from forum.threads import actions
from forum.threads.models import Post, Thread

SOURCES = [("The rule itself", "https://law.example.org/rule?art=5"), ("数据报告", "https://data.example.org/报告")]


@pytest.fixture
def credential(dr_chen: Any) -> Credential:
    """Dr Chen's, for data and algorithms."""
    return db.session.scalars(select(Credential).where(Credential.user_id == dr_chen.id)).one()


@pytest.fixture
def answer(pinned: Thread, dr_chen: Any, credential: Credential) -> Post:
    """Dr Chen's answer in alice's pinned thread, with two sources."""
    return actions.post_reply(pinned, dr_chen, "In three steps.", credential, listed=SOURCES)


@pytest.fixture
def told(work: Callable[[], None]) -> Callable[[str], list[tuple[str, str]]]:
    """`told("correction")`: after the worker has worked, who was told of what kind, in their order."""
    from forum.accounts.models import User
    from forum.notifications.models import Notification

    def told(kind: str) -> list[tuple[str, str]]:
        work()
        query = select(User.username, Notification.key).join(User, User.id == Notification.user_id)
        rows = db.session.execute(query.where(Notification.kind == kind).order_by(User.username, Notification.id))
        return [(row.username, row.key) for row in rows]

    return told


def url(thread: Thread, query: str = "") -> str:
    """Return the address of the thread's page."""
    return f"/threads/{thread.id}/{thread.slug}{query}"


@pytest.fixture
def question(pinned: Thread, alice: Any) -> Thread:
    """alice's thread, put to the experts by her."""
    questions.ask(pinned, alice)
    return pinned


@pytest.fixture
def answered(question: Thread, answer: Post, alice: Any) -> Post:
    """Dr Chen's answer, which alice chose as *the* answer."""
    questions.choose(answer, alice)
    return answer
