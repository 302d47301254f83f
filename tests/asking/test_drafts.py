"""A draft of an answer in a session is taken up under its question, and gone with the answer."""

import pytest
from sqlalchemy import select

from forum.core.database import db
from forum.experts.queries import in_force_of
from forum.threads import drafts
from forum.threads.models import AnswerDraft

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def test_it_is_taken_up_under_its_question(as_, dr_chen, alice, session, at, ask):
    at("collecting")
    question = ask(alice)
    at("answering")
    c = as_(dr_chen)
    place = f"/sessions/{session.id}/{session.thread.slug}?under={question.post_id}"
    assert "Save as draft" in c.get(place).text
    worn = str(in_force_of(dr_chen)[0].id)
    fields = {"parent": str(question.post_id), "credential": worn, "body": "Every year, by three of us"}
    assert c.send(f"/threads/{session.thread_id}/drafts", **fields).status_code == 303
    draft = drafts.answering(question.post_id, dr_chen)
    assert draft.body == fields["body"] and fields["body"] in c.get("/experts/desk").text
    led = c.get(f"/drafts/{draft.id}")
    assert led.status_code == 303 and led.location == f"{place}#write"
    page = c.get(led.location).text
    assert fields["body"] in page.split('name="body"')[1] and fields["body"] not in as_(alice).get(place).text
    assert c.send(f"/sessions/{session.id}/posts", **fields).status_code == 303
    assert db.session.scalars(select(AnswerDraft)).all() == []
