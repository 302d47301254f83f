"""A letter that is owed arrives, or is tried again until it does; who can't be reached is found out and left alone."""

import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from forum import config
from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.mail import actions, carrying, queries, sending
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail, State
from tests.plugins.mail import use_smtp


def bounces(person):
    db.session.rollback()
    return db.session.scalar(select(User.bounces).where(User.id == person.id))


def test_it_arrives_once(with_smtp, alice, owe_to, row, work):
    mail_id = owe_to(alice)
    work()
    work()
    assert with_smtp.recipients == ["alice@example.org"]
    assert with_smtp.senders == ["forum@forum.example"]
    mail = row(mail_id)
    assert (mail.state, mail.attempts, mail.error) == (State.SENT, 1, "")
    assert mail.sent_at is not None


def test_the_nudge_sends_it_at_once(with_smtp, alice, owe_to, row):
    mail_id = owe_to(alice)
    sending.send(mail_id=mail_id)
    sending.send(mail_id=mail_id)
    assert with_smtp.recipients == ["alice@example.org"]
    assert row(mail_id).state == State.SENT


def test_several_go_in_one_conversation(with_smtp, alice, ann, owe_to, work):
    for person in (alice, ann, alice):
        owe_to(person)
    work()
    assert with_smtp.recipients == ["alice@example.org", "ann@example.org", "alice@example.org"]


def test_a_server_that_is_away_fails_nobody_and_gets_it_later(with_smtp, carol, as_, work, clock, row):
    with_smtp.stop()
    answer = as_(carol).send("/admin/mail/test")
    assert answer.status_code == 303
    work()
    mail_id = queries.page(None).items[0].id
    mail = row(mail_id)
    assert (mail.state, mail.attempts) == (State.OWED, 1)
    assert "can't be reached" in mail.error
    with_smtp.start()
    work()
    assert with_smtp.letters == []  # its minute has not passed
    clock.move(minutes=2)
    work()
    assert with_smtp.recipients == ["carol@example.org"]
    assert row(mail_id).state == State.SENT


def test_a_server_that_is_away_is_asked_once_in_a_sweep_and_by_no_nudge(with_smtp, alice, owe_to, row, work):
    with_smtp.stop()
    ids = [owe_to(alice) for _ in range(3)]
    work()
    assert [row(mail_id).attempts for mail_id in ids] == [1, 0, 0]
    sending.send(mail_id=ids[1])
    sending.send(mail_id=ids[2])
    assert [row(mail_id).attempts for mail_id in ids] == [1, 1, 0]


def test_it_waits_longer_and_longer_and_is_given_up_after_two_days(with_smtp, alice, owe_to, row, work, clock):
    with_smtp.stop()
    mail_id, waits = owe_to(alice), []
    while row(mail_id).state == State.OWED:
        clock.move(seconds=max(0.0, (row(mail_id).next_at - now()).total_seconds()) + 1)
        before = now()
        work()
        waits.append((row(mail_id).next_at - before).total_seconds())
        assert len(waits) < 40
    assert 40 < waits[0] < 80
    assert 6 * 3600 * 0.7 < max(waits) < 6 * 3600 * 1.3
    assert all(later > earlier for earlier, later in pairwise(waits[:7]))
    mail = row(mail_id)
    assert mail.state == State.FAILED
    assert timedelta(days=2) <= now() - mail.created_at < timedelta(days=2.5)
    assert mail.attempts >= actions.LEAST_ATTEMPTS
    assert bounces(alice) == 0  # not the address's fault


def test_a_worker_that_was_away_for_days_takes_nothing_from_its_attempts(with_smtp, alice, owe_to, row, work, clock):
    with_smtp.stop()
    mail_id = owe_to(alice)
    clock.move(days=3)  # nobody tried it
    work()
    assert (row(mail_id).state, row(mail_id).attempts) == (State.OWED, 1)
    clock.move(days=3)  # away again, after the first attempt
    work()
    assert (row(mail_id).state, row(mail_id).attempts) == (State.OWED, 2)
    assert row(mail_id).next_at < now() + timedelta(minutes=3)
    with_smtp.start()
    clock.move(minutes=3)
    work()
    assert row(mail_id).state == State.SENT


