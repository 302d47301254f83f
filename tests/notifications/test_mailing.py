"""Notices that stay unread are told by mail: one letter an hour at most, nothing hidden, only to who wants it."""

import html
import re

import pytest
from sqlalchemy import func, select

from forum.accounts import ties
from forum.accounts.models import Standing, User
from forum.core.database import db, transaction
from forum.mail import actions as mails
from forum.mail.models import Mail
from forum.notifications import mailing, queries
from forum.notifications.actions import mark_read, mute, tell_of_post
from forum.threads import actions, states
from moderation import flags
from moderation.decisions import decide


@pytest.fixture
def work(work):
    """The worker's sweep twice: what the first one owes, the second one sends (in life the queue's nudge does)."""
    return lambda: (work(), work())


@pytest.fixture
def mention(thread, ann):
    """`mention()`: ann names alice once more, and she is told."""
    count = iter(range(100))

    def name_her():
        post = actions.post_reply(thread, ann, f"Look at number {next(count)}, @alice.")
        tell_of_post(post.id)
        return post

    return name_her


def text_of(letter):
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_what_stays_unread_is_told_after_a_quarter_of_an_hour(with_smtp, mention, alice, thread, work, clock):
    post = mention()
    work()
    clock.move(minutes=14)
    work()
    assert with_smtp.letters == []
    clock.move(minutes=2)
    work()
    work()
    assert with_smtp.recipients == ["alice@example.org"]
    letter = with_smtp.letters[0]
    assert letter["Subject"] == f"安安 mentions you in “{thread.title}”."
    assert f"http://127.0.0.1:8000/posts/{post.id}\n" in text_of(letter)
    assert "Hello Alice," in text_of(letter)
    assert "Look at number" not in text_of(letter)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_what_was_read_is_not_told(with_smtp, mention, alice, work, clock):
    mention()
    mark_read(alice.id)
    clock.move(minutes=16)
    work()
    assert with_smtp.letters == []
    mention()
    clock.move(minutes=16)
    mailing.mails_about_notices_owed()
    mark_read(alice.id)  # while the letter waits
    work()
    assert with_smtp.letters == []


def test_several_are_told_in_one_letter_and_the_next_an_hour_later(with_smtp, mention, work, clock):
    first, second = mention(), mention()
    clock.move(minutes=16)
    work()
    third = mention()
    clock.move(minutes=30)
    work()
    assert len(with_smtp.letters) == 1
    assert with_smtp.letters[0]["Subject"] == "2 notices for you"
    assert f"/posts/{first.id}\n" in text_of(with_smtp.letters[0])
    assert f"/posts/{second.id}\n" in text_of(with_smtp.letters[0])
    clock.move(minutes=31)
    work()
    assert len(with_smtp.letters) == 2
    assert f"/posts/{third.id}\n" in text_of(with_smtp.letters[1])
    assert f"/posts/{second.id}\n" not in text_of(with_smtp.letters[1])
    clock.move(hours=5)
    work()
    assert len(with_smtp.letters) == 2


@pytest.mark.parametrize("moment", ["before it is owed", "before it is sent"])
def test_what_was_hidden_meanwhile_is_not_told(with_smtp, mention, bob, work, clock, moment):
    hidden, shown = mention(), mention()
    clock.move(minutes=16)
    if moment == "before it is sent":
        mailing.mails_about_notices_owed()
    states.hide_post(hidden, bob, "abuse")
    work()
    text = text_of(with_smtp.letters[0])
    assert f"/posts/{shown.id}\n" in text
    assert f"/posts/{hidden.id}\n" not in text


def test_a_letter_with_nothing_left_is_dropped(with_smtp, mention, bob, work, clock):
    hidden = mention()
    clock.move(minutes=16)
    mailing.mails_about_notices_owed()
    states.hide_post(hidden, bob, "abuse")
    work()
    assert with_smtp.letters == []
    assert db.session.scalars(select(Mail.state)).all() == ["dropped"]


def test_a_decision_is_told_to_its_author(with_smtp, thread, alice, ann, bob, work, clock):
    reply = actions.post_reply(thread, alice, "A rude word.")
    case = flags.flag_post(reply, ann, "abuse", "It is rude.").case_id
    decide(case, bob, "hide", "It insults a neighbour.", "abuse")
    clock.move(minutes=16)
    work()
    letters = [letter for letter, to in zip(with_smtp.letters, with_smtp.recipients, strict=True) if "alice" in to]
    assert len(letters) == 1
    assert "http://127.0.0.1:8000/notifications" in text_of(letters[0])
    assert "rude word" not in text_of(letters[0])


