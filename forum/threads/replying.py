"""What a reply brings along, as it stands under the thread's lock: the credential worn, and the post replied to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.core.errors import Forbidden, Refused
from forum.experts.models import Credential
from forum.threads import policy, writing
from forum.threads.counters import POST_VISIBLE
from forum.threads.models import Post, Thread


def worn(author: User, credential_id: int | None, thread: Thread) -> Credential | None:
    """Return the credential for the answer, or raise Forbidden when it may not be worn here."""
    if credential_id is None:
        return None
    credential = db.session.get(Credential, credential_id, populate_existing=True)
    if credential is None or not policy.may_wear(author, credential, thread):
        raise Forbidden(
            _l(
                "You can answer as an expert in pinned threads and questions of your own sub-theme, while your "
                "credential is valid."
            )
        )
    return credential


def parent_of(parent_id: int | None, body: str, thread: Thread) -> Post | None:
    """Return the visible post replied to, or quoted first; Refused if a given one is of another thread."""
    if parent_id is None:
        if (quoted_id := writing.quoted(body)) is None:
            return None
        return db.session.scalar(select(Post).where(Post.id == quoted_id, Post.thread_id == thread.id, POST_VISIBLE))
    parent = db.session.get(Post, parent_id, populate_existing=True)
    if parent and parent.thread_id != thread.id:
        raise Refused(_l("The post that you reply to is in another thread."))
    return parent if parent and parent.is_visible else None
