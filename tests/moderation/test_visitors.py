"""Flags by visitors: off at first, counted only when the button behind a letter's link was pressed, and never heavy."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.core import limits
from forum.core.audit import AuditEntry
from forum.core.database import Clock, db, now, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.mail.composing import words_of
from forum.mail.models import Mail
from forum.threads import actions as threads
from forum.threads import visiting
from moderation import cases, decisions, flags, hiding, queries, undoing
from moderation.models import Case, Flag
from moderation.scoring import VISITOR_WEIGHT
from moderation.visitors import actions, keeping, links
from moderation.visitors.actions import Sender
from moderation.visitors.models import MailRefusal, VisitorFlag
from moderation.wording import people

sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
FIELDS = {"reason": "abuse", "note": "she means me", "email": "vera@example.org"}


@pytest.fixture
def open_to_visitors(carol):
    """carol has turned it on."""
    assert visiting.change(True, by=carol)


@pytest.fixture
def send(app, reply, open_to_visitors):
    """`send(email=…)`: a visitor fills in the form, with a browser of their own, and takes some time for it."""

    def fill_in(seconds=5, address="203.0.113.7", solve=None, **fields):
        browser = app.test_client()
        url = f"/posts/{reply.id}/flags/visitor"
        token = re.search(r'name="opened"[^>]*value="([^"]+)"', browser.get(url).text)[1]
        Clock.offset += timedelta(seconds=seconds)
        sent = FIELDS | {"opened": token, "csrf_token": browser.csrf_token()} | fields
        return browser.post(url, data=sent, environ_base={"REMOTE_ADDR": address})

    yield fill_in
    Clock.offset = timedelta(0)


def rows():
    db.session.rollback()
    return db.session.scalars(select(VisitorFlag).order_by(VisitorFlag.id)).all()


def link_of(row):
    return f"/flags/confirm/{links.token_of(row)}"


def letter(template):
    """Return the words of the only letter of this kind."""
    return words_of(db.session.scalars(select(Mail).where(Mail.template == template)).one())


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def visit(post, number, hour=0):
    """A flag of a visitor of a network of their own, confirmed; `hour` hours later than now."""
    Clock.offset = timedelta(hours=hour)
    network = f"198.51.{number}.0/24"
    actions.ask(post, Sender(f"v{number}@example.org", network, f"form {number}"), "abuse")
    flag = actions.confirm(links.token_of(rows()[-1]), network)
    Clock.offset = timedelta(0)
    return flag


@sqlite
def test_it_is_off_until_an_admin_turns_it_on(reply, client, alice, bob, carol, as_):
    url = f"/posts/{reply.id}/flags/visitor"
    page = client.get(f"/posts/{reply.id}").location
    assert client.get(url).status_code == client.send(url, **FIELDS).status_code == 404
    assert "/flags/visitor" not in client.get(page).text
    with pytest.raises(Forbidden):
        visiting.change(True, by=bob)
    admin = as_(carol)
    assert 'name="visitors"' in admin.get("/admin/registration").text
    assert admin.send("/admin/registration", mode="open", visitors="on").status_code == 303
    assert admin.send("/admin/registration", mode="open").status_code == 303 and visiting.takes_flags()
    facts = db.session.scalars(select(AuditEntry.facts).where(AuditEntry.act == "flags.visitors")).all()
    assert facts == [{"on": True}] and "Whether visitors may flag was changed" in client.get("/moderation/log").text
    assert f'href="{url}" rel="nofollow"' in client.get(page).text
    assert "/flags/visitor" not in as_(alice).get(page).text
    assert as_(alice).get(url).location == f"/posts/{reply.id}/flags", "who is signed in flags as a member"
    assert client.get("/posts/99999/flags/visitor").status_code == 404


@sqlite
def test_without_a_mail_server_it_can_not_be_turned_on(app, carol, as_, monkeypatch):
    monkeypatch.setitem(app.config, "FORUM_ENV", "production")
    answer = as_(carol).send("/admin/registration", mode="approval", visitors="on")
    assert answer.status_code == 422 and "set SMTP_URL first" in answer.text and not visiting.takes_flags()


def test_a_flag_counts_once_its_link_was_opened_and_confirmed(send, reply, client, bob, as_, work):
    assert send().status_code == 303
    (row,) = rows()
    assert (count(Case), count(Flag)) == (0, 0), "nothing counts yet"
    said = letter("visitor_flag")
    assert link_of(row) in said.text and link_of(row) in said.html and "she means me" not in said.text
    page = client.get(link_of(row)).text
    assert "Let my flag count" in page and count(Flag) == 0, "a mail scanner's look changes nothing"
    answer = client.send(link_of(row))
    assert answer.status_code == 303 and answer.location.startswith("/flags/receipt/")
    flag = db.session.scalars(select(Flag)).one()
    assert (flag.flagger_id, flag.weight, flag.trust, flag.note) == (None, VISITOR_WEIGHT, 0.0, "she means me")
    (row,) = rows()
    assert (row.flag_id, row.note, row.network) == (flag.id, "", "")
    assert client.get(link_of(row)).location == client.send(link_of(row)).location == answer.location
    assert count(Flag) == 1, "the link works once"
    receipt = client.get(answer.location).text
    assert "Received: it waits for a moderator" in receipt and "a visitor can’t" in receipt
    cases.claim(flag.case_id, bob)
    assert "In review" in client.get(answer.location).text
    desk = as_(bob).get(f"/moderation/cases/{flag.case_id}").text
    assert "a visitor" in desk and "she means me" in desk and "vera@" not in desk and "203.0.113" not in desk
    work()
    assert not db.session.scalar(select(Mail).where(Mail.template == "visitor_decided")), "nothing is decided"
    decisions.decide(flag.case_id, bob, "suspend", "An insult, and the third.", "hate", until=now() + timedelta(days=3))
    work()
    assert not db.session.scalar(select(Mail).where(Mail.template == "visitor_decided")), "bob may still take it back"
    Clock.offset += timedelta(seconds=11)
    work()
    work()
    told = letter("visitor_decided")
    assert "Decided: the post was removed" in told.text and answer.location in told.text
    page = client.get(answer.location).text
    assert "Decided: the post was removed" in page and "Hatred against a group" in page
    assert not re.search(r"suspended|An insult|bob|安安|Who checks|/appeal", page)


@sqlite
def test_the_answer_is_the_same_whatever_the_address_is(send, alice, person, client, work):
    person("young", age_band="young")
    actions.refuse_letters(links.refusal_token(links.mark_of("never@example.org")))
    addresses = ("vera@example.org", alice.email, "young@example.org", "never@example.org", "VERA@example.org")
    answers = [send(email=each, address=f"203.0.{number}.7") for number, each in enumerate(addresses)]
    assert len({(each.status_code, each.location, each.text) for each in answers}) == 1
    assert [row.address for row in rows()] == [*addresses[:4], "VERA@example.org"]
    work()
    states = db.session.execute(select(Mail.address, Mail.state).where(Mail.template == "visitor_flag")).all()
    assert {address for address, state in states if state == "dropped"} == {"never@example.org"}
    client.send(link_of(rows()[1]))
    assert db.session.scalars(select(Flag.flagger_id)).all() == [None], "it is not joined to alice's account"
    assert not db.session.scalar(select(Mail.id).where(Mail.user_id.is_not(None)))


@sqlite
def test_one_address_counts_once_in_a_case(send, client):
    assert send().status_code == send(email="VERA@example.org", address="198.51.100.9").status_code == 303
    first, second = (client.send(link_of(row)).location for row in rows())
    assert first == second and count(Flag) == 1 and count(VisitorFlag) == 1
    assert db.session.scalars(select(Case.flag_count)).one() == 1


@sqlite
def test_programs_and_mistakes_are_kept_out(send, client, app, monkeypatch):
    assert "That was very quick" in send(seconds=1).text
    assert "This form was open for too long, or is not ours" in send(opened="forged").text
    for mistake in ({"email": "vera"}, {"email": ""}, {"reason": ""}, {"reason": "because"}, {"note": "x" * 1001}):
        assert send(**mistake).status_code == 422, mistake
    assert send(homepage="https://spam.example").status_code == 303, "it looks the same"
    assert not rows() and not count(Mail)
    assert client.get("/flags/confirm/forged").status_code == client.send("/flags/confirm/forged").status_code == 404
    assert client.get("/flags/receipt/forged").status_code == client.get("/flags/letters/forged").status_code == 404


@sqlite
def test_a_form_counts_once(reply, open_to_visitors):
    sender = Sender("vera@example.org", "203.0.113.0/24", "one form")
    actions.ask(reply, sender, "abuse")
    actions.ask(reply, Sender("other@example.org", "203.0.113.0/24", "one form"), "abuse")
    assert [row.address for row in rows()] == ["vera@example.org"]


@sqlite
@pytest.mark.limits
def test_limits_hold_for_addresses_and_networks(send, app, monkeypatch):
    wide = dict.fromkeys(app.config["LIMITS"], "1000 per hour")
    monkeypatch.setitem(app.config, "LIMITS", wide | {"VISITOR_FLAG": "1 per hour"})
    assert [send().status_code, send().status_code, send(address="203.0.113.8").status_code] == [303, 429, 303]
    for row in ("VISITOR_FLAG_NETWORK", "VISITOR_FLAG_UNPROVED"):
        limits.limiter.reset()
        monkeypatch.setitem(app.config, "LIMITS", wide | {row: "1 per hour"})
        answers = [send(address=f"203.0.{place}") for place in ("113.7", "113.8", "114.7")]
        assert [each.status_code for each in answers] == [303, 429, 303], row
        assert "Retry-After" in answers[1].headers
    monkeypatch.setattr("moderation.visitors.forms.proofs.is_solved", lambda *_: True)
    assert [send(address=f"203.0.115.{last}").status_code for last in (1, 2, 3)] == [303] * 3, "the work was done"


@sqlite
def test_one_address_gets_three_letters_a_day(reply, open_to_visitors, work):
    for number in range(5):
        actions.ask(reply, Sender("vera@example.org", "", f"form {number}"), "abuse")
    work()
    states = db.session.scalars(select(Mail.state).where(Mail.template == "visitor_flag").order_by(Mail.id)).all()
    assert sorted(states) == ["dropped", "dropped", "sent", "sent", "sent"]


def test_visitors_weigh_little_and_are_one_within_an_hour_or_a_network(reply, open_to_visitors, alice, fresh):
    flags.flag_post(reply, alice, "abuse")
    alone = queries.flag_sums([1])[1][0]
    base = now().replace(minute=30, second=0)
    shift = (base - now()) / timedelta(hours=1)
    for number in (1, 2, 3):
        visit(reply, number, hour=shift)
    visit(reply, 4, hour=shift + 1)
    (sum_,) = queries.flag_sums([1])[1]
    assert (sum_.people, sum_.visitors, sum_.counted) == (5, 4, 3)
    assert sum_.weight == pytest.approx(alone.weight + 2 * VISITOR_WEIGHT)
    assert people(sum_) == "5 people (4 visitors among them), counted as 3: visitors of the same hour"
    actions.ask(reply, Sender("v9@example.org", "198.51.4.0/24", "form 9"), "abuse")
    Clock.offset = timedelta(hours=shift + 2)
    actions.confirm(links.token_of(rows()[-1]), "198.51.4.0/24")
    Clock.offset = timedelta(0)
    assert queries.flag_sums([1])[1][0].weight == pytest.approx(sum_.weight), "same network, another hour"
    case = fresh(db.session.get(Case, 1))
    assert (case.flag_count, case.version) == (6, 6) and not case.comes_first


@sqlite
def test_visitors_hide_nothing_and_join_nobody(reply, open_to_visitors, alice, mallory, fresh):
    """Also where every visitor's flag weighs what hiding asks for, and where two members share networks with them."""
    for number in range(1, 9):
        visit(reply, number, hour=number)
    case = db.session.scalars(select(Case)).one()
    assert queries.trusted_of(case.id, reply.revision) == [] and not hiding.hide_if_due(case, reply)
    assert reply.is_visible
    with transaction():
        alice.signup_address, alice.created_at = "198.51.1.5", now() - timedelta(days=60)
        mallory.signup_address, mallory.created_at = "198.51.2.5", now() - timedelta(days=70)
    kins = {flags.flag_post(reply, each, "abuse").kin for each in (alice, mallory)}
    assert len(kins) == 2 and all(db.session.scalars(select(Flag.counts).where(Flag.flagger_id.is_not(None))))


