"""A moderator's yes or no to an account that waits."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import literal_column, select

from forum.accounts import policy, sessions
from forum.accounts.emptying import empty
from forum.accounts.forgetting import forget_belongings
from forum.accounts.models import Standing, User
from forum.core import audit
from forum.core.database import db, must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from forum.core.paging import Page
from forum.core.text import skeleton
from forum.mail.actions import owe
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS, Letter

PAGE = 20
REASON_LIMIT = 500
# with the condition of the partial index word for word: SQLite takes it for nothing less
_WAITS: Any = literal_column("users.standing IN ('unconfirmed', 'waiting') AND users.standing = 'waiting'")

# What stays of a refused account: who was in a conversation, and archives, whose files go when their time is over.
STAY = frozenset({"conversation_members", "data_exports"})
OF_SIGNING_UP = frozenset({"signup_address", "signup_key"})


def waiting(after: int = 0) -> Page[User]:
    """Return 20 accounts that wait, oldest first, behind the id `after`."""
    query = select(User).where(_WAITS, User.id > after).order_by(User.id).limit(PAGE + 1)
    found = db.session.scalars(query).all()
    return Page(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else "")


def approve(user_id: int, by: User) -> bool:
    """Let the account take part fully and tell the person; return whether that changed anything.

    Joins the caller's transaction. Raises Forbidden, NotFound.
    """
    with transaction():
        person = _decidable(user_id, by)
        if person.standing != Standing.WAITING:
            return False
        person.standing, person.approved_at, person.approved_by_id = Standing.ACTIVE, now(), by.id
        person.application = ""  # it has served its purpose
        audit.record("account.approved", by=by, target=f"person:{person.id}")
        _tell(person, "approved", {"username": person.username})
    return True


def refuse(user_id: int, reason: str, by: User) -> str:
    """Close an account that waits: its names are free again, the person reads `reason`. Return its former name.

    Raises Conflict when somebody else decided meanwhile; Forbidden (also for one to whom the operator gave an office),
    NotFound, Refused without a reason.
    """
    if not reason:
        raise Refused(_l("Please say why: the person will read it."))
    with transaction():
        person = _decidable(user_id, by)
        if person.standing != Standing.WAITING:
            raise Conflict(_l("Somebody has decided about this account meanwhile."))
        if person.is_staff:
            raise Forbidden
        name = person.username
        forget_belongings(person.id, STAY)  # before the letter, which is one of them; so the person may try again
        _tell(person, "refused", {"username": name, "reason": reason})
        audit.record("account.refused", by=by, target=f"person:{person.id}")
        close(person)
    return name


def _decidable(user_id: int, by: User) -> User:
    if not (policy.may_take_part(by) and by.is_moderator) or by.id == user_id:
        raise Forbidden
    return must_lock(User, user_id)


def close(person: User) -> None:
    """Take everything personal from the account; "~" stands in no name that anybody can choose.

    What tells of the sign-up stays until its 90 days are over: moderators see who comes back from one network.
    """
    person.standing = Standing.CLOSED
    person.username = f"~{person.id}"
    person.username_key = skeleton(person.username)
    person.email, person.language, person.avatar = None, "", ""  # the picture's files are swept up
    empty(person, but_for=OF_SIGNING_UP)
    sessions.end_all(person.id)


def _tell(person: User, letter: str, facts: dict[str, Any]) -> None:
    if person.email and person.email_key:  # else it is somebody else's address, who has nothing to do with it
        key = f"{letter}:{person.id}"
        owe(letter, person.email, key, language=person.language, user_id=person.id, facts=facts)


LETTERS["approved"] = Letter(_l("Your account is approved"), extra=lambda mail: {"url": link_to("accounts.login")})
LETTERS["refused"] = Letter(_l("Your account was not approved"))
