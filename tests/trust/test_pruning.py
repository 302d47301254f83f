"""Reading of long ago is forgotten where nothing needs it: levels, the window and unread marks stay as they are."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.threads import actions
from forum.threads.models import Thread
from forum.trust import pruning
from forum.trust.models import ReadingDay, ThreadRead
from forum.trust.reader import MarkedReader


@pytest.fixture
def days(alice: User, ann: User) -> None:
    """Both read yesterday, 100 and 103 days ago; alice is a member, ann is new."""
    with transaction() as session:
        alice.trust_level, ann.trust_level = 2, 1
        for user in (alice, ann):
            for ago in (1, 100, 103):
                session.add(ReadingDay(user_id=user.id, day=(now() - timedelta(days=ago)).date(), posts=7))


def kept_days(user: User) -> list[int]:
    query = select(ReadingDay.day).where(ReadingDay.user_id == user.id).order_by(ReadingDay.day.desc())
    return [(now().date() - day).days for day in db.session.scalars(query)]


@pytest.mark.parametrize("step", [1, 2, 1_000])
def test_days_before_the_window_go_once_the_level_rests_on_it_alone(
    days: None, alice: User, ann: User, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(pruning, "STEP", step)
    for _ in range(8):
        pruning.prune_reading()
    assert kept_days(alice) == [1, 100]
    assert kept_days(ann) == [1, 100, 103], "her next level counts all days"


def test_places_go_where_the_mark_is_the_same_without_them(
    alice: User, ann: User, thread: Thread, clock: Any, work: Any
) -> None:
    half_read = actions.start_thread(thread.subtheme, ann, "Half read", "With a text.")
    actions.post_reply(half_read, ann, "More.")
    lively = actions.start_thread(thread.subtheme, ann, "Lively", "With a text.")
    with transaction() as session:
        for one, position in ((thread, thread.last_position), (half_read, 1), (lively, 1)):
            session.add(ThreadRead(user_id=alice.id, thread_id=one.id, position=position, read_at=now()))
    clock.move(days=364)
    pruning.prune_reading()
    assert kept_places(alice) == [thread.id, half_read.id, lively.id]
    clock.move(days=2)
    actions.post_reply(lively, ann, "Still going on.")
    before = unread(alice, [thread, half_read, lively])
    pruning.prune_reading()
    assert kept_places(alice) == [half_read.id, lively.id]
    assert unread(alice, [thread, half_read, lively]) == before == {half_read.id, lively.id}
    actions.post_reply(thread, ann, "After all.")
    assert unread(alice, [thread]) == {thread.id}


def kept_places(user: User) -> list[int]:
    query = select(ThreadRead.thread_id).where(ThreadRead.user_id == user.id).order_by(ThreadRead.thread_id)
    return list(db.session.scalars(query))


def unread(user: User, threads: list[Thread]) -> set[int]:
    for thread in threads:
        db.session.refresh(thread)
    return MarkedReader().unread(user, threads)
