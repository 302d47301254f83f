"""The indexes of cases, and which list each one serves."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, text

from moderation.models.kinds import where

_OPEN = where("decided_at IS NULL")

INDEXES = (
    Index("uq_cases_open_target", "post_id", "kind", unique=True, **_OPEN),
    Index("uq_cases_open_profile", "author_id", unique=True, **where("decided_at IS NULL AND kind = 'profile'")),
    CheckConstraint(
        "(kind = 'profile' AND post_id IS NULL AND subtheme_id IS NULL) OR "
        "(kind IN ('post', 'thread') AND post_id IS NOT NULL AND subtheme_id IS NOT NULL)",
        name="about_one_thing",
    ),
    # the queue and its filters, most urgent first; a filter by both reads one sub-theme's open cases
    Index("ix_cases_queue", "score", "id", **_OPEN),
    Index("ix_cases_queue_subtheme", "subtheme_id", "score", "id", **_OPEN),
    Index("ix_cases_queue_source", "source", "score", "id", **_OPEN),
    Index("ix_cases_queue_lang", "lang", "score", "id", **_OPEN),
    Index("ix_cases_queue_rule", "rule", "score", "id", **_OPEN),
    Index("ix_cases_queue_kind", "kind", "score", "id", **_OPEN),
    # who holds what: a case is claimed for half an hour, so these are few
    Index("ix_cases_claims", "claimed_at", **where("decided_at IS NULL AND claimed_at IS NOT NULL")),
    Index("ix_cases_post_id", "post_id"),
    # looked up when somebody's account is deleted
    Index(
        "ix_cases_claimed_by_id",
        "claimed_by_id",
        sqlite_where=text("claimed_by_id IS NOT NULL"),
        postgresql_where=text("claimed_by_id IS NOT NULL"),
    ),
    Index("ix_cases_author_id", "author_id", "id"),
    # decided ones only: SQLite would take it for "decided_at IS NULL" too, and sort the whole queue
    Index("ix_cases_decided", "decided_at", "id", **where("decided_at IS NOT NULL")),
    # a month's figures, and the case that has waited longest
    Index("ix_cases_opened_at", "opened_at"),
    Index("ix_cases_waiting", "opened_at", "id", **_OPEN),
    # evidence whose author has left, until nobody can appeal any more
    Index("ix_cases_forget_at", "forget_at", "id", **where("forget_at IS NOT NULL")),
    # which of them another model of the ranker has read, or none
    Index("ix_cases_learned_by", "learned_by", "id", **where("decided_at IS NULL AND post_id IS NOT NULL")),
    Index("ix_cases_waiting_subtheme", "subtheme_id", "opened_at", "id", **_OPEN),
)
