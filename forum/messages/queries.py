"""Reading conversations, always as one of their members. Every list is bounded and served by an index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from forum.accounts.models import User
from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.core.paging import LARGEST_ID, Page, after_cursor, cursor, first_page
from forum.messages.models import Conversation, Member, Message
from forum.notifications.models import Notification


@dataclass(frozen=True)
class Entry:
    """One conversation in somebody's list, with the others who are still in it."""

    member: Member
    others: list[User]

    @property
    def conversation(self) -> Conversation:
        """The conversation itself."""
        return self.member.conversation


def conversations(user_id: int, after: str = "") -> Page[Entry]:
    """Return one page of the person's conversations, newest activity first; `after` is the page before's cursor."""
    query = (
        select(Member)
        .join(Conversation, Conversation.id == Member.conversation_id)
        .where(Member.user_id == user_id, Member.left_at.is_(None))
        .options(contains_eager(Member.conversation))
        .order_by(Member.moved_at.desc(), Member.conversation_id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if place := after_cursor(after):
        same = and_(Member.moved_at == place[0], Member.conversation_id < place[1])
        query = query.where(or_(Member.moved_at < place[0], same))
    found = db.session.scalars(query).all()
    shown = found[:PAGE_SIZE]
    others = _others([member.conversation_id for member in shown], user_id)
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return Page(
        [Entry(member, others.get(member.conversation_id, [])) for member in shown],
        cursor(last.moved_at, last.conversation_id) if last else "",
    )


def _others(conversation_ids: Collection[int], user_id: int) -> dict[int, list[User]]:
    people: dict[int, list[User]] = {}
    if conversation_ids:
        query = (
            select(Member.conversation_id, User)
            .join(User, User.id == Member.user_id)
            .where(Member.conversation_id.in_(conversation_ids), Member.user_id != user_id, Member.left_at.is_(None))
            .order_by(Member.conversation_id, User.id)
        )
        for conversation_id, user in db.session.execute(query):
            people.setdefault(conversation_id, []).append(user)
    return people


def membership(conversation_id: int, user_id: int) -> Member | None:
    """Return the person's place in a conversation with it, or None: there is none, or they are not in it (any more)."""
    if not 0 < conversation_id <= LARGEST_ID:
        return None
    query = (
        select(Member)
        .where(Member.conversation_id == conversation_id, Member.user_id == user_id, Member.left_at.is_(None))
        .options(joinedload(Member.conversation))
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(query)


def present_members(conversation_id: int) -> Sequence[User]:
    """Return who is in the conversation and has not left, by id."""
    query = select(User).join(Member, Member.user_id == User.id)
    query = query.where(Member.conversation_id == conversation_id, Member.left_at.is_(None)).order_by(User.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def messages(conversation_id: int, before: int | None = None) -> Page[Message]:
    """Return the latest messages, or those before the message `before`, oldest first; the cursor leads to earlier."""
    query = select(Message).where(Message.conversation_id == conversation_id).options(joinedload(Message.author))
    if before:
        query = query.where(Message.id < before)
    found = db.session.scalars(query.order_by(Message.id.desc()).limit(PAGE_SIZE + 1)).all()
    latest = first_page(found, PAGE_SIZE)
    return Page(list(reversed(latest.items)), latest.next_cursor)


def message(conversation_id: int, message_id: int) -> Message | None:
    """Return one message of the conversation, or None."""
    if not 0 < message_id <= LARGEST_ID:
        return None
    query = select(Message).where(Message.id == message_id, Message.conversation_id == conversation_id)
    return db.session.scalar(query.options(joinedload(Message.author)))


def unread_after(conversation_id: int, user_id: int, message_id: int) -> int:
    """Return how many messages of others came after the message `message_id`."""
    query = select(func.count(Message.id)).where(
        Message.conversation_id == conversation_id,
        Message.id > message_id,
        Message.author_id != user_id,
    )
    return db.session.scalar(query) or 0


def made_by_form(key: str | None) -> Message | None:
    """Return the message that the form with this key has made, or None."""
    return db.session.scalar(select(Message).where(Message.form_token == key)) if key else None


def notice_key(conversation_id: int, message_id: int | None = None) -> str:
    """Return the key of the notice about a message, or without one what the conversation's keys begin with."""
    return f"message:{conversation_id}:{message_id or ''}"


def without_unread_notice(user_ids: Iterable[int], conversation_id: int) -> list[int]:
    """Return those of `user_ids` who have no unread notice of this conversation."""
    wanted = list(user_ids)
    waiting = select(Notification.user_id).where(
        Notification.user_id.in_(wanted),
        Notification.read_at.is_(None),
        Notification.key.startswith(notice_key(conversation_id)),
    )
    told = set(db.session.scalars(waiting)) if wanted else set()
    return [user_id for user_id in wanted if user_id not in told]
