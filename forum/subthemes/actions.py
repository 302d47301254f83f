"""What is done with sub-themes: make, edit, archive. The only writer of their names; counters belong to threads."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from forum.accounts.models import Person
from forum.core import audit
from forum.core.database import must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from forum.subthemes import policy
from forum.subthemes.models import HUES, SubTheme
from forum.subthemes.seven import SEVEN

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_LIMIT = 60
EDITABLE = ("name_en", "name_zh", "description_en", "description_zh", "position", "hue")


class SlugTaken(Conflict):
    """Another sub-theme has this address."""


def create(
    slug: str,
    *,
    name_en: str,
    name_zh: str,
    description_en: str = "",
    description_zh: str = "",
    position: int | None = None,
    hue: int | None = None,
    by: Person,
) -> SubTheme:
    """Make a sub-theme and return it; at the end and in the next hue unless told. Raises SlugTaken or Refused."""
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_LIMIT:
        raise Refused(_l("An address is made of small letters a-z and digits, joined by single hyphens."))
    with transaction() as session:
        _check(by)
        if session.scalar(select(SubTheme.id).where(SubTheme.slug == slug)):
            raise SlugTaken(_l("Another sub-theme has this address."))
        last = session.scalar(select(func.max(SubTheme.position)))
        place = (last or 0) + 1 if position is None else position
        subtheme = SubTheme(
            slug=slug,
            name_en=name_en,
            name_zh=name_zh,
            description_en=description_en,
            description_zh=description_zh,
            position=place,
            hue=(place - 1) % HUES if hue is None else hue,
        )
        session.add(subtheme)
        session.flush()
        _record("subtheme.created", subtheme, by, {"name_en": name_en, "name_zh": name_zh})
    return subtheme


def edit(subtheme: SubTheme, *, by: Person, **changes: Any) -> bool:
    """Set the given fields of EDITABLE and return whether anything changed; the address stays for ever."""
    with transaction():
        _check(by)
        row = must_lock(SubTheme, subtheme.id)
        changed = sorted(name for name in EDITABLE if name in changes and getattr(row, name) != changes[name])
        for name in changed:
            setattr(row, name, changes[name])
        if changed:
            _record("subtheme.edited", row, by, {"changed": changed})
    return bool(changed)


def archive(subtheme: SubTheme, *, by: Person) -> bool:
    """Close it to new threads; what is there stays readable. Return whether it was open."""
    return _set_archived(subtheme, True, by)


def unarchive(subtheme: SubTheme, *, by: Person) -> bool:
    """Open it to new threads again. Return whether it was archived."""
    return _set_archived(subtheme, False, by)


def _set_archived(subtheme: SubTheme, archived: bool, by: Person) -> bool:
    with transaction():
        _check(by)
        row = must_lock(SubTheme, subtheme.id)
        if (row.archived_at is not None) == archived:
            return False
        row.archived_at, row.archived_by_id = (now(), by.id) if archived else (None, None)
        if archived:
            _record("subtheme.archived", row, by, {})
        else:
            _record("subtheme.edited", row, by, {"changed": ["archived"]})
    return True


def ensure_seven() -> int:
    """Make those of the seven sub-themes that are missing and return how many; safe to repeat.

    They come with the forum, nobody decided on them: the public log does not speak of them.
    """
    with transaction() as session:
        present = set(session.scalars(select(SubTheme.slug)))
        missing = [(place, each) for place, each in enumerate(SEVEN) if each.slug not in present]
        session.add_all(SubTheme(**each._asdict(), position=place + 1, hue=place % HUES) for place, each in missing)
    return len(missing)


def _check(by: Person) -> None:
    if not policy.may_edit(by):
        raise Forbidden


def _record(act: str, subtheme: SubTheme, by: Person, facts: dict[str, Any]) -> None:
    audit.record(act, by=by, scope=subtheme.slug, target=f"subtheme:{subtheme.id}", facts=facts)
