"""Credentials read from the database: of a person, of a sub-theme, and the directory."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select, union_all
from sqlalchemy.orm import joinedload

from forum.accounts.models import Person
from forum.core.database import db, now
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme

OF_PERSON_LIMIT = 100  # credentials are granted by hand, one at a time


def by_id(credential_id: int) -> Credential | None:
    """Return the credential with its holder and sub-theme, or None."""
    query = select(Credential).where(Credential.id == credential_id)
    return db.session.scalar(query.options(joinedload(Credential.user), joinedload(Credential.subtheme)))


def usable(person: Person, subtheme_id: int) -> Sequence[Credential]:
    """Return the person's credentials in force for this sub-theme, oldest first; a kept page ends with the first."""
    return [one for one in in_force_of(person) if one.subtheme_id == subtheme_id and one.in_force]


def in_force_of(person: Person) -> Sequence[Credential]:
    """Return the person's credentials in force, with their sub-themes, oldest first; no query for a non-expert."""
    if not person.is_expert:
        return []
    query = select(Credential).where(Credential.user_id == person.id, in_force())
    query = query.options(joinedload(Credential.subtheme)).order_by(Credential.id).limit(OF_PERSON_LIMIT)
    return db.session.scalars(query).all()


def of_person(user_id: int) -> Sequence[Credential]:
    """Return all credentials that the person has or had, with their sub-themes, newest first, at most 100."""
    query = select(Credential).where(Credential.user_id == user_id).options(joinedload(Credential.subtheme))
    return db.session.scalars(query.order_by(Credential.id.desc()).limit(OF_PERSON_LIMIT)).all()


def of_subtheme(subtheme_id: int, limit: int) -> Sequence[Credential]:
    """Return the sub-theme's credentials in force with their holders, longest held first, at most `limit`."""
    query = select(Credential).where(Credential.subtheme_id == subtheme_id, in_force())
    query = query.options(joinedload(Credential.user)).order_by(Credential.granted_at, Credential.id)
    return db.session.scalars(query.limit(limit)).all()


def directory(
    subthemes: Sequence[SubTheme], limit: int, conditions: Sequence[ColumnElement[bool]] = ()
) -> dict[int, list[Credential]]:
    """Return {sub-theme id: its credentials in force with holders, longest held first, at most `limit`}.

    `conditions` narrow them further. One statement for all; the sub-themes' rows are read by their own index, each
    up to its limit.
    """
    if not subthemes:
        return {}
    firsts = [
        select(Credential.id)
        .where(Credential.subtheme_id == subtheme.id, in_force(), *conditions)
        .order_by(Credential.granted_at, Credential.id)
        .limit(limit)
        .subquery()
        for subtheme in subthemes
    ]
    wanted = union_all(*(select(first.c.id) for first in firsts))
    query = select(Credential).where(Credential.id.in_(wanted)).options(joinedload(Credential.user))
    found: dict[int, list[Credential]] = {subtheme.id: [] for subtheme in subthemes}
    for credential in db.session.scalars(query.order_by(Credential.granted_at, Credential.id)):
        found[credential.subtheme_id].append(credential)
    return found


def in_force() -> ColumnElement[bool]:
    """Return the condition of being in force: the same rule as `Credential.in_force`, for the database."""
    lasts = or_(Credential.valid_until.is_(None), Credential.valid_until >= now().date())
    return and_(Credential.revoked_at.is_(None), lasts)
