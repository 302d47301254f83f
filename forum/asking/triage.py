"""What the host does with questions: merge duplicates and undo it, route to an expert, decline, take back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from forum.accounts.models import User
from forum.asking import asked, clock, policy, queries
from forum.asking.counting import count_people
from forum.asking.locking import locked_question, locked_session, present, session_of
from forum.asking.models import AskSession, Phase, Question, Status
from forum.asking.telling import tell_askers, tell_people
from forum.core import audit
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, NotFound, Refused, allow
from forum.notifications.actions import take_back

REASON_LIMIT = 1000
MERGED_MOST = 50  # questions in one act


def merge(question_ids: Sequence[int], into_id: int, by: User) -> int:
    """Merge open questions into another one of the same session and return how many were not merged yet.

    Whoever asks one of them asks the other from now on, and counts once; all askers of what was merged are told.
    Raises Forbidden, NotFound, Refused, Conflict (one of them was decided about meanwhile).
    """
    ids = sorted({*question_ids} - {into_id})
    if not ids or len(ids) > MERGED_MOST:
        raise Refused(_l("Choose the questions that ask the same, and the one that stays."))
    with _at_desk(into_id, by) as (session, host):
        target = locked_question(into_id)  # before those merged into it, as everywhere
        new = _to_merge(session, target, ids)
        for row in new:
            row.status, row.merged_into_id, row.routed_to_id = Status.MERGED, into_id, None
            row.decided_at, row.decided_by_id, row.released_from_id = now(), host.id, None
        db.session.flush()
        target.support_count = count_people(into_id)
        for row in new:
            tell_askers(row, "merged", into_id, host.id)
        if new:
            facts = {"merged": [row.post_id for row in new]}
            _log("asking.merged", session, into_id, host, facts)
        return len(new)


def _to_merge(session: AskSession, target: Question, ids: Sequence[int]) -> list[Question]:
    """Return the questions of these, locked, that are not merged into it yet, or raise why they can't be."""
    rows = [locked_question(post_id) for post_id in ids]
    if any(row.session_id != session.id for row in rows):
        raise NotFound
    new = [row for row in rows if row.merged_into_id != target.post_id]
    if target.status not in (Status.OPEN, Status.ANSWERED) or any(row.status != Status.OPEN for row in new):
        raise Conflict(_l("One of these questions does not wait any more. Look at them again."))
    if new and not all(row.post.is_visible for row in (target, *new)):
        raise Conflict(_l("One of these questions can't be read by everybody. Look at them again."))
    if _others_in([row.post_id for row in new]):
        raise Refused(_l("Other questions were merged into one of these already: let that one stay."))
    return new


def unmerge(question_id: int, by: User) -> bool:
    """Let a merged question stand for itself again, as it was; return whether it was merged.

    Its askers never left it, and those of the other one are counted anew: nobody is lost or counted twice.
    """
    with _at_desk(question_id, by) as (session, host):
        into_id = db.session.scalar(select(Question.merged_into_id).where(Question.post_id == question_id))
        if into_id is None:
            return False
        target, row = locked_question(into_id), locked_question(question_id)
        told = [(user_id, row.notice_key("merged", target.post_id)) for user_id in asked.people_asking(row.post_id)]
        row.status, row.merged_into_id, row.decided_at, row.decided_by_id = Status.OPEN, None, None, None
        db.session.flush()
        target.support_count = count_people(target.post_id)
        take_back(told)
        _log("asking.unmerged", session, question_id, host, {"from": target.post_id})
        return True


def route(question_id: int, expert_id: int | None, by: User) -> bool:
    """Ask one of the named experts to answer the question, or nobody in particular; return whether it was new."""
    with _at_desk(question_id, by) as (session, host):
        row = _open(question_id)
        if expert_id is not None and expert_id not in queries.expert_ids(session.id):
            raise Refused(_l("Choose one of the experts who are named for this session."))
        if row.routed_to_id == expert_id:
            return False
        row.routed_to_id = expert_id
        if expert_id is not None:
            tell_people(row, "routed", 0, [expert_id], host.id)
        return True


def decline(question_id: int, reason: str, by: User) -> bool:
    """Decline a question with a reason that its askers read; return whether it was open."""
    if not reason or len(reason) > REASON_LIMIT:
        raise Refused(_l("Say why, in at most %(most)s characters: the asker reads it.", most=REASON_LIMIT))
    with _at_desk(question_id, by) as (session, host):
        row = locked_question(question_id)
        if row.status == Status.DECLINED:
            return False
        row = _open(question_id)
        if _others_in([question_id]):
            raise Refused(_l("Other questions were merged into this one. Take them out first."))
        row.status, row.decline_reason, row.routed_to_id = Status.DECLINED, reason, None
        row.decided_at, row.decided_by_id, row.released_from_id = now(), host.id, None
        tell_askers(row, "declined", 0, host.id)
        _log("asking.declined", session, question_id, host, {})
        return True


def reopen(question_id: int, by: User) -> bool:
    """Take a decline back; return whether it was declined."""
    with _at_desk(question_id, by) as (session, host):
        row = locked_question(question_id)
        if row.status != Status.DECLINED:
            return False
        take_back([(user_id, row.notice_key("declined")) for user_id in asked.people_asking(question_id)])
        row.status, row.decline_reason, row.decided_at, row.decided_by_id = Status.OPEN, "", None, None
        _log("asking.reopened", session, question_id, host, {})
        return True


@contextmanager
def _at_desk(question_id: int, by: User) -> Iterator[tuple[AskSession, User]]:
    """Hold the question's session locked for a host, while questions are collected or answered."""
    with transaction():
        session = locked_session(session_of(question_id))
        host = present(by)
        allow(policy.why_not_host(host, session))
        phase = clock.phase_at(session, now())
        if phase not in (Phase.COLLECTING, Phase.ANSWERING):
            raise Refused(_l("Questions are sorted while they are collected and answered."))
        yield session, host


def _open(question_id: int) -> Question:
    row = locked_question(question_id)
    if row.status != Status.OPEN or not row.post.is_visible:
        raise Conflict(_l("This question does not wait for an answer (any more)."))
    return row


def _others_in(ids: Collection[int]) -> bool:
    if not ids:
        return False
    return db.session.scalar(select(Question.post_id).where(Question.merged_into_id.in_(ids)).limit(1)) is not None


def _log(act: str, session: AskSession, question_id: int, by: User, facts: dict[str, Any]) -> None:
    audit.record(act, by=by, scope=session.thread.subtheme.slug, target=f"post:{question_id}", facts=facts)
