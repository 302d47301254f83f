"""What is left of an account that nobody uses any more: its number, and every personal column as in an empty one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from forum.accounts.models import User

# The names, the address and the language are not here: whoever closes an account decides when these go.
EMPTY: dict[str, Any] = {
    "password_hash": "", "email_key": None, "email_claim": None, "display_name": "", "bio": "", "bio_html": "",
    "timezone": "", "source_id": None, "confirmed_at": None, "signed_in_at": None, "signup_address": "",
    "signup_key": None, "application": "", "agreed": "", "age_band": "", "quiet_hours": "", "trust_level": 0,
    "mails_off": [], "mails_on": [], "bounces": 0, "bounced_at": None, "sector": "", "place": "", "links": [],
    "speaks": "", "private": [], "is_expert": False, "suspended_until": None, "silenced_until": None,
    "invited_by_id": None,
}  # fmt: skip


def empty(person: User, but_for: Collection[str] = ()) -> None:
    """Put every personal column back, but for those named; joins the transaction, the row is locked."""
    for column, value in EMPTY.items():
        if column not in but_for:
            setattr(person, column, list(value) if isinstance(value, list) else value)
