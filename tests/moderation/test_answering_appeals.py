"""Answering appeals: upheld, waiting for an admin, gone stale, by nobody who decided before; evidence until then."""

import pytest

from forum.accounts.models import REMOVE_POSTS, Role
from forum.admin.merging import merge
from forum.core.audit import AuditEntry
from forum.core.database import db, transaction
from forum.core.errors import Forbidden
from forum.leaving import actions as leaving
from forum.mail.models import Mail
from forum.notifications.models import Notification
from forum.threads.models import Post
from moderation import decisions, queries
from moderation.appeals import actions as appeals
from moderation.flags import flag_post
from moderation.models import Decision, Flag, Strike


@pytest.fixture
def appeal(flagged, bob, ann):
    """ann's appeal against bob's decision to remove her reply."""
    decision = decisions.decide(flagged.id, bob, "remove", "An insult.", rule="abuse")
    return appeals.file(decision.id, ann, "It names a rule, nobody else.")


def main_of(answer):
    return answer.text.split("<main")[1].split("</main>")[0]


def fresh(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


def test_upheld_everything_stays_and_both_are_told(appeal, flagged, reply, bob, bea, ann, alice, as_):
    page = main_of(as_(bea).get(f"/moderation/appeals/{appeal.id}"))
    for words in ("It names a rule, nobody else.", "There is a rule about it since March.", "An insult.", "bob"):
        assert words in page, words
    fields = {"outcome": "uphold", "version": 1}
    refused = as_(bea).send(f"/moderation/appeals/{appeal.id}/decisions", reply="", **fields)
    assert refused.status_code == 422 and fresh(appeal).is_open, "the reply is written"
    sent = as_(bea).send(f"/moderation/appeals/{appeal.id}/decisions", reply="It names a *neighbour*.", **fields)
    assert sent.status_code == 303 and sent.location.endswith("/moderation/appeals")
    assert fresh(reply).state == "removed" and fresh(appeal).decision.stands
    assert db.session.query(Strike).one().overruled_at is None and db.session.query(Flag).one().upheld is True
    row = db.session.query(AuditEntry).order_by(AuditEntry.seq.desc()).first()
    assert (row.act, row.rule, row.facts["outcome"]) == ("appeal.upheld", "abuse", "remove")
    about = db.session.query(Notification).filter(Notification.kind.like("appeal%"))
    kinds = {each.user_id: each.kind for each in about}
    assert kinds == {ann.id: "appeal_decided", bob.id: "appeal_of_yours"}
    assert db.session.query(Mail).filter_by(template="appeal_decided").one().address == ann.email
    shown = main_of(as_(ann).get(f"/moderation/decisions/{appeal.decision_id}"))
    assert "It names a *neighbour*." in shown and "<form" not in shown and "bea" not in shown
    again = as_(ann).send(f"/moderation/decisions/{appeal.decision_id}/appeal", reason="Once more!")
    assert again.status_code == 409 and "Once more!" in again.text


def test_with_one_moderator_it_waits_for_an_admin_and_says_so(appeal, bob, ann, carol, as_):
    waits = "waits for an administrator"
    assert waits in main_of(as_(ann).get(f"/moderation/decisions/{appeal.decision_id}"))
    desk = main_of(as_(bob).get(f"/moderation/appeals/{appeal.id}"))
    assert waits in desk and "You took this decision yourself" in desk and "<form" not in desk
    assert "<form" in main_of(as_(carol).get(f"/moderation/appeals/{appeal.id}"))
    appeals.decide(appeal.id, carol, appeals.OVERTURN, "You are right.")
    assert fresh(appeal).state == "overturned"


def test_with_nobody_else_at_all_it_says_so_too(appeal, bob, ann, as_):
    assert "until somebody else joins" in main_of(as_(ann).get(f"/moderation/decisions/{appeal.decision_id}"))


def test_with_another_moderator_it_waits_for_nobody(appeal, bea, ann, as_):
    page = main_of(as_(ann).get(f"/moderation/decisions/{appeal.decision_id}"))
    assert "waits for an administrator" not in page and "Somebody other than the one who decided looks at it" in page


def test_what_changed_meanwhile_is_looked_at_again(appeal, reply, bea, carol, as_):
    url = f"/moderation/appeals/{appeal.id}/decisions"
    common = {"outcome": "overturn", "reply": "A long and careful reply."}
    for stale in ({"version": 7, "revision": 1}, {"version": 1, "revision": 7}):
        answer = as_(bea).send(url, **common, **stale)
        assert answer.status_code == 409 and common["reply"] in answer.text, stale
    assert as_(bea).send(url, **common).status_code == 422, "without its number the form is not complete"
    assert fresh(appeal).is_open and fresh(reply).state == "removed"
    appeals.decide(appeal.id, carol, appeals.UPHOLD, "It stands.")
    late = as_(bea).send(url, version=1, revision=1, **common)
    assert late.status_code == 409 and common["reply"] in late.text and "decided this appeal meanwhile" in late.text
    assert fresh(appeal).decider_id == carol.id


def test_neither_flagger_nor_author_answers(flagged, alice, bob, ann, bea):
    decision = decisions.decide(flagged.id, bob, "remove", "An insult.", rule="abuse")
    appeal = appeals.file(decision.id, ann, "It is not.")
    for person in (alice, ann):
        with transaction():
            person.role = Role.ADMIN
        with pytest.raises(Forbidden):
            appeals.decide(appeal.id, person, appeals.OVERTURN, "Mine.")
    assert fresh(appeal).is_open


def test_whoever_decided_under_a_former_account_answers_no_appeal(appeal, bob, person, carol, as_):
    robert = person("robert")
    with transaction():
        bob.role = Role.NETIZEN
    merge(bob, robert, by=carol)
    with transaction():
        fresh(robert).role = Role.MODERATOR
    with pytest.raises(Forbidden, match="yourself"):
        appeals.decide(appeal.id, fresh(robert), appeals.OVERTURN, "I was wrong.")
    assert "You took this decision yourself" in as_(robert).get("/moderation/appeals").text


def test_a_keep_that_is_overturned_corrects_everybodys_record(
    flagged, reply, bob, bea, alice, ann, mallory, as_, person
):
    flag = flag_post(reply, mallory, "abuse")
    kept = decisions.decide(flagged.id, bob, "keep", "It is an opinion.")
    appeal = appeals.file(kept.id, alice, "It means me.")
    url = f"/moderation/appeals/{appeal.id}/decisions"
    common = {"version": 1, "revision": 1, "reply": "You are right."}
    assert as_(bea).send(url, outcome="remove", rule="", reason="", **common).status_code == 422
    sent = as_(bea).send(url, outcome="remove", rule="abuse", reason="It names her.", **common)
    assert sent.status_code == 303, sent.text
    assert fresh(reply).state == "removed" and not fresh(kept).stands
    made = db.session.query(Decision).filter(Decision.id != kept.id).one()
    assert (made.case.source, made.decider_id, made.outcome) == ("appeal", bea.id, "remove")
    assert queries.strikes_since([ann.id], kept.decided_at) == {ann.id: 1}
    assert {flag.upheld for flag in db.session.query(Flag)} == {True}
    later = db.session.query(Notification).filter(Notification.created_at >= fresh(kept).reversed_at)
    told = {each.user_id: each.kind for each in later}
    assert told == {
        alice.id: "appeal_decided", bob.id: "appeal_of_yours", ann.id: "decision", mallory.id: "flag_upheld_later",
    }  # fmt: skip
    receipt = as_(mallory).get(f"/flags/{flag.id}").text
    assert "after an appeal your flag was upheld" in receipt and f"/moderation/decisions/{kept.id}/appeal" in receipt
    assert "It names her." in as_(ann).get(f"/moderation/decisions/{made.id}").text
    second = appeals.file(made.id, ann, "It does not.")
    with pytest.raises(Forbidden):
        appeals.decide(second.id, bea, appeals.OVERTURN, "No.")
    appeals.decide(second.id, person("ben", role=Role.MODERATOR), appeals.OVERTURN, "It does not.")
    assert fresh(reply).state == "visible" and queries.strikes_since([ann.id], kept.decided_at) == {}


def test_evidence_waits_for_the_answer_although_the_author_left(appeal, flagged, reply, bea, ann, work, clock):
    leaving.leave(ann, REMOVE_POSTS)
    clock.move(days=30)
    work()
    assert fresh(flagged).frozen_body and fresh(reply).body and fresh(ann).is_closed
    appeals.decide(appeal.id, bea, appeals.OVERTURN, "You were right.")
    assert fresh(reply).state == "deleted", "words that were taken back stay so"
    work()
    assert (fresh(flagged).frozen_body, fresh(reply).body, fresh(appeal).words) == ("", "", "")
    assert db.session.query(Post).filter(Post.author_id == ann.id, Post.body != "").count() == 0
