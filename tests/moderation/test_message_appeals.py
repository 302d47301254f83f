"""Appeals against decisions about messages: who, how long, by whom answered, and what overturning takes back."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from forum.accounts.models import REMOVE_POSTS
from forum.core import chain
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.leaving import actions as leaving
from forum.mail.models import Mail
from forum.messages import actions as messages
from forum.notifications.models import Notification
from moderation.decisions import decide as decide_case
from moderation.message_appeals import actions as appeals
from moderation.message_appeals import evidence
from moderation.message_appeals.models import MessageAppeal
from moderation.record.queries import record_of
from moderation.reports import actions as reports
from moderation.reports import queries
from moderation.reports.models import MessageReport

DAY = timedelta(days=1)


@pytest.fixture
def report(alice, ann):
    """alice flagged what ann wrote to her."""
    with transaction():
        alice.trust_level = 1
    talk = messages.start(alice, [ann], "The library", "My secret garden.").conversation_id
    rude = messages.reply(talk, ann, "You are a fool.").id
    return reports.report_messages(talk, [rude], alice, "abuse", "It hurts.")


@pytest.fixture
def warned(report, bob):
    """bob warned ann for it."""
    return reports.decide(report.id, bob, "warn", "Insults are not arguments.", "abuse")


@pytest.fixture
def dismissed(report, bob):
    """bob found nothing against the rules."""
    return reports.decide(report.id, bob, "dismiss", "A secret remark.")


def fresh(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


def kinds_of(person):
    db.session.rollback()
    return list(db.session.scalars(select(Notification.kind).where(Notification.user_id == person.id)))


def main_of(answer):
    return answer.text.split("<main")[1].split("</main>")[0]


def last_row():
    return db.session.scalar(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))


def test_the_author_reads_a_statement_of_reasons_and_appeals_once(as_, warned, ann, alice, bob, mallory):
    place = f"/moderation/messages/{warned.id}"
    client = as_(ann)
    page = main_of(client.get(f"{place}/decision"))
    for words in ("Statement of reasons", "It counts until", "None took part", "Messages in a convers", "It is said"):
        assert words in page, words
    assert "<form" in page and "write to" not in page
    for text in ("", "x" * 2001):
        assert client.send(f"{place}/appeal", reason=text).status_code == 422
    sent = client.send(f"{place}/appeal", reason="It was a quotation.")
    assert sent.status_code == 303 and sent.location.endswith(f"{place}/decision#appeal")
    assert appeals.file(warned.id, ann, "It was a quotation.").id == db.session.scalar(select(MessageAppeal.id))
    assert client.send(f"{place}/appeal", reason="And more.").status_code == 409
    page = main_of(client.get(f"{place}/decision"))
    assert "It was a quotation." in page and "<form" not in page
    assert "Your appeal: Waits for an answer" in re.sub(r"\s+", " ", client.get("/settings/decisions").text)
    for other in (alice, bob, mallory):
        with pytest.raises(NotFound):
            appeals.file(warned.id, other, "I, too.")
        assert as_(other).get(f"{place}/appeal").status_code == 404


def test_after_20_days_it_is_over(as_, warned, ann, clock):
    clock.move(days=19)
    assert "<form" in main_of(as_(ann).get(f"/moderation/messages/{warned.id}/decision"))
    clock.move(days=2)
    with pytest.raises(Refused):
        appeals.file(warned.id, ann, "Too late.")
    assert "<form" not in main_of(as_(ann).get(f"/moderation/messages/{warned.id}/decision"))


def test_another_moderator_overturns_a_warning_and_both_sides_are_told(as_, warned, ann, alice, bob, bea):
    appeal = appeals.file(warned.id, ann, "It was a quotation.")
    assert len(record_of(ann.id).entries) == 1
    desk = as_(bea)
    assert f"/moderation/appeals/messages/{appeal.id}" in desk.get("/moderation/appeals").text
    assert "You took this decision yourself" in main_of(as_(bob).get(f"/moderation/appeals/messages/{appeal.id}"))
    with pytest.raises(Forbidden):
        appeals.decide(appeal.id, bob, appeals.OVERTURN, "I was right.")
    page = main_of(desk.get(f"/moderation/appeals/messages/{appeal.id}"))
    assert all(words in page for words in ("You are a fool.", "It was a quotation.", "Insults are not arguments."))
    assert "secret garden" not in page
    url = f"/moderation/appeals/messages/{appeal.id}/decisions"
    assert desk.send(url, outcome="overturn", reply="", version=1).status_code == 422
    assert desk.send(url, outcome="overturn", reply="It was one.", version=1).status_code == 303
    assert desk.send(url, outcome="uphold", reply="Twice.", version=1).status_code == 409
    assert not fresh(warned).stands and fresh(appeal).state == "overturned"
    assert record_of(ann.id).entries == [] and queries.strikes_since([ann.id], now() - DAY) == {}
    row = last_row()
    assert (row.act, row.target, row.facts) == (
        "appeal.overturned", "", {"source": "message", "report": warned.id, "outcome": "warn"},
    )  # fmt: skip
    assert chain.first_fault() is None
    assert "message_appeal_decided" in kinds_of(ann) and "message_flag_corrected" in kinds_of(alice)
    assert "message_appeal_of_yours" in kinds_of(bob)
    assert db.session.query(Mail).filter_by(template="appeal_decided").one().address == ann.email
    assert "counts no more" in main_of(desk.get(f"/moderation/messages/{warned.id}"))
    page = main_of(as_(ann).get(f"/moderation/messages/{warned.id}/decision"))
    assert "It was one." in page and "counts no more" in page and "bea" not in page
    assert "after an appeal the decision was taken back" in as_(alice).get(f"/flags/messages/{warned.id}").text
    for person in (alice, bob):
        assert "looked at again" in as_(person).get("/notifications").text


def test_the_database_refuses_whoever_decided_before_and_a_second_appeal(warned, ann, bob):
    appeal = appeals.file(warned.id, ann, "It was a quotation.")
    row = {"state": "upheld", "decider_id": bob.id, "decided_at": now(), "reply": "No."}
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(MessageAppeal).where(MessageAppeal.id == appeal.id).values(**row))
    db.session.rollback()
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(MessageAppeal(report_id=warned.id, first_decider_id=bob.id, appellant_id=ann.id, words="Again."))
        session.flush()
    db.session.rollback()


def test_with_one_moderator_it_waits_for_an_admin_and_says_so(as_, warned, ann, bob, carol):
    appeal = appeals.file(warned.id, ann, "It was a quotation.")
    waits = "waits for an administrator"
    assert waits in main_of(as_(ann).get(f"/moderation/messages/{warned.id}/decision"))
    assert waits in main_of(as_(bob).get(f"/moderation/appeals/messages/{appeal.id}"))
    appeals.decide(appeal.id, carol, appeals.UPHOLD, "It stands.")
    assert fresh(warned).stands and last_row().act == "appeal.upheld"
    assert "message_flag_corrected" not in kinds_of(warned.reporter)


def test_somebody_suspended_appeals_by_the_link_and_only_what_that_decision_added_ends(
    as_, report, flagged, ann, bob, bea, client, work, with_smtp
):
    decide_case(flagged.id, bob, "suspend", "The first time.", "abuse", until=now() + 2 * DAY)
    before = fresh(ann).suspended_until
    reports.decide(report.id, bob, "suspend", "The third time.", "abuse", now() + 9 * DAY)
    assert fresh(ann).suspended_until > before + 6 * DAY
    work()
    letters = [each.get_body(("plain",)).get_content() for each in with_smtp.letters if each["To"] == ann.email]
    letter = next(each for each in letters if "/appeals/messages/" in each)
    assert "The third time." in letter and "it can’t sign in" in letter
    link = re.search(r"/appeals/messages/[\w.-]+", letter)[0]
    assert "The third time." in client.get(link).text
    assert client.get(link[:-2] + "xx").status_code == 404
    assert client.send(link, reason="It was a quotation.").status_code == 303
    assert client.get("/settings/decisions").location.startswith("/login"), "nobody is signed in by it"
    appeals.decide(db.session.scalar(select(MessageAppeal.id)), bea, appeals.OVERTURN, "It was one.")
    assert fresh(ann).suspended_until == before, "the other decision still stands"


def test_whoever_flagged_appeals_against_a_dismissal_and_another_warns(as_, dismissed, ann, alice, bob, bea):
    with pytest.raises(NotFound):
        appeals.file(dismissed.id, ann, "I like it.")
    assert as_(ann).get(f"/moderation/messages/{dismissed.id}/appeal").status_code == 404
    client = as_(alice)
    link = f"/moderation/messages/{dismissed.id}/appeal"
    assert link in client.get(f"/flags/messages/{dismissed.id}").text
    page = main_of(client.get(link))
    assert "<form" in page and "A secret remark." not in page
    assert client.send(link, reason="It insults me.").location.endswith(f"{link}#appeal")
    desk, appeal = as_(bea), db.session.scalars(select(MessageAppeal)).one()
    url = f"/moderation/appeals/messages/{appeal.id}/decisions"
    assert "alice" not in main_of(desk.get(f"/moderation/appeals/messages/{appeal.id}"))
    fields = {"outcome": "warn", "reply": "You are right.", "version": 1}
    assert desk.send(url, rule="abuse", reason="", **fields).status_code == 422
    assert desk.send(url, rule="abuse", reason="It is an insult.", **fields).status_code == 303
    made = db.session.scalars(select(MessageReport).where(MessageReport.former_id == dismissed.id)).one()
    assert (made.verdict, made.decided_by_id, made.copies) == ("warn", bea.id, fresh(dismissed).copies)
    assert not dismissed.stands and [entry.report.id for entry in record_of(ann.id).entries] == [made.id]
    assert "message_decision" in kinds_of(ann) and "message_appeal_decided" in kinds_of(alice)
    assert kinds_of(alice).count("message_flag_outcome") == 1
    acts = list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.seq.desc()).limit(2)))
    assert acts == ["person.warned", "appeal.overturned"]
    receipts = client.get("/flags/messages").text
    assert "after an appeal your flag was upheld" in receipts and f"/flags/messages/{made.id}" not in receipts
    theirs = appeals.file(made.id, ann, "It was a quotation.")
    with pytest.raises(Forbidden):
        appeals.decide(theirs.id, bea, appeals.OVERTURN, "No.")


def test_nobody_answers_about_their_own_messages_or_flag(as_, ann, bob, bea, carol):
    with transaction():
        ann.trust_level = 1
    first = messages.start(ann, [bob], "To a moderator", "You decide badly.")
    own = messages.reply(first.conversation_id, bob, "I do not.")
    by_bob = reports.report_messages(first.conversation_id, [first.id], bob, "abuse")
    about_bob = reports.report_messages(first.conversation_id, [own.id], ann, "abuse")
    reports.decide(by_bob.id, carol, "warn", "Why.", "abuse")
    reports.decide(about_bob.id, carol, "dismiss", "")
    of_ann, of_flagger = appeals.file(by_bob.id, ann, "No."), appeals.file(about_bob.id, ann, "But yes.")
    for appeal in (of_ann, of_flagger):
        with pytest.raises(Forbidden):
            appeals.decide(appeal.id, bob, appeals.UPHOLD, "It stands.")
    assert as_(bob).get(f"/moderation/appeals/messages/{of_flagger.id}").status_code == 404
    listed = as_(bob).get("/moderation/appeals").text
    assert f"/messages/{of_ann.id}" in listed and f"/messages/{of_flagger.id}" not in listed
    appeals.decide(of_ann.id, bea, appeals.UPHOLD, "It stands.")


def test_the_copies_stay_until_nobody_can_appeal_any_more(warned, ann, bea, clock, work):
    appeal = appeals.file(warned.id, ann, "It was a quotation.")
    leaving.leave(ann, REMOVE_POSTS)
    clock.move(days=30)
    work()
    evidence.forget_due()
    assert fresh(ann).is_closed and fresh(warned).copies and fresh(appeal).words, "an appeal waits"
    appeals.decide(appeal.id, bea, appeals.UPHOLD, "It stands.")
    evidence.forget_due()
    assert fresh(warned).copies == [] and fresh(appeal).words == "" and fresh(warned).forget_at is None


def test_an_appeal_that_is_decided_meanwhile_is_a_conflict(warned, ann, bea, carol):
    appeal = appeals.file(warned.id, ann, "It was a quotation.")
    with pytest.raises(Conflict):
        appeals.decide(appeal.id, bea, appeals.UPHOLD, "It stands.", version=7)
    appeals.decide(appeal.id, bea, appeals.UPHOLD, "It stands.", version=1)
    with pytest.raises(Conflict):
        appeals.decide(appeal.id, carol, appeals.OVERTURN, "It does not.")
