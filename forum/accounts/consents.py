"""Who accepted which version of the terms and the privacy notice, and when."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.dialects import postgresql, sqlite

from forum.accounts.models import Consent, User
from forum.core.database import db, must_lock, now, transaction


def mark(versions: Mapping[str, int]) -> str:
    """Return the versions in one short text, as `users.agreed` keeps them: no page needs to ask another table."""
    return " ".join(f"{document}-{version}" for document, version in sorted(versions.items()))


def has_agreed(person: User, versions: Mapping[str, int]) -> bool:
    """Whether the person has accepted these versions."""
    return person.agreed == mark(versions)


def give(user: User, versions: Mapping[str, int], language: str) -> None:
    """Write down that `user` accepted these versions, read in `language`; once each. Joins the caller's transaction."""
    if not versions:
        return
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    moment = now()
    rows = [
        {"user_id": user.id, "document": document, "version": version, "language": language, "given_at": moment}
        for document, version in sorted(versions.items())
    ]
    with transaction() as session:
        person = must_lock(User, user.id)
        person.agreed = mark(versions)
        session.flush()
        once = dialect.insert(Consent).on_conflict_do_nothing(index_elements=["user_id", "document", "version"])
        session.execute(once, rows)
