"""How an account begins: its first standing, who invited it, what it accepted, and the letter about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlalchemy import select

from forum.accounts import confirmations, consents, guardians, invitations
from forum.accounts.models import Standing, User
from forum.accounts.owning import Holder
from forum.accounts.registration import Mode
from forum.core.database import db, now


@dataclass(frozen=True)
class Signup:
    """What came with a sign-up beside name, address and password.

    is_proved: the page did the work that a script would have to do, and nothing else speaks of a script
    form_key: the mark of the form, unique: its work counts for one account
    invitation: a code, or ""
    address: the client's address, kept for 7 days
    age_band: one of youth.Band; with CHILD, `guardian` is whom to ask
    application: why they want to join, "" where nobody asked
    accepted: the documents' versions that the form named
    """

    mode: Mode
    is_proved: bool = False
    form_key: str | None = None
    invitation: str = ""
    address: str = ""
    age_band: str = ""
    guardian: str = ""
    application: str = ""
    accepted: dict[str, int] = field(default_factory=dict)


def begin(user: User, signup: Signup) -> None:
    """Fill in the new account's columns, inside the transaction that writes it. Raises `BadField` ("invitation")."""
    if signup.form_key and db.session.scalar(select(User.id).where(User.signup_key == signup.form_key)):
        signup = replace(signup, is_proved=False, form_key=None)
    invited = invitations.take(signup.invitation) if _needs_invitation(signup) else None
    vouched = invited is not None or (signup.is_proved and signup.mode != Mode.APPROVAL)
    user.standing = Standing.UNCONFIRMED if signup.guardian else _standing(signup.mode, vouched=vouched)
    user.approved_at = now() if vouched else None
    user.invited_by_id = invited.inviter_id if invited else None
    user.signup_key, user.signup_address = signup.form_key, signup.address
    user.age_band, user.application = signup.age_band, signup.application


def complete(user: User, signup: Signup, owner: Holder | None) -> None:
    """Write what needs the account's number: whose invitation it was, what was accepted, the letter.

    `owner` has the same address already: only they are told (docs/decisions/0004). Either way the same is written.
    """
    if _needs_invitation(signup):
        invitations.used_by(signup.invitation, user)
    consents.give(user, signup.accepted, user.language)
    confirmations.first_letter(user, owner)
    if signup.guardian:
        guardians.ask(user, signup.guardian)


def _needs_invitation(signup: Signup) -> bool:
    return signup.mode == Mode.INVITATION or bool(signup.invitation)


def _standing(mode: Mode, *, vouched: bool) -> Standing:
    """Return where the account starts: an address to be confirmed comes first, then a moderator's yes if needed."""
    if mode == Mode.CONFIRM:
        return Standing.UNCONFIRMED
    return Standing.ACTIVE if vouched else Standing.WAITING
