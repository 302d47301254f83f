"""Reading second looks: which wait for somebody, and one with what they may see of its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, literal_column, or_, select
from sqlalchemy.orm import contains_eager, joinedload, undefer

from forum.accounts.models import Person
from forum.core.database import db, now
from moderation import policy
from moderation.appeals.models import Appeal
from moderation.models import Case, Decision, Flag
from moderation.notes.models import CaseNote
from moderation.second.models import SecondLook

WAITS = timedelta(weeks=5)  # an opinion on an older one would be about another time
LOOKED_AT = 50  # that wait, of which the first is taken that the person may judge: five weeks of draws


@dataclass(frozen=True)
class Told:
    """What flags said, without who: rule and how many; and their notes."""

    rules: Sequence[tuple[str, int]]
    notes: Sequence[str]


def waiting_for(person: Person, look_id: int | None = None) -> SecondLook | None:
    """Return the first look (or this one) that waits and that the person may answer, with its case, or None.

    Not for whoever decided the case or an appeal about it, wrote or flagged the post, took part in notes on it, or
    might not have decided it (`policy.objection`). Those who read along at the desk are trusted not to look it up.
    """
    own_flag = select(Flag.id).where(Flag.case_id == Case.id, Flag.flagger_id == person.id).exists()
    own_ruling = select(Appeal.id).where(Appeal.decision_id == Decision.id, Appeal.decider_id == person.id).exists()
    own_note = (
        select(CaseNote.id)
        .where(CaseNote.case_id == Case.id, or_(CaseNote.author_id == person.id, CaseNote.to_id == person.id))
        .exists()
    )
    query = (
        select(SecondLook)
        .join(SecondLook.decision)
        .join(Decision.case)
        .where(
            SecondLook.answered_at.is_(literal_column("NULL")),
            SecondLook.week >= now() - WAITS,
            SecondLook.first_decider_id != person.id,
            Case.frozen_body != "",
            ~own_flag,
            ~own_ruling,
            ~own_note,
        )
        .options(contains_eager(SecondLook.decision).contains_eager(Decision.case).options(*_SHOWN))
    )
    if look_id is not None:
        query = query.where(SecondLook.id == look_id)
    found = db.session.scalars(query.order_by(SecondLook.id).limit(LOOKED_AT))
    return next((each for each in found if _may_answer(person, each)), None)


_SHOWN = (undefer(Case.frozen_body), undefer(Case.frozen_html), joinedload(Case.author), joinedload(Case.subtheme))


def _may_answer(person: Person, look: SecondLook) -> bool:
    return policy.objection(person, look.decision.case, has_flagged=False) is None


def told(case: Case) -> Told:
    """Return what the flags of a case said; two statements."""
    by_rule = select(Flag.reason, func.count()).where(Flag.case_id == case.id).group_by(Flag.reason)
    rows = db.session.execute(by_rule.order_by(func.count().desc(), Flag.reason)).all()
    notes = select(Flag.note).where(Flag.case_id == case.id, Flag.note != "").order_by(Flag.id).limit(20)
    return Told([(row[0], row[1]) for row in rows], db.session.scalars(notes).all())


def answered(look_id: int) -> SecondLook | None:
    """Return the look if somebody has answered it, or None."""
    return db.session.scalar(select(SecondLook).where(SecondLook.id == look_id, SecondLook.answered_at.is_not(None)))
