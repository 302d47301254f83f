"""People who may write to each other, and a conversation between two of them."""

import pytest

from forum.core.database import db, transaction
from forum.messages import actions, queries
from forum.messages.models import Conversation


def at_level(person, level=1):
    """Return the person, of that trust level."""
    with transaction():
        person.trust_level = level
    return person


def change(person, **facts):
    """Change columns of the person."""
    with transaction():
        for name, value in facts.items():
            setattr(person, name, value)
    return person


@pytest.fixture
def alice(alice):
    """A netizen of trust level 1, who may start conversations."""
    return at_level(alice)


@pytest.fixture
def talk(alice, ann):
    """A conversation that alice started with ann; ann has not read it."""
    return conversation_of(actions.start(alice, [ann], "The library", "Shall we meet **there**?"))


def conversation_of(message):
    """Return the message's conversation."""
    found = db.session.get(Conversation, message.conversation_id)
    assert found
    return found


def unread(conversation, person):
    """Return how many messages the person has not read, None when they are not in it."""
    db.session.rollback()
    member = queries.membership(conversation.id, person.id)
    return member.unread if member else None
