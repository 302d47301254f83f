"""Starting conversations, writing in them, deleting, leaving, having read: the only writer of this room."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, delete, update
from sqlalchemy.exc import IntegrityError

from forum.accounts import ties
from forum.accounts.models import User
from forum.core import markup
from forum.core.database import db, locked, must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, allow
from forum.core.jobs import job
from forum.messages import policy, queries, screening
from forum.messages.models import Conversation, Member, Message
from forum.notifications.actions import Notice, tell_all
from forum.notifications.models import Notification
from forum.threads import writing

TITLE_LIMIT = 120  # what the column holds


def start(by: User, to: Sequence[User], title: str, body: str, form_token: str | None = None) -> Message:
    """Start a conversation with one person or a few and return its first message.

    The same form sent twice starts one. Raises Refused (text), Forbidden (people), Conflict or Busy.
    """
    title, body = writing.clean_line(title, TITLE_LIMIT), writing.clean_body(body)
    by_id, to_ids = by.id, sorted({person.id for person in to} - {by.id})
    key = writing.form_key(by_id, PLACE_OF_START, form_token)
    if first := _sent_before(key, body):
        return first
    shown = writing.rendered(body)
    screening.check(by, f"{title}\n{shown.text}", shown.links, starts=True)
    try:
        with transaction() as session:
            if first := _sent_before(key, body):
                return first
            by, others = _present(by_id), [_present(user_id) for user_id in to_ids]
            allow(policy.why_not_start(by, others, ties.blocks_among([by_id, *to_ids])))
            conversation = Conversation(started_by_id=by_id, title=title, created_at=now())
            session.add(conversation)
            session.flush()
            session.add_all(Member(conversation_id=conversation.id, user_id=one) for one in (by_id, *to_ids))
            session.flush()
            return _write(conversation, by, to_ids, body, shown, key)
    except IntegrityError:
        if first := _sent_before(key, body):  # the other of two equal requests was faster
            return first
        raise


def reply(conversation_id: int, by: User, body: str, form_token: str | None = None) -> Message:
    """Write in a conversation and return the message. The same form sent twice makes one.

    Raises NotFound for whoever is not in it, Forbidden, Refused (text), Conflict or Busy.
    """
    body = writing.clean_body(body)
    by_id = by.id
    if queries.membership(conversation_id, by_id) is None:
        raise NotFound
    key = writing.form_key(by_id, place_of_reply(conversation_id), form_token)
    if first := _sent_before(key, body):
        return first
    shown = writing.rendered(body)
    screening.check(by, shown.text, shown.links)
    with transaction():
        conversation = _entered(conversation_id, by_id)
        if first := _sent_before(key, body):
            return first
        by, others = _present(by_id), _others(conversation_id, by_id)
        blocks = ties.blocks_among([by_id, *(other.id for other in others)])
        allow(policy.why_not_reply(by, conversation.started_by_id, others, blocks))
        return _write(conversation, by, [other.id for other in others], body, shown, key)


def delete_message(conversation_id: int, message_id: int, by: User) -> bool:
    """Delete an own message: its place stays, its text goes; return whether anything was changed.

    Raises NotFound for a message that `by` can't see, Forbidden for one of somebody else.
    """
    with transaction():
        _entered(conversation_id, by.id)
        message = locked(Message, message_id)
        if message is None or message.conversation_id != conversation_id:
            raise NotFound
        if message.author_id != by.id:
            raise Forbidden(_l("Only its author can delete a message."))
        if message.deleted_at is not None:
            return False
        message.body = message.html = ""
        message.deleted_at = now()
        return True


def leave(conversation_id: int, by: User) -> None:
    """Leave a conversation for good; when nobody is left in it, it is gone with all its messages. Raises NotFound."""
    with transaction() as session:
        _entered(conversation_id, by.id)
        mine = (Member.conversation_id == conversation_id) & (Member.user_id == by.id)
        session.execute(update(Member).where(mine).values(left_at=now(), unread=0))
        _read_notices(conversation_id, by.id)
        if not queries.present_members(conversation_id):
            for model in (Message, Member):
                session.execute(delete(model).where(model.conversation_id == conversation_id))
            session.execute(delete(Conversation).where(Conversation.id == conversation_id))


@job
def note_read(conversation_id: int, user_id: int, message_id: int) -> None:
    """Remember that the person has seen the conversation up to a message; safe to run twice and out of order."""
    with transaction() as session:
        if locked(Conversation, conversation_id) is None:  # a message that is being written waits, or is counted
            return
        mine = (Member.conversation_id == conversation_id) & (Member.user_id == user_id)
        left = queries.unread_after(conversation_id, user_id, message_id)
        further = update(Member).where(mine, Member.read_id < message_id)
        session.execute(further.values(read_id=message_id, unread=left))
        if not left:
            _read_notices(conversation_id, user_id)


def choose(user: User, *, nobody: bool) -> None:
    """Choose who may start a conversation with `user`: everybody who may start any, or nobody but moderators."""
    with transaction():
        person = must_lock(User, user.id)
        others = [part for part in person.private if part != policy.NOBODY]
        person.private = [*others, policy.NOBODY] if nobody else others


PLACE_OF_START = "conversation"


def place_of_reply(conversation_id: int) -> str:
    """Return the name of the place where a message is written, for its form's key."""
    return f"conversation-{conversation_id}"


