"""Second opinions: drawn by lot, blind, by another, changing nothing; and how far they agree."""

from collections.abc import Sequence

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from forum.accounts.models import Role
from forum.core.audit import AuditEntry
from forum.core.database import db, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from forum.notifications.models import Notification
from forum.threads import actions as threads
from forum.threads.models import Post
from moderation import decisions, flags, undoing
from moderation.appeals import actions as appeals
from moderation.models import Decision, Strike
from moderation.notes import actions as notes
from moderation.second import actions, agreement, drawing, queries
from moderation.second.models import SecondLook


@pytest.fixture
def drawn(flagged, bob, clock, work):
    """The look at bob's decision to remove ann's reply, drawn in the week after."""
    made = decisions.decide(flagged.id, bob, "remove", "An insult, dear kumquat.", rule="abuse")
    clock.move(weeks=1)
    work()
    (look,) = db.session.scalars(db.select(SecondLook)).all()
    assert look.decision_id == made.id
    return look


def state_of_all() -> Sequence[object]:
    """Return everything that a second opinion might touch and must not."""
    tables = (Decision, Post, Strike, Notification, AuditEntry)
    return [list(map(tuple, db.session.execute(model.__table__.select()))) for model in tables]


def test_another_moderator_answers_blind_and_nothing_changes(drawn, reply, alice, bob, bea, as_):
    client = as_(bea)
    text = client.get("/moderation/second").text
    assert "There is a rule about it since March." in text and "she means me" in text
    for secret in ("kumquat", "The post was removed", ">bob<", "/people/bob", "/people/alice", f"/posts/{reply.id}",
                   f"/cases/{drawn.decision.case_id}", f"/decisions/{drawn.decision_id}"):  # fmt: skip
        assert secret not in text, secret
    assert 'href="/moderation/second"' in client.get("/moderation/inside").text
    before = state_of_all()
    path = f"/moderation/second/{drawn.id}"
    assert client.send(path, outcome="hide", rule="").status_code == 422
    assert client.send(path, outcome="hide", rule="abuse").status_code == 303
    assert state_of_all() == before
    look = db.session.get(SecondLook, drawn.id, populate_existing=True)
    assert (look.looker_id, look.outcome, look.rule) == (bea.id, "hide", "abuse")
    assert client.send(path, outcome="keep", rule="").status_code == 303, "the second time leads on"
    assert db.session.get(SecondLook, drawn.id, populate_existing=True).outcome == "hide"
    assert "Nothing waits for your opinion" in client.get("/moderation/second").text
    text = client.get("/moderation/inside").text
    assert "100 %" in text and "0 %" in text, "both against the post, and not the same thing"


def test_never_ones_own_case_nor_one_that_one_took_part_in(drawn, flagged, bob, bea, alice, ann, carol, person, as_):
    notes.write(flagged.id, carol, "I have seen it, too.")
    for user in (alice, ann):
        with transaction():
            db.session.merge(user).role = Role.MODERATOR.value
    for user in (bob, carol, alice, ann):
        assert queries.waiting_for(user) is None, user.username
        with pytest.raises(Forbidden):
            actions.answer(drawn.id, user, "keep")
        assert as_(user).send(f"/moderation/second/{drawn.id}", outcome="keep").status_code == 404
    with pytest.raises(Refused):
        actions.answer(drawn.id, bea, "hide", "")
    with pytest.raises(Refused):
        actions.answer(drawn.id, bea, "burn", "abuse")
    actions.answer(drawn.id, bea, "keep")
    dan = person("dan", role=Role.MODERATOR)
    with pytest.raises(Conflict):
        actions.answer(drawn.id, dan, "keep")
    with pytest.raises(IntegrityError), transaction() as session:  # also around the policy
        session.execute(update(SecondLook).values(looker_id=bob.id))


def test_only_moderators_of_the_whole_forum_see_it(drawn, ann, thea, client, as_):
    for user in (ann, thea):
        assert as_(user).get("/moderation/second").status_code == 403
    assert client.get("/moderation/second").status_code == 303


def test_the_draw_happens_once_and_leaves_slips_out(flagged, bob, clock, work):
    made = decisions.decide(flagged.id, bob, "hide", "A slip.", rule="abuse")
    case = undoing.undo(made.id, bob)
    work()
    assert not db.session.scalars(db.select(SecondLook)).all(), "the week is not over"
    again = decisions.decide(case.id, bob, "hide", "In earnest.", rule="abuse")
    clock.move(weeks=1)
    work()
    work()
    assert db.session.scalars(db.select(SecondLook.decision_id)).all() == [again.id]
    clock.move(weeks=6)
    work()
    assert len(db.session.scalars(db.select(SecondLook)).all()) == 1
    assert queries.waiting_for(bob) is None


def test_what_an_appeal_decided_is_not_drawn(flagged, alice, bob, bea, clock, work, monkeypatch):
    """Whoever answers an appeal has read a first opinion."""
    monkeypatch.setattr(drawing, "ONE_IN", 1)
    kept = decisions.decide(flagged.id, bob, "keep", "No rule against it.")
    appeal = appeals.file(kept.id, alice, "There is.")
    appeals.decide(appeal.id, bea, "remove", "Right.", rule="abuse", reason="An insult.")
    assert db.session.scalar(db.select(db.func.count()).select_from(Decision)) == 2
    clock.move(weeks=1)
    work()
    assert db.session.scalars(db.select(SecondLook.decision_id)).all() == [kept.id]


def test_one_in_twenty_at_most_ten_and_the_seed_says_which():
    assert [len(drawing.draw(range(1, count + 1), "s")) for count in (0, 1, 20, 21, 199, 200, 5_000)] == [
        0, 1, 1, 2, 10, 10, 10,
    ]  # fmt: skip
    first, second = drawing.draw(range(1000), "one seal"), drawing.draw(range(1000), "another seal")
    assert first == drawing.draw(reversed(range(1000)), "one seal") and first != second
    hits = [0] * 10
    for seed in range(400):
        for each in drawing.draw(range(1000), str(seed)):
            hits[each // 100] += 1
    assert min(hits) > 330 and max(hits) < 470, "4,000 draws, 400 expected in each tenth"


def test_kappa_is_cohens():
    """The usual example: of 50, both yes 20, both no 15, 5 and 10 apart: po 0.7, pe 0.5, kappa 0.4."""
    found = agreement.measure({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15})
    assert (found.count, found.share) == (50, 0.7) and found.kappa == pytest.approx(0.4)
    assert agreement.measure({}) == agreement.Agreement(0, None, None)
    assert agreement.measure({("y", "y"): 9}) == agreement.Agreement(9, 1.0, None)
    assert agreement.measure({("y", "n"): 5, ("n", "y"): 5}).kappa == pytest.approx(-1)


def test_the_pages_cost_the_same_statements_however_many_wait(
    drawn, thread, person, alice, bob, bea, clock, work, as_, statements
):
    client = as_(bea)

    def counted(path):
        client.get(path)
        with statements() as seen:
            client.get(path)
        return len(seen)

    before = [counted(path) for path in ("/moderation/second", "/moderation/inside")]
    tess = person("tess", trust_level=2)
    for number in range(45):
        post = threads.post_reply(thread, tess, f"Reply number {number} is about something else, {number * 7}.")
        decisions.decide(flags.flag_post(post, alice, "spam", "").case_id, bob, "keep", "Fine.")
    clock.move(weeks=1)
    work()
    assert len(db.session.scalars(db.select(SecondLook)).all()) == 4
    assert [counted(path) for path in ("/moderation/second", "/moderation/inside")] == before
