"""The words about appeals against decisions about messages, where those of all appeals don't fit."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.database import db
from forum.notifications.models import Notification
from forum.notifications.wording import Kind
from forum.threads.models import Post
from moderation.appeals.answering import UPHOLD
from moderation.appeals.wording import said_decided, said_of_yours
from moderation.policy import sees_everything
from moderation.reports.models import Verdict

AGAINST_DISMISSAL: dict[str, Any] = {
    UPHOLD: _l("The decision stands: nothing against the rules"),
    Verdict.WARN: _l("Overturn it: warn the author"),
    Verdict.SUSPEND: _l("Overturn it: suspend the author"),
}


def _corrected(_notice: Notification, _post: Post | None) -> str:
    return _("Messages that you flagged were looked at again. The decision about them was taken back.")


def _receipt_href(notice: Notification, _post: Post | None) -> str:
    return url_for("receipts.of_messages", report_id=notice.facts["report"])


def _own_href(notice: Notification, _post: Post | None) -> str:
    return url_for("message_appeals.own", report_id=notice.facts["report"])


def _staff_href(notice: Notification, _post: Post | None) -> str | None:
    reader = db.session.get(User, notice.user_id)  # who reads the page is loaded already
    if reader is None or not sees_everything(reader):
        return None
    return url_for("message_appeal_desk.show", appeal_id=notice.facts["appeal"])


KINDS = {
    "message_appeal_decided": Kind("shield", said_decided, _own_href),  # a letter of its own brings the reply
    "message_appeal_of_yours": Kind("shield", said_of_yours, _staff_href),
    "message_flag_corrected": Kind("flag", _corrected, _receipt_href),
}
