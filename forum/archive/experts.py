"""Expert answers of an import: each needs a credential, and one that came in a file gives no right today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from forum.archive.rows import HasIds
from forum.archive.survey import Survey
from forum.core.database import transaction
from forum.experts.models import Credential
from forum.threads.models import Thread

TITLE = "专家 · Expert"  # the interchange format carries no title; the badge says what is known
CredentialIds = Callable[[str, str], int]  # (author, thread), both the source's ids → credential id


def credentials_for(found: Survey, ids: HasIds) -> CredentialIds:
    """Make the missing credentials of the file's experts, valid until their last answer in it.

    Returns the way to the credential of an author in a thread. Only an admin can grant one that is in force.
    """
    last: dict[tuple[int, int], datetime] = {}
    subthemes = _SubthemeOfThread(found, ids)
    for post in found.posts:
        if post.expert:
            pair = (ids.of("person", post.author), subthemes.of(post.thread))
            last[pair] = max(last.get(pair, post.created), post.created)
    known = {pair: _ensure(pair, moment) for pair, moment in last.items()}
    return lambda author, thread: known[ids.of("person", author), subthemes.of(thread)]


class _SubthemeOfThread:
    def __init__(self, found: Survey, ids: HasIds) -> None:
        self._found, self._ids, self._kept = found, ids, dict[str, int]()

    def of(self, thread: str) -> int:
        if thread not in self._kept:
            record = self._found.threads.get(thread)
            self._kept[thread] = self._ids.of("subtheme", record.fields["subtheme"]) if record else self._stored(thread)
        return self._kept[thread]

    def _stored(self, thread: str) -> int:
        with transaction() as session:
            return session.scalars(select(Thread.subtheme_id).where(Thread.source_id == thread)).one()


def _ensure(pair: tuple[int, int], moment: datetime) -> int:
    user_id, subtheme_id = pair
    with transaction() as session:
        query = select(Credential).where(Credential.user_id == user_id, Credential.subtheme_id == subtheme_id)
        credential = session.scalar(query.order_by(Credential.id).limit(1))
        if credential is None:
            credential = Credential(
                user_id=user_id,
                subtheme_id=subtheme_id,
                title=TITLE,
                organization="",
                granted_at=moment,
                valid_until=moment.date(),
            )
            session.add(credential)
            session.flush()
        return credential.id