@sqlite
def test_what_a_moderator_looked_at_is_not_asked_again_until_it_changes(reply, flagged, open_to_visitors, ann, bob):
    decisions.decide(flagged.id, bob, "keep", "Fine.")
    with pytest.raises(Refused):
        actions.ask(reply, Sender("v@example.org", "", "one"), "abuse")
    threads.edit_post(reply, ann, "She says something else entirely now, and more of it.")
    actions.ask(reply, Sender("v@example.org", "", "two"), "abuse")
    token = links.token_of(rows()[-1])
    threads.delete_post(reply, ann)
    with pytest.raises(NotFound):
        actions.confirm(token, "")
    assert count(Flag) == 1


@sqlite
def test_a_decision_that_is_taken_back_keeps_the_flag_and_tells_once(reply, open_to_visitors, bob, work):
    flag = visit(reply, 1)
    decision = decisions.decide(flag.case_id, bob, "remove", "Spam.", "spam")
    case = undoing.undo(decision.id, bob)
    db.session.refresh(flag)
    assert flag.case_id == case.id and flag.upheld is None and case.flag_count == 1
    decisions.decide(case.id, bob, "keep", "No spam.")
    Clock.offset = timedelta(seconds=11)
    work()
    assert "Decided: the post was kept" in letter("visitor_decided").text
    Clock.offset = timedelta(0)


