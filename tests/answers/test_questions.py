"""A thread is put to the experts; one of their answers is *the* answer, and is shown under the question."""

import pytest
from sqlalchemy import select

from forum.accounts import ties
from forum.answers import actions
from forum.core.audit import AuditEntry
from forum.core.database import db, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.subthemes import moderators
from forum.subthemes import queries as subthemes
from forum.threads import actions as threads
from forum.threads import lists, staff_actions, states
from forum.threads.models import Post, Thread
from forum.threads.recount import recount
from tests.answers.conftest import url

sqlite_only = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


OTHERS = {"thread.pinned", "thread.locked", "thread.unlocked"}


def acts():
    query = select(AuditEntry.act).where(AuditEntry.act.startswith("thread.")).order_by(AuditEntry.seq)
    return [act.removeprefix("thread.") for act in db.session.scalars(query) if act not in OTHERS]


def test_alice_puts_her_thread_to_the_experts_and_dr_chen_answers(as_, alice, ann, dr_chen, credential, thread):
    c = as_(dr_chen)
    assert thread.title not in c.get("/experts/desk").text
    with pytest.raises(Forbidden):
        threads.post_reply(thread, dr_chen, "In three steps.", credential)
    assert "Put it to the experts" in as_(alice).get(url(thread)).text
    assert "Put it to the experts" not in as_(ann).get(url(thread)).text
    assert as_(alice).send(f"/threads/{thread.id}/question").status_code == 303
    assert not actions.ask(thread, alice) and acts() == [], "the asker's own act is none of office"
    page = as_(ann).get(url(thread)).text
    assert "Question to the experts" in page and "Question to the experts" in as_(ann).get("/").text
    assert thread.title in c.get("/experts/desk").text
    assert 'name="credential"' in c.get(url(thread)).text
    sent = c.send(f"/threads/{thread.id}/posts", body="In three steps.", credential=str(credential.id))
    assert sent.status_code == 303 and thread.expert_answer_count == 1
    assert thread.title not in c.get("/experts/desk").text.partition("Answered lately")[0]


@sqlite_only
def test_when_it_is_started_too(as_, alice, subtheme):
    c = as_(alice)
    assert 'name="to_experts"' in c.get(f"/subthemes/{subtheme.slug}/threads/new").text
    fields = {"title": "How?", "body": "How is a feed ranked?", "to_experts": "y"}
    assert c.send(f"/subthemes/{subtheme.slug}/threads/new", **fields).status_code == 303
    made = db.session.scalars(select(Thread)).one()
    assert made.is_question and made.asked_by_id == alice.id
    assert lists.waiting({subtheme.id}).items == [made]


@sqlite_only
def test_only_the_asker_or_a_moderator_of_the_sub_theme(ann, mallory, bob, alice, person, carol, thread, subtheme):
    theo = person("theo")
    moderators.appoint(theo, subthemes.by_slug("law-online"), by=carol)
    for who in (ann, mallory, theo):
        with pytest.raises(Forbidden):
            actions.ask(thread, who)
    assert actions.ask(thread, bob) and acts() == ["asked"]
    for who in (ann, mallory, theo):
        with pytest.raises(Forbidden):
            actions.withdraw(thread, who)
    assert actions.withdraw(thread, alice) and not actions.withdraw(thread, alice) and acts() == ["asked"]
    staff_actions.lock(thread, bob)
    with pytest.raises(Forbidden):
        actions.ask(thread, alice)
    staff_actions.unlock(thread, bob)
    with transaction():
        thread.led_by = "asking"
    with pytest.raises(Forbidden):
        actions.ask(thread, alice)
    with transaction():
        thread.led_by = ""
    states.remove_post(db.session.get(Post, 1), bob, "spam")
    with pytest.raises(NotFound):
        actions.ask(thread, alice)
    with pytest.raises(Forbidden):
        actions.ask(thread, bob)


@sqlite_only
def test_what_a_moderator_took_away_only_a_moderator_sets_again(as_, alice, bob, bea, thread):
    assert actions.ask(thread, alice) and actions.withdraw(thread, alice) and actions.ask(thread, alice)
    assert actions.withdraw(thread, bob) and acts() == ["unasked"]
    page = as_(alice).get(url(thread)).text
    assert "Put it to the experts" not in page and "A moderator has taken the mark away" in page
    assert "A moderator has taken the mark away" not in as_(bob).get(url(thread)).text
    with pytest.raises(Forbidden, match="Only a moderator"):
        actions.ask(thread, alice)
    assert as_(bea).send(f"/threads/{thread.id}/question").status_code == 303
    assert actions.withdraw(thread, alice) and actions.ask(thread, alice), "it is the asker's again"


def test_the_answer_is_shown_under_the_question_and_in_lists(as_, client, alice, ann, answered, question):
    page = client.get(url(question)).text
    assert page.index("how a feed is") < page.index("Chosen by who asked") < page.index("There is a rule")
    assert page.count("In three steps.") == 2 and "The answer" in page and f"#post-{answered.id}" in page
    for address in ("/", f"/subthemes/{question.subtheme.slug}"):
        assert "Answered" in client.get(address).text
    assert "It is not the answer" in as_(alice).get(url(question)).text
    assert "It is not the answer" not in as_(ann).get(url(question)).text
    assert "Chosen by who asked" not in client.get(url(question, "?experts=1")).text
    assert as_(alice).send(f"/threads/{question.id}/answer/unchoose").status_code == 303
    assert "Chosen by" not in client.get(url(question)).text and not question.is_answered
    assert not actions.unchoose(question, alice) and acts() == []


