"""Speakers and their own say: somebody who is named at an item takes their name off it."""

from __future__ import annotations

from forum.accounts.models import User
from forum.core import audit
from forum.core.database import transaction
from forum.programme.seats import locked_item


def step_down(item_id: int, person: User) -> bool:
    """Take the person off the speakers of an item; return whether they were named. NotFound without the item.

    Whoever edits the item at that moment has to look again (`version`), so that they are not put back unseen.
    """
    with transaction():
        item = locked_item(item_id)
        theirs = [speaker for speaker in item.speakers if speaker.user_id == person.id]
        if not theirs:
            return False
        for speaker in theirs:
            item.speakers.remove(speaker)
        item.version += 1
        audit.record("programme.speaker_left", by=person, scope=item.subtheme.slug, target=f"item:{item.id}")
    return True
