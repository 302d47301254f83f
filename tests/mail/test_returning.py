"""A letter that comes back later is known by its mark and counted once; its owner shows that mail arrives again."""

import re
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from forum import config
from forum.accounts.models import User
from forum.cli.mail import taken
from forum.core.database import db, transaction
from forum.mail import actions, returning
from forum.mail.composing import message_of
from forum.mail.models import State

HERE = "bounces@forum.example"


@pytest.fixture
def marked(app, with_smtp, monkeypatch):
    """The forum asks for reports at an address of each letter's own."""
    monkeypatch.setitem(app.config, "MAIL_BOUNCES", HERE)
    return with_smtp


def bounces(person):
    db.session.rollback()
    return db.session.scalar(select(User.bounces).where(User.id == person.id))


def report(to, letter=None, status="5.1.1", action="failed", said="smtp; 550 5.1.1 nobody of that name"):
    """Return a report as RFC 3464 has it, about `letter`."""
    returned = (
        f"""
--part
Content-Type: text/rfc822-headers

From: forum@forum.example
Message-ID: {letter["Message-ID"]}
"""
        if letter is not None
        else ""
    )
    return f"""From: MAILER-DAEMON@relay.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

I'm sorry to have to inform you that nobody took it.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; alice@example.org
Action: {action}
Status: {status}
Diagnostic-Code: {said}
{returned}
--part--
""".encode()


def test_the_senders_address_carries_the_mark(marked, alice, owe_to, row, work):
    mail_id = owe_to(alice)
    work()
    mark = returning.mark(row(mail_id))
    assert marked.senders == [f"bounces+{mark}@forum.example"]
    assert marked.letters[0]["From"].addresses[0].addr_spec == "forum@forum.example"
    assert marked.letters[0]["Message-ID"] == f"<mail-{mark}@forum.example>"
    assert re.fullmatch(r"\d+\.[a-z2-7]{16}", mark)
    assert not returning.is_genuine(row(owe_to(alice)), mark)


@pytest.mark.parametrize("known_by", ["the sender", "the delivery", "the letter"])
def test_a_report_is_counted_once(app, marked, alice, owe_to, row, work, known_by):
    mail_id = owe_to(alice)
    work()
    place, letter = marked.senders[0], marked.letters[0]
    raw = {
        "the sender": report(place.upper()),
        "the delivery": report("undisclosed:;"),
        "the letter": report("forum@forum.example", letter),
    }[known_by]
    options = ["--to", place] if known_by == "the delivery" else []
    for words in ("counted against its address", "came back before"):
        answer = app.test_cli_runner().invoke(args=["mail", "bounces", *options], input=raw)
        assert answer.exit_code == 0 and words in answer.output
        assert bounces(alice) == 1
    mail = row(mail_id)
    assert mail.state == State.FAILED
    assert mail.error == "it came back: 5.1.1 smtp; 550 5.1.1 nobody of that name"
    assert actions.may_retry(mail)


def test_what_says_nothing_of_the_address_is_not_counted(marked, alice, owe_to, row, work):
    late, spam, gone = owe_to(alice), owe_to(alice), owe_to(alice)
    work()
    late_to, spam_to, gone_to = marked.senders
    assert "late" in taken(report(late_to, action="delayed", status="4.4.1"), "")
    assert "not because of its address" in taken(report(spam_to, status="5.7.1"), "")
    assert "not because of its address" in taken(report(gone_to, status="4.4.7"), "")  # given up, for whatever reason
    assert [row(mail_id).state for mail_id in (late, spam, gone)] == [State.SENT, State.FAILED, State.FAILED]
    assert bounces(alice) == 0


@pytest.mark.parametrize(
    ("words", "blamed"),
    [
        ("550-5.1.1 The email account does not exist", True), ("smtp; 550 #5.1.1; nobody", True), ("5.2.1.", True),
        ("550 blocked: 5.1.10.20 is on a list", False), ("554 no mail from 192.5.1.1", False),
        ("554 mx-5.2.1.example.net said no", False), ("550 refused by filter v5.1.3", False),
        ("550 5.1.8 bad sender", False), ("552 5.2.3 too long", False), ("550 5.7.1 from 5.1.1.1", False),
    ],
)  # fmt: skip
def test_a_status_stands_alone_in_the_words_of_a_server(words, blamed):
    assert returning.blames_the_address(words, unless_said=False) is blamed


