"""Moderators of single sub-themes: appointed and dismissed by an admin, each time with a row in the public log."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.accounts import sessions
from forum.accounts.models import User
from forum.accounts.sanctions import locked_pair
from forum.core import audit
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden
from forum.subthemes import policy
from forum.subthemes.models import SubTheme, ThemeModerator

MOST = 40  # sub-themes that one person moderates: what fits into users.moderates; beyond it, make them a moderator


def appoint(user: User, subtheme: SubTheme, by: User | None) -> bool:
    """Let `user` moderate the sub-theme and return whether they did not yet; by None it is the operator.

    They are signed out everywhere, so that the next sign-in asks for what is asked of staff. Raises Forbidden,
    and Conflict for an account that is closed or not approved, or that has MOST already.
    """
    with transaction() as session:
        person, actor = _locked(user, by)
        if not person.is_approved:
            raise Conflict(_l("This account can’t be given an office: it is closed or waits for approval."))
        if subtheme.id in person.moderates:
            return False
        if len(person.moderates) >= MOST:
            raise Conflict(_l("Nobody moderates more than %(most)s sub-themes one by one.", most=MOST))
        session.add(
            ThemeModerator(user_id=person.id, subtheme_id=subtheme.id, appointed_by_id=actor.id if actor else None)
        )
        person.moderates = (*person.moderates, subtheme.id)
        _record("moderator.appointed", person, subtheme, actor)
    return True


def dismiss(user: User, subtheme: SubTheme, by: User | None) -> bool:
    """End it and return whether it was so. Raises Forbidden. They are signed out everywhere."""
    with transaction():
        person, actor = _locked(user, by)
        if subtheme.id not in person.moderates:
            return False
        _end(person, [subtheme.id], actor)
        _record("moderator.dismissed", person, subtheme, actor)
    return True


def end_all(person: User) -> None:
    """End all of them for an account that is closed; joins the caller's transaction, which holds the person's row."""
    if not person.moderates:
        return
    with transaction() as session:
        held = session.scalars(select(SubTheme).where(SubTheme.id.in_(person.moderates)).order_by(SubTheme.id)).all()
        _end(person, [each.id for each in held], None)
        for subtheme in held:
            _record("moderator.dismissed", person, subtheme, None)


def offices_of(user_id: int) -> Sequence[ThemeModerator]:
    """Return all sub-themes that the person moderates or has moderated, latest first, at most 100."""
    query = select(ThemeModerator).where(ThemeModerator.user_id == user_id).options(joinedload(ThemeModerator.subtheme))
    return db.session.scalars(query.order_by(ThemeModerator.id.desc()).limit(100)).all()


def disagreements(*, fix: bool = False) -> Sequence[str]:
    """Return the names of those whose row says otherwise than their offices in force; `fix` sets their rows right."""
    offices: dict[int, set[int]] = {}
    in_force = select(ThemeModerator.user_id, ThemeModerator.subtheme_id).where(ThemeModerator.ended_at.is_(None))
    for user_id, subtheme_id in db.session.execute(in_force):
        offices.setdefault(user_id, set()).add(subtheme_id)
    marked = select(User).where((User.moderates != ()) | User.id.in_(offices))
    wrong = [
        person
        for person in db.session.scalars(marked.order_by(User.id)).all()
        if set(person.moderates) != offices.get(person.id, set())
    ]
    if fix and wrong:
        with transaction():
            for person in wrong:
                person.moderates = tuple(offices.get(person.id, ()))
    return [person.username for person in wrong]


def _locked(user: User, by: User | None) -> tuple[User, User | None]:
    person, actor = locked_pair(user, by)
    if not policy.may_appoint(actor, person):
        raise Forbidden(_l("Only an administrator appoints moderators, and nobody themselves."))
    return person, actor


def _end(person: User, subtheme_ids: Sequence[int], by: User | None) -> None:
    in_force = select(ThemeModerator).where(
        ThemeModerator.user_id == person.id,
        ThemeModerator.subtheme_id.in_(subtheme_ids),
        ThemeModerator.ended_at.is_(None),
    )
    for office in db.session.scalars(in_force):
        office.ended_at, office.ended_by_id = now(), by.id if by else None
    person.moderates = tuple(each for each in person.moderates if each not in subtheme_ids)


def _record(act: str, person: User, subtheme: SubTheme, by: User | None) -> None:
    audit.record(act, by=by, scope=subtheme.slug, target=f"person:{person.id}")
    sessions.end_all(person.id)