class TestReplies:
    """Replies are told once a thread until it is visited; followed threads only to who asked for that."""

    @pytest.fixture
    def reply(self, thread, ann):
        """`reply()`: ann writes in alice's thread, and whom it concerns is told."""
        count = iter(range(100))

        def write(by=ann, **options):
            post = actions.post_reply(thread, by, f"Reply {next(count)}.", **options)
            tell_of_post(post.id)
            return post

        return write

    @pytest.fixture
    def later(self, work, clock):
        """`later()`: an hour and a quarter passes, and the worker works."""
        return lambda: (clock.move(minutes=76), work())

    def test_once_a_thread_until_it_is_visited(self, with_smtp, reply, later, as_, alice, thread, work):
        first, second = reply(), reply()
        later()
        assert with_smtp.recipients == ["alice@example.org"]
        letter = with_smtp.letters[0]
        assert letter["Subject"] == "2 notices for you"
        assert all(f"/posts/{post.id}\n" in text_of(letter) for post in (first, second))
        assert "until you visit it" in " ".join(text_of(letter).split())
        reply(), later(), reply(), later()
        assert len(with_smtp.letters) == 1
        browser = as_(alice)
        assert browser.get(browser.get(f"/threads/{thread.id}").location).status_code == 200
        work()  # what was read is written down
        assert queries.unread(alice.id) == 0
        later()
        assert len(with_smtp.letters) == 1
        fifth = reply()
        later()
        assert f"/posts/{fifth.id}\n" in text_of(with_smtp.letters[1])
        assert f"/posts/{first.id}\n" not in text_of(with_smtp.letters[1])

    @pytest.mark.parametrize("lost", ["dropped", "failed"])
    def test_a_letter_that_was_given_up_has_told_nothing(self, with_smtp, reply, later, clock, alice, ann, lost):
        """The thread would else stay silent until its owner happens to come."""
        reply()
        clock.move(minutes=16)
        mailing.mails_about_notices_owed()
        owed = db.session.scalars(select(Mail.id)).one()
        if lost == "dropped":
            mails.drop_owed([alice.id], "alice@example.org", "an address that is given up")
        else:
            mails.failed(owed, "550 5.1.1 nobody")
        second = reply()
        later()
        assert with_smtp.recipients == ["alice@example.org"]
        assert f"/posts/{second.id}\n" in text_of(with_smtp.letters[0])

    def test_a_dropped_letter_keeps_no_other_waiting(self, with_smtp, reply, mention, clock, work, alice, bob):
        """An hour lies between two letters that came, not after one that nobody got."""
        hidden = mention()
        clock.move(minutes=16)
        mailing.mails_about_notices_owed()
        states.hide_post(hidden, bob, "abuse")
        work()
        assert with_smtp.letters == []
        mention()
        clock.move(minutes=16)
        work()
        assert "alice@example.org" in with_smtp.recipients

    def test_of_each_thread(self, with_smtp, reply, later, subtheme, alice, ann):
        reply(), later()
        other = actions.start_thread(subtheme, alice, "Another thread of alice", "With a text.")
        post = actions.post_reply(other, ann, "A reply.")
        tell_of_post(post.id), later()
        assert len(with_smtp.letters) == 2
        assert f"/posts/{post.id}\n" in text_of(with_smtp.letters[1])

    def test_what_page_one_did_not_show_stays_unread(self, reply, as_, alice, ann, thread, work):
        for _ in range(21):
            last = reply()
        browser = as_(alice)
        browser.get(browser.get(f"/threads/{thread.id}").location)
        work()
        unread = {post.position for notice, post in queries.page(alice, None).items if not notice.read_at}
        assert unread == set(range(21, last.position + 1))

    @pytest.mark.parametrize("kind", ["mute", "block"])
    def test_who_is_kept_away_by_now_is_not_told_of(self, with_smtp, reply, clock, work, alice, ann, kind):
        reply()
        clock.move(minutes=16)
        mailing.mails_about_notices_owed()
        ties.keep(ann, kind, by=alice)
        work()
        assert with_smtp.letters == []
        assert db.session.scalars(select(Mail.state)).all() == ["dropped"]

    @pytest.mark.parametrize("change", ["hidden", "deleted", "muted"])
    def test_what_is_gone_by_now_is_not_told_of(self, with_smtp, reply, clock, work, alice, ann, bob, change):
        post = reply()
        clock.move(minutes=16)
        mailing.mails_about_notices_owed()
        if change == "hidden":
            states.hide_post(post, bob, "abuse")
        elif change == "deleted":
            actions.delete_post(post, ann)
        else:
            mute(alice.id, post.thread_id)
        work()
        assert with_smtp.letters == []
        assert db.session.scalars(select(Mail.state)).all() == ["dropped"]

    def test_a_followed_thread_is_told_of_only_on_request(self, with_smtp, reply, later, as_, ann, bob, alice, client):
        reply()  # ann follows the thread from now on
        browser = as_(ann)
        assert 'value="followed" checked' not in browser.get("/settings/mail").text
        reply(bob), later()
        assert "ann@example.org" not in with_smtp.recipients
        mark_read(ann.id)
        browser.send("/settings/mail", kind="followed")
        assert 'value="followed" checked' in browser.get("/settings/mail").text
        post = reply(bob)
        later()
        letters = dict(zip(with_smtp.recipients, with_smtp.letters, strict=True))
        assert f"/posts/{post.id}\n" in text_of(letters["ann@example.org"])
        link = re.search(
            r"<http://127.0.0.1:8000(/mail/unsubscribe/[^>]+)>", letters["ann@example.org"]["List-Unsubscribe"]
        )
        assert client.post(link[1]).status_code == 200
        assert 'value="followed" checked' not in browser.get("/settings/mail").text
        assert db.session.get(User, ann.id).mails_off == ["notices", "replies", "programme"]  # as the form sent it

    def test_replies_can_be_turned_off(self, with_smtp, reply, later, as_, alice):
        as_(alice).send("/settings/mail", kind="notices")
        reply(), later()
        assert with_smtp.letters == []


