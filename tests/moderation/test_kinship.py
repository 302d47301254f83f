"""People who look alike count as one: in one network, signed up in one hour, or flagging the same posts."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.accounts import sessions
from forum.core.database import db, now, transaction
from forum.threads import actions
from moderation import decisions, departing, flags, queries
from moderation.models import Case, Flag, FlagMark


@pytest.fixture
def newcomer(person):
    """`newcomer("wei", days=40, address="9.9.9.1")`: an account of some days, seen at an address."""

    def make(name, days=40, address="", hour=0):
        made = now().replace(minute=10) - timedelta(days=days, hours=hour)
        return person(name, created_at=made, signup_address=address)

    return make


def sums(case_id):
    db.session.rollback()
    return queries.flag_sums([case_id])[case_id]


def test_one_network_counts_as_one_and_the_sheet_says_so(reply, newcomer, bob, as_):
    people = [newcomer(f"neighbour{number}", address=f"9.9.9.{number}", hour=number) for number in range(5)]
    (case_id,) = {flags.flag_post(reply, each, "spam").case_id for each in people}
    (spam,) = sums(case_id)
    assert (spam.people, spam.counted, spam.weight, spam.alike) == (5, 1, 1.0, ("network",))
    flags.flag_post(reply, newcomer("far", address="9.9.8.1", hour=9), "spam")
    assert (sums(case_id)[0].counted, sums(case_id)[0].weight) == (2, 2.0)
    text = as_(bob).get(f"/moderation/cases/{case_id}").text
    assert "6 people, counted as 2: same network, together 2.0" in text
    assert "same network, counted with another" in text and "9.9.9" not in text


def test_a_network_of_a_session_joins_two_groups(reply, newcomer):
    one, two = newcomer("one", address="9.9.1.1", hour=1), newcomer("two", address="9.9.2.1", hour=2)
    case_id = flags.flag_post(reply, one, "spam").case_id
    flags.flag_post(reply, two, "hate")
    assert sum(each.counted for each in sums(case_id)) == 2
    both = newcomer("both", address="2a00:1450:4001::1", hour=3)
    sessions.start(both, "pytest", address="9.9.1.77")
    sessions.start(both, "pytest", address="9.9.2.77")
    flags.flag_post(reply, both, "spam")
    assert sum(each.counted for each in sums(case_id)) == 1
    assert sum(each.weight for each in sums(case_id)) == 1.0
    flags.flag_post(reply, newcomer("late", address="2a00:1450:4001:5::9", hour=4), "spam")
    assert sum(each.counted for each in sums(case_id)) == 1, "the whole /48 is one network"


def test_the_heaviest_of_a_group_counts(reply, newcomer):
    young = newcomer("young", days=3, address="9.9.9.1")
    old = newcomer("old", days=80, address="9.9.9.2")
    case_id = flags.flag_post(reply, young, "spam").case_id
    assert sums(case_id)[0].weight == pytest.approx(0.4)
    flags.flag_post(reply, old, "hate")
    assert {each.reason: (each.counted, each.weight) for each in sums(case_id)} == {"hate": (1, 1.0), "spam": (0, 0.0)}
    score = db.session.get(Case, case_id).score
    flags.flag_post(reply, newcomer("third", days=80, address="9.9.9.3", hour=5), "hate")
    assert db.session.get(Case, case_id, populate_existing=True).score == pytest.approx(score)


def test_the_same_hour_of_signing_up_counts_while_accounts_are_new(reply, newcomer, person):
    case_id = flags.flag_post(reply, newcomer("a", days=20), "spam").case_id
    flags.flag_post(reply, newcomer("b", days=20), "spam")
    assert (sums(case_id)[0].counted, sums(case_id)[0].alike) == (1, ("joined",))
    flags.flag_post(reply, newcomer("c", days=20, hour=2), "spam")
    assert sums(case_id)[0].counted == 2, "another hour"
    for name in ("d", "e"):
        flags.flag_post(reply, newcomer(name, days=200), "spam")
    assert sums(case_id)[0].counted == 4, "long ago it says nothing"
    for name in ("f", "g"):
        flags.flag_post(reply, person(name, created_at=now() - timedelta(days=9), source_id=name), "spam")
    assert sums(case_id)[0].counted == 6, "an import signs nobody up"


def test_three_flags_on_the_same_posts_make_people_alike_unless_they_were_right(thread, ann, newcomer, bob):
    posts = [actions.post_reply(thread, ann, f"Reply {number}.") for number in range(8)]
    one, two, three = (newcomer(name, days=200) for name in ("one", "two", "three"))
    for post in posts[:3]:
        flags.flag_post(post, one, "spam")
    for post in reversed(posts[:3]):
        assert len(sums(flags.flag_post(post, two, "spam").case_id)[0].alike) == 0
    case_id = flags.flag_post(posts[3], one, "spam").case_id
    flags.flag_post(posts[3], two, "spam")
    flags.flag_post(posts[3], three, "spam")
    (spam,) = sums(case_id)
    assert (spam.people, spam.counted, spam.alike) == (3, 2, ("targets",))
    for post in posts[:4]:
        decisions.decide(queries.open_case_of(post.id).id, bob, "hide", "It sells shoes.", "spam")
    case_id = flags.flag_post(posts[4], one, "spam").case_id
    flags.flag_post(posts[4], two, "spam")
    assert sums(case_id)[0].counted == 2, "who agree in being right are not one"


def test_moderators_and_private_networks_are_nobodys_kin(reply, bob, bea, newcomer):
    for each in (bob, bea):
        sessions.start(each, "pytest", address="9.9.9.9")
    case_id = flags.flag_post(reply, bob, "spam").case_id
    flags.flag_post(reply, bea, "spam")
    flags.flag_post(reply, newcomer("home", address="9.9.9.9", hour=1), "spam")
    for number, address in enumerate(("127.0.0.1", "127.0.0.1", "10.0.0.1", "10.0.0.2")):
        flags.flag_post(reply, newcomer(f"local{number}", address=address, hour=number + 2), "spam")
    assert sums(case_id)[0].counted == 7


def test_no_address_is_kept_and_marks_are_forgotten_in_time(reply, thread, ann, newcomer, bob, clock, work):
    wei = newcomer("wei", days=80, address="9.9.9.1")
    case_id = flags.flag_post(reply, wei, "spam").case_id
    kept = db.session.scalars(select(FlagMark)).all()
    assert len(kept) == 2 and all("9.9" not in each.mark and len(each.mark) == 32 for each in kept)
    assert {each.expires_at for each in kept} == {wei.created_at + timedelta(days=90)}, "with the address itself"
    elsewhere = flags.flag_post(actions.post_reply(thread, ann, "More."), wei, "spam").case_id
    marks = db.session.scalars(select(FlagMark.mark)).all()
    assert len(set(marks)) == len(marks) == 4, "a mark means nothing outside its case"
    decisions.decide(elsewhere, bob, "keep", "It is fine.")
    assert db.session.scalar(select(func.count(FlagMark.id))) == 2
    clock.move(days=11)
    work()
    assert db.session.scalar(select(func.count(FlagMark.id))) == 0
    assert db.session.scalar(select(Flag.kin).where(Flag.case_id == case_id)) > 0


def test_who_leaves_takes_the_marks_along(reply, newcomer):
    wei = newcomer("wei", address="9.9.9.1")
    flags.flag_post(reply, wei, "spam")
    flags.flag_post(reply, newcomer("yan", address="9.9.8.1", hour=2), "spam")
    departing.forget(wei.id, "name")
    assert db.session.scalar(select(func.count(FlagMark.id))) == 2, "those of the other"


def test_after_a_merge_the_heaviest_that_is_left_counts(reply, newcomer):
    first, second = newcomer("first", address="9.9.9.1"), newcomer("second", address="9.9.9.2", hour=1)
    third = newcomer("third", days=3, address="9.9.9.3", hour=2)
    (case_id,) = {flags.flag_post(reply, each, "spam").case_id for each in (first, second, third)}
    with transaction() as session:
        session.delete(queries.flag_of(case_id, first.id))
    from moderation import cases

    cases.recount(second.id)
    assert (sums(case_id)[0].people, sums(case_id)[0].counted, sums(case_id)[0].weight) == (2, 1, 1.0)


def test_a_flag_costs_the_same_however_many_there_are(reply, thread, ann, newcomer, statements):
    def cost(each):
        db.session.rollback()
        with statements() as seen:
            flags.flag_post(reply, each, "spam")
        return len(seen)

    people = [newcomer(f"p{number}", address=f"9.{number}.1.1", hour=number) for number in range(20)]
    costs = [cost(each) for each in people]
    assert max(costs) <= 24 and len(set(costs[5:])) == 1, costs
    assert cost(newcomer("alike", address="9.7.1.200", hour=90)) <= costs[-1] + 3


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # PostgreSQL's planner reads all of a small table
def test_what_a_flag_asks_is_read_along_indexes(app, reply, newcomer, statements):
    flags.flag_post(reply, newcomer("first", address="9.9.9.1"), "spam")
    with statements() as seen:
        flags.flag_post(reply, newcomer("wei", address="9.9.9.2"), "spam")
    questions = [each for each in seen if each.startswith("SELECT") and ("flag" in each or "sessions" in each)]
    plans = {each: _plan(each) for each in questions}
    assert not any("SCAN" in plan for plan in plans.values()), plans
    assert any("ix_flags_counting" in plan for plan in plans.values()), plans
    trusted = _plan("SELECT max(trust) FROM flags WHERE case_id = 1 AND trust > 0 AND revision = 1 GROUP BY kin")
    assert "ix_flags_trusted" in trusted and "TEMP" not in trusted, trusted


def _plan(statement):
    connection = db.session.connection().connection.driver_connection
    rows = connection.execute("EXPLAIN QUERY PLAN " + statement, [1] * statement.count("?"))
    return " ".join(row[-1] for row in rows)
