"""People read from the database: by name, by id, many at once, and in lists."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, exists, literal_column, or_, select

from forum.accounts import sessions
from forum.accounts.models import NameChange, Role, Session, Standing, User
from forum.config import PAGE_SIZE
from forum.core.database import db, now
from forum.core.paging import Page
from forum.core.text import cleaned, skeleton
from forum.mail.addresses import address_key

LOGIN_LIMIT = 320  # the longest e-mail address that a column holds
STAFF_LIMIT = 100
ADMINS_NAMED = 5
DEVICES_LIMIT = 50
FORMER_LIMIT = 20
# a literal, so that the partial index of those with a role serves it on SQLite too
HAS_ROLE = User.role != literal_column("'netizen'")
MODERATES_SOME: ColumnElement[bool] = literal_column("users.moderates <> ''")
_LAST = "\U0010ffff"  # sorts behind every name that goes on after a prefix


def by_id(user_id: int) -> User | None:
    """Return the person with this id, or None."""
    return db.session.get(User, user_id)


def by_username(name: str) -> User | None:
    """Return the person with this user name, in any case and width, or None; no look-alike, no closed account."""
    # of two that were look-alikes before this was a rule, only one has the key of both
    bears = (User.username_key == skeleton(name)) | (User.username == _as_stored(name))
    found = db.session.scalars(select(User).where(bears))
    return next((user for user in found if not user.is_closed and _folded(user.username) == _folded(name)), None)


def by_former_name(name: str) -> User | None:
    """Return the person who bore this user name before, in any case and width, or None."""
    query = select(User, NameChange.former).join(NameChange, NameChange.user_id == User.id)
    query = query.where(NameChange.former_key == skeleton(name)).order_by(NameChange.id.desc()).limit(FORMER_LIMIT)
    return next((user for user, former in db.session.execute(query) if _folded(former) == _folded(name)), None)


def former_names(user_id: int) -> Sequence[NameChange]:
    """Return the names that the person bore before, the latest first, at most 20."""
    query = select(NameChange).where(NameChange.user_id == user_id, NameChange.former != "")
    return db.session.scalars(query.order_by(NameChange.id.desc()).limit(FORMER_LIMIT)).all()


def is_last_admin(person: User) -> bool:
    """Whether nobody would administer the forum without this person; whoever can't do it, or leaves, does not count."""
    return person.is_admin and not admin_remains(but_for=person.id)


def admin_remains(but_for: int = 0) -> bool:
    """Whether another administrator than `but_for` is there who may act (`policy.may_take_part`) and is not leaving."""
    query = select(User.id).where(HAS_ROLE, User.role == Role.ADMIN, User.id != but_for, User.leaving_at.is_(None))
    query = query.where(*may_act(), User.standing.not_in((Standing.UNCONFIRMED, Standing.CLOSED)))
    return db.session.scalar(query.limit(1)) is not None


def is_name_taken(name: str, but_for: int = 0) -> bool:
    """Whether somebody other than `but_for` bears or bore this user name or one that looks like it."""
    key = skeleton(name)
    bears = exists().where(User.username_key == key, User.id != but_for)
    bore = exists().where(NameChange.former_key == key, NameChange.user_id != but_for)
    gone = exists().where(NameChange.former_key == retired(key))  # with its bearer, or taken away from them
    return bool(db.session.scalar(select(or_(bears, bore, gone))))


def by_usernames(names: Collection[str]) -> dict[str, User]:
    """Return {name: person} for those of `names` that somebody bears, in any case and width; in one statement."""
    if not names:
        return {}
    found = db.session.scalars(select(User).where(User.username_key.in_({skeleton(name) for name in names}))).all()
    people = {_folded(user.username): user for user in found if not user.is_closed}
    return {name: people[_folded(name)] for name in names if _folded(name) in people}


def by_address(address: str) -> Sequence[User]:
    """Return who has this e-mail address: its owner first, then accounts that have not shown it to be theirs."""
    owner = select(User).where(User.email_key == email_key(address))
    unproved = select(User).where(User.email == address, User.email_key.is_(None)).order_by(User.id)
    return [*db.session.scalars(owner), *db.session.scalars(unproved.limit(PAGE_SIZE))]


def retired(key: str) -> str:
    """Return what is kept of the key of a name whose bearer has left: enough to refuse the name to others."""
    return "~" + hashlib.sha256(key.encode()).hexdigest()


def by_login(login: str) -> User | None:
    """Return the person with this user name or e-mail address, or None; who may sign in by it, says `may_be`."""
    login = login.strip()[:LOGIN_LIMIT]
    if "@" in login:
        return db.session.scalar(select(User).where(User.email_key == email_key(login)))
    return by_username(login)


