"""Notices about one question, in the transaction that decides about it; told twice, they are one."""

from __future__ import annotations

from collections.abc import Collection

from forum.asking import asked
from forum.asking.models import Question
from forum.notifications.actions import Notice, tell_all


def tell_askers(row: Question, what: str, into_id: int, by_id: int | None) -> None:
    """Tell everybody who asks this very question what was decided, but for whoever did."""
    tell_people(row, what, into_id, asked.people_asking(row.post_id), by_id)


def tell_people(row: Question, what: str, into_id: int, user_ids: Collection[int], by_id: int | None) -> None:
    """Tell these people that the question was "merged" (into another one), "declined" or "routed"."""
    facts = {"what": what, "session": row.session_id, "question": row.post_id, "into": into_id}
    key = row.notice_key(what, into_id)
    tell_all(
        Notice(user_id, "ask_question", key, post_id=row.post_id, facts=facts)
        for user_id in sorted(set(user_ids) - {by_id})
    )
