"""What is done with accounts: register, sign in, change, suspend. The only writer of users and role grants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from forum.accounts import (
    known_devices,
    links,
    owner_mail,
    owning,
    passwords,
    policy,
    queries,
    refusals,
    screening,
    sessions,
    signups,
    strength,
)
from forum.accounts.models import PROFILE_PARTS, KnownDevice, Role, RoleGrant, Standing, User
from forum.accounts.profiles import About
from forum.accounts.signups import Signup
from forum.accounts.silences import locked_pair, why_silent
from forum.accounts.youth import GUARDIANS_LINK, UNLISTED
from forum.core import audit, markup, security_log
from forum.core.database import locked, now, transaction
from forum.core.errors import Busy, Conflict, Forbidden, NotFound, Refused
from forum.core.text import BadUsername, skeleton, valid_username

BadField = refusals.BadField  # rooms above know it by this place
_NAME_PROBLEMS = {
    "short": _l("A user name has at least 2 characters."),
    "long": _l("A user name has at most 30 characters."),
    "characters": _l("A user name is made of Latin or Chinese letters, digits and _ - . only."),
    "edges": _l("The signs _ - . stand inside a user name, one at a time, not at its ends."),
    "letters": _l("A user name has at least one letter."),
    "taken": _l("This user name, or one that looks like it, is taken. Please choose another."),
    "reserved": _l("This name is kept for the forum itself. Please choose another."),
}
_PASSWORD_PROBLEMS = {
    "short": _l("A password has at least 8 characters."),
    "long": _l("A password has at most 256 characters."),
    "personal": _l("This is your name, your address or the forum's name. Please choose something nobody would guess."),
    "common": _l("This is one of the passwords that are tried first. Please choose something nobody would guess."),
}


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
    username = well_formed(username)
    if not by_operator:
        refuse_reserved(username, site_name)
        screening.check("username", None, [username])
    address = valid_email(email)
    if password is not None:
        check_password(password, (username, address, site_name))
    check_free(username)  # before the hash, so that asking for taken names costs the forum nothing
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
        check_free(facts["username"])
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


def check_free(username: str, but_for: int = 0) -> None:
    """Raise `BadField` when somebody bears the name, or one that looks like it, or bore it once.

    `but_for` is the id of a person whose own names, present and former, don't stand in their way.
    """
    if queries.is_name_taken(username, but_for):
        raise BadField("username", _NAME_PROBLEMS["taken"])


def refuse_reserved(username: str, site_name: str = "") -> None:
    """Raise `BadField` for a name that would speak for the forum."""
    if policy.is_reserved(username, site_name):
        raise BadField("username", _NAME_PROBLEMS["reserved"])


def well_formed(username: str) -> str:
    """Return the name as it is stored, or raise `BadField`."""
    try:
        return valid_username(username.strip(" \t"))
    except BadUsername as error:
        raise BadField("username", _NAME_PROBLEMS[error.reason]) from error


def valid_email(address: str) -> str:
    """Return the address as it is stored, or raise `BadField`."""
    try:
        return validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise BadField("email", _l("This is not an e-mail address.")) from error


def check_password(password: str, personal: tuple[str, ...], field: str = "password") -> None:
    """Raise `BadField` for `field` when the password is too short, too long or too easy to guess.

    `personal` are what a guesser knows: the user name, the e-mail address, the site's name ("" is skipped).
    """
    problem = passwords.problem(password, [words for words in personal if words])
    if problem:
        raise BadField(field, _PASSWORD_PROBLEMS[problem])
    if (weakness := strength.weakness(password, personal)) is not None:
        raise BadField(field, weakness)


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
    check_password(new, (user.username, user.email or "", site_name), field)
    fresh = passwords.hash_password(new)
    with transaction():
        if inside is not None:
            inside()
        person = _present(user)
        person.password_hash = fresh
        sessions.end_all(person.id)
        known_devices.forget_all(person.id)
        # whoever asked for them may have known the former password only; a guardian's waits for somebody else
        links.end_all(person.id, but_for=GUARDIANS_LINK)
        owner_mail.tell(person, "password_changed")
        security_log.note_after_commit("password.changed", person.id)


def edit_profile(
    user: User, *, display_name: str, bio: str, language: str, timezone: str, about: About | None = None
) -> None:
    """Change what the person says about themselves; raise `BadField` for a name that imitates, a costly bio, a silence.

    Without `about` the sector, place, links, languages and what is private stay as they are.
    """
    if display_name != user.display_name:
        _check_display_name(user, display_name)
    rendered = _rendered_bio(bio)
    _screen_profile(user, display_name, rendered if bio != user.bio else None, about)
    with transaction():
        person = _present(user)
        _let_nobody_silenced_speak(person, display_name, bio, about)
        person.display_name = display_name
        person.bio, person.bio_html, person.render_version = bio, rendered.html, rendered.version
        person.language, person.timezone = language, timezone
        if about:
            person.sector, person.place, person.speaks = about.sector, about.place, about.speaks
            asked = (*PROFILE_PARTS, UNLISTED)
            kept = [part for part in person.private if part not in asked]  # chosen elsewhere: no messages
            person.links, person.private = list(about.links), [p for p in asked if p in about.private] + kept


def _let_nobody_silenced_speak(person: User, name: str, bio: str, about: About | None) -> None:
    """Raise `BadField` where somebody silenced would say something else of themselves; the rest they may change."""
    if (why := why_silent(person)) is None:
        return
    said: dict[str, tuple[Any, Any]] = {"display_name": (name, person.display_name), "bio": (bio, person.bio)}
    if about is not None:
        said |= {"sector": (about.sector, person.sector), "place": (about.place, person.place)}
        said |= {"speaks": (about.speaks, person.speaks), "link_1": (list(about.links), person.links)}
    for field, (wanted, present) in said.items():
        if wanted and wanted != present:
            raise BadField(field, why)


def _screen_profile(user: User, name: str, bio: Any | None, about: About | None) -> None:
    """Raise `BadField` for what moderators let nobody say about themselves; what stood there already may stay."""
    screening.check("display_name", user, [name] if name != user.display_name else [])
    if bio is not None:
        screening.check("bio", user, [bio.text], bio.links)
    if about is not None:
        screening.check("place", user, [about.place] if about.place != user.place else [])
        screening.check("speaks", user, [about.speaks] if about.speaks != user.speaks else [])
        screening.check("link_1", user, [], [link for link in about.links if link not in user.links])


def _check_display_name(user: User, name: str) -> None:
    if not name or user.is_moderator:
        return
    if policy.is_reserved(name) or policy.imitates_badge(name):
        raise BadField(
            "display_name", _l("This name reads like a role or a badge of the forum. Please choose another.")
        )
    if any(other.id != user.id for other in queries.staff_or_experts_named(name)):
        raise BadField("display_name", _l("An expert or moderator has this name. Please choose another."))


def _rendered_bio(bio: str) -> Any:
    try:
        return markup.render(bio)
    except markup.NoTurn as error:
        raise Busy(
            _l("The forum is busy with other texts right now. Nothing is lost: please try again in a few seconds.")
        ) from error
    except markup.TooDeep as error:
        raise BadField("bio", _l("This text is nested too deeply to be shown. Please simplify it.")) from error
    except markup.TooCostly as error:
        raise BadField(
            "bio", _l("This text is built too intricately to be shown. Use fewer marks, or make it shorter.")
        ) from error


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


def suspend(user: User, until: datetime, by: User | None) -> bool:
    """Suspend `user` and sign them out everywhere; return whether that made it longer.

    Joins the caller's transaction; the decision that orders it writes the audit row. Raises Forbidden for self
    and for staff above, Refused for a moment that has passed.
    """
    if until <= now():
        raise Refused(_l("A suspension ends in the future."))
    with transaction():
        person, actor = locked_pair(user, by)
        if not policy.may_suspend(actor, person):
            raise Forbidden(_l("You may not suspend this person."))
        former, person.suspended_until = person.suspended_until, policy.longer(person.suspended_until, until)
        sessions.end_all(person.id)
        security_log.note_after_commit("person.suspended", person.id, by=actor.id if actor else None)
        return former != person.suspended_until


def shorten_suspension(user: User, until: datetime | None, by: User | None) -> bool:
    """Let the suspension of `user` end at `until`, or at once (None); return whether that made it shorter.

    Joins the caller's transaction; whoever takes a decision back writes the audit row. Raises Forbidden for one's own
    and for staff above.
    """
    with transaction():
        person, actor = locked_pair(user, by)
        if not policy.may_lift(actor, person):
            raise Forbidden(_l("You may not end the suspension of this person."))
        former = person.suspended_until
        if former is None or (until is not None and until >= former):
            return False
        person.suspended_until = until
        return True


def _present(user: User) -> User:
    person = locked(User, user.id)
    if person is None:
        raise NotFound
    return person