def may_be(login: str) -> list[User | None]:
    """Return whom somebody may mean who signs in as `login`, in places whose number says nothing about anybody.

    For a user name one place. For an e-mail address two: its owner, and the newest account that signed up with it and
    has not shown that it is theirs. So whoever signs up with an address can sign in by it, whoever else has it.
    """
    login = login.strip()[:LOGIN_LIMIT]
    if "@" not in login:
        return [by_username(login) or _by_name_taken_away(login)]
    key = email_key(login)
    owner = select(User).where(User.email_key == key, User.email_claim.is_(None))
    newest = select(User).where(User.email_claim == key).order_by(User.id.desc()).limit(1)
    return [db.session.scalar(owner), db.session.scalar(newest)]


def _by_name_taken_away(name: str) -> User | None:
    """Return the person from whom a moderator has taken this user name: by it they still come in, and find out."""
    bore = select(NameChange.user_id).where(NameChange.former == "", NameChange.former_key == retired(skeleton(name)))
    query = select(User).where(User.id.in_(bore), User.standing != Standing.CLOSED)
    return db.session.scalar(query.limit(1))


def email_key(address: str) -> str:
    """Return the address as it is compared: two spellings that differ in case or width are one."""
    return address_key(address)


def existing_names(names: Collection[str]) -> dict[str, str]:
    """Return {lower-case name: user name as chosen} for those of `names` that somebody bears, in one statement.

    A former name leads to the present one, so that an old text that is edited still means the same person.
    """
    wanted = {_folded(name): name.lower() for name in names}
    if not wanted:
        return {}
    bear = User.username_key.in_({skeleton(name) for name in wanted}) | User.username.in_(
        {_as_stored(name) for name in names}
    )
    keys = {skeleton(name) for name in wanted}
    former = select(User.username, NameChange.former).join(NameChange, NameChange.user_id == User.id)
    former = former.where(NameChange.former_key.in_(keys))
    present = select(User.username, User.username.label("former")).where(bear)
    found = db.session.execute(former.union_all(present)).all()
    return {wanted[_folded(called)]: name for name, called in found if _folded(called) in wanted}


def staff_or_experts_named(name: str) -> Sequence[User]:
    """Return moderators, admins and experts whose user name, present or former, looks like `name`.

    With or without its separators.
    """
    keys = {skeleton(name), skeleton("_".join(name.split())), skeleton("".join(name.split()))}
    bore = User.id.in_(select(NameChange.user_id).where(NameChange.former_key.in_(keys)))
    query = select(User).where(User.username_key.in_(keys) | bore, HAS_ROLE | MODERATES_SOME | User.is_expert)
    return db.session.scalars(query).all()


def staff() -> Sequence[User]:
    """Return moderators and admins by role and name, at most 100."""
    query = select(User).where(HAS_ROLE).order_by(User.role, User.username_key).limit(STAFF_LIMIT)
    return db.session.scalars(query).all()


def everybody_on_duty() -> Sequence[User]:
    """Return all who moderate or administer anything: those with a role first, each once."""
    return list(dict.fromkeys([*staff(), *theme_moderators()]))


def theme_moderators() -> Sequence[User]:
    """Return those who moderate single sub-themes, by name, at most 100."""
    found = db.session.scalars(select(User).where(MODERATES_SOME).order_by(User.id.desc()).limit(STAFF_LIMIT))
    return sorted(found, key=lambda user: user.username_key)


def administrators() -> Sequence[User]:
    """Return the admins who may take part, the oldest accounts first, at most 5."""
    query = select(User).where(HAS_ROLE, User.role == Role.ADMIN, *may_act()).order_by(User.id).limit(ADMINS_NAMED)
    return db.session.scalars(query).all()


def named_like(prefix: str, after: str = "") -> Page[User]:
    """Return 20 people whose user names begin with (a look-alike of) `prefix`, by name, after the key `after`."""
    start = skeleton(prefix)
    query = select(User).where(User.username_key >= start, User.username_key < start + _LAST)
    if after:
        query = query.where(User.username_key > skeleton(after))
    found = db.session.scalars(query.order_by(User.username_key).limit(PAGE_SIZE + 1)).all()
    more = found[PAGE_SIZE - 1].username_key if len(found) > PAGE_SIZE else ""
    return Page(found[:PAGE_SIZE], more)


def devices(user_id: int) -> Sequence[Session]:
    """Return where the person is signed in, newest first, at most 50."""
    query = select(Session).where(Session.user_id == user_id, *sessions.are_open())
    return db.session.scalars(query.order_by(Session.id.desc()).limit(DEVICES_LIMIT)).all()


def may_act() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions under which somebody of the staff can do what their office asks: nothing silences them."""
    moment = now()
    return (
        User.suspended_until.is_(None) | (User.suspended_until <= moment),
        User.silenced_until.is_(None) | (User.silenced_until <= moment),
    )


def _as_stored(name: str) -> str:
    """Return a name as the column would hold it, whatever was typed."""
    return unicodedata.normalize("NFKC", cleaned(name))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
