"""A case can end with its thread locked, slowed or moved: the post stays, nobody gets a strike, and it goes back."""

import pytest
from sqlalchemy import select

from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Conflict, Forbidden, Refused
from forum.notifications.models import Notification
from forum.threads import staff_actions, states
from forum.threads.models import Post, State, Thread
from moderation import decisions, undoing
from moderation.appeals import actions as appeals
from moderation.appeals.models import Appeal
from moderation.effects.shape import Details
from moderation.models import Decision, Flag, Strike

COLUMNS = ("locked_at", "locked_by_id", "slow_minutes", "slow_at", "slow_by_id", "subtheme_id")


def standing(thread):
    db.session.rollback()
    return staff_actions.standing(db.session.get(Thread, thread.id, populate_existing=True), COLUMNS)


def details(outcome, elsewhere):
    return Details(subtheme_id=elsewhere.id if outcome == "move" else None, minutes=15 if outcome == "slow" else 0)


def decide(case, by, outcome, elsewhere):
    return decisions.decide(case.id, by, outcome, "It boils.", "abuse", details=details(outcome, elsewhere))


@pytest.mark.parametrize(
    ("outcome", "changed", "act", "facts"),
    [
        ("lock", {"locked_at", "locked_by_id"}, "thread.locked", {}),
        ("slow", {"slow_minutes", "slow_at", "slow_by_id"}, "thread.slowed", {"minutes": 15}),
        ("move", {"subtheme_id"}, "thread.moved", {"from": "data-and-algorithms", "to": "law-online"}),
    ],
)
def test_by_the_form_undone_and_overturned(
    flagged, reply, thread, ann, alice, bob, bea, elsewhere, as_, clock, outcome, changed, act, facts
):
    before, url = standing(thread), f"/moderation/cases/{flagged.id}/decisions"
    fields = {"outcome": outcome, "rule": "abuse", "reason": "It boils.", "version": 1}
    if outcome != "lock":
        assert as_(bob).send(url, **fields).status_code == 422, "how long, or where to?"
    assert as_(bob).send(url, **fields, minutes="15", subtheme="law-online").status_code == 303
    after = standing(thread)
    assert {name for name in COLUMNS if before[name] != after[name]} == changed
    assert db.session.get(Post, reply.id).state == State.VISIBLE
    assert db.session.scalar(select(Strike)) is None and db.session.scalar(select(Flag.upheld)) is True
    (row,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act.startswith("thread."))).all()
    assert (row.act, row.rule, row.target) == (act, "abuse", f"thread:{thread.id}")
    assert row.facts == {"case": flagged.id, "source": "flags", "rules": 1, **facts}
    told = {each.kind: each for each in db.session.scalars(select(Notification))}
    deciding = db.session.scalars(select(Notification.user_id).where(Notification.kind == "decision")).all()
    assert set(deciding) == {ann.id, alice.id} and told["flag_outcome"].facts["outcome"] == "upheld"
    decision = db.session.scalar(select(Decision))
    page = as_(ann).get(f"/moderation/decisions/{decision.id}").text
    assert "does not count against you" in page and "<textarea" in page
    case = undoing.undo(decision.id, bob)
    assert standing(thread) == before and case.is_open
    row = db.session.scalar(select(AuditEntry).where(AuditEntry.act == "decision.undone"))
    assert (row.target, row.facts["outcome"]) == (f"thread:{thread.id}", outcome)
    again = decide(case, bob, outcome, elsewhere)
    clock.move(seconds=11)
    appeals.decide(appeals.file(again.id, ann, "It was calm.").id, bea, "overturn", "So it was.")
    assert standing(thread) == before
    assert "The thread is as it was before." in as_(ann).get(f"/moderation/decisions/{again.id}").text


