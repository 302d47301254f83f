"""The rows of the public log as everybody reads them, with a link where the reader may follow it. No names of staff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, State, Thread
from moderation import wording as acts
from moderation.rules import name_of
from moderation.transparency import wording

HASH_SHOWN = 12  # characters of a row's hash: enough to compare by eye with `flask doctor`

# Acts whose target is a person in public: what somebody became. Sanctions name nobody.
_NAMED = frozenset({"role.changed", "moderator.appointed", "moderator.dismissed"})


@dataclass(frozen=True)
class Line:
    """One row of the log: the entry, its sub-theme if it has one, and the address of its target if that is visible."""

    entry: AuditEntry
    subtheme: SubTheme | None
    href: str | None

    @property
    def short_hash(self) -> str:
        """The beginning of the row's hash."""
        return self.entry.hash[:HASH_SHOWN]

    @property
    def what(self) -> Any:
        """The act in words."""
        return acts.ACTS.get(self.entry.act, self.entry.act)

    @property
    def role(self) -> Any:
        """In which role somebody acted, in words."""
        if isinstance(self.entry.facts, dict) and self.entry.facts.get("automatic"):
            return acts.PROGRAM
        return acts.ROLES.get(self.entry.actor_role, self.entry.actor_role)

    @property
    def rule(self) -> Any:
        """The rule's name, "" for none."""
        return name_of(self.entry.rule)

    @property
    def grounds(self) -> str:
        """Where it came from, for how long, its case."""
        return wording.grounds(self.entry)


def lines(entries: Sequence[AuditEntry], subthemes: dict[str, SubTheme]) -> list[Line]:
    """Return the rows with what stands beside them; `subthemes` by slug. One statement for each kind of target."""
    links = _links(entries, subthemes)
    return [Line(entry, subthemes.get(entry.scope), links.get(entry.target)) for entry in entries]


def all_subthemes() -> dict[str, SubTheme]:
    """Return every sub-theme by its slug, archived ones too, in the order the admins gave them."""
    return {row.slug: row for row in db.session.scalars(select(SubTheme).order_by(SubTheme.position, SubTheme.id))}


def _links(entries: Sequence[AuditEntry], subthemes: dict[str, SubTheme]) -> dict[str, str]:
    """Return the address of every target that everybody may see now, one statement for each kind of target."""
    ids: dict[str, set[int]] = {}
    for entry in entries:
        kind, _, number = entry.target.partition(":")
        if number.isdecimal() and (kind != "person" or entry.act in _NAMED):
            ids.setdefault(kind, set()).add(int(number))
    links = {f"subtheme:{row.id}": url_for("subthemes.show", slug=row.slug) for row in subthemes.values()}
    for kind, find in _FINDERS.items():
        if kind in ids:
            links.update({f"{kind}:{row_id}": href for row_id, href in find(ids[kind])})
    return links


def _posts(ids: set[int]) -> Iterable[tuple[int, str]]:
    visible = (Post.state == State.VISIBLE) & (Thread.state == State.VISIBLE)
    for row_id in db.session.scalars(select(Post.id).join(Thread).where(Post.id.in_(ids), visible)):
        yield row_id, url_for("posts.show", post_id=row_id)


def _threads(ids: set[int]) -> Iterable[tuple[int, str]]:
    query = select(Thread.id, Thread.title).where(Thread.id.in_(ids), Thread.state == State.VISIBLE)
    for row in db.session.execute(query):
        yield row.id, url_for("threads.show", thread_id=row.id, slug=Thread(title=row.title).slug)


def _people(ids: set[int]) -> Iterable[tuple[int, str]]:
    for row in db.session.execute(select(User.id, User.username).where(User.id.in_(ids))):
        yield row.id, url_for("people.profile", username=row.username)


def _credentials(ids: set[int]) -> Iterable[tuple[int, str]]:
    query = select(Credential.id, User.username).join(User, User.id == Credential.user_id)
    for row in db.session.execute(query.where(Credential.id.in_(ids))):
        yield row.id, url_for("people.profile", username=row.username)


_FINDERS: dict[str, Any] = {"post": _posts, "thread": _threads, "person": _people, "credential": _credentials}
