"""What is done with credentials: grant, renew, revoke. The only writer of them and of `User.is_expert`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from forum.accounts import youth
from forum.accounts.models import Person, User
from forum.accounts.policy import may_administer
from forum.core import audit, signals
from forum.core.database import announce, db, locked, must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.experts import policy
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme

REMINDERS = (30, 7)  # days before the end at which the holder is reminded (issue 5)
RENEWED_UNTIL = timedelta(days=30)  # after its last day a credential can be renewed for so long; then it is a new one

TOO_LATE = _l("It has no end, was revoked, or ended more than 30 days ago. That takes a new application.")


@dataclass(frozen=True)
class Claim:
    """What a credential says beside title and organisation; it never changes, but for the languages.

    `sector` is a code of accounts.profiles.SECTORS or ""; `interests` up to 1,000 characters; `languages` as "en zh".
    """

    sector: str = ""
    interests: str = ""
    languages: str = ""


def grant(
    user: User,
    subtheme: SubTheme,
    title: str,
    organization: str,
    valid_until: date | None,
    *,
    by: Person | None,
    claim: Claim | None = None,
) -> Credential:
    """Make `user` an expert of `subtheme` and return the credential; by None it is the operator at the console.

    `valid_until` is its last day (UTC), None for no end. Raises Forbidden for oneself and for whoever doesn't moderate
    the sub-theme, or is no admin where the holder is under 18; Refused for a day that has passed, Conflict when the
    same credential is in force already.
    """
    _check_day(valid_until)
    with transaction() as session:
        holder = _holder(user.id)
        if not policy.may_decide(by, holder, subtheme.id):
            raise Forbidden(_l("Moderators of the sub-theme grant credentials, and nobody to themselves."))
        if youth.is_minor(holder) and not (by is None or may_administer(by)):
            raise Forbidden(_l("Only an administrator grants a credential to somebody under 18."))
        check_new(holder.id, subtheme.id, title, organization)
        said = {"title": title, "organization": organization, **vars(claim or Claim())}
        credential = Credential(user_id=holder.id, subtheme_id=subtheme.id, valid_until=valid_until, **said)
        credential.granted_by_id = by.id if by else None
        _owe_reminders(credential)
        session.add(credential)
        session.flush()
        holder.is_expert = True
        facts = {"title": title, "organization": organization, "until": _day(valid_until)}
        _record("credential.granted", credential, subtheme.slug, by, **facts)
        _announce(credential)
    return credential


def renew(credential: Credential, valid_until: date, by: Person | None) -> None:
    """Let a credential last until a later day; everything else it says stays, and reminders are owed anew.

    Raises Forbidden as `grant` does, Refused for an earlier day, Conflict when it was revoked or ended too long ago.
    """
    _check_day(valid_until)
    with transaction():
        holder = _holder(credential.user_id)
        row = must_lock(Credential, credential.id)
        if not policy.may_decide(by, holder, row.subtheme_id):
            raise Forbidden(_l("Moderators of the sub-theme renew credentials, and nobody their own."))
        if not is_renewable(row):
            raise Conflict(TOO_LATE)
        if row.valid_until is None or valid_until <= row.valid_until:
            raise Refused(_l("It lasts until then already."))
        row.valid_until = valid_until
        _owe_reminders(row)
        _record("credential.renewed", row, _slug(row), by, title=row.title, until=_day(valid_until))


def is_renewable(credential: Credential) -> bool:
    """Whether the credential has an end that can still be moved: not revoked, and over for 30 days at most."""
    if credential.revoked_at or credential.valid_until is None:
        return False
    return credential.valid_until >= now().date() - RENEWED_UNTIL


def revoke(credential: Credential, reason: str, by: Person | None) -> bool:
    """End a credential now, for a reason that its holder reads; return False if it was revoked before.

    Answers given with it stay and say that it was revoked since. Raises Forbidden for one's own and for whoever
    doesn't moderate the sub-theme.
    """
    if not reason:
        raise Refused(_l("Please say why: the expert will read it."))
    with transaction() as session:
        holder = _holder(credential.user_id)
        row = must_lock(Credential, credential.id)
        if not policy.may_decide(by, holder, row.subtheme_id):
            raise Forbidden(_l("Moderators of the sub-theme revoke credentials, and nobody their own."))
        if row.revoked_at:
            return False
        row.revoked_at, row.revoked_by_id, row.revoke_reason = now(), by.id if by else None, reason
        session.flush()
        holder.is_expert = _holds_any(holder.id)
        _record("credential.revoked", row, _slug(row), by, title=row.title, organization=row.organization)
        _announce(row)
    return True


def answer_in(credential: Credential, languages: str, by: Person) -> None:
    """Set the languages that the holder answers in ("en zh"): the one thing that they change themselves."""
    with transaction():
        row = locked(Credential, credential.id)
        if row is None or row.user_id != by.id or row.revoked_at:
            raise NotFound
        row.languages = languages


def _check_day(valid_until: date | None) -> None:
    if valid_until and valid_until < now().date():
        raise Refused(_l("The last day lies in the past."))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _owe_reminders(credential: Credential) -> None:
    """Owe the reminders anew, but for those whose day has come already: the end was just talked about."""
    until = credential.valid_until
    left = (until - now().date()).days if until else max(REMINDERS) + 1
    for days in REMINDERS:
        setattr(credential, f"reminded_{days}_at", now() if left <= days else None)


def _holder(user_id: int) -> User:
    """The holder's row is locked first, so that a grant and a revocation of the same person take turns."""
    return must_lock(User, user_id)


def check_new(user_id: int, subtheme_id: int, title: str, organization: str) -> None:
    """Raise Conflict when the person holds exactly this credential and it is in force."""
    query = select(Credential).where(
        Credential.user_id == user_id,
        Credential.subtheme_id == subtheme_id,
        Credential.title == title,
        Credential.organization == organization,
        Credential.revoked_at.is_(None),
    )
    if any(credential.in_force for credential in db.session.scalars(query)):
        raise Conflict(_l("This person holds the same credential already."))


def _holds_any(user_id: int) -> bool:
    query = select(Credential.id).where(Credential.user_id == user_id, Credential.revoked_at.is_(None)).limit(1)
    return db.session.scalar(query) is not None


def _slug(credential: Credential) -> str:
    return db.session.scalar(select(SubTheme.slug).where(SubTheme.id == credential.subtheme_id)) or ""


def _record(act: str, credential: Credential, slug: str, by: Person | None, **facts: Any) -> None:
    audit.record(act, by=by, scope=slug, target=f"credential:{credential.id}", facts={**facts, "subtheme": slug})


def _announce(credential: Credential) -> None:
    announce(signals.credential_changed, credential_id=credential.id, user_id=credential.user_id)
