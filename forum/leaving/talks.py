"""Somebody who leaves the forum leaves every conversation; their messages stay with the others, or lose their text."""

from __future__ import annotations

from sqlalchemy import delete, exists, select, update

from forum.core.database import db, locked, now, transaction
from forum.messages.models import Conversation, Member, Message

NO_TITLE = "–"


def leave_talks(user_id: int, *, with_texts: bool) -> None:
    """Leave every conversation, `with_texts` after taking the texts back; one that nobody is left in is gone."""
    mine = select(Member.conversation_id).where(Member.user_id == user_id).order_by(Member.conversation_id)
    for conversation_id in db.session.scalars(mine).all():
        _leave(conversation_id, user_id, with_texts=with_texts)


def _leave(conversation_id: int, user_id: int, *, with_texts: bool) -> None:
    with transaction() as session:
        conversation = locked(Conversation, conversation_id)
        if conversation is None:
            return
        me = (Member.conversation_id == conversation_id) & (Member.user_id == user_id)
        session.execute(update(Member).where(me, Member.left_at.is_(None)).values(left_at=now(), unread=0))
        others = exists().where(Member.conversation_id == conversation_id, Member.left_at.is_(None))
        if not session.scalar(select(others)):
            for model in (Message, Member):
                session.execute(delete(model).where(model.conversation_id == conversation_id))
            session.delete(conversation)
        elif with_texts:
            written = (Message.conversation_id == conversation_id) & (Message.author_id == user_id)
            session.execute(
                update(Message).where(written, Message.body != "").values(body="", html="", deleted_at=now())
            )
            if conversation.started_by_id == user_id:
                conversation.title = NO_TITLE
