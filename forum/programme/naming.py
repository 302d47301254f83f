"""Who speaks at an item: lines of a form become speakers, accounts of the forum or only names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from forum.accounts.models import Standing, User
from forum.core.database import db
from forum.core.errors import Refused
from forum.core.text import skeleton
from forum.programme import telling
from forum.programme.models import Item, Speaker

SPEAKERS_MOST = 20
WORDS_LIMIT = 120
_ACCOUNT = re.compile(r"@(\S{1,64})(?:\s+(.*))?")


@dataclass(frozen=True)
class Named:
    """One speaker as a line names them: an account or None, and words."""

    user_id: int | None
    words: str


def read(lines: str) -> list[Named]:
    """Return who the lines name, one speaker each: "@dr_chen Professor of statistics" or "Li Hua, Lakeside Library".

    Raises Refused for an account that is none, for too many lines and too long ones.
    """
    found = [" ".join(line.split()) for line in lines.splitlines() if line.strip()]
    if len(found) > SPEAKERS_MOST:
        raise Refused(_l("At most %(most)s speakers are possible.", most=SPEAKERS_MOST))
    named = [_named(line) for line in found]
    accounts = [each.user_id for each in named if each.user_id is not None]
    if len(accounts) != len(set(accounts)):
        raise Refused(_l("Somebody is named twice."))
    return named


def typed(speakers: Sequence[Speaker]) -> str:
    """Return the speakers as the form's lines."""
    return "\n".join(
        f"@{speaker.user.username} {speaker.words}".rstrip() if speaker.user else speaker.words for speaker in speakers
    )


def name(item: Item, named: Sequence[Named]) -> bool:
    """Make these the item's speakers, joining the caller's transaction; return whether anything changed."""
    if [(each.user_id, each.words) for each in item.speakers] == [(each.user_id, each.words) for each in named]:
        return False
    item.speakers.clear()
    db.session.flush()
    item.speakers.extend(
        Speaker(position=place, user_id=each.user_id, words=each.words) for place, each in enumerate(named, 1)
    )
    return True


def name_and_tell(item: Item, named: Sequence[Named], by: User) -> bool:
    """Make these the item's speakers as `name` does, and tell whoever is new among them, but for `by`."""
    before = telling.speaking_at(item)
    if not name(item, named):
        return False
    telling.tell_of_naming(item, telling.speaking_at(item) - before - {by.id})
    return True


def _named(line: str) -> Named:
    found = _ACCOUNT.fullmatch(line)
    words = (found[2] or "") if found else line
    if len(words) > WORDS_LIMIT:
        raise Refused(_l("A speaker's line has at most %(most)s characters.", most=WORDS_LIMIT))
    if not found:
        return Named(None, words)
    query = select(User.id).where(User.username_key == skeleton(found[1]), User.standing != Standing.CLOSED)
    user_id = db.session.scalar(query)
    if user_id is None:
        raise Refused(_l("There is no account @%(name)s.", name=found[1]))
    return Named(user_id, words)
