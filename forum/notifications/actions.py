"""Writing notices, following threads, marking notices read. Telling twice makes one notice: `key` names its cause."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import delete, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.accounts import quiet, ties, youth
from forum.core.database import Base, db, locked, now, transaction
from forum.core.jobs import each_or_log, job, sweeper
from forum.core.markup.quoting import ATTRIBUTION
from forum.core.paging import LARGEST_ID
from forum.experts.models import Credential
from forum.notifications import owing, queries
from forum.notifications.models import Notification, Watch
from forum.notifications.wording import KINDS
from forum.threads.models import Post, State, Thread

QUOTED_MOST = 20  # people told by one post because it quotes them (checks.md SP-2)
MAIL_AFTER = timedelta(minutes=15)  # who reads it here by then needs no mail
SWEEP_SIZE = 200


# A room that leads a thread says itself whom a post of it concerns, and why; None where it does not lead it.
concerned: list[Callable[[Thread, Post], dict[int, str] | None]] = []

_QUOTED_LINE = re.compile(rf"^[ >]*> ?{ATTRIBUTION.pattern}", re.MULTILINE)


@dataclass(frozen=True)
class Notice:
    """One notice to be written: to whom, what kind, and the `key` of its cause, unique for the person."""

    user_id: int
    kind: str
    key: str
    actor_id: int | None = None
    post_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


class Shown(Protocol):
    """What pages of one thread showed somebody."""

    @property
    def positions(self) -> Collection[int]:
        """Where a text was shown."""

    @property
    def last(self) -> int:
        """Up to which position the thread was shown."""


def tell(
    user_id: int,
    kind: str,
    key: str,
    actor_id: int | None = None,
    post_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Give one person one notice, in the caller's transaction if there is one; nothing if `key` was told before."""
    tell_all([Notice(user_id, kind, key, actor_id, post_id, facts or {})])


def tell_all(notices: Iterable[Notice]) -> None:
    """Write many notices in one statement; those told before are left as they are, and whoever left is told nothing.

    What people wrote waits for the morning where it is night for the reader (see accounts.quiet), and so does its mail.
    """
    moment, notices = now(), list(notices)
    here = owing.nights({notice.user_id for notice in notices})
    rows = [_row(notice, here[notice.user_id], moment) for notice in notices if notice.user_id in here]
    if rows:
        with transaction() as session:
            session.execute(_insert_or_leave(Notification, "user_id", "key"), rows)


def take_back(keys: Collection[tuple[int, str]]) -> set[int]:
    """Delete the unread notices with these pairs of person and key, joining the caller; return whose they were.

    For what was told a moment ago and is not so; whoever has read it, here or by mail, stays told.
    """
    pairs = tuple_(Notification.user_id, Notification.key).in_(list(keys))
    with transaction() as session:
        unknown = Notification.read_at.is_(None) & Notification.mailed_at.is_(None)
        gone = delete(Notification).where(pairs, unknown).returning(Notification.user_id)
        return set(session.scalars(gone, execution_options={"synchronize_session": False}))


def _row(notice: Notice, person: Any, moment: datetime) -> dict[str, Any]:
    kind = KINDS.get(notice.kind)
    waits = kind is not None and kind.waits
    due = moment + MAIL_AFTER if kind and kind.mail else None
    return {
        **vars(notice),
        "created_at": moment,
        "held_until": quiet.until(person, moment) if waits else None,
        "mail_due_at": (quiet.until(person, due) or due) if due and waits else due,
    }


def _insert_or_leave(model: type[Base], *unique: str) -> Any:
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return dialect.insert(model).on_conflict_do_nothing(index_elements=unique)


@job
def tell_of_post(post_id: int) -> None:
    """Tell everybody whom a published post concerns, once; its author and the thread's now follow the thread.

    A post that is not visible yet, or no more, owes nothing now. Safe to run twice and from two workers at once.
    """
    thread_id = owing.thread_of(post_id)
    if thread_id is None:
        return
    with transaction():
        thread, post = locked(Thread, thread_id), locked(Post, post_id)
        if thread is None or post is None or post.notified_at or post.state != State.VISIBLE:
            return
        if thread.state == State.VISIBLE:
            tell_all(
                Notice(user_id, kind, f"post:{post.id}", actor_id=post.author_id, post_id=post.id)
                for user_id, kind in _concerned(thread, post).items()
            )
            if not thread.led_by:
                _follow({thread.author_id, post.author_id}, thread.id)
        post.notified_at = now()


