"""What the administration's pages read beyond the rooms' own queries. No COUNT: every list has a bound."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from forum.accounts.models import RoleGrant
from forum.core.audit import AuditHead
from forum.core.database import db
from forum.subthemes.models import SubTheme

ROLE_GRANTS_LIMIT = 20


def all_subthemes() -> Sequence[SubTheme]:
    """Return every sub-theme, archived ones last."""
    query = select(SubTheme).order_by(SubTheme.archived_at.is_not(None), SubTheme.position, SubTheme.id)
    return db.session.scalars(query).all()


def audit_head() -> AuditHead | None:
    """Return where the public log's chain ends."""
    return db.session.get(AuditHead, 1)


def role_grants(user_id: int) -> Sequence[RoleGrant]:
    """Return the latest 20 changes of the person's role, newest first."""
    query = select(RoleGrant).where(RoleGrant.user_id == user_id).order_by(RoleGrant.id.desc())
    return db.session.scalars(query.limit(ROLE_GRANTS_LIMIT)).all()