@pytest.mark.parametrize(
    "facts",
    [{"mails_off": ["notices"]}, {"email": None, "email_key": None}, {"email_key": None}, {"bounces": 3},
     {"standing": Standing.UNCONFIRMED}, {"standing": Standing.CLOSED}],
    ids=str,
)  # fmt: skip
def test_who_gets_none(with_smtp, mention, alice, work, clock, facts):
    mention()
    with transaction():
        person = db.session.get(User, alice.id)
        for name, value in facts.items():
            setattr(person, name, value)
    clock.move(minutes=16)
    work()
    assert db.session.scalar(select(func.count(Mail.id))) == 0
    with transaction():
        person = db.session.get(User, alice.id)
        person.mails_off, person.email, person.email_key = [], "alice@example.org", "alice@example.org"
        person.bounces, person.standing = 0, Standing.ACTIVE
    work()
    assert with_smtp.letters == []  # nothing is kept for later


def test_words_of_people_are_words(with_smtp, mention, ann, work, clock, thread):
    with transaction():
        db.session.get(User, ann.id).display_name = "<b>Ann</b>\r\nBcc: x@y.z"
    mention()
    clock.move(minutes=16)
    work()
    letter = with_smtp.letters[0]
    assert letter["Bcc"] is None
    assert "<b>Ann</b>" in html.unescape(text_of(letter))
    assert "<b>Ann" not in letter.get_body(("html",)).get_content()


class TestTurningItOff:
    """One click in the letter, or the settings."""

    def link_in(self, letter):
        return re.search(r"<http://127.0.0.1:8000(/mail/unsubscribe/[^>]+)>", letter["List-Unsubscribe"])[1]

    @pytest.fixture
    def link(self, with_smtp, mention, work, clock):
        mention()
        clock.move(minutes=16)
        work()
        return self.link_in(with_smtp.letters[0])

    def off(self, person):
        db.session.rollback()
        db.session.expire_all()
        return db.session.get(User, person.id).mails_off

    def test_looking_turns_nothing_off(self, client, alice, link):
        answer = client.get(link)
        assert answer.status_code == 200
        assert 'method="post"' in answer.text
        assert self.off(alice) == []

    def test_one_click_without_session_and_token_of_a_form(self, client, alice, link):
        answer = client.post(link, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert self.off(alice) == ["notices"]
        assert client.post(link).status_code == 200
        assert self.off(alice) == ["notices"]

    def test_the_mail_stops(self, client, alice, link, with_smtp, mention, work, clock):
        client.post(link)
        mention()
        clock.move(hours=2)
        work()
        assert len(with_smtp.letters) == 1

    @pytest.mark.parametrize(
        "change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "a.b", lambda t: t.split(".")[0]]
    )
    def test_a_forged_token(self, client, alice, mallory, link, change):
        forged = "/mail/unsubscribe/" + change(link.rpartition("/")[2])
        assert client.get(forged).status_code == 404
        assert client.post(forged).status_code == 404
        assert self.off(alice) == []

    def test_the_settings(self, as_, alice):
        browser = as_(alice)
        assert 'value="notices" checked' in browser.get("/settings/mail").text
        assert browser.send("/settings/mail").status_code == 303
        assert self.off(alice) == ["notices", "replies", "programme"]
        assert 'value="notices" checked' not in browser.get("/settings/mail").text
        browser.send("/settings/mail", kind=["notices", "replies", "programme"])
        assert self.off(alice) == []

    def test_the_settings_say_when_mail_comes_back(self, as_, alice):
        assert "comes back" not in as_(alice).get("/settings/mail").text
        with transaction():
            db.session.get(User, alice.id).bounces = 3
        assert "comes back" in as_(alice).get("/settings/mail").text
