"""What is done with accounts: register, look whether a password fits, give another password or a role."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from forum.accounts import (
    fields,
    known_devices,
    links,
    owner_mail,
    owning,
    passwords,
    policy,
    queries,
    screening,
    sessions,
    signups,
)
from forum.accounts.models import KnownDevice, Role, RoleGrant, Standing, User
from forum.accounts.sanctions import locked_pair
from forum.accounts.signups import Signup
from forum.accounts.youth import GUARDIANS_LINK
from forum.core import audit, security_log
from forum.core.database import must_lock, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from forum.core.text import skeleton


def register(
    username: str,
    email: str,
    password: str | None,
    language: str = "",
    *,
    site_name: str = "",
    by_operator: bool = False,
    signup: Signup | None = None,
    also: Callable[[User], None] | None = None,
) -> User:
    """Make an account and return it, or raise `BadField` for "username", "email", "password" or "invitation".

    `signup` says how it came about, and with it how far the account is at first; without one it is in use at once.
    An address that another account has already is stored without its key: nothing tells the difference, not even
    signing in by it (docs/decisions/0004). The operator at the console may take a reserved name.
    `also` is called inside the transaction with the new account; without a password it has to give another way in.
    """
    if password is None and also is None:
        raise ValueError("an account that nobody could sign in to")
    username = fields.well_formed(username)
    if not by_operator:
        fields.refuse_reserved(username, site_name)
        screening.check("username", None, [username])
    address = fields.valid_email(email)
    if password is not None:
        fields.check_password(password, (username, address, site_name))
    fields.check_free(username)  # before the hash, so that asking for taken names costs the forum nothing
    user_facts = {
        "username": username,
        "username_key": skeleton(username),
        "email": address,
        "password_hash": passwords.hash_password(password) if password is not None else "",
        "language": language,
    }
    try:
        return _insert(user_facts, signup, also)
    except IntegrityError:  # the name or the address was taken this very moment: the second look sees by whom
        return _insert(user_facts, signup, also)


def _insert(facts: dict[str, str], signup: Signup | None, also: Callable[[User], None] | None) -> User:
    """Write the account. An address is its owner's once it is confirmed; where that is not asked, mail goes to the
    first one's. Both sign in by it, until it is confirmed: see `queries.may_be`."""
    with transaction() as session:
        fields.check_free(facts["username"])
        key = queries.email_key(facts["email"])
        holder = owning.holder(facts["email"])
        user = User(**facts, standing=Standing.ACTIVE)
        if signup:
            signups.begin(user, signup)
            user.email_claim = key
        user.email_key = None if holder or not user.is_confirmed else key
        session.add(user)
        session.flush()
        if signup:
            # who has only said that the address is theirs keeps nobody from confirming it
            is_told = holder is not None and (holder.is_owner or user.is_confirmed)
            signups.complete(user, signup, holder if is_told else None)
        if also:
            also(user)
    return user


def authenticate(login: str, password: str, device: KnownDevice | None = None) -> User | None:
    """Return the person with this name or e-mail address and password, or None, after the same work either way.

    On a browser that an account called so knows (`device`) only that account is tried: its guesses are counted apart.
    A suspended person is returned too: whoever signs them in tells them until when. An old hash is made anew.
    """
    places = queries.may_be(login)
    if device is not None:
        places = [queries.by_id(device.user_id), *[None] * (len(places) - 1)]
    fitting = [each for each in places if passwords.matches(each.password_hash if each else "", password)]
    user = fitting[0] if fitting else None
    if user is None:
        return None
    if passwords.is_outdated(user.password_hash):
        fresh = passwords.hash_password(password)
        with transaction():
            user.password_hash = fresh
    return user


def change_password(
    user: User,
    new: str,
    *,
    site_name: str = "",
    field: str = "new_password",
    inside: Callable[[], None] | None = None,
) -> None:
    """Give the person a new password; raise `BadField` if it can't be taken.

    All sessions end, what is half signed in, known browsers and links sent by mail; the owner is told. `inside` is
    called first in the transaction and refuses by raising.
    """
    fields.check_password(new, (user.username, user.email or "", site_name), field)
    fresh = passwords.hash_password(new)
    with transaction():
        if inside is not None:
            inside()
        person = must_lock(User, user.id)
        person.password_hash = fresh
        sessions.end_all(person.id)
        known_devices.forget_all(person.id)
        # whoever asked for them may have known the former password only; a guardian's waits for somebody else
        links.end_all(person.id, but_for=GUARDIANS_LINK)
        owner_mail.tell(person, "password_changed")
        security_log.note_after_commit("password.changed", person.id)


def change_role(user: User, role: str, by: User | None) -> bool:
    """Give `user` the role and return whether it changed; by None it is the operator at the console.

    Raises Refused for an unknown role, Forbidden for one's own, and Conflict when no admin would remain, or when an
    admin gives a role to an account that is not approved: a moderator's no would close it, role and all.
    """
    if role not in set(Role):
        raise Refused(_l("There is no such role."))
    with transaction() as session:
        person, actor = locked_pair(user, by)
        if not policy.may_change_role(actor, person, role):
            raise Forbidden(_l("Only an administrator changes roles, and nobody their own."))
        if person.role == role:
            return False
        if actor and role != Role.NETIZEN and not person.is_approved:
            raise Conflict(_l("This account can’t be given an office: it is closed or waits for approval."))
        if queries.is_last_admin(person):
            raise Conflict(_l("This is the last administrator. Make another one first."))
        former, person.role = str(person.role), role
        session.add(RoleGrant(user_id=person.id, former=former, role=role, granted_by_id=actor and actor.id))
        audit.record(
            "role.changed", by=actor, target=f"person:{person.id}", facts={"former": former, "role": str(role)}
        )
        sessions.end_all(person.id)
        acted = actor.id if actor else None
        security_log.note_after_commit("role.changed", person.id, by=acted, former=former, role=str(role))
    return True
