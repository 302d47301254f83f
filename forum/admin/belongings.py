"""What becomes of every row that names a person when their account is merged into another one of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, literal_column

from forum.admin.fates import STAYS, Also, Kind, ends, greater, lesser, moves, unless_open


def _own_act(kept_id: int) -> Any:
    """What somebody did to their own account they did to the one that stays; an admin's act stays the admin's."""
    by: Any = literal_column("changed_by_id")
    return case((by == literal_column("user_id"), kept_id), else_=by)


def _not_by_kept(*names: str) -> Mapping[str, Also]:
    """What the account that stays once decided about the other one was no act of somebody else, as it turns out."""
    return {name: partial(func.nullif, literal_column(name)) for name in names}


# "table.column" → what becomes of it, in this order: threads and posts are locked before people, as everywhere.
# Rooms above stand here by the names of their tables; a test finds a table that nobody thought of.
KINDS: dict[str, Kind] = {
    "threads.author_id": moves(_l("threads")),
    "threads.last_author_id": moves(),
    "posts.author_id": moves(
        _l("posts"),
        also={"index_version": lambda _kept_id: literal_column("index_version + 1")},  # search owes them
    ),
    "posts.state_by_id": moves(),
    "threads.asked_by_id": moves(),
    "chosen_answers.chosen_by_id": moves(_l("answers that they chose")),
    "chosen_answers.locked_by_id": STAYS,
    "answer_drafts.user_id": moves(_l("drafts of answers"), unless=("parent_id",)),
    "expert_invitations.inviter_id": moves(_l("invitations to experts"), unless=("thread_id", "expert_id")),
    "expert_invitations.expert_id": moves(unless=("thread_id", "inviter_id")),
    "revisions.replaced_by_id": moves(_l("former texts")),
    "post_mentions.user_id": moves(unless=("post_id",)),
    "credentials.user_id": moves(_l("credentials"), also=_not_by_kept("granted_by_id", "revoked_by_id")),
    "credential_applications.user_id": moves(
        _l("applications for a credential"),
        unless=("subtheme_id",),
        among={"state": "open"},  # one waits at most; those that were decided all go over
        also=_not_by_kept("decided_by_id"),
    ),
    "fingerprints.author_id": moves(),
    "question_supports.user_id": moves(_l("questions to experts that they ask too"), unless=("question_id",)),
    "ask_experts.user_id": moves(unless=("session_id",)),
    "ask_sessions.host_id": moves(),
    "questions.routed_to_id": moves(),
    "questions.decided_by_id": STAYS,
    "ask_steps.by_id": STAYS,
    "watches.user_id": moves(_l("watched threads"), unless=("thread_id",)),
    "notifications.user_id": moves(_l("notices"), unless=("key",)),
    "notifications.actor_id": moves(),
    "thread_reads.user_id": moves(unless=("thread_id",), joined={"position": greater, "read_at": greater}),
    # the day of one person, who may have read the same with both: never their sum
    "reading_days.user_id": moves(unless=("day",), joined=dict.fromkeys(("threads", "posts", "seconds"), greater)),
    "conversations.started_by_id": moves(),
    # who left with one account and stayed with the other has stayed
    "conversation_members.user_id": moves(
        _l("conversations"),
        unless=("conversation_id",),
        joined={
            "left_at": unless_open,
            "joined_at": lesser,
            "moved_at": greater,
            "read_id": greater,
            "unread": lesser,
        },
    ),
    "messages.author_id": moves(_l("messages")),
    "message_reports.reporter_id": moves(_l("flags of messages")),
    "message_reports.author_id": moves(),
    "cases.author_id": moves(),  # an open one about the profile keeps the merge from beginning
    "frozen_pictures.user_id": moves(),
    "flags.flagger_id": moves(_l("flags"), unless=("case_id",)),
    "strikes.user_id": moves(_l("decisions that count against them")),
    "appeals.appellant_id": moves(_l("appeals")),
    "message_appeals.appellant_id": moves(_l("appeals about messages")),
    "ties.user_id": moves(_l("people muted or blocked"), unless=("other_id",)),
    "ties.other_id": moves(unless=("user_id",)),
    # with both accounts at the same item: the place that stands nearer, and its reminder (seats.recount_of counts anew)
    "attendances.person_id": moves(
        _l("what they signed up for"),
        unless=("item_id",),
        joined={"seat": lesser, "remind_at": func.coalesce, "signed_up_at": lesser},
    ),
    "programme_speakers.user_id": moves(_l("items of the programme at which they speak"), unless=("item_id",)),
    "calendar_keys.user_id": ends(),  # whoever had the address of the other calendar gets nothing more
    "consents.user_id": moves(unless=("document", "version")),
    "guardians.user_id": STAYS,  # handed over with the age itself (accounts.aging.join)
    # who said once that they are 18 has said so
    "age_changes.user_id": moves(also={"changed_by_id": _own_act}),
    "name_changes.user_id": moves(_l("former names")),
    "invitations.inviter_id": moves(_l("invitations")),
    "users.invited_by_id": moves(_l("people they invited")),
    "mails.user_id": moves(_l("letters of the last 30 days")),
    "sessions.user_id": ends(_l("devices signed in, which are signed out")),
    "known_devices.user_id": ends(),
    "one_time_links.user_id": ends(),
    "authenticators.user_id": ends(),
    "recovery_codes.user_id": ends(),
    "passkeys.user_id": ends(_l("passkeys, which end")),
    "half_sign_ins.user_id": ends(),
    "identities.user_id": ends(_l("ways to sign in elsewhere, which end")),  # no way in is handed over
    "data_exports.user_id": STAYS,  # what was asked for is fetched or forgotten within days
    # that account was invited, approved, given a role; and what its bearer did in office, under that number
    "invitations.used_by_id": STAYS,
    "users.approved_by_id": STAYS,
    "users.merging_into_id": STAYS,
    "age_changes.changed_by_id": STAYS,
    "role_grants.user_id": STAYS,
    "role_grants.granted_by_id": STAYS,
    "theme_moderators.user_id": STAYS,
    "theme_moderators.appointed_by_id": STAYS,
    "theme_moderators.ended_by_id": STAYS,
    "site_settings.changed_by_id": STAYS,
    "conducts.published_by_id": STAYS,
    "subthemes.archived_by_id": STAYS,
    "threads.pinned_by_id": STAYS,
    "threads.locked_by_id": STAYS,
    "threads.slow_by_id": STAYS,
    "credentials.granted_by_id": STAYS,
    "credentials.revoked_by_id": STAYS,
    "credential_applications.decided_by_id": STAYS,
    "cases.claimed_by_id": STAYS,
    "bulk_acts.maker_id": STAYS,
    "bulk_acts.reversed_by_id": STAYS,
    "case_notes.author_id": STAYS,
    "case_notes.to_id": STAYS,
    "purges.by_id": STAYS,
    "second_looks.looker_id": STAYS,
    "decisions.decider_id": STAYS,
    "appeals.decider_id": STAYS,
    "message_appeals.decider_id": STAYS,
    "message_reports.decided_by_id": STAYS,
}
