"""What people ask for: an archive of their data, the end of their account, and to stay after all."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from forum.accounts import links, sessions
from forum.accounts import queries as people
from forum.accounts.models import KEEP_POSTS, REMOVE_POSTS, User
from forum.core.database import db, locked, now, transaction
from forum.core.errors import Conflict, NotFound, Refused
from forum.core.jobs import enqueue
from forum.leaving import queries
from forum.leaving.making import make_archive
from forum.leaving.models import DataExport, State
from forum.mail.actions import owe

GRACE = timedelta(days=7)
LAST_ADMIN = _l("You are the only administrator: without you nobody could look after the forum. Make another first.")


def ask_for_archive(user: User) -> DataExport:
    """Owe the person an archive of their data and return it. Raises Conflict while one is being made."""
    with transaction() as session:
        person = _present(user)
        if queries.open_one(person.id):
            raise Conflict(_l("Your archive is being made already."))
        export = DataExport(user_id=person.id, state=State.OWED, asked_at=now(), touched_at=now())
        session.add(export)
        session.flush()
    enqueue(make_archive, export_id=export.id)
    return export


def leave(user: User, choice: str, *, this_token: str | None = None) -> User:
    """Let the account be deleted in 7 days; `choice` is KEEP_POSTS or REMOVE_POSTS. Return the person as written.

    Every other device than that of `this_token` is signed out, and a letter tells how to stay. Asking again changes
    the choice, not the day. Raises Refused for another choice, Conflict for the last administrator.
    """
    if choice not in (KEEP_POSTS, REMOVE_POSTS):
        raise Refused(_l("Please choose what becomes of your posts."))
    with transaction():
        person = _present(user)
        if people.is_last_admin(person):
            raise Conflict(LAST_ADMIN)
        is_new = person.leaving_at is None
        person.leaving_at, person.leaving_with = person.leaving_at or now() + GRACE, choice
        sessions.end_all(person.id, except_token=this_token)
        links.end_all(person.id)
        if is_new and person.email:
            facts = {"name": person.name, "username": person.username, "choice": choice}
            key = f"leaving:{person.id}:{int(person.leaving_at.timestamp())}"
            owe("leaving", person.email, key, language=person.language, user_id=person.id, facts=facts)
        return person


def stay(user: User) -> bool:
    """Let the account be as it was; return whether it was leaving. Raises NotFound once its time has come."""
    with transaction():
        person = _present(user)
        if person.leaving_at is not None and person.leaving_at <= now():
            raise NotFound
        was_leaving = person.leaving_at is not None
        person.leaving_at, person.leaving_with = None, ""
        return was_leaving


def _present(user: User) -> User:
    person = locked(User, user.id)
    if person is None or person.is_closed:
        db.session.expunge_all()
        raise NotFound
    return person
