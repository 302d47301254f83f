"""Who stands for many readers while a page is made for them: what they have in common, and nothing of one of them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, NoReturn

from markupsafe import Markup

from forum.accounts.models import Role, Standing
from forum.core.pagecache import Alone, Personal, marks


class Row(NamedTuple):
    """What is asked about a session and its person."""

    session_id: int
    token_hash: str
    expires_at: datetime
    seen_at: datetime | None
    begun_at: datetime
    id: int
    username: str
    display_name: str
    avatar: str
    role: str
    moderates: tuple[int, ...]
    is_expert: bool
    language: str
    timezone: str
    standing: str
    age_band: str
    suspended_until: datetime | None
    silenced_until: datetime | None
    leaving_at: datetime | None
    agreed: str
    created_at: datetime
    is_apart: bool


class StandIn:
    """Stands for all readers of one kind while a page is made for them: says what they have in common.

    What only one of them has is a mark, or raises: nobody's own words get into a page of many.
    """

    is_authenticated = is_active = is_confirmed = is_approved = True
    is_anonymous = is_closed = is_suspended = is_silenced = False
    suspended_until = silenced_until = leaving_at = None
    standing = Standing.ACTIVE
    is_many = True

    def __init__(self, row: Row) -> None:
        self.role, self.moderates, self.is_expert = row.role, row.moderates, row.is_expert
        self.language, self.timezone = row.language, row.timezone
        self.age_band, self.agreed = row.age_band, row.agreed
        self.is_admin = row.role == Role.ADMIN
        self.is_moderator = row.role in (Role.MODERATOR, Role.ADMIN)
        self.is_staff = self.is_moderator or bool(row.moderates)
        self.id = _Number(row.id)

    @property
    def met(self) -> set[int]:
        """The people whom this one was told apart from, by their ids."""
        return self.id.met

    @property
    def name(self) -> Markup:
        """The mark in the place of the reader's name."""
        return marks.Marks().value("name")

    @property
    def username(self) -> Markup:
        """The mark in the place of their user name."""
        return marks.Marks().value("username")

    def get_id(self) -> Markup:
        """Return the mark in the place of their number."""
        return marks.Marks().value("id")

    def __getattr__(self, name: str) -> NoReturn:
        raise Personal(f"{name} of a reader")


class _Number:
    """The number of the reader for whom the stand-in was made: nobody else's, and never told.

    Whoever it is compared with gets a page of their own. So does, for now, the reader, if it is theirs, or if it is
    to be written out, such as into a statement.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self.met: set[int] = set()

    def __eq__(self, other: object) -> bool:
        if other is None:
            return False
        if not isinstance(other, int):
            raise Alone
        self.met.add(other)
        if other == self._number:
            raise Alone
        return False

    def __hash__(self) -> NoReturn:
        raise Alone

    def __int__(self) -> NoReturn:
        raise Alone

    def __str__(self) -> NoReturn:
        raise Alone

    def __format__(self, _how: str) -> NoReturn:
        raise Alone

    __repr__ = __index__ = __str__

    @property
    def __clause_element__(self) -> NoReturn:
        """Into a statement, SQLAlchemy asks."""
        raise Alone
