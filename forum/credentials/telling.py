"""Telling of applications: moderators that one waits, and no more once it doesn't; the applicant what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forum.credentials import queries
from forum.credentials.models import Application
from forum.notifications.actions import Notice, take_back, tell, tell_all


def tell_deciders(application: Application) -> None:
    """Tell the moderators of the sub-theme that it waits for them, in the transaction that sends it."""
    facts = {"application": application.id, "title": application.title}
    tell_all(
        Notice(each, "application_waits", _key(application), facts=facts)
        for each in queries.deciders(application.user, application.subtheme_id)
    )


def untell_deciders(application: Application) -> None:
    """Take back what nobody has read of it: the application was decided or taken back."""
    take_back([(each, _key(application)) for each in queries.deciders(application.user, application.subtheme_id)])


def tell_applicant(application: Application, facts: Mapping[str, Any]) -> None:
    """Tell the applicant what was decided."""
    tell(application.user_id, "credential_application", f"application:{application.id}", facts=dict(facts))


def _key(application: Application) -> str:
    return f"application:{application.id}:waits"
