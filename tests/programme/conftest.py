"""Fixtures: an edition in Beijing whose days are around now, and items of its tracks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db, now
from forum.core.i18n import zone
from forum.notifications.models import Notification
from forum.programme import actions
from forum.programme.models import Edition, Item
from forum.subthemes import moderators
from forum.subthemes.models import SubTheme

FIELDS = {
    "kind": "talk", "lang": "zh", "title_en": "Who checks the ranking?", "title_zh": "谁来检查排序？",
    "description_en": "On feeds.", "description_zh": "关于信息流。", "place_en": "Hall 2", "place_zh": "二号厅",
    "stream_url": "", "capacity": None, "session_id": None, "speakers": [],
}  # fmt: skip


@pytest.fixture
def edition(carol: User) -> Edition:
    """Five days around today, by Beijing's clock."""
    today = now().astimezone(zone("Asia/Shanghai")).date()
    fields = {
        "name_en": "Conference online", "name_zh": "网上大会", "place_en": "Beijing", "place_zh": "北京",
        "starts_on": today - timedelta(days=2), "ends_on": today + timedelta(days=2), "timezone": "Asia/Shanghai",
    }  # fmt: skip
    return actions.make_edition("online-2026", fields, carol)


@pytest.fixture
def plan(edition: Edition, subtheme: SubTheme, bob: User) -> Callable[..., Item]:
    """`plan(hours=26, capacity=1)`: bob puts an item into data-and-algorithms that begins then and takes an hour."""

    def add(hours: float = 26, **facts: Any) -> Item:
        begins = (now() + timedelta(hours=hours)).replace(second=0, microsecond=0)
        times = {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}
        return actions.add_item(edition.id, subtheme.id, {**FIELDS, **times, **facts}, bob)

    return add


@pytest.fixture
def thea(person: Callable[..., User], subtheme: SubTheme, carol: User) -> User:
    """She looks after data-and-algorithms alone."""
    user = person("thea")
    moderators.appoint(user, subtheme, by=carol)
    db.session.refresh(user)
    return user


def fields_of(item: Item, **changes: Any) -> dict[str, Any]:
    """Return the item's fields as `change_item` takes them, some changed."""
    kept = {name: getattr(item, name) for name in (*FIELDS, "starts_at", "ends_at") if name != "speakers"}
    return {**kept, "speakers": [], **changes}


@pytest.fixture
def work(work: Callable[[], Any]) -> Callable[[], Any]:
    """The worker's sweep twice: what the first one owes, the second one sends (in life the queue's nudge does)."""
    return lambda: (work(), work())


def present(item: Item) -> Item:
    """Return the item as the database has it."""
    db.session.rollback()
    found = db.session.get(Item, item.id, populate_existing=True)
    assert found is not None
    return found


def told(person: User) -> list[str]:
    """Return what somebody was told of the programme, in order."""
    db.session.rollback()
    query = select(Notification).where(Notification.user_id == person.id, Notification.kind == "programme")
    return [str(notice.facts["what"]) for notice in db.session.scalars(query.order_by(Notification.id))]
