"""Turning 18: the person says so, once and not soon after joining, or an admin sets it. Nobody knows a birthday."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from forum.accounts import policy, youth
from forum.accounts.models import PROFILE_PARTS, AgeChange, Guardian, User
from forum.accounts.youth import UNLISTED, Band
from forum.core import audit, security_log
from forum.core.database import db, must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, Refused

WAIT = timedelta(days=30)  # since joining as young: who mistyped asks an admin, who pretends gains nothing by it
WAIT_OF_CHILDREN = timedelta(days=4 * 365)  # since a guardian's consent: they were under 14
SETTABLE = (Band.UNKNOWN, Band.YOUNG, Band.ADULT)  # by an admin; CHILD ends with a guardian's answer only


def earliest(person: User) -> datetime:
    """Return from when on the person can say that they are 18."""
    guardian = db.session.get(Guardian, person.id)
    if guardian and guardian.agreed_at:
        return guardian.agreed_at + WAIT_OF_CHILDREN
    since = select(AgeChange.changed_at).where(AgeChange.user_id == person.id).order_by(AgeChange.id.desc()).limit(1)
    return (db.session.scalar(since) or person.created_at) + WAIT


def why_not(person: User) -> Any | None:
    """Say why the person can't say now that they are 18, or return None."""
    if person.age_band != Band.YOUNG:
        return _l("This is for people who said that they are 14 to 17.")
    own = select(AgeChange.id).where(AgeChange.user_id == person.id, AgeChange.changed_by_id == person.id).limit(1)
    if db.session.scalar(own) is not None:
        return _l("You said so once already, and it was taken back. Please write to the administrators.")
    if now() < earliest(person):
        return _l("This is possible some time after joining. If your age was a mistake, write to the administrators.")
    return None


def come_of_age(user: User) -> None:
    """Take the person's word that they are 18. What was protected stays so until they choose otherwise.

    The page stays unlisted and quiet hours stay, as choices of their own now. Raises Conflict for what `why_not` says.
    """
    with transaction():
        person = must_lock(User, user.id)
        if (objection := why_not(person)) is not None:
            raise Conflict(objection)
        _change(person, Band.ADULT, by=person)


def set_band(user: User, band: str, by: User) -> bool:
    """Set somebody's age band; return whether it changed. What an account shows is closed when it becomes young.

    Raises Forbidden for anybody but an admin, Refused for what can't be set, Conflict while a guardian is asked.
    """
    if not policy.may_administer(by):
        raise Forbidden
    if band not in SETTABLE:
        raise Refused(_l("Choose one of these."))
    with transaction():
        person = must_lock(User, user.id)
        if person.age_band == band:
            return False
        if person.age_band == Band.CHILD or person.is_closed:
            raise Conflict(_l("A guardian is asked first, or the account is closed."))
        _change(person, band, by=by)
    return True


def join(staying: User, going: User, by: User) -> None:
    """Let the stricter band hold for the one account that two become, with a guardian's consent to either.

    Joins the transaction that merges them; both rows are locked. What the young one had closed is closed.
    """
    if youth.is_minor(going) and not youth.is_minor(staying):
        _change(staying, Band.YOUNG, by=by)
        staying.quiet_hours = going.quiet_hours
    _hand_over_consent(staying, going)


def _hand_over_consent(staying: User, going: User) -> None:
    """Keep one guardian's row: of two consents the later, for then the child was still under 14."""
    theirs = db.session.get(Guardian, going.id)
    if theirs is None:
        return
    mine = db.session.get(Guardian, staying.id)
    if mine is None:
        mine = Guardian(user_id=staying.id, asked_at=theirs.asked_at)
        db.session.add(mine)
    if theirs.agreed_at and (mine.agreed_at is None or theirs.agreed_at > mine.agreed_at):
        mine.agreed_at, mine.agreed = theirs.agreed_at, theirs.agreed
    db.session.delete(theirs)
    db.session.flush()


def _change(person: User, band: str, by: User) -> None:
    was_minor = youth.is_minor(person)
    if was_minor and not youth.TABLE[band].is_minor:
        person.quiet_hours = person.quiet_hours or youth.care_of(person).quiet_hours
        person.private = [*dict.fromkeys((*person.private, UNLISTED))]
    if not was_minor and youth.TABLE[band].is_minor:
        person.quiet_hours = ""
        person.private = [*dict.fromkeys((*PROFILE_PARTS, *person.private))]
    person.age_band = band
    db.session.add(AgeChange(user_id=person.id, changed_at=now(), changed_by_id=by.id))
    audit.record("account.age", by=by, target=f"person:{person.id}")  # never which band
    security_log.note_after_commit("age.changed", person.id, by=by.id)
    db.session.flush()
