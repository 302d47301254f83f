"""What becomes of every row that names a person when their account is merged into another one of theirs."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, and_, case, delete, exists, func, literal_column, null, or_, select, tuple_, update

from forum.accounts import records
from forum.accounts.models import Tie
from forum.core.database import db

Join = Callable[[Any, Any], Any]
Also = Callable[[int], Any]

STEP = 1_000  # rows of a kind that one transaction moves


class Fate(enum.StrEnum):
    """Goes over to the account that stays; ends; or stays where it is, as what was done under that number."""

    MOVES = "moves"
    ENDS = "ends"
    STAYS = "stays"


@dataclass(frozen=True)
class Kind:
    """What becomes of the rows of one column.

    words: what they are called on the preview; None where nobody needs to know
    unless: with these columns equal the account that stays has such a row already, and this one ends instead
    among: `unless` looks only at rows, on both sides, in which these columns have these values
    joined: what the row that stays gets then from both, as {name: function of (its own, the other's)}
    also: set along with the column, as {name: function of the id of the account that stays → SQL expression}
    """

    fate: Fate
    words: Any = None
    unless: tuple[str, ...] = ()
    also: Mapping[str, Also] | None = None
    joined: Mapping[str, Join] | None = None
    among: Mapping[str, str] | None = None


def moves(
    words: Any = None,
    unless: tuple[str, ...] = (),
    also: Mapping[str, Also] | None = None,
    joined: Mapping[str, Join] | None = None,
    among: Mapping[str, str] | None = None,
) -> Kind:
    """Return the kind of rows that go over to the account that stays."""
    return Kind(Fate.MOVES, words, unless, also, joined, among)


def ends(words: Any = None) -> Kind:
    """Return the kind of rows that are deleted."""
    return Kind(Fate.ENDS, words)


STAYS = Kind(Fate.STAYS)


def greater(mine: Any, theirs: Any) -> Any:
    """Return the greater of two columns."""
    return case((theirs > mine, theirs), else_=mine)


def lesser(mine: Any, theirs: Any) -> Any:
    """Return the lesser of two columns."""
    return case((theirs < mine, theirs), else_=mine)


def unless_open(mine: Any, theirs: Any) -> Any:
    """Return the later of two ends; nothing where one has not come."""
    return case((or_(mine.is_(None), theirs.is_(None)), null()), else_=greater(mine, theirs))


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
    "programme_speakers.user_id": moves(_l("items of the programme at which they speak")),
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


def columns() -> dict[str, Any]:
    """Return every column of the forum that names a person, as "table.column"."""
    found = {}
    for table in db.metadata.sorted_tables:
        for column in table.c:
            if any(key.column.table.name == "users" for key in column.foreign_keys):
                found[f"{table.name}.{column.name}"] = column
    return found


def counted(user_id: int) -> list[tuple[Any, int]]:
    """Return (words, number) of everything with a name that would move or end."""
    known = columns()
    rows = [(kind.words, known[name]) for name, kind in KINDS.items() if kind.words and name in known]
    return [(words, _count(column, user_id)) for words, column in rows]


def _count(column: Any, user_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(column.table).where(column == user_id)) or 0


def move_some(gone_id: int, kept_id: int) -> bool:
    """Move or end at most STEP rows of each kind, in the caller's transaction; return whether anything is left.

    Harmless to repeat and to kill: what has moved is found no more.
    """
    known = columns()
    left = [
        _step(known[name], kind, gone_id, kept_id)
        for name, kind in KINDS.items()
        if kind.fate != Fate.STAYS and name in known
    ]
    # a tie between the two would be one with oneself
    db.session.execute(delete(Tie).where(Tie.user_id == kept_id, Tie.other_id == kept_id))
    for count in records.recounters:
        count(kept_id)
    return any(left)


def _step(column: Any, kind: Kind, gone_id: int, kept_id: int) -> bool:
    table: Table = column.table
    key = list(table.primary_key.columns)
    ids = db.session.execute(select(*key).where(column == gone_id).limit(STEP)).all()
    if not ids:
        return False
    some = tuple_(*key).in_([tuple(row) for row in ids])
    if kind.fate == Fate.ENDS:
        db.session.execute(delete(table).where(some))
        return len(ids) == STEP
    if kind.unless:
        other = table.alias()
        same = [other.c[name] == table.c[name] for name in kind.unless]
        same += [side.c[name] == value for side in (other, table) for name, value in (kind.among or {}).items()]
        has = exists().where(and_(other.c[column.name] == kept_id, *same))
        if kind.joined:
            _join(column, kind, gone_id, kept_id)
        db.session.execute(delete(table).where(some, has))
    also = {name: value(kept_id) for name, value in (kind.also or {}).items()}
    db.session.execute(update(table).where(some).values({column.name: kept_id, **also}))
    return len(ids) == STEP


def _join(column: Any, kind: Kind, gone_id: int, kept_id: int) -> None:
    """Give rows that stay what the other account's rows, which end now or in a later step, have to add.

    Done for all of them at once, and again in each step: the same rows joined twice are as joined once.
    """
    table: Table = column.table
    other = table.alias()
    same = and_(other.c[column.name] == gone_id, *(other.c[name] == table.c[name] for name in kind.unless))
    values = {
        name: select(join(table.c[name], other.c[name])).where(same).scalar_subquery()
        for name, join in (kind.joined or {}).items()
    }
    db.session.execute(update(table).where(column == kept_id, exists().where(same)).values(values))
