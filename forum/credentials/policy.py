"""Who may apply for a credential and who decides; pure functions for the button and the action."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts import youth
from forum.accounts.models import Person
from forum.accounts.policy import is_established, may_take_part
from forum.core.database import now
from forum.credentials.models import Application
from forum.experts.actions import is_renewable
from forum.experts.models import Credential
from forum.experts.policy import may_decide
from forum.threads.policy import why_not_take_part

_TOO_YOUNG = _l(
    "You can apply from the age of 18: a credential tells everybody your title and organisation, and the public log "
    "keeps them for good."
)
ASKED_FROM = timedelta(days=90)  # before the last day: whoever asks earlier would be looked at for nothing


def why_not_apply(person: Person) -> Any | None:
    """Say why the person may not apply for a credential: who writes here, has been approved and is grown up may.

    What a credential says of school or home town everybody reads, and the public log keeps it for good.
    """
    if is_established(person):
        return _TOO_YOUNG if youth.is_minor(person) else None
    return why_not_take_part(person) or _l("You can apply once a moderator has approved your account.")


def may_ask_to_renew(credential: Credential) -> bool:
    """Whether it is time to ask: from 90 days before the last day on, while a renewal is possible."""
    if credential.valid_until is None or credential.valid_until > (now() + ASKED_FROM).date():
        return False
    return is_renewable(credential)


def sees_queue(person: Person) -> bool:
    """Whether the person decides any applications at all: moderators, also those of one sub-theme."""
    return may_take_part(person) and bool(person.is_staff)


def why_not_decide(by: Person, application: Application) -> Any | None:
    """Say why `by`, who moderates the sub-theme, may not decide; `application.user` must be loaded."""
    if application.user_id == by.id:
        return _l("This is your own application. Somebody else decides about it.")
    if not may_decide(by, application.user, application.subtheme_id):
        return _l("You don’t moderate this sub-theme.")
    return None


def may_revoke(by: Person, credential: Credential) -> bool:
    """Whether `by` may revoke the credential, if nobody has yet; `credential.user` must be loaded."""
    return credential.revoked_at is None and may_decide(by, credential.user, credential.subtheme_id)