def test_a_reply_of_later_is_tried_later_and_the_others_go(with_smtp, alice, ann, owe_to, row, work, clock):
    with_smtp.refusals["alice@example.org"] = "451 4.7.1 come back later"
    waiting, going = owe_to(alice), owe_to(ann)
    work()
    assert with_smtp.recipients == ["ann@example.org"]
    assert row(waiting).state == State.OWED
    assert row(waiting).error == "451 4.7.1 come back later"
    assert row(going).state == State.SENT
    with_smtp.refusals.clear()
    clock.move(minutes=2)
    work()
    assert row(waiting).state == State.SENT


def test_a_server_that_hangs_up_is_called_again(with_smtp, alice, ann, owe_to, row, work):
    with_smtp.refusals["alice@example.org"] = "421 4.3.2 closing"
    waiting, going = owe_to(alice), owe_to(ann)
    work()
    assert (row(waiting).state, row(going).state) == (State.OWED, State.SENT)


def test_an_address_that_is_none_fails_at_once_and_is_counted(with_smtp, alice, ann, owe_to, row, work):
    with_smtp.refusals["alice@example.org"] = "550 5.1.1 nobody of that name"
    refused, going = owe_to(alice), owe_to(ann)
    work()
    assert (row(refused).state, row(refused).error) == (State.FAILED, "550 5.1.1 nobody of that name")
    assert row(going).state == State.SENT
    assert (bounces(alice), bounces(ann)) == (1, 0)


def test_after_three_in_a_row_only_mail_about_the_account_is_tried(with_smtp, alice, owe_to, row, work):
    with_smtp.refusals["alice@example.org"] = "550 5.1.1 nobody of that name"
    for _ in range(3):
        owe_to(alice, kind="trying")
    work()
    assert bounces(alice) == 3
    with_smtp.refusals.clear()
    kept = owe_to(alice, kind="trying")
    work()
    assert (row(kept).state, with_smtp.letters) == (State.DROPPED, [])
    owe_to(alice)
    work()
    assert with_smtp.recipients == ["alice@example.org"]
    assert bounces(alice) == 3  # a relay takes everything: only the owner can say that it arrives


@pytest.mark.parametrize(
    ("reply", "counted"),
    [("554 5.6.0 looks like spam", 0), ("554 no, thanks", 0), ("550 5.7.1 not from your network", 0),
     ("552 5.2.3 too long", 0), ("550 5.1.1 nobody of that name", 1), ("552 5.2.2 the box is full", 1)],
)  # fmt: skip
def test_a_refused_text_fails_and_is_the_addresss_fault_only_when_it_says_so(
    with_smtp, alice, owe_to, row, work, reply, counted
):
    with_smtp.data_reply = reply
    mail_id = owe_to(alice)
    work()
    assert (row(mail_id).state, row(mail_id).error, bounces(alice)) == (State.FAILED, reply, counted)


@pytest.mark.parametrize(
    ("reply", "counted"),
    [("550 nobody of that name", 1), ("550 5.1.1 nobody of that name", 1), ("554 5.7.1 your network is blocked", 0),
     ("553 5.1.8 your sender does not exist", 0)],
)  # fmt: skip
def test_a_refused_recipient_is_counted_unless_it_is_we_who_are_refused(
    with_smtp, alice, owe_to, row, work, reply, counted
):
    with_smtp.refusals["alice@example.org"] = reply
    mail_id = owe_to(alice)
    work()
    assert (row(mail_id).state, row(mail_id).error, bounces(alice)) == (State.FAILED, reply, counted)


def test_letters_that_came_back_long_ago_are_forgotten(with_smtp, alice, owe_to, work, clock):
    with_smtp.refusals["alice@example.org"] = "550 5.1.1 nobody of that name"
    for expected, days in ((1, 29), (2, 31), (1, 1), (2, 1), (3, 40), (4, 1)):
        owe_to(alice)
        work()
        assert bounces(alice) == expected
        clock.move(days=days)


def test_a_refused_sender_is_our_fault_and_waits(with_smtp, alice, owe_to, row, work):
    with_smtp.refusals["forum@forum.example"] = "553 5.7.1 not yours"
    mail_id = owe_to(alice)
    work()
    assert (row(mail_id).state, bounces(alice)) == (State.OWED, 0)
    assert "sender" in row(mail_id).error


