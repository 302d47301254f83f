"""The words of this room: why an application was declined, and what notices about credentials say."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.credentials.models import State
from forum.mail.addresses import link_to
from forum.notifications.models import Notification
from forum.notifications.wording import Kind, Telling
from forum.threads.models import Post

# Why an application was declined: what the public log shows of it, beside the sub-theme.
CAUSES: dict[str, Any] = {
    "evidence": _l("What was sent does not show it"),
    "unconfirmed": _l("It could not be confirmed elsewhere"),
    "elsewhere": _l("It belongs to another sub-theme"),
    "interests": _l("The interests stand against it"),
    "other": _l("Another reason"),
}
STATES: dict[str, Any] = {
    State.OPEN: _l("Waits for a moderator"),
    State.GRANTED: _l("Granted"),
    State.DECLINED: _l("Declined"),
    State.WITHDRAWN: _l("Taken back"),
}


def _decided(notice: Notification, _post: Post | None) -> str:
    title = str(notice.facts.get("title", ""))
    if notice.facts.get("change") == "renewed":
        return _(
            "Your credential “%(title)s” is renewed until %(day)s.", title=title, day=notice.facts.get("until", "")
        )
    return _("Your application for the credential “%(title)s” was declined.", title=title)


def _ends(notice: Notification, _post: Post | None) -> str:
    return _(
        "Your credential “%(title)s” ends on %(day)s. You can ask for its renewal.",
        title=str(notice.facts.get("title", "")),
        day=notice.facts.get("until", ""),
    )


def _waits(notice: Notification, _post: Post | None) -> str:
    return _("An application for a credential waits for you: “%(title)s”.", title=str(notice.facts.get("title", "")))


def _waiting(notice: Notification, _post: Post | None) -> str:
    return url_for("credential_desk.show", application_id=notice.facts["application"])


def own_page(_notice: Notification, _post: Post | None) -> str:
    """Return the address of one's own credentials."""
    return url_for("credentials.mine")


def _renewal(notice: Notification, _post: Post | None) -> str:
    return url_for("credentials.renew", credential_id=notice.facts["credential"])


def told_by_mail(notice: Notification, _timezone: str) -> Telling:
    """Return what the mail about a credential adds: the reason if there is one, and the way to one's own page."""
    reason = str(notice.facts.get("reason", ""))
    return Telling([(_("Reason"), reason)] if reason else [], link_to("credentials.mine"))


def _renewal_by_mail(notice: Notification, _timezone: str) -> Telling:
    return Telling([], link_to("credentials.renew", credential_id=notice.facts["credential"]))


def _waiting_by_mail(notice: Notification, _timezone: str) -> Telling:
    return Telling([], link_to("credential_desk.show", application_id=notice.facts["application"]))


KINDS: dict[str, Kind] = {
    "application_waits": Kind("expert", _waits, _waiting, mail="notices", waits=True, mailed=_waiting_by_mail),
    "credential_application": Kind("expert", _decided, own_page, mail="notices", mailed=told_by_mail),
    "credential_ends": Kind("clock", _ends, _renewal, mail="notices", mailed=_renewal_by_mail),
}
