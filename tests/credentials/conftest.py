"""Applications for data-and-algorithms, and the moderators of this and of another sub-theme."""

from collections.abc import Callable
from typing import Any

import pytest

from forum.accounts.models import User
from forum.core import audit
from forum.core.database import db
from forum.credentials import actions
from forum.credentials.models import Application
from forum.experts.actions import Claim
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug

CLAIM = Claim("government", "The court pays me.", "en")
Apply = Callable[..., Application]


@pytest.fixture
def thea(person: Any, subtheme: SubTheme) -> User:
    """A moderator of this sub-theme alone."""
    return person("thea", moderates=(subtheme.id,))


@pytest.fixture
def theo(person: Any) -> User:
    """A moderator of another sub-theme."""
    law = by_slug("law-online")
    assert law
    return person("theo", moderates=(law.id,))


@pytest.fixture
def apply(subtheme: SubTheme) -> Apply:
    """`apply(alice)`: alice wants to be known as a judge."""

    def application_of(who: User, place: SubTheme = subtheme, title: str = "Judge") -> Application:
        wanted = actions.Wanted(
            title, "Northern Court", CLAIM, "I stand in the court's list.", ("https://court.example/",)
        )
        return actions.apply(place, wanted, by=who)

    return application_of


def log() -> list[audit.AuditEntry]:
    """Return the public log, newest row first."""
    return list(db.session.scalars(audit.select(audit.AuditEntry).order_by(audit.AuditEntry.seq.desc())))
