"""Hiding by the program: only what independent people with a good record flag, never twice, and undone by one click."""

import contextlib
import contextvars
import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core import chain
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import NotFound
from forum.notifications.models import Notification
from forum.subthemes.models import SubTheme
from forum.threads import actions, recount
from forum.threads.models import Post, State, Thread
from moderation import decisions, flags, hiding, queries, queue
from moderation.models import Case, Flag
from tests.discussions import opening_of


@pytest.fixture
def watcher(person, reply):
    """`watcher("wei")`: somebody with `record` decided flags, all of them upheld unless `wrong` says how many not."""

    def make(name, record=5, wrong=0, **facts):
        user = person(name, **facts)
        with transaction() as session:
            for number in range(record):
                case = _case(reply, decided=True, revision=0)
                session.add(case)
                session.flush()
                session.add(Flag(case_id=case.id, flagger_id=user.id, reason="spam", upheld=number >= wrong))
        return user

    return make


def _case(post, *, decided, revision):
    words = dict.fromkeys(("frozen_title", "frozen_author", "frozen_body", "frozen_html"), "")
    moment = now() if decided else None
    return Case(
        post_id=post.id, author_id=post.author_id, subtheme_id=post.thread.subtheme_id, source="flags",
        frozen_revision=revision, decided_at=moment, decided_revision=revision, **words,
    )  # fmt: skip


