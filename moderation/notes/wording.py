"""The words about notes: what the public log and the notices say."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.notifications.models import Notification
from forum.notifications.wording import Kind
from forum.threads.models import Post

ACTS: dict[str, Any] = {"notes.read": _l("An administrator read the moderators’ notes on a case of others")}


def _who(notice: Notification) -> str:
    return notice.actor.name if notice.actor else _("Somebody")


def _handed_over(notice: Notification, _post: Post | None) -> str:
    return _("%(who)s handed a case over to you.", who=_who(notice))


def _notes_read(notice: Notification, _post: Post | None) -> str:
    number = notice.facts.get("case", "")
    return _(
        "%(who)s read the moderators’ notes on case %(number)s, which others handle.", who=_who(notice), number=number
    )


def _case_href(notice: Notification, _post: Post | None) -> str | None:
    return url_for("moderation.case", case_id=notice.facts["case"])


KINDS = {
    "handed_over": Kind("shield", _handed_over, _case_href, mail="notices"),
    "notes_read": Kind("alert", _notes_read, _case_href),
}
