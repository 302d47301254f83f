"""Flagging messages: copies of just those, one decision, who is told what, and that nobody judges themselves."""

import contextvars
import threading
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import func, select

from forum.accounts import suspensions
from forum.accounts.models import User
from forum.core import chain
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.messages import actions as messages
from forum.messages import queries
from forum.notifications.models import Notification
from forum.trust.queries import records
from moderation import decisions
from moderation.reports import actions as reports
from moderation.reports import queries as report_queries
from moderation.reports.models import MessageReport


@pytest.fixture
def talk(alice, ann):
    """The id of a conversation in which ann was rude to alice, twice, after something harmless."""
    with transaction():
        alice.trust_level = 1
    talk = messages.start(alice, [ann], "The library", "My secret garden.").conversation_id
    for body in ("A harmless orchard.", "You are a **fool**.", "And a coward."):
        messages.reply(talk, ann, body)
    return talk


def ids(talk, *places):
    found = [message.id for message in queries.messages(talk).items]
    return [found[place] for place in places]


@pytest.fixture
def report(talk, alice):
    """alice flagged both rude messages."""
    return reports.report_messages(talk, ids(talk, 2, 3), alice, "abuse", "It hurts.")


def notice(person, kind):
    db.session.rollback()
    query = select(Notification).where(Notification.user_id == person.id, Notification.kind == kind)
    return [each.facts for each in db.session.scalars(query)]


def test_a_flag_holds_copies_of_what_was_chosen_and_nothing_else(report, talk, ann):
    assert [copy["body"] for copy in report.copies] == ["You are a **fool**.", "And a coward."]
    assert report.author_id == ann.id and report.author_name == ann.name
    messages.delete_message(talk, ids(talk, 2)[0], ann)
    assert "fool" in str(report_queries.report_in_full(report.id).copies), "deleting afterwards takes nothing back"


def test_moderators_read_the_copies_and_no_other_word(as_, report, talk, bob, carol):
    for staff in (bob, carol):
        client = as_(staff)
        page = client.get(f"/moderation/messages/{report.id}").text
        assert "<strong>fool</strong>" in page and "It hurts." in page
        queue = client.get("/moderation/messages").text
        assert f"/moderation/messages/{report.id}" in queue and "fool" not in queue
        for text in (page, queue):
            assert not any(word in text for word in ("orchard", "garden", "The library"))
        assert client.get(f"/messages/{talk}").status_code == 404
    assert "/moderation/messages" in as_(bob).get("/moderation/cases").text


@pytest.mark.parametrize(
    "places", [(), (0,), (0, 2), (99,)], ids=["none", "own", "own and another's", "of no conversation"]
)
def test_what_cannot_be_flagged(talk, alice, places):
    chosen = [10_000] if places == (99,) else ids(talk, *places)
    with pytest.raises(Refused):
        reports.report_messages(talk, chosen, alice, "abuse")
    assert report_queries.queue(alice).items == []


def test_a_message_of_another_conversation_is_not_copied(talk, alice, mallory, ann):
    with transaction():
        mallory.trust_level = 1
    theirs = messages.start(mallory, [ann], "Theirs", "Not alice's business.")
    with pytest.raises(Refused):
        reports.report_messages(talk, [theirs.id], alice, "abuse")
    with pytest.raises(NotFound):
        reports.report_messages(theirs.conversation_id, [theirs.id], alice, "abuse")


def test_deleted_ones_too_many_and_those_of_two_people_are_refused(talk, alice, ann, mallory):
    messages.delete_message(talk, ids(talk, 3)[0], ann)
    with pytest.raises(Refused):
        reports.report_messages(talk, ids(talk, 3), alice, "abuse")
    three = messages.start(alice, [ann, mallory], "Three", "Hello.").conversation_id
    made = [messages.reply(three, ann, f"Number {number}.").id for number in range(11)]
    with pytest.raises(Refused, match="at most 10"):
        reports.report_messages(three, made, alice, "spam")
    made = [made[0], messages.reply(three, mallory, "I, too.").id]
    with pytest.raises(Refused, match="one person"):
        reports.report_messages(three, made, alice, "spam")
    with pytest.raises(Refused):
        reports.report_messages(three, made[:1], alice, "because")


def test_flagging_again_while_it_waits_makes_no_second_report(report, talk, alice):
    assert reports.report_messages(talk, ids(talk, 2), alice, "abuse").id == report.id
    assert reports.report_messages(talk, ids(talk, 1), alice, "abuse").id != report.id


