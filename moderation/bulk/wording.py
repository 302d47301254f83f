"""The words about bulk acts: results, the public log, notices."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.notifications.models import Notification
from forum.notifications.wording import Kind
from forum.threads.models import Post
from moderation.bulk.models import Result

ACTS: dict[str, Any] = {
    "bulk.decided": _l("Several cases were decided at once"),
    "bulk.reversed": _l("A decision about several cases was reversed"),
}
RESULTS: dict[str, Any] = {
    Result.DECIDED: _l("decided"),
    Result.CHANGED: _l("not decided: somebody decided, claimed or flagged it meanwhile, or its text was changed"),
    Result.REFUSED: _l("not decided: it is not yours to decide, or can’t be decided so"),
    Result.MISSING: _l("not decided: there is no such case on your desk"),
}


def _refused(notice: Notification, _post: Post | None) -> str:
    who = notice.actor.name if notice.actor else _("Somebody")
    return _("%(who)s wanted to decide more cases at once than an hour allows, and was refused.", who=who)


def _inside(_notice: Notification, _post: Post | None) -> str | None:
    return "/moderation/log"


KINDS = {"bulk_refused": Kind("alert", _refused, _inside, mail="notices")}
