"""The words about administrators' acts: which of them are watched, and what the notices say."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.accounts.models import Role
from forum.core.audit import AuditEntry
from forum.notifications.models import Notification
from forum.notifications.wording import Kind
from forum.threads.models import Post
from moderation import wording
from moderation.purging.wording import GROUNDS

# The acts that the page lists. That notes are read is told by whoever reads them (see notes.actions).
WATCHED = ("role.changed", "notes.read", "post.purged")


def told_as(entry: AuditEntry) -> str:
    """Return as what the other administrators are told of a row of the log, "" when nobody is."""
    if entry.act == "role.changed" and entry.facts.get("former") == Role.ADMIN:
        return "admin_ended"
    if entry.act == "role.changed" and entry.facts.get("role") == Role.ADMIN:
        return "admin_made"
    return "post_purged" if entry.act == "post.purged" else ""


def details(entry: AuditEntry) -> str:
    """Return what a row says beyond its act: from which role to which, which case, on what ground."""
    facts = entry.facts
    if entry.act == "post.purged":
        return str(GROUNDS.get(facts.get("ground", ""), ""))
    if entry.act == "role.changed":
        former, role = (str(_role(facts.get(name, ""))) for name in ("former", "role"))
        return _("from %(former)s to %(role)s", former=former, role=role)
    return _("case %(number)s", number=facts["case"]) if "case" in facts else ""


def _role(code: str) -> Any:
    return wording.ROLES.get(code, code)


def _who(notice: Notification) -> str | None:
    return notice.actor.name if notice.actor else None


def _ended(notice: Notification, _post: Post | None) -> str:
    if who := _who(notice):
        return _("%(who)s has ended somebody’s role as an administrator.", who=who)
    return _("Somebody’s role as an administrator has ended: on the console, or because they left.")


def _made(notice: Notification, _post: Post | None) -> str:
    if who := _who(notice):
        return _("%(who)s has made somebody an administrator.", who=who)
    return _("Somebody was made an administrator on the console.")


def _purged(notice: Notification, _post: Post | None) -> str:
    return _("%(who)s has purged the words of a post for good. See why.", who=_who(notice) or _("Somebody"))


def _href(_notice: Notification, _post: Post | None) -> str:
    return url_for("oversight.acts")


KINDS = {
    "admin_ended": Kind("alert", _ended, _href, mail="notices"),
    "admin_made": Kind("alert", _made, _href, mail="notices"),
    "post_purged": Kind("alert", _purged, _href, mail="notices"),
}