def test_words_without_a_status_are_about_the_address_only_where_it_was_answered():
    assert returning.blames_the_address("550 no such user at 10.5.1.1", unless_said=True)
    assert not returning.blames_the_address("550 5.7.1 policy of 10.5.1.1", unless_said=True)


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed"])
def test_parts_within_parts_without_end_are_no_report(marked, alice, owe_to, row, work, kind):
    mail_id = owe_to(alice)
    work()
    lines = [f"To: {marked.senders[0]}", "Content-Type: multipart/report; boundary=b", "", "--b"]
    if kind == "message/rfc822":
        lines += ["Content-Type: message/rfc822", ""] * 3_000
    else:
        for number in range(3_000):
            lines += [f"Content-Type: multipart/mixed; boundary=c{number}", "", f"--c{number}"]
    raw = "\n".join(lines).encode()
    assert "not about a letter of ours" in taken(raw, "")
    assert row(mail_id).state == State.SENT


def test_what_is_forged_or_none_of_ours_is_left_alone(marked, alice, owe_to, row, work):
    mail_id = owe_to(alice)
    work()
    place = marked.senders[0]
    forged = re.sub(r"\.[a-z2-7]{16}@", ".aaaaaaaaaaaaaaaa@", place)
    other = re.sub(r"\+\d+\.", "+999.", place)
    vacation = EmailMessage()
    vacation["To"] = place
    vacation.set_content("I am at the sea.")
    for raw in (report(forged), report(other), report(HERE), vacation.as_bytes(), b"", b"\xff\x00\n\n", place.encode()):
        assert "not about a letter of ours" in taken(raw, "")
    assert (row(mail_id).state, bounces(alice)) == (State.SENT, 0)


def test_a_mark_of_a_former_key_is_good_and_one_of_a_lost_key_is_not(app, marked, alice, owe_to, work, monkeypatch):
    owe_to(alice), owe_to(alice)
    work()
    former = app.config["SECRET_KEY"]
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key of the forum, long enough")
    assert "left alone" in taken(report(marked.senders[0]), "")
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [former])
    assert "counted" in taken(report(marked.senders[0]), "")


def test_an_address_given_up_meanwhile_is_not_the_persons_any_more(marked, alice, owe_to, work):
    owe_to(alice)
    work()
    with transaction():
        db.session.get(User, alice.id).email = "alice@elsewhere.example"
    taken(report(marked.senders[0]), "")
    assert bounces(alice) == 0


def test_the_owner_shows_that_mail_arrives(marked, alice, mallory, owe_to, row, work, as_, client):
    for _ in range(3):
        owe_to(alice, kind="trying")
    work()
    for place in marked.senders:
        taken(report(place), "")
    assert bounces(alice) == 3
    kept, browser = owe_to(alice, kind="trying"), as_(alice)
    work()
    assert row(kept).state == State.DROPPED
    assert "/settings/mail/try" in browser.get("/settings/mail").text
    assert browser.send("/settings/mail/try").status_code == 303
    work()
    text = marked.letters[-1].get_body(("plain",)).get_content()
    path = re.search(r"http://127.0.0.1:8000(/mail/arrives/\S+)", text)[1]
    assert client.get(path).status_code == 200
    assert bounces(alice) == 3, "looking proves nothing: programs look at links"
    assert client.get(path + "x").status_code == 404 and as_(mallory).send(path + "x").status_code == 404
    assert browser.send(path).status_code == 303
    assert bounces(alice) == 0
    assert browser.send(path).status_code == 404
    again = owe_to(alice, kind="trying")
    work()
    assert row(again).state == State.SENT
    assert "/settings/mail/try" not in browser.get("/settings/mail").text
    count = len(marked.letters)
    browser.send("/settings/mail/try")  # nothing comes back: nothing to show
    work()
    assert len(marked.letters) == count


def test_without_the_setting_letters_say_who_sent_them(with_smtp, alice, owe_to, row, work):
    mail_id = owe_to(alice)
    work()
    assert with_smtp.senders == ["forum@forum.example"]
    assert "counted" in taken(report("forum@forum.example", message_of(row(mail_id))), "")


@pytest.mark.parametrize("address", ["x", "a@b@c", "bounces+x@b.c", "ä@b.c", "a" * 21 + "@b.c", "B <a@b.c>"])
def test_an_address_that_can_take_no_mark(address):
    with pytest.raises(config.UnsafeSetting, match="MAIL_BOUNCES"):
        config.mail_bounces(address)
    assert config.mail_bounces(" bounces@forum.example ") == HERE
    assert config.mail_bounces("") == ""