def test_addresses_are_forgotten_in_time(send, client, bob, work):
    send()
    send(email="other@example.org", address="198.51.100.9")
    client.send(link_of(rows()[0]))
    waiting = link_of(rows()[1])
    Clock.offset += timedelta(hours=23)
    work()
    assert len(rows()) == 2 and client.get(waiting).status_code == 200
    Clock.offset += timedelta(hours=2)
    assert client.get(waiting).status_code == client.send(waiting).status_code == 404
    work()
    assert [row.address for row in rows()] == ["vera@example.org"]
    assert not db.session.scalar(select(Mail).where(Mail.address == "other@example.org"))
    assert [str(each) for each in keeping.faults()] == [
        "1 addresses of visitors who flagged are kept until their matter is over"
    ]
    flag = db.session.scalars(select(Flag)).one()
    Clock.offset += timedelta(days=30)
    work()
    assert len(rows()) == 1, "nothing is decided yet"
    decisions.decide(flag.case_id, bob, "keep", "Fine.")
    Clock.offset += timedelta(minutes=1)
    work()
    Clock.offset += timedelta(days=19)
    work()
    assert len(rows()) == 1, "somebody may still appeal"
    Clock.offset += timedelta(days=2)
    work()
    assert not rows() and not list(keeping.faults())
    assert not db.session.scalar(select(Mail).where(Mail.address == "vera@example.org"))
    receipt = client.get(f"/flags/receipt/{links.receipt_token(flag.id)}").text
    assert "Decided: the post was kept" in receipt, "the page needs no address"