def again(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


def crowd(number, age=timedelta(hours=2)):
    """So many accounts that nothing connects: each from a network of its own, made in an hour of its own."""
    with transaction() as session:
        people = [
            User(
                username=f"fresh{each}", username_key=f"fresh{each}", published_count=3,
                created_at=now() - age - timedelta(hours=each * (age > timedelta(days=1))),
                signup_address=f"9.9.{each}.1",
            )
            for each in range(number)
        ]  # fmt: skip
        session.add_all(people)
    return people


def test_two_hundred_fresh_accounts_hide_neither_a_new_post_nor_a_cleared_one(reply, thread, alice, ann, bob):
    people = crowd(200)
    other = actions.post_reply(thread, ann, "An honest opinion.")
    cleared = flags.flag_post(reply, alice, "abuse").case_id
    decisions.decide(cleared, bob, "keep", "It is about the argument.")
    for post in (reply, other):
        for each in people:
            flags.flag_post(post, each, "abuse")
        assert again(post).is_visible
        case = queries.open_case_of(post.id)
        assert case.flag_count == 200 and case.hidden_at is None
        (sums,) = queries.flag_sums([case.id])[case.id]
        assert sums.people == 200 and sums.counted == 1, "made in one hour, they count as one"


def test_two_independent_people_with_a_record_hide_a_new_post_and_keep_puts_it_back(
    reply, thread, ann, alice, bob, watcher, as_, client, work
):
    wei, yan = watcher("wei"), watcher("yan")
    work()  # whatever is owed is done, so that nothing but the flags changes a row
    before, page = _standing(reply, thread, ann), f"/threads/{thread.id}/{thread.slug}"
    flags.flag_post(reply, wei, "spam")
    assert again(reply).is_visible, "one person alone never hides anything"
    case = db.session.get(Case, flags.flag_post(reply, yan, "spam").case_id)

    post = again(reply)
    assert post.is_hidden_by_flags and post.state_by_id is None
    assert again(thread).reply_count == 1 and again(ann).published_count == before["published"] - 1
    assert "There is a rule" not in client.get(page).text
    assert "Hidden until a moderator has looked." in client.get(page).text
    assert "There is a rule" in as_(ann).get(page).text
    told = db.session.scalars(
        select(Notification).where(Notification.user_id == ann.id).order_by(Notification.id)
    ).all()
    assert told[-1].kind == "hidden_by_flags" and told[-1].facts == {"rule": "spam"} and told[-1].mail_due_at
    assert "hidden until a moderator has looked" in as_(ann).get("/notifications").text
    row = db.session.scalar(select(AuditEntry).where(AuditEntry.act == hiding.ACT))
    assert (row.actor_id, row.rule, row.target, row.facts["automatic"]) == (None, "spam", f"post:{post.id}", True)
    line = client.get("/moderation/log").text
    assert "hidden by the program" in line and len(re.findall(r"The program\b", line)) == 1, "in the filter"
    assert line.count("on the console") == 1, "in the filter"
    sheet = as_(bob).get(f"/moderation/cases/{case.id}").text
    assert "The program has hidden it" in sheet and "somebody must look before all others" in sheet
    with pytest.raises(NotFound):
        flags.flag_post(post, alice, "spam")

    decision = decisions.decide(case.id, bob, "keep", "Nothing is sold here.")
    work()
    assert _standing(reply, thread, ann) == before, "state, reason, moment, counters, activity, index"
    assert chain.first_fault() is None and not faults()
    assert db.session.scalars(select(Flag.upheld).where(Flag.case_id == case.id)).all() == [False, False]
    assert "There is a rule" in client.get(page).text
    page = as_(ann).get(f"/moderation/decisions/{decision.id}").text
    assert "until then a program had hidden the post" in page and "not by a program" not in page
    assert "Everybody sees it again" in as_(ann).get("/notifications").text.replace("&#39;", "'")

    third, fourth = watcher("third"), watcher("fourth")
    for each in (third, fourth):
        flags.flag_post(again(reply), each, "spam")
    assert again(reply).is_visible, "never twice for the same text"
    actions.edit_post(again(reply), ann, "Buy shoes at my shop.")
    assert again(reply).is_visible, "what was flagged was another text"
    for each in (watcher("fifth"), watcher("sixth")):
        flags.flag_post(again(reply), each, "spam")
    assert again(reply).is_hidden_by_flags, "an edit reopens it"


def faults():
    """Counters that are wrong; people's own are invented in these tests."""
    return [each for each in recount.recount() if getattr(each, "counter", "") != "published_count"]


def _standing(post, thread, author):
    post, thread, author = again(post), again(thread), again(author)
    place = db.session.get(SubTheme, thread.subtheme_id, populate_existing=True)
    kept = {each.name: getattr(post, each.name) for each in Post.__table__.columns if "index" not in each.name}
    kept.pop("plain")
    return {
        "post": kept,
        "indexed": post.index_version == post.indexed_version,
        "thread": {each.name: getattr(thread, each.name) for each in Thread.__table__.columns},
        "published": author.published_count,
        "place": (place.thread_count, place.post_count),
    }


def test_an_upheld_one_ends_as_if_nobody_had_hidden_it_before(reply, ann, bob, watcher, as_):
    wei, yan = watcher("wei"), watcher("yan")
    flags.flag_post(reply, wei, "spam")
    case_id = flags.flag_post(reply, yan, "spam").case_id
    answer = as_(bob).send(
        f"/moderation/cases/{case_id}/decisions",
        outcome="remove", rule="spam", reason="It sells shoes.", version="2", revision=str(again(reply).revision),
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    post = again(reply)
    assert (post.state, post.state_reason, post.state_by_id) == (State.REMOVED, "spam", bob.id)
    assert not faults()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"record": 4}, {}),  # four decided flags are no record
        ({"record": 10, "wrong": 4}, {}),  # 60 % upheld
        ({"record": 10, "wrong": 3}, {"record": 10, "wrong": 3}),  # 70 % each: together under the weight
    ],
)
def test_who_has_no_good_record_hides_nothing(reply, watcher, first, second):
    for name, facts in (("wei", first), ("yan", second)):
        flags.flag_post(reply, watcher(name, **facts), "spam")
    assert again(reply).is_visible


def test_a_young_account_hides_nothing_whatever_its_record(reply, watcher):
    flags.flag_post(reply, watcher("wei"), "spam")
    flags.flag_post(reply, watcher("yan", created_at=now() - timedelta(days=6)), "spam")
    assert again(reply).is_visible


def test_people_of_one_network_are_one(reply, watcher):
    week = {"created_at": now() - timedelta(days=60), "signup_address": "9.9.9.1"}
    flags.flag_post(reply, watcher("wei", **week), "spam")
    flags.flag_post(reply, watcher("yan", **(week | {"signup_address": "9.9.9.200"})), "spam")
    assert again(reply).is_visible
    flags.flag_post(reply, watcher("ming"), "spam")
    assert again(reply).is_hidden_by_flags


