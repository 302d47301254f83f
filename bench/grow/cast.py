"""The few people with a part in the forum that is filled: made by the forum's own acts, before the rows come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from forum.accounts import consents, documents
from forum.accounts.models import Role, User
from forum.core.database import db, transaction
from forum.core.text import skeleton
from forum.experts.actions import grant
from forum.subthemes.models import SubTheme

READER, BUSY, ORDINARY, MODERATOR = "reader", "busy", "ordinary", "moderator"


@dataclass(frozen=True)
class Cast:
    """Ids: people by name, sub-themes in their order with slugs, and (holder, credential) by sub-theme."""

    people: Mapping[str, int]
    subthemes: tuple[tuple[int, str], ...]
    experts: Mapping[int, tuple[int, int]]

    @property
    def last_id(self) -> int:
        """The highest id of a person so far."""
        return max([*self.people.values(), *(holder for holder, _ in self.experts.values())])


def enter(began: datetime) -> Cast:
    """Make the people of the cast, as old as the forum, and return them; the forum is set up and empty."""
    with transaction():
        names = (READER, BUSY, ORDINARY, MODERATOR)
        people = {name: _person(name, began) for name in names}
        people[MODERATOR].role = Role.MODERATOR
        subthemes = list(db.session.scalars(select(SubTheme).order_by(SubTheme.position, SubTheme.id)))
        experts = {}
        for number, subtheme in enumerate(subthemes, 1):
            holder = _person(f"expert-{number}", began)
            credential = grant(holder, subtheme, "Professor", "University of the Delta", None, by=None)
            credential.granted_at = began
            experts[subtheme.id] = (holder.id, credential.id)
    places = tuple((subtheme.id, subtheme.slug) for subtheme in subthemes)
    return Cast({name: one.id for name, one in people.items()}, places, experts)


def _person(name: str, began: datetime) -> User:
    user = User(username=name, username_key=skeleton(name), created_at=began, trust_level=2)
    db.session.add(user)
    db.session.flush()
    consents.give(user, documents.versions(current_app.config["FORUM_INSTANCE"]), "en")
    return user
