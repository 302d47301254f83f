"""What the notice about a message says."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from forum.notifications.models import Notification
from forum.notifications.wording import Kind
from forum.threads.models import Post


def _said(notice: Notification, _post: Post | None) -> str:
    return _("%(who)s wrote you a message.", who=notice.actor.name if notice.actor else _("Somebody"))


def _href(notice: Notification, _post: Post | None) -> str | None:
    return url_for("messages.show", conversation_id=notice.facts["conversation"])


KINDS = {"message": Kind("letter", _said, _href, waits=True)}
