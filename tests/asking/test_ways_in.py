"""What a session does not allow is refused with its sentence by every form that could send it; nothing is written."""

from __future__ import annotations

import pytest

from forum.asking.models import Question, Status
from forum.core.database import db
from forum.experts import actions as experts
from forum.experts.queries import in_force_of
from forum.subthemes import actions as subthemes
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug
from forum.threads.models import Post
from tests.asking.conftest import answer, present

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
NO_HOST = "Only moderators of its sub-theme host a session."


@pytest.fixture
def doors(session):
    """The addresses at which a text for the session can be sent."""
    return f"/sessions/{session.id}/posts", f"/threads/{session.thread_id}/posts"


def refused(client, url, words, **fields):
    """Fail unless the form is refused with these words, and what was typed is still there."""
    before = db.session.query(Post).count()
    said = client.send(url, **fields)
    assert said.status_code in (403, 422) and words in said.text, (url, said.status_code)
    assert fields.get("body", "") in said.text
    assert db.session.query(Post).count() == before


def test_a_question_outside_its_time(as_, ann, doors, at):
    for phase, words in (
        ("announced", "Questions are not taken yet."),
        ("answering", "the experts are answering now"),
        ("closed", "This session is closed: no more questions are taken."),
        ("archived", "This session is archived"),
    ):
        at(phase)
        for url in doors:
            refused(as_(ann), url, words, body=f"May I ask while it is {phase}?")


def test_a_question_that_was_asked_in_time_is_not_changed_later(as_, alice, ask, at):
    at("collecting")
    question = ask(alice)
    at("answering")
    words = "A question can be changed while questions are collected"
    refused(as_(alice), f"/posts/{question.post_id}/edit", words, body="Something else?", revision=1)
    db.session.expire_all()
    assert db.session.get(Post, question.post_id).body == "Who checks the ranking?"


def test_an_answer_of_somebody_who_is_not_named(as_, alice, carol, mallory, person, subtheme, doors, ask, at):
    at("collecting")
    question = ask(alice)
    at("answering")
    dr_wu = person("dr_wu", trust_level=2)
    experts.grant(dr_wu, subtheme, "Reader", "Hill University", None, by=carol)
    worn = {"parent": question.post_id, "credential": in_force_of(dr_wu)[0].id}
    for url in doors:
        refused(as_(dr_wu), url, "Only the experts who are named for this session answer in it.", body="So.", **worn)
        bare = {"body": "I know it.", "parent": question.post_id}
        refused(as_(mallory), url, "Only the named experts answer the questions themselves.", **bare)


def test_an_answer_of_a_named_expert_outside_its_time(as_, alice, dr_chen, doors, ask, at):
    at("collecting")
    question = ask(alice)
    worn = {"parent": question.post_id, "credential": in_force_of(dr_chen)[0].id}
    for phase, words in (
        ("collecting", "Questions are still being collected."),
        ("closed", "This session is closed: no more answers are given."),
        ("archived", "This session is archived"),
    ):
        at(phase)
        for url in doors:
            refused(as_(dr_chen), url, words, body=f"An answer while it is {phase}.", **worn)


def test_an_act_by_a_host_of_another_sub_theme(as_, alice, ann, dr_chen, person, session, subtheme, ask, at):
    at("collecting")
    one, two = ask(alice), ask(ann, "When are elections?")
    theo = as_(person("theo", moderates=(by_slug("law-online").id,)))
    before = present(session).state
    for path in (f"/sessions/{session.id}/desk", f"/sessions/{session.id}/change"):
        page = theo.get(path)
        assert page.status_code == 403 and NO_HOST in page.text
    refused(theo, f"/sessions/{session.id}/change", NO_HOST, title="Mine now")
    refused(theo, f"/sessions/{session.id}/advance", NO_HOST, state="collecting")
    for act, fields in (
        ("merge", {"question": two.post_id}), ("unmerge", {}), ("route", {"expert": dr_chen.id}),
        ("decline", {"reason": "No."}), ("reopen", {}),
    ):  # fmt: skip
        refused(theo, f"/questions/{one.post_id}/triage", NO_HOST, act=act, **fields)
    refused(theo, f"/subthemes/{subtheme.slug}/sessions/new", "Sessions are planned by the sub-theme")
    assert "Sort the questions" not in theo.get(f"/sessions/{session.id}/{session.thread.slug}").text
    db.session.expire_all()
    assert [present(session).state, one.status, two.status] == [before, "open", "open"]


def test_a_comment_after_the_archive_took_it(as_, alice, ann, dr_chen, session, doors, ask, at):
    at("collecting")
    question = ask(alice)
    at("answering")
    given = answer(session, dr_chen, question)
    at("archived")
    for url in doors:
        refused(as_(ann), url, "This session is archived: it can be read", body="Too late.", parent=given.id)


def test_a_host_leaves_questions_as_they_are_once_the_sub_theme_is_archived(session, ask, alice, bob, carol, at, as_):
    at("collecting")
    question = ask(alice)
    at("answering")
    subthemes.archive(db.session.get_one(SubTheme, session.thread.subtheme_id), by=carol)
    said = as_(bob).send(f"/questions/{question.post_id}/triage", act="decline", reason="Not now, for we have no time.")
    assert said.status_code == 403 and "archived" in said.text
    assert db.session.get_one(Question, question.post_id, populate_existing=True).status == Status.OPEN
