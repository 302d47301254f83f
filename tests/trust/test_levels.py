"""Levels follow what people did: raised and told by the worker, lost only at the top, never by flags nobody upheld."""

import pytest
from sqlalchemy import select

from forum.accounts.models import Standing, User
from forum.core import markup
from forum.core.database import db, now, transaction
from forum.notifications.actions import Notice, tell_all
from forum.notifications.models import Notification
from forum.threads import actions as posts
from forum.threads import states
from forum.trust import actions, flushing, queries
from forum.trust.models import ThreadRead
from moderation import flags
from moderation.decisions import decide
from tests.home.test_home import make_threads


@pytest.fixture
def weigh(numbers):
    """`weigh(alice)`: her level after the worker has looked at her."""

    def look(user: User) -> int:
        actions.weigh([user.id], numbers)
        return level(user)

    return look


@pytest.fixture
def regular(alice, thread, ann, subtheme, has_read):
    """alice with a record that just earns level 3, threads of ann read and answered."""
    has_read(alice, days=50, threads=20, posts=100, seconds=3600)
    make_threads(ann.id, subtheme.id, 20)
    with transaction() as session:
        ids = session.scalars(select(posts.Thread.id).where(posts.Thread.author_id == ann.id)).all()
        session.add_all(ThreadRead(user_id=alice.id, thread_id=row_id, position=1) for row_id in ids)
        alice.trust_level = 2
    for row_id in ids[:10]:
        posts.post_reply(db.session.get(posts.Thread, row_id), alice, "I think so.")
    return alice


def heard_by(user: User, people: list[User], post_id: int) -> None:
    """Let people have replied to the person's posts."""
    tell_all(Notice(user.id, "reply", f"heard:{one.id}", actor_id=one.id, post_id=post_id) for one in people)


def level(user: User) -> int:
    db.session.rollback()
    return int(db.session.scalar(select(User.trust_level).where(User.id == user.id)) or 0)


def told(user: User) -> list[tuple[int, int]]:
    query = select(Notification).where(Notification.user_id == user.id, Notification.kind == "trust")
    return [(notice.facts["former"], notice.facts["level"]) for notice in db.session.scalars(query)]


def test_reading_raises_to_level_one_and_is_told_once(bob, mallory, has_read, weigh, work, as_):
    has_read(mallory, threads=5, posts=30, seconds=599)
    assert weigh(mallory) == 0
    has_read(bob, threads=5, posts=30, seconds=600)
    work()
    work()
    assert level(bob) == 1 and told(bob) == [(0, 1)] and told(mallory) == []
    page = as_(bob).get("/notifications").text
    assert "your level is “Settled in” now" in page


def test_only_accounts_in_use_are_raised(bob, mallory, sam, has_read, weigh):
    for user in (bob, mallory, sam):
        has_read(user, threads=5, posts=30, seconds=600)
    with transaction():
        bob.standing, mallory.standing = Standing.WAITING, Standing.CLOSED
    assert [weigh(user) for user in (bob, mallory, sam)] == [0, 0, 0]


def test_level_two_counts_deeds_of_the_rows(thread, alice, ann, bob, mallory, has_read, numbers):
    has_read(mallory, days=3, threads=2, posts=9, seconds=125)
    for _ in range(2):
        mine = posts.post_reply(thread, mallory, "I wonder too.")
    own = posts.start_thread(thread.subtheme, mallory, "My own", "Text")
    posts.post_reply(own, mallory, "More.")
    heard_by(mallory, [alice, ann], mine.id)
    heard_by(mallory, [bob], posts.post_reply(thread, bob, "Gone soon.").id)
    states.remove_post(db.session.scalar(select(posts.Post).where(posts.Post.author_id == bob.id)), bob, "abuse")
    ever = queries.records([mallory.id], now(), numbers)[mallory.id].ever
    assert (ever.threads, ever.posts, ever.minutes, ever.days, ever.replied, ever.people) == (2, 9, 2, 3, 1, 2)


def test_quotations_and_replies_are_heard_of_by_different_people(thread, alice, ann, bob, mallory, work, numbers):
    mine = posts.post_reply(thread, mallory, "Only the platform knows.")
    posts.post_reply(thread, ann, markup.quote("mallory", mine.id, mine.body) + "\nDo they?")
    posts.post_reply(thread, ann, "And again.", parent=mine)
    posts.post_reply(thread, bob, "They don't.", parent=mine)
    posts.post_reply(thread, alice, "@mallory is named here.")
    work()
    assert queries.records([mallory.id], now(), numbers)[mallory.id].ever.people == 2


def test_level_three_is_earned_lost_and_spared(regular, person, thread, weigh, clock, work):
    assert weigh(regular) == 2
    post_id = db.session.scalar(select(posts.Post.id).where(posts.Post.author_id == regular.id).limit(1))
    heard_by(regular, [person(f"friend{n}") for n in range(5)], post_id)
    assert weigh(regular) == 3
    clock.move(days=13)
    work()
    clock.move(days=30)
    assert weigh(regular) == 3, "all of the 50 days are still within the 100"
    clock.move(days=50)
    work()
    assert level(regular) == 2 and told(regular) == [(2, 3), (3, 2)], "regulars are weighed though they stay away"


def test_level_three_is_kept_for_two_weeks(alice, weigh, clock):
    with transaction():
        alice.trust_level = 3
    tell_all([Notice(alice.id, "trust", "trust:3:today", facts={"level": 3, "former": 2})])
    clock.move(days=13)
    assert weigh(alice) == 3
    clock.move(days=2)
    assert weigh(alice) == 2


def test_flags_alone_take_nothing_and_decisions_do(regular, person, bob, ann, weigh):
    post_id = db.session.scalar(select(posts.Post.id).where(posts.Post.author_id == regular.id).limit(1))
    heard_by(regular, [person(f"friend{n}") for n in range(5)], post_id)
    mine = db.session.scalars(
        select(posts.Post).where(posts.Post.author_id == regular.id).order_by(posts.Post.id)
    ).all()
    cases = [flags.flag_post(post, by=person(f"crowd{n}"), reason="spam").case_id for n, post in enumerate(mine[1:5])]
    assert weigh(regular) == 3
    decide(cases[0], bob, "keep", "Nothing is wrong with it.", "")
    decide(cases[1], bob, "warn", "It is unkind.", "abuse")
    assert weigh(regular) == 3, "one is borne"
    decide(cases[2], bob, "warn", "It is unkind.", "abuse")
    assert weigh(regular) == 2, "even within the two weeks"


def test_the_round_takes_everybody_in_turn(app, person, has_read, monkeypatch, work):
    monkeypatch.setattr(flushing, "WEIGHED_AT_ONCE", 2)
    people = [person(f"reader{n}") for n in range(5)]
    for one in people:
        has_read(one, threads=5, posts=30, seconds=600)
    raised = []
    for _ in range(4):
        work()
        raised.append(sum(level(one) for one in people))
    assert raised == [2, 4, 5, 5]


def test_a_round_costs_the_same_for_one_and_for_many(app, person, has_read, statements, numbers):
    costs = []
    for number in (1, 40):
        people = [person(f"p{number}x{n}") for n in range(number)]
        for one in people:
            has_read(one, posts=3)
        ids = [one.id for one in people]
        with statements() as seen:
            actions.weigh(ids, numbers)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 8
