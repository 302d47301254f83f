"""What the tests of notices share."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.notifications.models import Notification


@pytest.fixture
def told() -> Callable[[User], list[tuple[str, int | None]]]:
    """`told(alice)`: kind and post of each of her notices, oldest first."""

    def read(user: User) -> list[tuple[str, int | None]]:
        db.session.rollback()
        query = select(Notification).where(Notification.user_id == user.id).order_by(Notification.id)
        return [(notice.kind, notice.post_id) for notice in db.session.scalars(query)]

    return read
