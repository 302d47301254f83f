"""Somebody is silenced: they read, appeal and leave, every way of saying something is shut, and it ends exactly."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.accounts import name_actions
from forum.avatars import actions as avatars
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Forbidden, Refused
from forum.messages import actions as messages
from forum.notifications.models import Notification
from forum.threads import actions
from forum.threads.models import Post, State
from moderation import decisions, flags, queries, undoing
from moderation.appeals import actions as appeals
from moderation.models import Decision, Flag, Strike
from moderation.reports import actions as reports

DAY = timedelta(days=1)


def silence(case, by, days=3):
    return decisions.decide(case.id, by, "silence", "Every day the same.", "abuse", until=now() + days * DAY)


def present(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


@pytest.fixture
def second(reply, thread, ann, alice):
    """The case on another post of ann's."""
    return flags.flag_post(actions.post_reply(thread, ann, "And another thing."), alice, "abuse").case


@pytest.fixture
def talk(alice, ann):
    """A conversation of ann with alice."""
    with transaction():
        alice.trust_level = ann.trust_level = 1
    return messages.start(alice, [ann], "The library", "Shall we meet there?")


def test_by_the_form_it_is_noted_told_and_nobody_is_signed_out(reply, flagged, ann, alice, bob, as_):
    hers = as_(ann)
    url = f"/moderation/cases/{flagged.id}/decisions"
    fields = {"outcome": "silence", "rule": "abuse", "reason": "Every day the same.", "version": 1}
    assert as_(bob).send(url, **fields).status_code == 422, "until when?"
    assert as_(bob).send(url, **fields, length="3").status_code == 303
    decision = db.session.scalar(select(Decision))
    assert present(ann).silenced_until == decision.silenced_until and decision.suspended_until is None
    assert abs(decision.silenced_until - now() - 3 * DAY) < timedelta(minutes=1)
    assert present(reply).state == State.REMOVED
    assert db.session.scalar(select(Strike.user_id)) == ann.id and db.session.scalar(select(Flag.upheld)) is True
    rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [(row.act, row.target) for row in rows[-2:]] == [
        ("post.removed", f"post:{reply.id}"),
        ("person.silenced", f"person:{ann.id}"),
    ]
    assert rows[-1].facts["days"] == 3 and "ann" not in str(rows[-1].facts)
    kinds = {row.kind: row.facts for row in db.session.scalars(select(Notification))}
    assert kinds["decision"]["outcome"] == "silence", "by notice: she can sign in"
    assert kinds["flag_outcome"]["outcome"] == "removed", "not what happened to the person"
    page = hers.get(f"/moderation/decisions/{decision.id}").text
    assert "you were silenced" in page and "Silenced until" in page and "<textarea" in page, "she can appeal"


def test_every_way_to_say_something_says_until_when_and_keeps_what_was_typed(
    reply, flagged, thread, subtheme, talk, ann, alice, bob, as_
):
    mine = actions.post_reply(thread, ann, "Something harmless.")
    theirs = actions.post_reply(thread, alice, "Something of alice.")
    silence(flagged, bob)
    hers, words = as_(ann), "Typed with care."
    for url, status, fields in (
        (f"/threads/{thread.id}/posts", 403, {"body": words}),
        (f"/subthemes/{subtheme.slug}/threads/new", 403, {"title": "A title", "body": words}),
        (f"/posts/{mine.id}/edit", 403, {"body": words, "revision": 1}),
        (f"/posts/{theirs.id}/flags", 403, {"reason": "spam", "note": words}),
        (f"/messages/{talk.conversation_id}", 403, {"body": words}),
        ("/messages/new", 403, {"to": "alice", "title": "Another", "body": words}),
        (f"/messages/{talk.conversation_id}/flags", 403, {"message": talk.id, "reason": "spam", "note": words}),
        ("/settings/profile", 422, {"display_name": words, "bio": "", "language": "en", "timezone": ""}),
        ("/settings/profile", 422, {"display_name": ann.display_name, "bio": words, "language": "en", "timezone": ""}),
        ("/settings/name", 422, {"username": "somebody_else"}),
    ):
        answer = hers.send(url, **fields)
        assert answer.status_code == status, url
        assert "You are silenced until" in answer.text and 'href="/settings/decisions"' in answer.text, url
        assert fields.get("username", words) in answer.text, url
    for act in (
        lambda: actions.post_reply(thread, ann, words),
        lambda: actions.start_thread(subtheme, ann, "A title", words),
        lambda: actions.edit_post(mine, ann, words),
        lambda: flags.flag_post(theirs, ann, "spam"),
        lambda: messages.reply(talk.conversation_id, ann, words),
        lambda: messages.start(ann, [alice], "Another", words),
        lambda: reports.report_messages(talk.conversation_id, [talk.id], ann, "spam", words),
        lambda: name_actions.change_name(ann, "somebody_else"),
        lambda: avatars.set_avatar(ann, b"x"),
    ):
        with pytest.raises(Refused):
            act()
    assert present(ann).username == "ann" and present(mine).body == "Something harmless."


