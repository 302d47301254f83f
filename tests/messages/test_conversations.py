"""Starting, answering, deleting, leaving, reading: the acts themselves, and that nobody else comes near."""

import contextvars
import threading

import pytest
from sqlalchemy import func, select

from forum.accounts import ties
from forum.accounts.models import User
from forum.core.database import db, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.messages import actions, queries
from forum.messages.models import Conversation, Member, Message
from forum.notifications.actions import mark_read
from forum.notifications.models import Notification
from tests.messages.conftest import conversation_of, unread


def notices(person):
    """Return the person's notices of messages, unread ones as True."""
    db.session.rollback()
    query = select(Notification).where(Notification.user_id == person.id, Notification.kind == "message")
    return [notice.read_at is None for notice in db.session.scalars(query.order_by(Notification.id))]


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_conversation_has_a_title_and_the_same_markdown_as_posts(talk, alice, ann):
    message = queries.messages(talk.id).items[0]
    assert (talk.title, message.author_id) == ("The library", alice.id)
    assert "<strong>there</strong>" in message.html
    assert {person.id for person in queries.present_members(talk.id)} == {alice.id, ann.id}


@pytest.mark.parametrize(
    ("title", "body"), [("", "Text."), ("  ", "Text."), ("Title", " \n"), ("x" * 121, "Text."), ("T", "x" * 32_001)]
)
def test_texts_that_nobody_can_send(alice, ann, title, body):
    with pytest.raises(Refused):
        actions.start(alice, [ann], title, body)
    assert count(Conversation) == 0


def test_the_same_form_twice_makes_one_of_each(alice, ann):
    first = actions.start(alice, [ann], "Once", "Only once.", form_token="t")
    again = actions.start(alice, [ann], "Once", "Only once.", form_token="t")
    assert first.id == again.id
    answer = actions.reply(first.conversation_id, ann, "Yes.", form_token="t")  # another's form of the same token
    assert actions.reply(first.conversation_id, ann, "Yes.", form_token="t").id == answer.id
    assert (count(Conversation), count(Message)) == (1, 2)
    with pytest.raises(Conflict):
        actions.reply(first.conversation_id, ann, "No!", form_token="t")