def test_what_the_program_never_hides(thread, pinned, bob, dr_chen, person, watcher, subtheme):
    expert = actions.post_reply(pinned, dr_chen, "The law says so.", dr_chen_credential(dr_chen))
    staff = actions.post_reply(thread, bob, "Please stay on topic.")
    busy = actions.start_thread(subtheme, person("una"), "A long one", "What do you think?")
    for number in range(4):
        actions.post_reply(busy, person(f"guest{number}"), f"I think {number}.")
    quiet = actions.start_thread(subtheme, person("olga"), "Cheap shoes", "Buy them here.")
    wei, yan = watcher("wei"), watcher("yan")
    for post in (opening_of(quiet), expert, staff):
        for each in (wei, yan):
            flags.flag_post(post, each, "spam")
    ming, hua = watcher("ming"), watcher("hua")  # else three flags on the same posts make one of two
    for post in (opening_of(pinned), opening_of(busy)):
        for each in (ming, hua):
            flags.flag_post(post, each, "spam")
    assert all(again(post).is_visible for post in (expert, staff, opening_of(pinned), opening_of(busy)))
    assert again(opening_of(quiet)).is_hidden_by_flags and again(quiet).state == State.HIDDEN


def dr_chen_credential(dr_chen):
    from forum.experts.models import Credential

    return db.session.scalars(select(Credential).where(Credential.user_id == dr_chen.id)).one()


def test_it_can_be_turned_off(app, reply, watcher, monkeypatch):
    monkeypatch.setitem(app.config["HIDING"], "PEOPLE", 0)
    for name in ("wei", "yan", "ming"):
        flags.flag_post(reply, watcher(name), "spam")
    assert again(reply).is_visible


def test_its_author_may_take_it_back_and_then_it_stays_so(reply, ann, bob, watcher):
    flags.flag_post(reply, watcher("wei"), "spam")
    case_id = flags.flag_post(reply, watcher("yan"), "spam").case_id
    assert actions.delete_post(again(reply), ann)
    decisions.decide(case_id, bob, "keep", "Nothing is sold here.")
    assert again(reply).state == State.DELETED and not faults()


def test_the_case_stands_at_the_top(reply, thread, ann, bob, watcher, person):
    other = actions.post_reply(thread, ann, "Terrible.")
    for number in range(12):
        flags.flag_post(other, person(f"flagger{number}"), "minors")
    flags.flag_post(reply, watcher("wei"), "offtopic")
    case_id = flags.flag_post(reply, watcher("yan"), "offtopic").case_id
    assert queue.page(queue.Filter()).items[0].case.id == case_id


def test_two_flags_at_once_cross_the_threshold_once(app, thread, ann, watcher):
    posts = [actions.post_reply(thread, ann, f"Reply {number}.") for number in range(5)]
    people = [watcher(name) for name in ("wei", "yan", "ming", "hua")]
    ids, post_ids = [each.id for each in people], [post.id for post in posts]
    for post_id in post_ids:
        db.session.rollback()
        start = threading.Barrier(len(ids))

        def flag(user_id, post_id=post_id, start=start):
            with app.app_context():
                post, by = db.session.get(Post, post_id), db.session.get(User, user_id)
                start.wait()
                with contextlib.suppress(NotFound):  # it was hidden already
                    flags.flag_post(post, by, "spam")

        workers = [threading.Thread(target=contextvars.Context().run, args=(flag, user_id)) for user_id in ids]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
    db.session.rollback()
    assert all(again(post).is_hidden_by_flags for post in posts)
    count = select(func.count())
    assert db.session.scalar(count.select_from(AuditEntry).where(AuditEntry.act == hiding.ACT)) == len(posts)
    assert db.session.scalar(count.select_from(Notification).where(Notification.kind == "hidden_by_flags")) == len(
        posts
    )
    assert chain.first_fault() is None and not faults()
