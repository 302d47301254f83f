"""Undoing one's own decision within ten seconds: everything as before, nobody told, the case open again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core import chain
from forum.core.audit import AuditEntry
from forum.core.database import db, now
from forum.core.errors import Conflict, Forbidden, Refused
from forum.mail.models import Mail
from forum.notifications.models import Notification
from forum.threads import actions
from forum.threads.models import Post, State, Thread
from moderation import cases, flags, queries, undoing
from moderation.decisions import decide
from moderation.models import Case, Flag, Strike


def state_of(post):
    db.session.rollback()
    return db.session.get(Post, post.id, populate_existing=True).state


def told():
    return db.session.scalars(
        select(Notification.kind).where(Notification.kind != "reply").order_by(Notification.id)
    ).all()


@pytest.mark.parametrize("outcome", ["keep", "hide", "remove", "warn", "suspend"])
def test_within_ten_seconds_everything_is_as_before(reply, flagged, thread, ann, bob, clock, outcome):
    before = told()
    until = now() + timedelta(days=3) if outcome == "suspend" else None
    decision = decide(flagged.id, bob, outcome, "A slip.", rule="abuse", until=until)
    assert len(told()) == len(before) + 2
    clock.move(seconds=9)
    case = undoing.undo(decision.id, bob)
    assert state_of(reply) == State.VISIBLE and told() == before, "who was told hears nothing of it"
    assert not db.session.get(User, ann.id).is_suspended
    assert db.session.get(Thread, thread.id).reply_count == 2
    assert not db.session.scalars(select(Mail.id).where(Mail.template == "suspended")).all(), "the letter has waited"
    assert not db.session.scalars(select(Strike).where(Strike.overruled_at.is_(None))).all()
    assert case.is_open and case.holder_id == bob.id and case.flag_count == 1
    assert case.frozen_body == "There is a rule about it since March." and case.rule == "abuse"
    (flag,) = db.session.scalars(select(Flag)).all()
    assert flag.upheld is None and flag.case_id == case.id
    acts = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.seq)).all()
    assert acts[-1] == "decision.undone" and acts.count("decision.undone") == 1 and chain.first_fault() is None
    again = decide(case.id, bob, "hide", "Now in earnest.", rule="spam")
    assert state_of(reply) == State.HIDDEN and again.case_id != decision.case_id
    assert len(told()) == len(before) + 2, "the second decision is told"
    assert [each.id for each in queries.former_decisions(case)] == [again.id, decision.id]


def test_a_case_that_somebody_else_works_on_meanwhile_stays_theirs(flagged, reply, alice, mallory, bob, bea):
    decision = decide(flagged.id, bob, "warn", "A slip.", rule="abuse")
    other = flags.flag_post(db.session.get(Post, reply.id), mallory, "spam").case_id
    cases.claim(other, bea)
    case = undoing.undo(decision.id, bob)
    assert case.id == other and case.holder_id == bea.id and case.flag_count == 2
    with pytest.raises(Conflict):
        decide(case.id, bob, "keep", "Mine.")
    assert decide(case.id, bea, "hide", "Hers.", rule="spam").decider_id == bea.id


def test_a_refused_held_post_waits_again(thread, newbie, bob, carol):
    post = actions.post_reply(thread, newbie, "My first post here.")
    case = queries.open_case_of(post.id)
    decision = decide(case.id, bob, "remove", "No.", rule="spam")
    assert state_of(post) == State.REMOVED
    case = undoing.undo(decision.id, bob)
    assert state_of(post) == State.HELD and case.is_open and case.held_reason
    published = decide(case.id, bob, "keep", "")
    assert state_of(post) == State.VISIBLE
    with pytest.raises(Refused):
        undoing.undo(published.id, bob)
    assert not undoing.may_undo(bob, published), "it has been read"


def test_not_too_late_not_twice_and_only_ones_own(flagged, reply, bob, bea, clock):
    decision = decide(flagged.id, bob, "remove", "An insult.", rule="abuse")
    with pytest.raises(Forbidden):
        undoing.undo(decision.id, bea)
    assert undoing.may_undo(bob, decision) and not undoing.may_undo(bea, decision)
    clock.move(seconds=11)
    assert not undoing.may_undo(bob, decision)
    with pytest.raises(Conflict):
        undoing.undo(decision.id, bob)
    assert state_of(reply) == State.REMOVED


def test_whoever_has_read_the_notice_hears_of_the_undoing(flagged, bob, ann, alice):
    decision = decide(flagged.id, bob, "remove", "An insult.", rule="abuse")
    hers = select(Notification).where(Notification.user_id == ann.id).order_by(Notification.id)
    notice = db.session.scalars(hers).all()[-1]
    notice.read_at = now()
    db.session.commit()
    undoing.undo(decision.id, bob)
    kinds = [each.kind for each in db.session.scalars(hers)]
    assert kinds[-2:] == ["decision", "decision_reversed"]
    assert not db.session.scalars(select(Notification).where(Notification.key.like("flag:%"))).all()


def test_the_flash_offers_it_as_a_form(flagged, reply, bob, bea, alice, ann, as_):
    browser = as_(bob)
    form = {"outcome": "remove", "rule": "abuse", "reason": "An insult.", "version": 1, "revision": reply.revision}
    answer = browser.send(f"/moderation/cases/{flagged.id}/decisions?lang=en", **form)
    page = browser.get(answer.headers["Location"]).text
    decision = queries.former_decisions(flagged)[0]
    address = f"/moderation/decisions/{decision.id}/undo"
    assert f'action="{address}?lang=en"' in page and "data-undo" in page
    assert as_(bea).send(address).status_code == 403 and as_(alice).send(address).status_code == 403
    assert as_(bob).send("/moderation/decisions/999/undo").status_code == 404
    decided = f'href="/moderation/decisions/{decision.id}"'
    assert decided in as_(ann).get("/settings/decisions").text
    answer = browser.send(f"{address}?lang=en")
    assert decided not in as_(ann).get("/settings/decisions").text, "nobody was told of a slip"
    case = db.session.scalars(select(Case).where(Case.decided_at.is_(None))).one()
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/moderation/cases/{case.id}?lang=en")
    assert state_of(reply) == State.VISIBLE
    answer = browser.send(address)
    assert answer.status_code == 409 and "taken back" in answer.text
