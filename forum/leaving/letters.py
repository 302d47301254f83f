"""The letters about leaving: an archive is ready, an account will be deleted, an account was deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.database import db
from forum.core.i18n import exact
from forum.leaving import queries
from forum.leaving.models import DataExport
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail


def _export(mail: Mail) -> DataExport | None:
    return db.session.get(DataExport, int(mail.key.rpartition(":")[2]))


def _ready(mail: Mail) -> Mapping[str, Any]:
    export = _export(mail)
    until = exact(export.expires_at) if export and export.expires_at else ""
    return {"url": link_to("leaving.data"), "until": until}


def _still_leaves(mail: Mail) -> bool:
    person = db.session.get(User, mail.user_id) if mail.user_id else None
    return person is not None and person.leaving_at is not None and not person.is_closed


def _leaving(mail: Mail) -> Mapping[str, Any]:
    person = db.session.get(User, mail.user_id) if mail.user_id else None
    day = exact(person.leaving_at) if person and person.leaving_at else ""
    return {"url": link_to("leaving.delete"), "password_url": link_to("settings.password"), "day": day}


LETTERS["export_ready"] = Letter(
    _l("Your archive is ready"),
    still_due=lambda mail: queries.is_fetchable(_export(mail)),
    extra=_ready,
)
LETTERS["leaving"] = Letter(_l("Your account will be deleted"), still_due=_still_leaves, extra=_leaving)
LETTERS["left"] = Letter(_l("Your account is deleted"))
