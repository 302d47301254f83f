"""Who may do what with accounts, as tables."""

from datetime import timedelta

import pytest

from forum.accounts import policy
from forum.accounts.models import User, Visitor
from forum.core.database import now

NETIZEN = User(id=1, role="netizen")
MODERATOR = User(id=2, role="moderator")
OTHER_MODERATOR = User(id=3, role="moderator")
ADMIN = User(id=4, role="admin")
OTHER_ADMIN = User(id=5, role="admin")
SUSPENDED = User(id=6, role="netizen", suspended_until=now() + timedelta(days=1))
SUSPENDED_ADMIN = User(id=7, role="admin", suspended_until=now() + timedelta(days=1))
FREE_AGAIN = User(id=8, role="netizen", suspended_until=now() - timedelta(days=1))
VISITOR = Visitor()


@pytest.mark.parametrize(
    ("person", "may"),
    [(VISITOR, False), (NETIZEN, True), (MODERATOR, True), (ADMIN, True), (SUSPENDED, False), (FREE_AGAIN, True)],
)
def test_who_takes_part(person: User, may: bool) -> None:
    assert policy.may_take_part(person) is may


@pytest.mark.parametrize(
    ("person", "may"),
    [(VISITOR, False), (NETIZEN, False), (MODERATOR, False), (ADMIN, True), (SUSPENDED_ADMIN, False)],
)
def test_who_administers(person: User, may: bool) -> None:
    assert policy.may_administer(person) is may


@pytest.mark.parametrize(
    ("by", "user", "role", "may"),
    [
        (ADMIN, NETIZEN, "moderator", True),
        (ADMIN, OTHER_ADMIN, "netizen", True),
        (ADMIN, ADMIN, "netizen", False),
        (ADMIN, NETIZEN, "emperor", False),
        (MODERATOR, NETIZEN, "moderator", False),
        (MODERATOR, MODERATOR, "admin", False),
        (NETIZEN, NETIZEN, "admin", False),
        (SUSPENDED_ADMIN, NETIZEN, "admin", False),
        (VISITOR, NETIZEN, "admin", False),
        (None, NETIZEN, "admin", True),
        (None, NETIZEN, "emperor", False),
    ],
)
def test_who_changes_whose_role(by: User | None, user: User, role: str, may: bool) -> None:
    assert policy.may_change_role(by, user, role) is may


@pytest.mark.parametrize(
    ("by", "user", "may"),
    [
        (MODERATOR, NETIZEN, True),
        (MODERATOR, SUSPENDED, True),
        (MODERATOR, MODERATOR, False),
        (MODERATOR, OTHER_MODERATOR, False),
        (MODERATOR, ADMIN, False),
        (ADMIN, MODERATOR, True),
        (ADMIN, OTHER_ADMIN, False),
        (ADMIN, ADMIN, False),
        (NETIZEN, FREE_AGAIN, False),
        (SUSPENDED_ADMIN, NETIZEN, False),
        (VISITOR, NETIZEN, False),
        (None, ADMIN, True),
    ],
)
def test_who_suspends_whom(by: User | None, user: User, may: bool) -> None:
    assert policy.may_suspend(by, user) is may
