"""People of a file become accounts without password or address: nobody can sign in to one until it is given to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from forum.accounts.models import NameChange, Role, RoleGrant, User
from forum.accounts.policy import is_reserved
from forum.archive.ids import Ids, batches
from forum.archive.records import Record
from forum.archive.rendering import Text, rendered
from forum.core import audit
from forum.core.database import transaction
from forum.core.text import skeleton

BATCH = 500
STAFF = (Role.MODERATOR, Role.ADMIN)
_NO_BIO = Text("", "")


def import_people(new: list[Record], ids: Ids, *, trust_roles: bool) -> list[tuple[str, str]]:
    """Make the accounts and return (wanted, given) for names that were taken or are reserved."""
    with_bio = [person for person in new if person.fields.get("bio")]
    bios = {person.id: text for person, text in rendered(with_bio, lambda person: str(person.fields["bio"]))}
    renamed: list[tuple[str, str]] = []
    for batch in batches(new, BATCH):
        with transaction() as session:
            names = _free_names(session, [person.fields["username"] for person in batch])
            rows = [
                _row(person, name, bios.get(person.id, _NO_BIO), trust_roles)
                for person, name in zip(batch, names, strict=True)
            ]
            made = session.execute(insert(User).returning(User.source_id, User.id), rows).all()
            ids.learn("person", made)
            _record_staff(session, {row["source_id"]: row["role"] for row in rows}, ids)
        wanted = [person.fields["username"] for person in batch]
        renamed += [pair for pair in zip(wanted, names, strict=True) if pair[0] != pair[1]]
    return renamed


def _free_names(session: Session, wanted: list[str]) -> list[str]:
    """Return a name for each wanted one: itself, or with -2, -3 … when it is reserved or a look-alike has it."""
    taken = _taken(session, wanted)
    names = []
    for name in wanted:
        free, number = name, 1
        while skeleton(free) in taken or is_reserved(free):
            number += 1
            free = f"{name[:25].rstrip('_.-')}-{number}"
            taken |= _taken(session, [free])
        taken.add(skeleton(free))
        names.append(free)
    return names


def _taken(session: Session, names: list[str]) -> set[str]:
    keys = set(map(skeleton, names))
    borne = select(User.username_key).where(User.username_key.in_(keys))
    former = select(NameChange.former_key).where(NameChange.former_key.in_(keys))
    return set(session.scalars(borne.union_all(former)))


def _row(person: Record, name: str, bio: Text, trust_roles: bool) -> dict[str, Any]:
    role = person.fields.get("role", Role.NETIZEN)
    return {
        "username": name,
        "username_key": skeleton(name),
        "display_name": person.fields.get("name", ""),
        "bio": person.fields.get("bio", ""),
        "bio_html": bio.html,
        "render_version": bio.version,
        "created_at": person.fields["created"],
        "role": Role(role) if trust_roles and role in STAFF else Role.NETIZEN,
        "source_id": person.id,
    }


def _record_staff(session: Session, roles: dict[str, Role], ids: Ids) -> None:
    """A role is never given in silence."""
    for source_id, role in roles.items():
        if role in STAFF:
            user_id = ids.of("person", source_id)
            session.add(RoleGrant(user_id=user_id, former=Role.NETIZEN, role=role))
            facts = {"former": str(Role.NETIZEN), "role": str(role)}
            audit.record("role.changed", by=None, target=f"person:{user_id}", facts=facts)