def test_outsiders_and_those_who_left_flag_nothing(talk, alice, bob, mallory):
    for stranger in (bob, mallory):
        with pytest.raises(NotFound):
            reports.report_messages(talk, ids(talk, 2), stranger, "abuse")
    messages.leave(talk, alice)
    with pytest.raises(NotFound):
        reports.report_messages(talk, ids(talk, 2), alice, "abuse")


def test_a_warning_is_told_logged_and_decided_once(as_, report, alice, ann, bob, bea):
    reports.decide(report.id, bob, "warn", "Insults are not arguments.", "abuse")
    with pytest.raises(Conflict):
        reports.decide(report.id, bea, "dismiss", "")
    assert notice(ann, "message_decision") == [{"verdict": "warn", "rule": "abuse", "report": report.id}]
    assert notice(alice, "message_flag_outcome") == [{"upheld": True, "rule": "abuse", "report": report.id}]
    row = db.session.scalar(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))
    assert (row.act, row.rule, row.facts) == ("person.warned", "abuse", {"source": "message", "report": report.id})
    assert chain.first_fault() is None
    page = as_(ann).get(f"/moderation/messages/{report.id}/decision").text
    assert all(words in page for words in ("Insults or harassment", "Insults are not", "coward", "appeal once"))
    assert "It hurts." not in page and "bob" not in page
    assert as_(alice).get(f"/moderation/messages/{report.id}/decision").status_code == 404
    assert "You were warned because of messages." in as_(ann).get("/notifications").text
    assert "fool" not in as_(alice).get("/moderation/log").text


def test_a_suspension_ends_sessions_and_says_why(as_, report, ann, bob):
    client, until = as_(ann), now() + timedelta(days=3)
    reports.decide(report.id, bob, "suspend", "This is the third time.", "abuse", until)
    assert client.get("/messages").location.startswith("/login")
    db.session.refresh(ann)
    assert ann.suspended_until == until
    with client.application.test_request_context():
        assert "This is the third time." in suspensions.explanation(ann)
    row = db.session.scalar(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))
    assert (row.act, row.facts["days"], row.facts["source"]) == ("person.suspended", 3, "message")


def test_a_dismissal_is_told_to_the_flagger_only(as_, report, alice, ann, bob):
    reports.decide(report.id, bob, "dismiss", "")
    assert notice(ann, "message_decision") == []
    assert notice(alice, "message_flag_outcome") == [{"upheld": False, "rule": "", "report": report.id}]
    assert as_(ann).get(f"/moderation/messages/{report.id}/decision").status_code == 404
    assert as_(alice).get("/moderation/log").text.count("Flagged messages were found within the rules") == 2


@pytest.mark.parametrize(
    ("verdict", "reason", "rule", "until"),
    [
        ("", "Why.", "abuse", None),
        ("hide", "Why.", "abuse", None),
        ("warn", "", "abuse", None),
        ("warn", "Why.", "", None),
        ("warn", "Why.", "nonsense", None),
        ("suspend", "Why.", "abuse", None),
        ("suspend", "Why.", "abuse", timedelta(minutes=5)),
        ("suspend", "Why.", "abuse", timedelta(days=800)),
    ],
)
def test_words_that_are_missing(report, bob, verdict, reason, rule, until):
    with pytest.raises(Refused):
        reports.decide(report.id, bob, verdict, reason, rule, now() + until if until else None)
    assert report_queries.report_in_full(report.id).is_open


def test_nobody_decides_on_their_own(as_, alice, bob, bea, carol, ann):
    with transaction():
        ann.trust_level = 1
    talk = messages.start(ann, [bob], "To a moderator", "You decide badly.")
    own = messages.reply(talk.conversation_id, bob, "I do not.")
    by_bob = reports.report_messages(talk.conversation_id, [talk.id], bob, "abuse")
    about_bob = reports.report_messages(talk.conversation_id, [own.id], ann, "abuse")
    with pytest.raises(Forbidden):
        reports.decide(by_bob.id, bob, "warn", "Why.", "abuse")
    with pytest.raises(NotFound):
        reports.decide(about_bob.id, bob, "dismiss", "")
    client = as_(bob)
    assert client.get(f"/moderation/messages/{about_bob.id}").status_code == 404
    queue = client.get("/moderation/messages").text
    assert f'/messages/{by_bob.id}"' in queue and f'/messages/{about_bob.id}"' not in queue
    assert report_queries.next_report(bob) is None
    with pytest.raises(Forbidden):
        reports.decide(about_bob.id, bea, "suspend", "Why.", "abuse", now() + timedelta(days=2))
    reports.decide(about_bob.id, carol, "suspend", "Why.", "abuse", now() + timedelta(days=2))


def test_netizens_decide_nothing(report, mallory, alice):
    for person in (mallory, alice):
        with pytest.raises(NotFound):
            reports.decide(report.id, person, "dismiss", "")


