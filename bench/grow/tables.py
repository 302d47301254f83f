"""The columns that are filled, by table, in the order of story's rows; all others keep what the database gives."""

from __future__ import annotations

from search_index import postgres_table

_COLUMNS = {
    "users": "id username username_key password_hash role is_expert display_name bio bio_html render_version language "
    "timezone created_at published_count trust_level",
    "threads": "id subtheme_id author_id title lang state created_at last_post_at last_author_id last_position "
    "reply_count expert_answer_count views pinned_at pinned_by_id asked_at asked_by_id",
    "posts": "id thread_id author_id position parent_id credential_id body html plain render_version lang state "
    "state_reason state_at state_by_id created_at published_at revision score index_version indexed_version "
    "notified_at",
    "watches": "user_id thread_id muted created_at",
    "thread_reads": "user_id thread_id position read_at",
    "notifications": "user_id kind key actor_id post_id facts created_at read_at",
    "cases": "id kind post_id author_id subtheme_id source held_reason opened_at score flag_count version lang rule "
    "frozen_revision frozen_title frozen_author frozen_body frozen_html",
    "flags": "id case_id flagger_id reason note created_at weight kin counts revision",
}
TABLES: dict[str, tuple[str, ...]] = {table: tuple(columns.split()) for table, columns in _COLUMNS.items()}
SEARCHED = postgres_table.TABLE
TABLES[SEARCHED] = postgres_table.COLUMNS

# Of these no page may read from end to end: they grow with the forum.
LARGE = frozenset(TABLES) | {"audit_entries", "decisions", "revisions", "post_mentions", "mails", "reading_days"}
