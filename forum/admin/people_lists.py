"""The lists of people that an administrator chooses from; each is read along an index of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, literal_column, select

from forum.accounts.models import User
from forum.config import PAGE_SIZE
from forum.core.database import db, now
from forum.core.paging import Page, after_cursor, cursor, id_in


@dataclass(frozen=True)
class Chosen:
    """One list: its name for people, the rows' condition, and the moment that sorts it (by id where there is none).

    Conditions are spelled out: with bound values SQLite would not take the partial indexes that serve them.
    """

    words: Any
    condition: ColumnElement[Any] | None = None
    moment: Any = None


def _where(condition: str) -> ColumnElement[Any]:
    return literal_column(f"({condition})")


_BEGINNING = "users.standing IN ('unconfirmed', 'waiting')"  # the condition of the partial index, word for word

LISTS: dict[str, Chosen] = {
    "joined": Chosen(_l("who joined last"), moment=User.created_at),
    "seen": Chosen(_l("who was here last"), _where("users.signed_in_at IS NOT NULL"), User.signed_in_at),
    "unconfirmed": Chosen(_l("address not confirmed"), _where(f"{_BEGINNING} AND users.standing = 'unconfirmed'")),
    "waiting": Chosen(_l("waiting for a moderator's yes"), _where(f"{_BEGINNING} AND users.standing = 'waiting'")),
    "suspended": Chosen(_l("suspended"), _where("users.suspended_until IS NOT NULL"), User.suspended_until),
    "silenced": Chosen(_l("silenced"), _where("users.silenced_until IS NOT NULL"), User.silenced_until),
    "moderators": Chosen(_l("moderators"), _where("users.role <> 'netizen' AND users.role = 'moderator'")),
    "theme-moderators": Chosen(_l("theme moderators"), _where("users.moderates <> ''")),
    "admins": Chosen(_l("administrators"), _where("users.role <> 'netizen' AND users.role = 'admin'")),
    "experts": Chosen(_l("experts"), _where("users.is_expert")),
    "trust-1": Chosen(_l("trust level 1"), _where("users.trust_level = 1")),
    "trust-2": Chosen(_l("trust level 2"), _where("users.trust_level = 2")),
    "trust-3": Chosen(_l("trust level 3"), _where("users.trust_level = 3")),
    "bounced": Chosen(_l("whose mail comes back"), _where("users.bounces > 0")),
    "closed": Chosen(_l("closed accounts"), _where("users.standing = 'closed'")),
}


def page(name: str, after: str = "", since: date | None = None) -> Page[User]:
    """Return 20 people of a list, latest first, behind the cursor `after`; `since` bounds what has a moment."""
    chosen = LISTS[name]
    query: Any = select(User) if chosen.condition is None else select(User).where(chosen.condition)
    if name in ("suspended", "silenced"):
        query = query.where(chosen.moment > now())
    elif since and chosen.moment is not None:
        query = query.where(chosen.moment >= datetime(since.year, since.month, since.day, tzinfo=UTC))
    found = db.session.scalars(_behind(query, chosen.moment, after).limit(PAGE_SIZE + 1)).all()
    more = _cursor_of(found[PAGE_SIZE - 1], chosen.moment) if len(found) > PAGE_SIZE else ""
    return Page(found[:PAGE_SIZE], more)


def _behind(query: Any, moment: Any, after: str) -> Any:
    if moment is None:
        last = id_in(after)
        return (query.where(User.id < last) if last else query).order_by(User.id.desc())
    place = after_cursor(after) if after else None
    if place:
        query = query.where((moment < place[0]) | ((moment == place[0]) & (User.id < place[1])))
        query = query.where(moment <= place[0])
    return query.order_by(moment.desc(), User.id.desc())


def _cursor_of(user: User, moment: Any) -> str:
    return str(user.id) if moment is None else cursor(getattr(user, moment.key), user.id)


def day_in(value: str) -> date | None:
    """Return the day that a form's date field carries ("2026-11-23"), None for none or nonsense."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if date(1970, 1, 2) <= found <= now().date() + timedelta(days=1) else None