def _write(
    conversation: Conversation, by: User, to_ids: Collection[int], body: str, shown: markup.Rendered, key: str | None
) -> Message:
    """Write the message, move the conversation up in everybody's list, count it as unread, and tell of it."""
    message = Message(
        conversation_id=conversation.id,
        author_id=by.id,
        body=body,
        html=shown.html,
        render_version=shown.version,
        created_at=now(),
        form_token=key,
    )
    db.session.add(message)
    db.session.flush()
    conversation.last_message_id = message.id
    mine = Member.user_id == by.id
    db.session.execute(
        update(Member)
        .where(Member.conversation_id == conversation.id, Member.left_at.is_(None))
        .values(
            moved_at=message.created_at,
            read_id=case((mine, message.id), else_=Member.read_id),
            unread=case((mine, 0), else_=Member.unread + 1),
        ),
        execution_options={"synchronize_session": False},
    )
    _read_notices(conversation.id, by.id)
    _tell(message, by, to_ids)
    return message


def _tell(message: Message, by: User, to_ids: Collection[int]) -> None:
    """Give one notice for each conversation with something unread; none to those who keep the author away."""
    deaf = set() if by.is_moderator else ties.deaf_to(by.id, to_ids)
    wanted = queries.without_unread_notice((one for one in to_ids if one not in deaf), message.conversation_id)
    key, facts = queries.notice_key(message.conversation_id, message.id), {"conversation": message.conversation_id}
    tell_all(Notice(user_id, "message", key, actor_id=by.id, facts=facts) for user_id in wanted)


def _read_notices(conversation_id: int, user_id: int) -> None:
    ours = Notification.key.startswith(queries.notice_key(conversation_id))
    unread = (Notification.user_id == user_id) & Notification.read_at.is_(None)
    db.session.execute(
        update(Notification).where(unread, ours).values(read_at=now()),
        execution_options={"synchronize_session": False},
    )


def _entered(conversation_id: int, user_id: int) -> Conversation:
    """Return the conversation under a row lock, for somebody who is in it; else raise NotFound."""
    conversation = locked(Conversation, conversation_id)
    if conversation is None or queries.membership(conversation_id, user_id) is None:
        raise NotFound
    return conversation


def _others(conversation_id: int, user_id: int) -> list[User]:
    return [one for one in queries.present_members(conversation_id) if one.id != user_id]


def _present(user_id: int) -> User:
    user = db.session.get(User, user_id, populate_existing=True)
    if user is None:
        raise NotFound
    return user


def _sent_before(key: str | None, body: str) -> Message | None:
    """Return the message that the same form has made already, or None; Conflict when it carried another text."""
    first = queries.made_by_form(key)
    if first and first.body != body and first.deleted_at is None:
        raise Conflict(_l("This form was sent before, with another text. Check this one and send it again."))
    return first