@pytest.mark.parametrize(
    "address", ["", "alice", "alice@", "a@b@c", "alice@example.org, mallory@example.org", "a b@c.d"]
)
def test_what_is_no_address_fails(with_smtp, owe_to, row, work, address):
    mail_id = owe_to(address)
    work()
    assert row(mail_id).state == State.FAILED
    assert with_smtp.letters == []


def test_a_slow_server_is_waited_for_only_so_long(with_smtp, alice, owe_to, row, work, monkeypatch):
    monkeypatch.setattr(carrying, "MAIL_PATIENCE_SECONDS", 0.3)
    with_smtp.silence = 3
    mail_id = owe_to(alice)
    work()
    assert row(mail_id).state == State.OWED
    assert "timed out" in row(mail_id).error


def test_a_worker_killed_before_it_could_note_that_it_was_sent(with_smtp, alice, owe_to, row, work, clock, monkeypatch):
    mail_id = owe_to(alice)
    with monkeypatch.context() as killed:
        killed.setattr(actions, "sent", _die)
        with pytest.raises(SystemExit):
            work()
    assert len(with_smtp.letters) == 1
    assert row(mail_id).state == State.OWED
    work()
    assert len(with_smtp.letters) == 1  # for a while nobody knows that the worker is dead
    clock.move(minutes=11)
    work()
    assert row(mail_id).state == State.SENT
    first, second = with_smtp.letters
    assert first["Message-ID"] == second["Message-ID"]  # whoever gets it twice can tell


def _die(_mail_id):
    raise SystemExit


def test_two_workers_at_once_send_it_once(app, with_smtp, alice, owe_to, row):
    mail_id, start = owe_to(alice), threading.Barrier(2)
    with_smtp.silence = 0.3

    def worker():
        with app.app_context():
            start.wait()
            sending.send(mail_id=mail_id)
            db.session.remove()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert len(with_smtp.letters) == 1
    assert row(mail_id).attempts == 1


def test_what_is_not_due_any_more_is_not_sent(with_smtp, alice, owe_to, row, work, monkeypatch):
    due = []
    monkeypatch.setitem(LETTERS, "trial", Letter("x", still_due=lambda mail: bool(due), extra=_no_extra))
    mail_id = owe_to(alice)
    work()
    assert (row(mail_id).state, with_smtp.letters) == (State.DROPPED, [])
    due.append(1)
    other = owe_to(alice)
    work()
    assert row(other).state == State.SENT


def _no_extra(_mail):
    return {"outbox_url": "http://127.0.0.1/"}


def test_what_is_turned_off_meanwhile_is_not_sent(with_smtp, alice, owe_to, row, work):
    unwanted, needed = owe_to(alice, kind="trying"), owe_to(alice)
    with transaction():
        db.session.get(User, alice.id).mails_off = ["trying"]
    work()
    assert (row(unwanted).state, row(needed).state) == (State.DROPPED, State.SENT)


def test_a_letter_that_can_not_be_written_waits_for_a_better_version(
    with_smtp, alice, ann, owe_to, row, work, monkeypatch
):
    with monkeypatch.context() as broken:
        broken.setitem(LETTERS, "trial", Letter("x", extra=lambda mail: 1 / 0))
        mail_id = owe_to(alice)
        work()
    assert row(mail_id).state == State.OWED
    assert "ZeroDivisionError" in row(mail_id).error
    assert actions.retry(mail_id)
    work()
    assert row(mail_id).state == State.SENT


def test_in_development_without_a_server_it_is_read_in_the_log(app, alice, owe_to, row, work, caplog):
    mail_id = owe_to(alice)
    with caplog.at_level("INFO", "forum.mail"):
        work()
    assert row(mail_id).state == State.SENT
    assert "http://127.0.0.1:8000/admin/mail" in caplog.text
    assert "carol & <bob>" in caplog.text


