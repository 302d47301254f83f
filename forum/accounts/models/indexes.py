"""The indexes of the table of accounts, each with the question that it answers."""

from __future__ import annotations

from sqlalchemy import Index, text


def some(name: str, *columns: str, where: str) -> Index:
    """Return an index of those rows only for which `where` holds, on both engines."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


INDEXES = (
    some("ix_users_role", "role", where="role <> 'netizen'"),
    # those who wait: the moderators' list, and the sweep that forgets addresses never confirmed
    some("ix_users_standing", "standing", "id", where="standing IN ('unconfirmed', 'waiting')"),
    some("ix_users_leaving", "leaving_at", where="leaving_at IS NOT NULL"),
    # what the administration lists: newest, last seen, suspended, experts, by trust, closed, mail that comes back,
    # from one network (sorted by bytes, so that it serves the search by an address's beginning), unproved addresses
    Index("ix_users_created_at", "created_at", "id"),
    some("ix_users_signed_in_at", "signed_in_at", "id", where="signed_in_at IS NOT NULL"),
    some("ix_users_silenced", "silenced_until", "id", where="silenced_until IS NOT NULL"),
    some("ix_users_suspended", "suspended_until", "id", where="suspended_until IS NOT NULL"),
    some("ix_users_experts", "id", where="is_expert"),
    some("ix_users_staff", "id", where="role <> 'netizen'"),
    some("ix_users_theme_moderators", "id", where="moderates <> ''"),
    Index("ix_users_trust_level", "trust_level", "id"),
    some("ix_users_closed", "id", where="standing = 'closed'"),
    some("ix_users_merging", "id", where="merging_into_id IS NOT NULL"),
    # whom somebody invited or let in: looked up when that one is deleted
    some("ix_users_invited_by_id", "invited_by_id", where="invited_by_id IS NOT NULL"),
    some("ix_users_approved_by_id", "approved_by_id", where="approved_by_id IS NOT NULL"),
    some("ix_users_bounces", "id", where="bounces > 0"),
    some("ix_users_signup_network", "signup_address", "id", where="signup_address <> ''"),
    some("ix_users_unproved_email", "email", where="email_key IS NULL"),
    # who may mean this address at sign-in, the newest first
    some("ix_users_email_claim", "email_claim", "id", where="email_claim IS NOT NULL"),
    # addresses of sign-ups, until they are cut and then gone
    some("ix_users_signup_address", "created_at", where="signup_address <> ''"),
    some(
        "ix_users_whole_signup_address",
        "created_at",
        where="signup_address <> '' AND signup_address NOT LIKE '%/%'",
    ),
    # regulars: their level is weighed also when they don't come any more
    some("ix_users_regulars", "id", where="trust_level = 3"),
)
