"""What the notices of this room say, and where they lead."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from forum.notifications.models import Notification
from forum.notifications.wording import Kind
from forum.threads.models import Post


def _correction(_notice: Notification, post: Post | None) -> str:
    if post is None:
        return _("A post that is not shown any more.")
    return _("An expert’s answer was corrected in “%(title)s”.", title=post.thread.title)


def _post_href(_notice: Notification, post: Post | None) -> str | None:
    return url_for("posts.show", post_id=post.id) if post else None


def _invitation(notice: Notification, post: Post | None) -> str:
    if post is None:
        return _("A post that is not shown any more.")
    who = notice.actor.name if notice.actor else _("Somebody")
    return _("%(who)s invites you to answer as an expert in “%(title)s”.", who=who, title=post.thread.title)


def _chosen(_notice: Notification, post: Post | None) -> str:
    if post is None:
        return _("A post that is not shown any more.")
    return _("Your answer was chosen as the answer in “%(title)s”.", title=post.thread.title)


KINDS = {
    "answer_chosen": Kind("check", _chosen, _post_href, mail="notices", waits=True),
    "expert_invitation": Kind("expert", _invitation, _post_href, mail="notices", waits=True),
    "correction": Kind("edit", _correction, _post_href, mail="notices", waits=True),
}