@sqlite
def test_the_doctor_says_what_was_not_forgotten(reply, open_to_visitors):
    actions.ask(reply, Sender("vera@example.org", "", "one"), "abuse")
    Clock.offset = timedelta(days=3)
    assert "an address that nobody confirmed is kept for 3 d" in list(keeping.faults())[1]
    Clock.offset = timedelta(0)


@sqlite
def test_an_address_is_never_written_to_again(reply, open_to_visitors, client, bob, work):
    flag = visit(reply, 1)
    actions.ask(reply, Sender("v1@example.org", "", "second"), "abuse")
    url = f"/flags/letters/{links.refusal_token(links.mark_of('V1@example.org '))}"
    assert url in letters_text()
    assert "Never write to me again?" in client.get(url).text and not count(MailRefusal)
    assert "We never write to you about flags again" in client.send(url).text
    assert client.send(url).status_code == 200 and count(MailRefusal) == 1, "safe to repeat"
    assert [row.address for row in rows()] == [""], "what waited has ended, what counts stays without the address"
    decisions.decide(flag.case_id, bob, "keep", "Fine.")
    actions.ask(reply_again(reply), Sender("v1@example.org", "", "third"), "abuse")
    Clock.offset = timedelta(seconds=11)
    work()
    Clock.offset = timedelta(0)
    assert not db.session.scalar(select(Mail).where(Mail.template == "visitor_decided"))
    assert db.session.scalar(select(Mail.state).order_by(Mail.id.desc()).limit(1)) == "dropped"


def letters_text():
    return "\n".join(
        words_of(mail).text for mail in db.session.scalars(select(Mail)) if mail.template == "visitor_flag"
    )


def reply_again(reply):
    with transaction() as session:
        reply.revision += 1  # a text that nobody has looked at
        session.flush()
    return reply


def test_a_members_receipts_know_nothing_of_it(reply, open_to_visitors, alice, as_, client):
    flag = visit(reply, 1)
    assert as_(alice).get(f"/flags/{flag.id}").status_code == 404
    own = flags.flag_post(reply, alice, "spam")
    assert client.get(f"/flags/receipt/{links.receipt_token(own.id)}").status_code == 404
