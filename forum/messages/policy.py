"""Who may start a conversation with whom, and write in one; pure functions for the button and the action.

Why somebody can't be written to is never said: a block, their own choice, their age and a suspension sound the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person, User
from forum.accounts.youth import is_minor, may_approach
from forum.config import CONVERSATION_PEOPLE
from forum.threads.policy import why_not_take_part

NOBODY = "messages"  # in User.private: only moderators may start a conversation with this person
Blocks = Collection[tuple[int, int]]  # (who blocks, whom), see accounts.ties.blocks_among

CLOSED = _l("Nothing can be written here any more: nobody else is left in this conversation or takes messages in it.")


_CHOSE_NONE = _l("You chose that nobody writes to you. Change that first, under Messages.")


def why_not_start_any(by: Person) -> Any | None:
    """Say why the person may not start conversations at all, or return None."""
    if (why_not := why_not_write(by)) is not None:
        return why_not
    if by.standing_level < 1:
        return _l(
            "You can answer messages, but not start a conversation yet: that is possible from trust level 1. "
            "Reading and taking part brings you there."
        )
    return _CHOSE_NONE if _is_closed(by) else None


def why_not_write(by: Person) -> Any | None:
    """Say why the person may not write messages at all, or return None."""
    if (why_not := why_not_take_part(by)) is not None:
        return why_not
    return None if by.is_approved else _l("You can write messages once your account is approved.")


def _is_closed(person: Person) -> bool:
    """Whether the person chose to have no messages; whoever moderates can be written to."""
    return NOBODY in person.private and not person.is_moderator


def takes_messages(to: User, by: Person, blocks: Blocks) -> bool:
    """Whether `by`, who may start conversations, may start one with `to`; a moderator may with everybody."""
    if to.id == by.id or to.is_closed:
        return False
    if by.is_moderator:
        return True
    if not to.is_approved or to.is_suspended or _is_closed(to) or _apart(to, by, blocks):
        return False
    return may_approach(by, to)


def _apart(one: Person, other: Person, blocks: Blocks) -> bool:
    """Whether one of the two blocks the other."""
    return (one.id, other.id) in blocks or (other.id, one.id) in blocks


def may_start(by: Person, to: User, blocks: Blocks) -> bool:
    """Whether `by` may start a conversation with `to` alone: the button on a person's page."""
    return why_not_start_any(by) is None and takes_messages(to, by, blocks)


def why_not_start(by: Person, others: Sequence[User], blocks: Blocks) -> Any | None:
    """Say why `by` may not start a conversation with exactly these others, or return None."""
    if (why_not := why_not_start_any(by)) is not None:
        return why_not
    if not others:
        return _l("Say to whom you write: somebody other than yourself.")
    if len(others) >= CONVERSATION_PEOPLE:
        return _l("A conversation has at most %(most)s people, with you.", most=CONVERSATION_PEOPLE)
    for other in others:
        if not takes_messages(other, by, blocks):
            return _you_block(by, other, blocks) or _l("%(name)s takes no messages from you.", name=other.name)
    if not all(_fit(one, other, blocks) for one, other in combinations(others, 2)):
        return _l("These people can't be in one conversation. Write to them one by one.")
    return None


def _you_block(by: Person, other: User, blocks: Blocks) -> Any | None:
    """Return what somebody reads who blocks the other: that is their own act, and no secret to them."""
    if (by.id, other.id) in blocks:
        return _l("You have blocked %(name)s. End that first, on their page.", name=other.name)
    return None


def _fit(one: User, other: User, blocks: Blocks) -> bool:
    """Whether two people may find themselves in a conversation that neither of them started."""
    if one.is_moderator or other.is_moderator:
        return True
    fit = is_minor(one) == is_minor(other) and may_approach(one, other) and may_approach(other, one)
    return fit and not _apart(one, other, blocks)


def why_not_reply(by: Person, started_by_id: int, others: Sequence[User], blocks: Blocks) -> Any | None:
    """Say why `by` may not write in a conversation with `others`, those who have not left; or return None.

    Moderators can always be answered. An adult goes on writing to a young person only where that one began.
    """
    others = [other for other in others if not other.is_closed]
    if (why_not := why_not_take_part(by)) is not None or not others:
        return why_not or CLOSED
    if by.is_moderator or all(other.is_moderator for other in others):
        return None
    return why_not_write(by) or _why_not_among(by, started_by_id, others, blocks)


def _why_not_among(by: Person, started_by_id: int, others: Sequence[User], blocks: Blocks) -> Any | None:
    if len(others) == 1 and (_apart(by, others[0], blocks) or _is_closed(by) or _is_closed(others[0])):
        return _you_block(by, others[0], blocks) or (_CHOSE_NONE if _is_closed(by) else CLOSED)
    strangers = [other for other in others if is_minor(other) and other.id != started_by_id]
    return CLOSED if strangers and not is_minor(by) else None
