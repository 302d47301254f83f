"""Reading applications: those that wait for somebody, one in full, one's own. Every list is read along an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal_column, select, text
from sqlalchemy.orm import joinedload

from forum.accounts.models import Person, User
from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.core.paging import Page
from forum.credentials.models import Application
from forum.experts.policy import may_decide

# spelled out: a bound value would keep the partial index from serving
_OPEN = Application.state == literal_column("'open'")
EARLIER_SHOWN = 10
COUNTED_MOST = 100  # counting stops here; the desk then says "99+"
STAFF_MOST = 200  # people of one kind of office
_OFFICES = (text("moderates <> ''"), text("role <> 'netizen'"))  # each has an index of its own


def queue(viewer: Person, after: int = 0) -> Page[Application]:
    """Return open applications for the sub-themes that the viewer moderates, oldest first, behind the id `after`."""
    query = select(Application).where(_OPEN, Application.id > after)
    query = _within(viewer, query)
    query = query.options(joinedload(Application.user), joinedload(Application.subtheme))
    found = db.session.scalars(query.order_by(Application.id).limit(PAGE_SIZE + 1)).all()
    shown = found[:PAGE_SIZE]
    return Page(shown, str(shown[-1].id) if len(found) > PAGE_SIZE else "")


def waiting_count(viewer: Person) -> int:
    """Return how many open applications wait for the viewer, counted up to COUNTED_MOST."""
    some = _within(viewer, select(Application.id).where(_OPEN)).limit(COUNTED_MOST).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def deciders(applicant: User, subtheme_id: int) -> list[int]:
    """Return who is told of an application: the sub-theme's own moderators; where it has none, those of all."""
    for office in _OFFICES:
        people = db.session.scalars(select(User).where(office).limit(STAFF_MOST)).all()
        if found := sorted(each.id for each in people if may_decide(each, applicant, subtheme_id)):
            return found
    return []


def _within(viewer: Person, query: Select[Any]) -> Select[Any]:
    """Keep to the sub-themes that the viewer moderates."""
    return query if viewer.is_moderator else query.where(Application.subtheme_id.in_(viewer.moderates))


def in_full(application_id: int) -> Application | None:
    """Return the application with applicant, sub-theme, who decided, and the credential that it would renew."""
    query = select(Application).where(Application.id == application_id)
    return db.session.scalar(
        query.options(
            joinedload(Application.user),
            joinedload(Application.decided_by),
            joinedload(Application.subtheme),
            joinedload(Application.renews),
        )
    )


def earlier(application: Application, viewer: Person) -> Sequence[Application]:
    """Return the applicant's latest other applications where the viewer moderates, at most ten, newest first."""
    query = select(Application).where(Application.user_id == application.user_id, Application.id != application.id)
    query = _within(viewer, query)
    query = query.options(joinedload(Application.subtheme)).order_by(Application.id.desc())
    return db.session.scalars(query.limit(EARLIER_SHOWN)).all()


def of_person(user_id: int, before: int | None = None) -> Page[Application]:
    """Return the person's applications, newest first, with ids below `before`."""
    query = select(Application).where(Application.user_id == user_id).options(joinedload(Application.subtheme))
    if before is not None:
        query = query.where(Application.id < before)
    found = db.session.scalars(query.order_by(Application.id.desc()).limit(PAGE_SIZE + 1)).all()
    return Page(found[:PAGE_SIZE], str(found[PAGE_SIZE - 1].id) if len(found) > PAGE_SIZE else "")


def open_renewals(user_id: int) -> set[int]:
    """Return the person's credentials for which a renewal is asked and not decided."""
    query = select(Application.renews_id).where(Application.user_id == user_id, _OPEN)
    return set(filter(None, db.session.scalars(query)))