def test_two_equal_requests_at_once_start_one_conversation(app, alice, ann):
    start, made, ids = threading.Barrier(2), [], (alice.id, ann.id)

    def send():
        with app.app_context():
            by, to = (db.session.get(User, user_id) for user_id in ids)
            start.wait()
            made.append(actions.start(by, [to], "Once", "Only once.", form_token="t").id)

    workers = [threading.Thread(target=contextvars.Context().run, args=(send,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    db.session.rollback()
    assert len(made) == 2 and len(set(made)) == 1 and count(Conversation) == 1


def test_what_is_new_is_counted_for_each_and_read_by_the_worker(talk, alice, ann):
    assert (unread(talk, alice), unread(talk, ann)) == (0, 1)
    second = actions.reply(talk.id, alice, "Or somewhere else?")
    assert unread(talk, ann) == 2
    actions.note_read(talk.id, ann.id, second.id - 1)
    assert unread(talk, ann) == 1, "the second came while she read the first"
    actions.note_read(talk.id, ann.id, second.id)
    actions.note_read(talk.id, ann.id, second.id - 1)  # late, and out of order
    assert unread(talk, ann) == 0
    actions.reply(talk.id, ann, "Here.")
    assert (unread(talk, alice), unread(talk, ann)) == (1, 0)


def test_one_unread_notice_for_each_conversation(talk, alice, ann):
    actions.reply(talk.id, alice, "One more thing.")
    assert notices(ann) == [True]
    other = actions.start(alice, [ann], "Something else", "Hello.")
    assert notices(ann) == [True, True]
    actions.note_read(talk.id, ann.id, other.id)
    assert notices(ann) == [False, True]
    actions.reply(talk.id, alice, "And another.")
    assert notices(ann) == [False, True, True]
    mark_read(ann.id)
    actions.reply(talk.id, alice, "And again.")
    assert notices(ann) == [False, False, False, True], "she saw the notice, and this is news"
    actions.reply(talk.id, ann, "I read all that.")
    assert notices(ann) == [False] * 4
    assert notices(alice) == [True]


def test_who_mutes_gets_no_notice_and_still_the_message(talk, alice, ann, bob):
    mark_read(ann.id)
    for muted in (alice, bob):
        ties.keep(muted, "mute", by=ann)
    actions.reply(talk.id, alice, "Do you hear me?")
    assert notices(ann) == [False]
    assert unread(talk, ann) == 2
    actions.start(bob, [ann], "From a moderator", "This arrives.")
    assert notices(ann) == [False, True]


def test_a_block_in_a_group_keeps_notices_away(alice, ann, mallory):
    talk = conversation_of(actions.start(alice, [ann, mallory], "Three", "Hello."))
    ties.keep(mallory, "block", by=ann)
    mark_read(ann.id)
    actions.reply(talk.id, mallory, "Listen, all.")
    assert (notices(ann), notices(alice)) == ([False], [True])


def test_an_own_message_can_be_deleted_and_leaves_its_place(talk, alice, ann):
    message = queries.messages(talk.id).items[0]
    with pytest.raises(Forbidden):
        actions.delete_message(talk.id, message.id, ann)
    assert actions.delete_message(talk.id, message.id, alice)
    assert not actions.delete_message(talk.id, message.id, alice)
    db.session.rollback()
    message = queries.message(talk.id, message.id)
    assert (message.body, message.html) == ("", "") and message.deleted_at


def test_a_message_of_another_conversation_cannot_be_reached_through_ones_own(talk, alice, ann, mallory):
    theirs = actions.start(alice, [mallory], "Another", "Hello.")
    with pytest.raises(NotFound):
        actions.delete_message(talk.id, theirs.id, alice)
    assert queries.message(talk.id, theirs.id) is None


def test_who_leaves_is_gone_and_the_last_takes_everything_along(talk, alice, ann):
    actions.leave(talk.id, ann)
    assert unread(talk, ann) is None and notices(ann) == [False]
    for act in (lambda: actions.reply(talk.id, ann, "Hello?"), lambda: actions.leave(talk.id, ann)):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Forbidden):
        actions.reply(talk.id, alice, "Are you gone?")
    assert queries.conversations(ann.id).items == []
    assert [entry.others for entry in queries.conversations(alice.id).items] == [[]]
    actions.leave(talk.id, alice)
    assert (count(Conversation), count(Member), count(Message)) == (0, 0, 0)
    actions.note_read(talk.id, alice.id, 1)  # a job that comes too late finds nothing to do


@pytest.mark.parametrize("who", ["mallory", "bob", "carol", "dr_chen"])
def test_strangers_moderators_and_admins_find_nothing(request, talk, who):
    stranger = request.getfixturevalue(who)
    message = queries.messages(talk.id).items[0]
    assert queries.membership(talk.id, stranger.id) is None
    for act in (
        lambda: actions.reply(talk.id, stranger, "Let me in."),
        lambda: actions.leave(talk.id, stranger),
        lambda: actions.delete_message(talk.id, message.id, stranger),
    ):
        with pytest.raises(NotFound):
            act()
    actions.note_read(talk.id, stranger.id, message.id)
    assert count(Member) == 2


def test_the_list_goes_by_activity_and_pages_by_key(alice, ann):
    with transaction():
        alice.trust_level = 2  # whose conversations in a row nobody takes for a machine's
    made = [actions.start(alice, [ann], f"Talk {number}", "Hello.").conversation_id for number in range(22)]
    actions.reply(made[0], ann, "This one is alive.")
    first = queries.conversations(alice.id)
    expected = [made[0], *reversed(made[1:])]
    assert [entry.conversation.id for entry in first.items] == expected[:20]
    assert [entry.others[0].id for entry in first.items] == [ann.id] * 20
    second = queries.conversations(alice.id, first.next_cursor)
    assert [entry.conversation.id for entry in second.items] == expected[20:] and not second.next_cursor


def test_messages_page_from_the_end(talk, alice):
    ids = [queries.messages(talk.id).items[0].id]
    ids += [actions.reply(talk.id, alice, f"Message {number}.").id for number in range(24)]
    last = queries.messages(talk.id)
    assert [message.id for message in last.items] == ids[5:]
    earlier = queries.messages(talk.id, int(last.next_cursor))
    assert [message.id for message in earlier.items] == ids[:5] and not earlier.next_cursor
