"""The administration's overview; the pages on sub-themes and people stand beside it and share its blueprint."""

from __future__ import annotations

from flask import Response

from forum.accounts.queries import everybody_on_duty
from forum.admin import (
    mail_views,
    merge_views,
    moderator_views,
    people_views,
    queries,
    registration_views,
    security_views,
    subtheme_views,
)
from forum.admin.entrance import bp
from forum.core import web

__all__ = [
    "bp",
    "mail_views",
    "merge_views",
    "moderator_views",
    "people_views",
    "registration_views",
    "security_views",
    "subtheme_views",
]


@bp.get("")
def overview() -> Response:
    """What an administrator can do here, who else moderates, and where the public log ends."""
    return web.page(
        "admin/overview.html",
        subthemes=queries.all_subthemes(),
        staff=everybody_on_duty(),
        log_head=queries.audit_head(),
    )
