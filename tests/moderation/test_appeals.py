"""Appeals: within 20 days, once, decided by somebody else; what is overturned is as it was before."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from forum.core import chain
from forum.core.database import db, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.search.comparison import differences
from forum.threads.models import Post
from forum.threads.recount import recount
from moderation import decisions, queries
from moderation.appeals import actions as appeals
from moderation.appeals.models import Appeal
from tests.stage import all_rows

KEPT = ("id", "thread_id", "position", "body", "html", "plain", "state", "state_reason", "state_at", "state_by_id",
        "published_at", "notified_at", "revision", "parent_id")  # fmt: skip


def of_post(post_id):
    row = next(each for each in all_rows()["posts"] if each["id"] == post_id)
    return {name: row[name] for name in KEPT}


def test_on_day_19_it_is_restored_to_the_letter_by_somebody_else(
    flagged, reply, thread, bob, bea, ann, alice, as_, work, clock
):
    work()
    before, counters = of_post(reply.id), [thread.reply_count, ann.published_count]
    faults = list(recount())  # the people of the tests begin with a count of their own
    decision = decisions.decide(flagged.id, bob, "remove", "An insult.", rule="abuse")
    work()
    clock.move(days=19)
    sent = as_(ann).send(f"/moderation/decisions/{decision.id}/appeal", reason="It names a *rule*, nobody else.")
    assert sent.status_code == 303
    appeal = db.session.query(Appeal).one()
    for browser_answer in (
        as_(bob).send(f"/moderation/appeals/{appeal.id}/decisions", outcome="overturn", reply="Oh.", version=1),
    ):
        assert browser_answer.status_code == 403 and "yourself" in browser_answer.text
    assert "You took this decision yourself" in as_(bob).get("/moderation/appeals").text
    with pytest.raises(Forbidden):
        appeals.decide(appeal.id, bob, "overturn", "Oh.")
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            update(Appeal).values(state="overturned", decider_id=bob.id, decided_at=decision.decided_at, reply="x")
        )
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(Appeal).values(first_decider_id=bea.id))
    done = as_(bea).send(
        f"/moderation/appeals/{appeal.id}/decisions", outcome="overturn", reply="You are right.", version=1
    )
    assert done.status_code == 303, done.text
    work()
    assert of_post(reply.id) == before
    db.session.expire_all()
    assert [thread.reply_count, ann.published_count] == counters and list(recount()) == faults
    assert differences().missing.count == 0, "findable again; what other tests left in the index is not ours"
    assert queries.strikes_since([ann.id], decision.decided_at) == {}
    assert queries.flag_of(flagged.id, alice.id).upheld is False
    assert "You are right." in as_(ann).get(f"/moderation/decisions/{decision.id}").text
    assert chain.first_fault() is None


def test_on_day_21_it_is_refused_with_the_text_kept(flagged, bob, ann, mallory, as_, clock):
    decision = decisions.decide(flagged.id, bob, "hide", "An insult.", rule="abuse")
    with pytest.raises(NotFound):
        appeals.file(decision.id, mallory, "Me too.")
    clock.move(days=20, minutes=1)
    late = as_(ann).send(f"/moderation/decisions/{decision.id}/appeal", reason="Too late?")
    assert late.status_code == 422 and "Too late?" in late.text
    with pytest.raises(Refused):
        appeals.file(decision.id, ann, "Too late?")


def test_against_keep_a_flagger_appeals_and_it_is_decided_against_the_post(flagged, reply, bob, bea, alice, ann, as_):
    decision = decisions.decide(flagged.id, bob, "keep", "Fine, and a secret reason.")
    page = as_(alice).get(f"/moderation/decisions/{decision.id}/appeal")
    assert page.status_code == 200 and "secret reason" not in page.text
    appeal = appeals.file(decision.id, alice, "She means me.")
    with pytest.raises(Conflict):
        appeals.file(decision.id, alice, "Again.")
    appeals.decide(appeal.id, bea, "hide", "You are right.", rule="abuse", reason="An insult after all.")
    db.session.expire_all()
    assert db.session.get(Post, reply.id).state == "hidden"
    assert queries.flag_of(flagged.id, alice.id).upheld is True
    assert as_(ann).get("/settings/decisions").status_code == 200
