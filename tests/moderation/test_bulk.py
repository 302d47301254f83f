"""Deciding several cases at once: each by itself, told line by line, bounded, and reversible as one."""

import pytest
from sqlalchemy import select

from forum.core import chain
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Forbidden, Refused
from forum.notifications.models import Notification
from forum.threads import actions as posts
from forum.threads.models import Post, State, Thread
from moderation import cases, flags, queries, queue
from moderation.appeals import actions as appeals
from moderation.bulk import actions
from moderation.bulk.models import BulkAct
from moderation.models import Case, Strike


@pytest.fixture
def spam(thread, ann, alice):
    """Five posts of ann's that alice has flagged: [(post id, case id)]."""
    made = [posts.post_reply(thread, ann, f"Buy shoes, offer {number}.") for number in range(5)]
    return [(post.id, flags.flag_post(post, alice, "spam").case_id) for post in made]


def seen(pairs):
    return [(case_id, db.session.get(Case, case_id).version) for _post, case_id in pairs]


def states(pairs):
    db.session.rollback()
    return [db.session.get(Post, post_id, populate_existing=True).state for post_id, _case in pairs]


def acts():
    return db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.seq)).all()


def test_each_case_has_its_line(spam, thread, ann, alice, bob, bea, mallory, as_):
    own = flags.flag_post(posts.post_reply(thread, bob, "I am bob."), alice, "spam").case_id
    pairs = seen(spam)
    cases.claim(spam[1][1], bea)  # held by another
    flags.flag_post(db.session.get(Post, spam[2][0]), mallory, "spam")  # a flag more
    posts.edit_post(db.session.get(Post, spam[3][0]), ann, "Now about something else.")  # another text
    boxes = [f"{case_id}-{version}" for case_id, version in pairs] + [f"{own}-1", "999999-1", "nonsense"]
    browser = as_(bob)
    fields = {"case": boxes, "outcome": "remove", "rule": "spam", "reason": "Advertising."}
    answer = browser.send("/moderation/bulk?lang=en", **fields)
    act = db.session.scalars(select(BulkAct)).one()
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/moderation/bulk/{act.id}?lang=en")
    results = [result for _case, result, _decision in act.lines]
    assert results == ["decided", "changed", "changed", "changed", "decided", "refused", "missing"]
    assert (act.asked, act.decided) == (7, 2)
    assert states(spam) == [State.REMOVED, *[State.VISIBLE] * 3, State.REMOVED]
    assert acts() == ["post.removed", "post.removed", "bulk.decided"] and chain.first_fault() is None
    text = browser.get(answer.headers["Location"]).text
    assert "2 of 7 cases were decided" in text and text.count("not decided") == 5 and "Take all of it back" in text
    assert as_(bea).get(f"/moderation/bulk/{act.id}").status_code == 404, "another moderator's"


def test_it_is_reversed_as_one(spam, thread, ann, bob, bea, carol, clock, as_):
    count = db.session.get(Thread, thread.id).reply_count
    act = actions.decide_many(seen(spam), bob, "remove", "Advertising.", "spam")
    decided = [decision_id for _case, _result, decision_id in act.lines]
    appeals.file(decided[4], ann, "It is no advertisement.")
    assert states(spam) == [State.REMOVED] * 5
    with pytest.raises(Forbidden):
        actions.reverse(act.id, bea)
    clock.move(hours=25)
    with pytest.raises(Forbidden):
        actions.reverse(act.id, bob)
    assert as_(bob).send(f"/moderation/bulk/{act.id}/reverse").status_code == 403
    assert as_(carol).send(f"/moderation/bulk/{act.id}/reverse").status_code == 303
    assert states(spam) == [*[State.VISIBLE] * 4, State.REMOVED], "the one under appeal waits for its decision"
    assert db.session.get(Thread, thread.id, populate_existing=True).reply_count == count - 1
    assert len(db.session.scalars(select(Strike).where(Strike.overruled_at.is_(None))).all()) == 1
    reopened = [row.case for row in queue.page(queue.Filter()).items]
    assert {case.post_id for case in reopened} == {post_id for post_id, _case in spam[:4]}
    assert all(case.flag_count == 1 and case.holder_id is None for case in reopened)
    assert acts()[-5:] == [*["decision.undone"] * 4, "bulk.reversed"] and chain.first_fault() is None
    with pytest.raises(Forbidden):
        actions.reverse(act.id, carol)


def test_more_than_an_hour_allows_is_refused_and_told(spam, bob, carol, as_, monkeypatch, clock):
    monkeypatch.setattr(actions, "BULK_AN_HOUR", 3)
    assert actions.decide_many(seen(spam[:3]), bob, "keep", "Harmless.").decided == 3
    box = [f"{case_id}-{version}" for case_id, version in seen(spam[3:4])]
    fields = {"case": box, "outcome": "remove", "rule": "spam", "reason": "Advertising."}
    answer = as_(bob).send("/moderation/bulk", **fields)
    assert answer.status_code == 429 and "very many cases" in answer.text
    as_(bob).send("/moderation/bulk", **fields)
    told = db.session.scalars(
        select(Notification).where(Notification.kind == "bulk_refused").order_by(Notification.id)
    ).all()
    assert [(each.user_id, each.actor_id) for each in told] == [(carol.id, bob.id)], "once an hour"
    assert queries.open_case_of(spam[3][0])
    clock.move(hours=1, seconds=1)
    assert actions.decide_many(seen(spam[3:4]), bob, "remove", "Advertising.", "spam").decided == 1


def test_what_is_missing_is_refused_and_what_was_ticked_stays(spam, bob, as_):
    pairs = seen(spam[:1])
    for outcome, reason, rule in (("warn", "x", "spam"), ("remove", "x", ""), ("keep", "", ""), ("", "x", "spam")):
        with pytest.raises(Refused):
            actions.decide_many(pairs, bob, outcome, reason, rule)
    with pytest.raises(Refused):
        actions.decide_many([], bob, "keep", "x")
    with pytest.raises(Refused):
        actions.decide_many(pairs * 26, bob, "keep", "x")
    box = f"{pairs[0][0]}-{pairs[0][1]}"
    answer = as_(bob).send("/moderation/bulk", case=box, outcome="remove", rule="", reason="Typed.")
    assert answer.status_code == 422 and f'value="{box}" checked' in answer.text and "Typed." in answer.text
    assert not db.session.scalars(select(BulkAct)).all()