def test_the_forms_work_from_the_first_page_to_the_decision(as_, talk, alice, ann, bob):
    client, (first, second) = as_(alice), ids(talk, 2, 3)
    page = client.get(f"/messages/{talk}/flags?message={first}").text
    assert "My secret garden." not in page, "own messages can't be chosen"
    assert page.count("checked") == 1
    refused = client.send(f"/messages/{talk}/flags", message=[first], reason="", note="What I typed")
    assert refused.status_code == 422 and "What I typed" in refused.text and refused.text.count("checked") == 1
    assert client.send(f"/messages/{talk}/flags", note="Nothing chosen", reason="abuse").status_code == 422
    sent = client.send(f"/messages/{talk}/flags", message=[first, second], reason="abuse", note="Look.")
    assert sent.location == f"/messages/{talk}"
    report = db.session.scalar(select(MessageReport))
    desk, url = as_(bob), f"/moderation/messages/{report.id}/decisions"
    kept = desk.send(url, outcome="warn", rule="abuse", reason="", length="", until="")
    assert kept.status_code == 422
    assert desk.send(url, outcome="suspend", rule="abuse", reason="Why.", length="", until="").status_code == 422
    assert desk.send(url, outcome="suspend", rule="abuse", reason="Why.", length="3", until="").status_code == 303
    late = desk.send(url, outcome="warn", rule="abuse", reason="I was late", length="", until="")
    assert late.status_code == 409 and "I was late" in late.text


def test_the_queue_pages_by_key_oldest_first(alice, ann, bob, statements, as_, talk):
    made = []
    for number in range(22):
        message = messages.reply(talk, ann, f"Rude {number}.")
        made.append(reports.report_messages(talk, [message.id], alice, "abuse").id)
    page = report_queries.queue(bob)
    assert [each.id for each in page.items] == made[:20]
    assert [each.id for each in report_queries.queue(bob, page.next_cursor).items] == made[20:]
    first = report_queries.report_in_full(made[21])
    assert first
    first.in_turn = False  # somebody young is concerned
    db.session.commit()
    assert report_queries.queue(bob).items[0].id == report_queries.next_report(bob) == made[21]
    page = report_queries.queue(bob)
    assert [each.id for each in report_queries.queue(bob, page.next_cursor).items] == made[19:21]
    client = as_(bob)
    with statements() as seen:
        client.get("/moderation/messages")
    assert len(seen) == 4, "signed in, what staff must have, notices, reports"


def test_two_moderators_at_once_make_one_decision(app, talk, alice, ann, bob, bea):
    flagged = [messages.reply(talk, ann, f"Rude {number}.").id for number in range(10)]
    made = [reports.report_messages(talk, [each], alice, "abuse").id for each in flagged]
    pair = ((bob.id, "dismiss"), (bea.id, "warn"))
    for report_id in made:
        start, results = threading.Barrier(2), []

        def decide(user_id, verdict, report_id=report_id, start=start, results=results):
            with app.app_context():
                by = db.session.get(User, user_id)
                start.wait()
                try:
                    reports.decide(report_id, by, verdict, "Because.", "abuse")
                    results.append("decided")
                except Conflict:
                    results.append("conflict")

        workers = [threading.Thread(target=contextvars.Context().run, args=(decide, *one)) for one in pair]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
        assert sorted(results) == ["conflict", "decided"]
    db.session.rollback()
    warned = db.session.scalar(select(func.count()).where(MessageReport.verdict == "warn"))
    assert len(notice(ann, "message_decision")) == warned
    assert len(notice(alice, "message_flag_outcome")) == len(made)
    assert chain.first_fault() is None


def test_decisions_about_messages_and_posts_add_up_against_a_regular(report, talk, alice, ann, bob, flagged, clock):
    def strikes():
        numbers = current_app.config["TRUST"]
        return {user.id: one.strikes for user in (ann, alice) for one in [records([user.id], now(), numbers)[user.id]]}

    assert strikes() == {ann.id: 0, alice.id: 0}
    reports.decide(report.id, bob, "warn", "Do not insult people.", "abuse")
    assert strikes() == {ann.id: 1, alice.id: 0}
    decisions.decide(flagged.id, bob, "warn", "Mind the tone.", rule="abuse")
    assert strikes() == {ann.id: 2, alice.id: 0}
    again = reports.report_messages(talk, ids(talk, 1), alice, "abuse")
    reports.decide(again.id, bob, "dismiss", "")
    assert strikes()[ann.id] == 2, "what was dismissed counts against nobody"
    clock.move(days=101)
    assert strikes()[ann.id] == 0
