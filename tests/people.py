"""The people of the tests, as fixtures: each is made when first asked for, in the test's clean database."""

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any

import pytest
from flask import current_app

from forum.accounts.consents import mark
from forum.accounts.documents import versions
from forum.accounts.models import Role, User
from forum.accounts.passwords import hash_password
from forum.core.database import db, now, transaction
from forum.core.text import skeleton

PASSWORD = "a bridge of seven arches"


@lru_cache(maxsize=1)
def _hash() -> str:
    return hash_password(PASSWORD)


def make_person(username: str, **facts: Any) -> User:
    """Return a new account a year old whose posts are no longer held; `facts` are columns of User."""
    columns: dict[str, Any] = {
        "email": f"{username}@example.org",
        "email_key": f"{username}@example.org",
        "password_hash": _hash(),
        "created_at": now() - timedelta(days=365),
        "published_count": 10,
        "agreed": mark(versions(current_app.config["FORUM_INSTANCE"])),
        "signed_in_at": now() if facts.get("role") else None,  # somebody looks after the forum
    }
    with transaction() as session:
        user = User(username=username, username_key=skeleton(username), **{**columns, **facts})
        session.add(user)
    return user


@pytest.fixture
def person(app: Any) -> Callable[..., User]:
    """`person("zoe", role="moderator")`: one more account."""
    return make_person


@pytest.fixture
def alice(app: Any) -> User:
    """A netizen."""
    return make_person("alice", display_name="Alice")


@pytest.fixture
def ann(app: Any) -> User:
    """Another netizen."""
    return make_person("ann", display_name="安安")


@pytest.fixture
def mallory(app: Any) -> User:
    """A stranger who tries what she may not."""
    return make_person("mallory")


@pytest.fixture
def newbie(app: Any) -> User:
    """An account of an hour without a post: what they write is held."""
    return make_person("newbie", created_at=now() - timedelta(hours=1), published_count=0)


@pytest.fixture
def sam(app: Any) -> User:
    """Somebody suspended for a week."""
    return make_person("sam", suspended_until=now() + timedelta(days=7))


@pytest.fixture
def bob(app: Any) -> User:
    """A moderator."""
    return make_person("bob", role=Role.MODERATOR)


@pytest.fixture
def bea(app: Any) -> User:
    """Another moderator."""
    return make_person("bea", role=Role.MODERATOR)


@pytest.fixture
def carol(app: Any) -> User:
    """The admin."""
    return make_person("carol", role=Role.ADMIN)


@pytest.fixture
def dr_chen(carol: User) -> User:
    """An expert of data-and-algorithms, made so by carol."""
    from forum.experts import actions
    from forum.subthemes import queries

    user = make_person("dr_chen", display_name="陈博士")
    subtheme = queries.by_slug("data-and-algorithms")
    assert subtheme
    actions.grant(user, subtheme, "Professor of statistics", "Lakeside University", None, by=carol)
    db.session.refresh(user)
    return user
