"""Notes among a case's moderators, an admin who reads them from outside, and handing a case over."""

import pytest
from sqlalchemy import select

from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Conflict, Forbidden
from forum.notifications.models import Notification
from moderation import cases
from moderation.decisions import decide
from moderation.notes import actions, queries
from moderation.notes.policy import reads_notes

WORDS = "He did <b>this</b> before, see March."


def told(user, kind):
    db.session.rollback()
    return db.session.scalars(
        select(Notification).where(Notification.user_id == user.id, Notification.kind == kind)
    ).all()


def test_moderators_of_the_case_write_and_read_notes(flagged, bob, bea, thea, theo, ann, as_):
    page = f"/moderation/cases/{flagged.id}"
    assert as_(bob).send(f"{page}/notes", note=WORDS).status_code == 303
    assert as_(bob).send(f"{page}/notes", note=" ").status_code == 422
    for reader in (bob, bea, thea):
        text = as_(reader).get(page).text
        assert "He did &lt;b&gt;this&lt;/b&gt; before" in text and "Read the notes" not in text
    assert as_(theo).send(f"{page}/notes", note="x").status_code == 404
    assert as_(ann).send(f"{page}/notes", note="x").status_code == 403
    decision = decide(flagged.id, bob, "remove", "An insult.", rule="abuse")
    actions.write(flagged.id, bea, "For the appeal: compare case 3.")
    assert [note.body for note in queries.notes_of(flagged.id)] == [WORDS, "For the appeal: compare case 3."]
    assert "He did" not in as_(ann).get(f"/moderation/decisions/{decision.id}").text


def test_the_notes_are_not_for_a_moderator_whose_post_it_is(thread, alice, bob, bea, as_):
    from forum.threads.actions import post_reply
    from moderation.flags import flag_post

    case_id = flag_post(post_reply(thread, bob, "I am bob."), alice, "abuse").case_id
    actions.write(case_id, bea, WORDS)
    page = f"/moderation/cases/{case_id}"
    text = as_(bob).get(page).text
    assert "He did" not in text and "Notes among moderators" not in text
    assert as_(bob).send(f"{page}/notes", note="x").status_code == 403
    assert as_(bob).send(f"{page}/notes/read").status_code == 403
    assert "He did" in as_(bea).get(page).text


def test_an_admin_from_outside_is_told_of(flagged, fresh, person, bob, carol, as_):
    claire = person("claire", role="admin")
    actions.write(flagged.id, bob, WORDS)
    page = f"/moderation/cases/{flagged.id}"
    text = as_(carol).get(page).text
    assert "He did" not in text and "Read the notes" in text and not told(claire, "notes_read")
    answer = as_(carol).send(f"{page}/notes/read")
    assert answer.status_code == 200 and "He did" in answer.text
    (notice,) = told(claire, "notes_read")
    assert (notice.actor_id, notice.facts) == (carol.id, {"case": flagged.id}) and not told(carol, "notes_read")
    row = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "notes.read")).one()
    assert row.actor_role == "admin" and WORDS not in str(row.facts)
    assert "He did" not in as_(carol).get(page).text, "it was for once"
    cases.claim(flagged.id, carol)
    assert reads_notes(carol, fresh(flagged)) and not actions.open_notes(fresh(flagged), carol), (
        "who works on it reads on"
    )
    assert "He did" in as_(carol).get(page).text
    assert len(told(claire, "notes_read")) == 1


def test_a_case_is_handed_to_somebody_who_may_decide_it(flagged, fresh, bob, bea, thea, theo, alice, carol, as_):
    page = f"/moderation/cases/{flagged.id}/handover"
    cases.claim(flagged.id, bob)
    names = {each.username for each in queries.possible_holders(fresh(flagged), bob)}
    assert {"bea", "carol", "thea"} <= names and not names & {"bob", "theo", "alice"}
    assert "@thea" in as_(bob).get(page).text
    answer = as_(bob).send(f"{page}?lang=en", to=str(bea.id), note="You know the matter.")
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/moderation/cases?lang=en")
    assert fresh(flagged).holder_id == bea.id
    (notice,) = told(bea, "handed_over")
    assert notice.actor_id == bob.id and notice.facts == {"case": flagged.id}
    assert "handed over to" in as_(thea).get(f"/moderation/cases/{flagged.id}").text
    with pytest.raises(Conflict):
        actions.hand_over(flagged.id, bob, thea)
    assert as_(bob).send(page, to=str(thea.id)).status_code == 409
    assert as_(bea).send(page, to=str(theo.id)).status_code == 422, "he may not decide it, so he isn't offered"
    for person in (theo, alice, bea):
        with pytest.raises(Forbidden):
            actions.hand_over(flagged.id, bea, person)
    assert as_(bea).send(page, to="", note="I don't know enough.").status_code == 303
    assert fresh(flagged).holder_id is None and len(queries.notes_of(flagged.id)) == 2
    decide(flagged.id, bob, "keep", "Harmless.")
    assert as_(bea).get(page).status_code == 409
