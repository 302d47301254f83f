"""Correction notes: what is changed in an expert's answer a while after its publication is said under it."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core import signals
from forum.core.database import announce, now
from forum.core.errors import Refused
from forum.threads import writing
from forum.threads.models import Post

GRACE = timedelta(minutes=10)  # after publication: slips are mended in silence (issue 5)
NOTE_LIMIT = 500


class NoNote(Refused):
    """A change of an expert's answer that needs a correction note and came without one."""


def is_due(post: Post) -> bool:
    """Whether a change of the post needs a note now: an expert's answer that everybody could read for a while."""
    if post.credential_id is None or post.position is None:
        return False
    return now() - (post.published_at or post.created_at) > GRACE


def checked(post: Post, note: str, by: User) -> str:
    """Return the note of a change as it is stored, "" where none is due; raise NoNote where it is missing."""
    if not is_due(post):
        return ""
    if not note.strip():
        raise NoNote(_l("Say in a correction note what was wrong and is changed: readers see it under the answer."))
    return writing.clean_note(note, NOTE_LIMIT, by)


def put(post: Post, note: str) -> None:
    """Show the note under the answer, and owe the notice about it to those whom it concerns."""
    post.correction, post.corrected_at, post.correction_told_at = note, now(), None
    announce(signals.answer_corrected, post_id=post.id)