def test_what_is_out_of_sight_is_no_answer_at_once(client, bob, alice, dr_chen, answered, question):
    for gone, back in (
        (lambda: states.hide_post(answered, bob, "other"), lambda: states.restore_post(answered, bob)),
        (lambda: states.remove_post(answered, bob, "other"), lambda: states.restore_post(answered, bob)),
        (lambda: threads.delete_post(answered, dr_chen), None),
    ):
        gone()
        page = client.get(url(question)).text
        assert "In three steps." not in page and "Chosen by" not in page and "Answered" not in client.get("/").text
        assert not question.is_answered and not [fault for fault in recount() if "thread" in str(fault)]
        if back:
            back()
            assert "Chosen by who asked" in client.get(url(question)).text and question.is_answered
    with pytest.raises(Forbidden):
        actions.choose(answered, bob)


@sqlite_only
def test_who_may_choose_what(alice, ann, mallory, bob, person, carol, dr_chen, credential, answer, question):
    from forum.experts import actions as experts

    plain = db.session.get(Post, 2)
    for who, post in (
        (ann, answer),
        (mallory, answer),
        (dr_chen, answer),
        (alice, plain),
        (bob, db.session.get(Post, 1)),
    ):
        with pytest.raises(Forbidden):
            actions.choose(post, who)
    moderators.appoint(dr_chen, question.subtheme, by=carol)
    with pytest.raises(Forbidden):
        actions.choose(answer, dr_chen)  # their own, as a moderator
    assert actions.choose(answer, alice) and not actions.choose(answer, alice)
    other = threads.post_reply(question, dr_chen, "In four steps.", credential)
    experts.revoke(credential, "Left.", by=carol)
    assert actions.choose(other, bob) and question.chosen.post_id == other.id
    with pytest.raises(Refused):
        actions.lock_choice(threads.start_thread(question.subtheme, alice, "A", "B"), bob, locked_now=True)
    with transaction():
        alice.silenced_until = alice.created_at.replace(year=2099)
    with pytest.raises(Forbidden):
        actions.unchoose(question, alice)


@sqlite_only
def test_the_expert_is_told_once_that_the_answer_was_chosen(as_, told, alice, dr_chen, answer, question):
    actions.choose(answer, alice)
    actions.unchoose(question, alice)
    actions.choose(answer, alice)
    assert told("answer_chosen") == [("dr_chen", f"answer_chosen:{answer.id}")]
    assert "Your answer was chosen as the answer in" in as_(dr_chen).get("/notifications").text


@sqlite_only
def test_who_keeps_the_asker_away_is_told_nothing_of_the_choice(told, alice, dr_chen, answer, question):
    ties.keep(alice, "mute", by=dr_chen)
    assert actions.choose(answer, alice) and told("answer_chosen") == []


@sqlite_only
def test_a_moderator_locks_the_choice_and_the_log_says_so(as_, alice, bob, dr_chen, credential, answered, question):
    assert as_(alice).send(f"/threads/{question.id}/answer/lock").status_code == 403
    assert as_(bob).send(f"/threads/{question.id}/answer/lock").status_code == 303
    other = threads.post_reply(question, dr_chen, "In four steps.", credential)
    for act in (actions.unchoose, actions.withdraw):
        with pytest.raises(Forbidden):
            act(question, alice)
    with pytest.raises(Forbidden):
        actions.choose(other, alice)
    page = as_(alice).get(url(question)).text
    assert "only moderators change it" in page and "This is the answer" not in page
    assert actions.choose(other, bob) and question.chosen.is_locked
    assert "Chosen by a moderator" in as_(alice).get(url(question)).text
    assert as_(bob).send(f"/threads/{question.id}/answer/unlock").status_code == 303
    assert actions.withdraw(question, alice) and question.chosen is None and not question.is_answered
    assert acts() == ["answer_locked", "answered", "answer_unlocked"]
    assert "The choice of an answer was locked" in as_(alice).get("/moderation/log").text


@sqlite_only
def test_a_page_asks_one_thing_more_and_the_desk_reads_an_index(
    client, as_, alice, dr_chen, answered, question, statements
):
    with statements() as answered_page:
        client.get(url(question))
    actions.unchoose(question, alice)
    with statements() as open_page:
        client.get(url(question))
    assert len(answered_page) == len(open_page) + 1
    desk, seen = as_(dr_chen), []
    for number in range(3):
        threads.start_thread(question.subtheme, alice, f"Question {number}?", "How?", to_experts=True)
        with statements() as cost:
            desk.get("/experts/desk")
        seen.append(len(cost))
    assert len(set(seen)) == 1 and len(lists.waiting({question.subtheme_id}).items) == 3
    plan = db.session.connection().exec_driver_sql(
        "EXPLAIN QUERY PLAN SELECT id FROM threads WHERE subtheme_id = 5 AND state = 'visible' AND "
        "(pinned_at IS NOT NULL OR asked_at IS NOT NULL) AND expert_answer_count = 0 ORDER BY created_at, id"
    )
    assert "ix_threads_waiting" in str(plan.all())


def test_it_moves_along(as_, bob, alice, answered, question):
    staff_actions.move(question, subthemes.by_slug("law-online"), bob)
    assert question.is_answered and "Chosen by who asked" in as_(alice).get(url(question)).text
