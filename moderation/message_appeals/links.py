"""The link that opens one decision about messages to their author, who may be suspended: as `appeals.links`."""

from __future__ import annotations

from forum.accounts.models import User
from forum.core.database import now
from moderation.appeals.links import is_unforgotten, sealed, unsealed
from moderation.message_appeals import policy, queries
from moderation.reports.models import MessageReport
from moderation.reports.queries import report_in_full

_SALT = "message-appeal"


def token(report_id: int, user: User) -> str:
    """Return the token for the decision about this report and this person, good for nothing else."""
    return sealed(report_id, user, _SALT)


def read(token: str) -> tuple[MessageReport, User] | None:
    """Return the report and the author of its messages, or None when the token is not ours or the matter over."""
    if (said := unsealed(token, _SALT)) is None:
        return None
    report, user = report_in_full(said[0]), said[1]
    if report is None or report.is_dismissed or not policy.is_concerned(user, report):
        return None
    open_still = now() <= report.appealable_until or is_unforgotten(queries.of_report(report.id))
    return (report, user) if open_still else None