def test_what_stays_open(reply, flagged, thread, talk, ann, bob, as_, clock):
    mine = actions.post_reply(thread, ann, "Something harmless.")
    decision = silence(flagged, bob)
    hers = as_(ann)
    page = hers.get(f"/threads/{thread.id}/{thread.slug}").text
    assert "You are silenced until" in page and 'name="body"' not in page
    assert (
        hers.send("/settings/profile", display_name=ann.display_name, bio="", language="en", timezone="").status_code
        == 303
    )
    assert hers.get("/notifications").status_code == 200 and hers.get("/settings/data").status_code == 200
    assert hers.send(f"/posts/{mine.id}/delete").status_code == 303, "words may be taken back"
    assert hers.send(f"/messages/{talk.conversation_id}/leave").status_code == 303
    appealed = hers.send(f"/moderation/decisions/{decision.id}/appeal", reason="It was a quotation.")
    assert appealed.status_code == 303
    clock.move(days=3, seconds=1)
    assert actions.post_reply(thread, present(ann), "I am back.").state == State.VISIBLE, "it ends by itself"


def test_undone_and_overturned_it_ends_as_if_it_had_never_been(reply, flagged, second, thread, ann, bob, bea, clock):
    undone = silence(flagged, bob)
    case = undoing.undo(undone.id, bob)
    assert present(ann).silenced_until is None and present(reply).state == State.VISIBLE and case.is_open
    long, short = silence(case, bob, days=9), silence(second, bob, days=2)
    assert present(ann).silenced_until == long.silenced_until, "a second one makes it no shorter"
    clock.move(seconds=11)
    appeal = appeals.file(long.id, ann, "It was a quotation.")
    appeals.decide(appeal.id, bea, "overturn", "So it was.")
    assert present(ann).silenced_until == short.silenced_until, "what the other decision ordered stands"
    assert present(reply).state == State.VISIBLE
    assert queries.strikes_since([ann.id], now() - DAY)[ann.id] == 1


def test_who_may_silence_whom_and_for_how_long(flagged, thread, alice, bob, bea, thea, carol, newbie):
    for until in (now() - DAY, now() + 400 * DAY, None):
        with pytest.raises(Refused):
            decisions.decide(flagged.id, bob, "silence", "x", "abuse", until=until)
    with pytest.raises(Forbidden):
        silence(flagged, thea)  # a theme moderator does not act on a whole account
    of_bea = flags.flag_post(actions.post_reply(thread, bea, "I am bea."), alice, "abuse").case
    with pytest.raises(Forbidden):
        silence(of_bea, bob)
    silence(of_bea, carol)
    with pytest.raises(Forbidden):
        decisions.decide(flagged.id, present(bea), "keep", "A moderator who is silenced decides nothing.")
    held = queries.open_case_of(actions.post_reply(thread, newbie, "My first post here.").id)
    silence(held, bob)
    assert present(newbie).is_silenced and db.session.get(Post, held.post_id).state == State.REMOVED