def _concerned(thread: Thread, post: Post) -> dict[int, str]:
    """Return who is told and why: each person once, by what concerns them most (later entries are stronger)."""
    told = next((found for ask in concerned if (found := ask(thread, post)) is not None), None)
    kinds = _in_discussion(thread, post) if told is None else dict(told)
    kinds.update(dict.fromkeys(owing.authors_of(_quoted(post.body)), "quote"))
    kinds.update(dict.fromkeys(owing.mentioned_in(post.id, youth.care_of(post.author).mentions_most), "mention"))
    kinds.pop(post.author_id, None)
    for user_id in ties.deaf_to(post.author_id, kinds):
        del kinds[user_id]
    return kinds


def _in_discussion(thread: Thread, post: Post) -> dict[int, str]:
    """Return who is told because they follow the thread, began it or are replied to."""
    kinds: dict[int, str] = {}
    answer = "answer" if post.credential_id else ""
    muted, watching = owing.watchers(thread.id)
    kinds.update(dict.fromkeys(owing.without_unread_watch(watching, thread.id), "watch"))
    if answer:
        kinds.update(dict.fromkeys(watching, answer))
    if thread.author_id not in muted:
        kinds[thread.author_id] = answer or "reply"
    if post.parent_id and (parent := owing.authors_of([post.parent_id])):
        kinds.update(dict.fromkeys(parent, answer or "reply"))
    return kinds


def _quoted(body: str) -> list[int]:
    """Return the ids of the posts that a text quotes by the quote button's convention."""
    ids = dict.fromkeys(int(found[0].rpartition("#")[2]) for found in _QUOTED_LINE.finditer(body))
    return [post_id for post_id in ids if post_id <= LARGEST_ID][:QUOTED_MOST]


def _follow(user_ids: set[int], thread_id: int) -> None:
    here = sorted(owing.not_closed(user_ids))
    rows = [{"user_id": user_id, "thread_id": thread_id, "created_at": now()} for user_id in here]
    if not rows:
        return
    with transaction() as session:
        session.execute(_insert_or_leave(Watch, "user_id", "thread_id"), rows)


@job
def tell_of_credential(credential_id: int) -> None:
    """Tell somebody that they were made an expert, or are one no more. Safe to run twice."""
    credential = db.session.get(Credential, credential_id)
    if credential is None:
        return
    change = "revoked" if credential.revoked_at else "granted"
    facts = {"change": change, "title": credential.title, "subtheme": credential.subtheme_id}
    if credential.revoke_reason:
        facts["reason"] = credential.revoke_reason
    tell(credential.user_id, "credential", owing.credential_key(credential), facts=facts)


@sweeper
def notices_owed() -> None:
    """Tell of every published post whose notices are owed: what a crash left behind."""
    last = 0
    while ids := owing.posts_owing_notices(last, SWEEP_SIZE):
        each_or_log(tell_of_post, ids)
        last = ids[-1]


@sweeper
def credentials_owed() -> None:
    """Tell of every credential that changed lately and whose nudge was lost."""
    each_or_log(tell_of_credential, owing.credentials_owing_notices())


def mute(user_id: int, thread_id: int) -> None:
    """Stop following a thread; mentions, quotes and direct replies are still told."""
    with transaction() as session:
        _follow({user_id}, thread_id)
        session.execute(update(Watch).where(Watch.user_id == user_id, Watch.thread_id == thread_id).values(muted=True))


def mark_read(user_id: int, notification_id: int | None = None) -> None:
    """Mark one of the person's notices read, or all that they can see: what waits for the morning stays new."""
    shown = queries.is_delivered()
    owed = update(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None), shown)
    if notification_id is not None:
        owed = owed.where(Notification.id == notification_id)
    with transaction() as session:
        session.execute(owed.values(read_at=now()))


def mark_seen(shown: Mapping[tuple[int, int], Shown]) -> None:
    """Mark notices read whose posts pages showed: by person and thread, the positions with a text, and the last one.

    That there is something new in a thread is old news for whoever was behind it, wherever they came in.
    """
    seen = [
        row.id
        for row in queries.unread_about(shown)
        if row.position in shown[row.user_id, row.thread_id].positions
        or (row.kind == "watch" and row.position <= shown[row.user_id, row.thread_id].last)
    ]
    if seen:
        with transaction() as session:
            session.execute(update(Notification).where(Notification.id.in_(seen)).values(read_at=now()))