def test_in_production_without_a_server_it_fails_and_can_be_sent_later(
    app, alice, owe_to, row, work, caplog, monkeypatch, mail_server
):
    monkeypatch.setitem(app.config, "FORUM_ENV", "production")
    mail_id = owe_to(alice)
    with caplog.at_level("INFO"):
        work()
    assert row(mail_id).state == State.FAILED
    assert "SMTP_URL" in row(mail_id).error
    assert "/admin/mail" not in caplog.text
    assert bounces(alice) == 0
    use_smtp(app, mail_server.url, monkeypatch)
    assert actions.retry(mail_id)
    work()
    assert row(mail_id).state == State.SENT


def test_what_was_sent_or_is_being_sent_is_not_tried_again(with_smtp, alice, owe_to, work, row):
    mail_id = owe_to(alice)
    assert not actions.retry(mail_id)
    assert actions.claim(mail_id)
    assert not actions.retry(mail_id)
    actions.sent(mail_id)
    assert not actions.retry(mail_id)
    assert not actions.retry(99_999)


def test_rows_are_deleted_after_thirty_days_but_never_what_is_owed(alice, owe_to, work, clock, with_smtp):
    sent = owe_to(alice)
    work()
    with_smtp.stop()
    owed = owe_to(alice)
    clock.move(days=29)
    sending.forget_old_mail()
    assert db.session.scalars(select(Mail.id).order_by(Mail.id)).all() == [sent, owed]
    clock.move(days=2)
    sending.forget_old_mail()
    assert db.session.scalars(select(Mail.id)).all() == [owed]


def test_a_person_who_leaves_takes_their_mail_along(alice, ann, owe_to, with_smtp, work):
    owe_to(alice)
    kept = owe_to(ann)
    actions.forget_of(alice.id)
    assert db.session.scalars(select(Mail.id)).all() == [kept]
    work()
    assert with_smtp.recipients == ["ann@example.org"]


def test_the_list_of_what_is_due_reads_its_index(app, alice, owe_to, statements):
    owe_to(alice)
    with statements() as seen:
        queries.due(10)
    assert len(seen) == 1
    assert "state = 'owed'" in seen[0]
    assert db.session.scalar(select(func.count(Mail.id))) == 1


class TestSettings:
    """SMTP_URL and MAIL_FROM are understood, or refused with words that hold no password."""

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("smtp://mail.example", ("mail.example", 587, "", "", "starttls")),
            ("smtp://ann%40x:p%3Aw%2F@mail.example:25", ("mail.example", 25, "ann@x", "p:w/", "starttls")),
            ("smtps://ann:pw@mail.example", ("mail.example", 465, "ann", "pw", "tls")),
            ("smtp://ann:pw@127.0.0.1:25?starttls=no", ("127.0.0.1", 25, "ann", "pw", "none")),
            ("smtp://[::1]:25?starttls=no", ("::1", 25, "", "", "none")),
        ],
    )
    def test_understood(self, url, expected):
        server = config.mail_server(url, production=True)
        assert (server.host, server.port, server.user, server.password, server.security) == expected
        assert "password" not in repr(server)

    @pytest.mark.parametrize(
        "url",
        [
            "mail.example:587", "http://mail.example", "smtp://", "smtp://x:secret@mail.example:99999",
            "smtp://x:secret@mail.example:abc", "smtp://x:secret@mail.example/path", "smtp://x:secret@mail.example?tls=1",
            "smtp://x:secret@mail.example?starttls=maybe", "smtp://[", "smtp://x:secret@mail.example?starttls=no",
        ],
    )  # fmt: skip
    def test_refused(self, url):
        with pytest.raises(config.UnsafeSetting, match="SMTP_URL") as refusal:
            config.mail_server(url, production=True)
        assert "secret" not in str(refusal.value)

    def test_none(self):
        assert config.mail_server("", production=True) is None

    @pytest.mark.parametrize("address", ["x", "a@b\r\nBcc: x@y.z", "A <a@b.c>", "a@", "@b", "ä@b.c", "a@b@c"])
    def test_a_sender_that_is_no_address(self, address):
        with pytest.raises(config.UnsafeSetting, match="MAIL_FROM"):
            config.mail_from(address, "")

    def test_the_sender_is_of_the_site_unless_set(self):
        assert config.mail_from("", "https://forum.example") == "forum@forum.example"
        assert config.mail_from(" post@other.example ", "https://forum.example") == "post@other.example"