@pytest.mark.parametrize("outcome", ["lock", "slow", "move"])
def test_what_somebody_did_with_the_thread_since_stays(flagged, thread, ann, bob, bea, elsewhere, as_, clock, outcome):
    home = thread.subtheme
    decision = decide(flagged, bob, outcome, elsewhere)
    clock.move(minutes=1)
    thread = db.session.get(Thread, thread.id, populate_existing=True)
    if outcome == "lock":
        staff_actions.unlock(thread, bea)
        staff_actions.lock(thread, bea)
    elif outcome == "slow":
        staff_actions.slow(thread, 60, bea)
    else:
        staff_actions.move(thread, home, bea)
        staff_actions.lock(thread, bea)
    since = standing(thread)
    appeals.decide(appeals.file(decision.id, ann, "It was calm.").id, bea, "overturn", "So it was.")
    assert standing(thread) == since
    words = "as it was before" if outcome == "move" else "Somebody has changed the thread since"
    assert words in as_(ann).get(f"/moderation/decisions/{decision.id}").text


def test_refusals(flagged, thread, bob, thea, elsewhere, as_):
    for outcome in ("slow", "move"):
        with pytest.raises(Refused):
            decisions.decide(flagged.id, bob, outcome, "x", "abuse")
    with pytest.raises(Forbidden):
        decide(flagged, thea, "move", elsewhere)  # into what is not hers
    assert 'value="move"' not in as_(thea).get(f"/moderation/cases/{flagged.id}").text
    staff_actions.lock(thread, bob)
    with pytest.raises(Conflict):
        decide(flagged, bob, "lock", elsewhere)
    page = as_(bob).get(f"/moderation/cases/{flagged.id}").text
    assert 'value="lock"' not in page and 'value="move"' in page
    assert db.session.scalar(select(Decision)) is None


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # nothing of it depends on the engine
@pytest.mark.parametrize("outcome", ["lock", "slow", "move"])
def test_who_began_the_thread_is_told_and_may_appeal(
    flagged, reply, thread, alice, ann, bob, bea, mallory, elsewhere, as_, clock, outcome
):
    """ann's reply was flagged; what is done to alice's thread because of it bears on alice, too."""
    before = standing(thread)
    decision = decide(flagged, bob, outcome, elsewhere)
    starter = as_(alice)
    assert "Your thread" in starter.get("/notifications").text
    page = starter.get(f"/moderation/decisions/{decision.id}").text
    for words in ("Your thread", "It boils.", "Nothing is said against yours", "until a moderator", "<textarea"):
        assert words.lower() in page.lower(), words
    assert as_(mallory).get(f"/moderation/decisions/{decision.id}").status_code == 404
    states.hide_post(reply, by=bob, rule="abuse")
    assert "since March" not in starter.get(f"/moderation/decisions/{decision.id}").text.split("<main")[1]
    sent = starter.send(f"/moderation/decisions/{decision.id}/appeal", reason="The others were calm.")
    assert sent.status_code == 303 and "The others were calm." in starter.get(sent.location).text
    assert "whom it concerns has appealed" in as_(ann).get(f"/moderation/decisions/{decision.id}").text
    appeal = db.session.scalar(select(Appeal))
    assert "Who began the thread appeals" in as_(bea).get("/moderation/appeals").text
    shown = as_(bea).get(f"/moderation/appeals/{appeal.id}").text
    assert 'href="/people/alice"' in shown and "Somebody who flagged it" not in shown
    clock.move(seconds=11)
    appeals.decide(appeal.id, bea, "overturn", "So they were.")
    assert standing(thread) == before
    kinds = {(each.user_id, each.kind) for each in db.session.scalars(select(Notification))}
    assert {(alice.id, "appeal_decided"), (ann.id, "decision_reversed")} <= kinds
    assert (alice.id, "decision_reversed") not in kinds, "the reply says so"
    assert f"/moderation/decisions/{decision.id}/appeal" in starter.get("/settings/decisions").text


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_undone_at_once_the_starter_is_not_told(flagged, alice, bob, elsewhere):
    decision = decide(flagged, bob, "lock", elsewhere)
    undoing.undo(decision.id, bob)
    told = db.session.scalars(select(Notification.kind).where(Notification.user_id == alice.id)).all()
    assert "decision" not in told and "decision_reversed" not in told
