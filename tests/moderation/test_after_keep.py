"""An appeal by whoever flagged what was kept ends in any outcome that the desk offers, and that can be taken back."""

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.threads.models import Post, Thread
from moderation import decisions
from moderation.appeals import actions as appeals
from moderation.closures.models import Closure
from moderation.decisions import Cause
from moderation.models import Decision, Source

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # nothing of it depends on the engine
NEEDED = {
    "edit_out": {"body": "There is a rule since March."},
    "lock": {},
    "slow": {"minutes": "15"},
    "move": {"subtheme": "law-online"},
    "close": {},
    "silence": {"length": "7"},
}


@pytest.fixture
def appeal(flagged, bob, alice):
    kept = decisions.decide(flagged.id, bob, "keep", "Fine.")
    return appeals.file(kept.id, alice, "Read it again.")


def now_(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


def standing(reply):
    post = now_(reply)
    thread = post.thread
    return (post.body, post.state, thread.is_locked, thread.slow_minutes, thread.subtheme.slug,
            post.author.suspended_until, post.author.silenced_until)  # fmt: skip


@pytest.mark.parametrize("outcome", NEEDED)
def test_it_ends_in_whatever_the_desk_offers(appeal, reply, ann, bea, carol, as_, outcome):
    before, browser = standing(reply), as_(bea)
    page = browser.get(f"/moderation/appeals/{appeal.id}").text
    assert f'value="{outcome}"' in page
    fields = {"outcome": outcome, "reply": "You are right.", "version": 1, "revision": now_(reply).revision}
    there = f"/moderation/appeals/{appeal.id}/decisions"
    said = {"rule": "abuse", "reason": "It is an insult."}
    for missing in ({"rule": "abuse"}, {"reason": "No."}, *([said] if NEEDED[outcome] else ())):
        assert browser.send(there, **fields, **missing).status_code == 422, missing
    assert now_(appeal).is_open and standing(reply) == before
    assert browser.send(there, **fields, **said, **NEEDED[outcome]).status_code == 303
    made = db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert (made.outcome, made.case.source, made.decider_id) == (outcome, Source.APPEAL, bea.id)
    assert standing(reply) != before and not now_(appeal).is_open
    assert outcome != "close" or db.session.scalar(select(Closure.decision_id)) == made.id
    decisions.reverse(made, now_(carol), Cause.APPEAL)
    assert standing(reply) == before


def test_what_the_desk_would_not_offer_is_refused(appeal, reply, bea, ann, as_, elsewhere, carol):
    browser = as_(bea)
    fields = {"reply": "Yes.", "version": 1, "rule": "abuse", "reason": "No."}
    there = f"/moderation/appeals/{appeal.id}/decisions"
    for wrong in (
        {"outcome": "clear"},
        {"outcome": "keep"},
        {"outcome": "move", "subtheme": reply.thread.subtheme.slug},
    ):
        assert browser.send(there, **fields, **wrong).status_code == 422, wrong
    text = browser.send(there, **fields, outcome="suspend", length="9999").text
    assert (text.count("Not a valid choice"), text.count("Choose until when")) == (2, 0), "above, and at the field once"
    added = browser.send(there, **fields, outcome="edit_out", body="Words of the moderator's own.", revision=1)
    assert added.status_code == 422 and "does not stand there" in added.text
    assert now_(appeal).is_open and isinstance(now_(ann), User) and isinstance(now_(reply), Post)
    assert not db.session.get(Thread, reply.thread_id).is_locked
