"""What moderation keeps about somebody: its parts of their archive, and what it forgets when they leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from forum.accounts.models import REMOVE_POSTS
from forum.core.database import db, transaction
from forum.core.plugs import fill
from forum.leaving import closing, parts
from forum.leaving.parts import Item, Part, pick
from forum.threads import departing
from moderation import kinship
from moderation.appeals import evidence
from moderation.appeals.models import Appeal
from moderation.appeals.models import State as Ruling
from moderation.bulk.models import BulkAct
from moderation.message_appeals import evidence as copies
from moderation.message_appeals.models import MessageAppeal
from moderation.models import Case, Decision, Flag, FrozenPicture, Kind, Strike
from moderation.notes.models import CaseNote
from moderation.reports.models import MessageReport
from moderation.screens.models import Fingerprint
from moderation.second.models import SecondLook

AT_ONCE = 200


def _about(case: Case) -> dict[str, Any]:
    """What a case is about: a post, a thread by its first post, or a profile, which is the person's own."""
    return {"kind": case.kind} if case.is_about_person else {"kind": case.kind, "post": case.post_id}


def _flag(row: Flag) -> Item:
    """What they flagged and how it ended, without the words of whom they flagged."""
    return Item({**_about(row.case), **pick(row, "reason", "note", "created_at", "upheld")})


def _case(row: Case) -> Item:
    """A case about a post of theirs with its decision; who flagged and who decided is not theirs to know."""
    facts = {**_about(row), "source": row.source, "opened_at": row.opened_at, "flagged_text": row.frozen_body}
    facts |= {part: said for part, said in row.frozen_facts.items() if said}
    if row.hidden_at:
        facts |= {"hidden_by_program_at": row.hidden_at}
    if decision := row.decision:
        facts |= pick(
            decision, "outcome", "rule", "reason", "decided_at", "suspended_until", "silenced_until", "reversed_at"
        )
    return Item(facts)


def _strike(row: Strike) -> Item:
    return Item({**pick(row, "created_at", "overruled_at"), **pick(row.decision, "outcome", "rule")})


def _appeal(row: Appeal) -> Item:
    return Item({**_about(row.decision.case), **pick(row, "words", "created_at", "state", "decided_at", "reply")})


def _ruling(row: Appeal) -> Item:
    """What they answered as a moderator; the words of whoever appealed are another person's."""
    return Item({**_about(row.decision.case), **pick(row, "state", "decided_at", "reply")})


def _message_appeal(row: MessageAppeal) -> Item:
    return Item(pick(row, "words", "created_at", "state", "decided_at", "reply"))


def _report(row: MessageReport) -> Item:
    """Messages that they flagged, without the copies: those are another person's words."""
    return Item({**pick(row, "broken_rule", "note", "created_at", "verdict", "decided_at")})


def _reported(row: MessageReport) -> Item:
    """Messages of theirs that somebody flagged, and what was decided; not who it was, nor what they said of it."""
    said = "\n\n".join(str(copy.get("body", "")) for copy in row.copies)
    decided = pick(row, "verdict", "rule", "reason", "decided_at", "suspended_until", "reversed_at")
    return Item({"created_at": row.created_at, **decided, "flagged_text": said})


_ACT = ("outcome", "rule", "reason", "decided_at", "suspended_until")


def plug_in() -> None:
    """Put moderation's parts into the archive and its forgetting into the end of an account; harmless to repeat."""
    parts.add(
        parts.OWN_WORDS,
        Part("flags", _l("Posts, threads and profiles that you flagged"), Flag.flagger_id, Flag.id, _flag),
        Part("appeals", _l("Appeals that you made"), Appeal.appellant_id, Appeal.id, _appeal),
        Part(
            "bulk_acts",
            _l("Decisions about several cases that you took"),
            BulkAct.maker_id,
            BulkAct.id,
            lambda row: Item(pick(row, "outcome", "rule", "reason", "asked", "made_at")),
        ),
        Part(
            "case_notes",
            _l("Notes on cases that you wrote as a moderator"),
            CaseNote.author_id,
            CaseNote.id,
            lambda row: Item({"case": row.case_id, **pick(row, "body", "created_at")}),
        ),
        Part("message_appeals", _l("Appeals about messages that you made"), MessageAppeal.appellant_id,
             MessageAppeal.id, _message_appeal),
        Part("message_reports", _l("Messages that you flagged"), MessageReport.reporter_id, MessageReport.id, _report),
    )  # fmt: skip
    parts.add(
        parts.KEPT,
        Part("cases", _l("Decisions about your posts, threads and profile"), Case.author_id, Case.id, _case),
        Part("strikes", _l("Decisions that stand in your record"), Strike.user_id, Strike.id, _strike),
        Part("decisions", _l("Decisions that you took as a moderator"), Decision.decider_id, Decision.id,
             lambda row: Item({**_about(row.case), **pick(row, *_ACT)})),
        Part("second_opinions", _l("Second opinions that you gave as a moderator"), SecondLook.looker_id, SecondLook.id,
             lambda row: Item(pick(row, "outcome", "rule", "answered_at"))),
        Part("appeals_decided", _l("Appeals that you decided as a moderator"), Appeal.decider_id, Appeal.id, _ruling),
        Part("message_appeals_decided", _l("Appeals about messages that you decided as a moderator"),
             MessageAppeal.decider_id, MessageAppeal.id,
             lambda row: Item(pick(row, "state", "decided_at", "reply"))),
        Part("reports_about_you", _l("Decisions about your messages"), MessageReport.author_id, MessageReport.id,
             _reported),
        Part("flagged_pictures", _l("Pictures of yours that were flagged, kept as evidence"), FrozenPicture.user_id,
             FrozenPicture.id, lambda row: Item(pick(row, "name", "size"))),
        Part("fingerprints", _l("When you wrote lately, kept to know copied texts again"), Fingerprint.author_id,
             Fingerprint.id, lambda row: Item({**pick(row, "made_at")})),
    )  # fmt: skip
    fill(closing.forgetters, forget)
    fill(departing.keepers, evidence.is_needed)


def forget(user_id: int, choice: str) -> None:
    """Forget the notes of flags, the name in cases and what texts were like; with the posts also their frozen texts.

    The decisions stay, since those whom they concern may ask for them, and so do the numbers that link to nobody. What
    an appeal may still need is set aside, and goes when its time is over (see appeals.evidence).
    """
    kinship.forget_of_person(user_id)
    with transaction() as session:
        session.execute(delete(Fingerprint).where(Fingerprint.author_id == user_id))
    for model, mine, values in (
        (MessageReport, MessageReport.reporter_id == user_id, {"note": ""}),
        (MessageReport, MessageReport.author_id == user_id, {"author_name": ""}),
        (Flag, Flag.flagger_id == user_id, {"note": ""}),
        (Case, Case.author_id == user_id, {"frozen_author": ""}),
        (Appeal, (Appeal.appellant_id == user_id) & (Appeal.state != Ruling.OPEN), {"words": ""}),
        (MessageAppeal, (MessageAppeal.appellant_id == user_id) & (MessageAppeal.state != Ruling.OPEN), {"words": ""}),
    ):
        for ids in _some_at_a_time(model, mine):
            with transaction() as session:
                session.execute(update(model).where(model.id.in_(ids)).values(values))
    _forget_profile(user_id)
    if choice == REMOVE_POSTS:
        for ids in _some_at_a_time(Case, Case.author_id == user_id):
            with transaction() as session:
                evidence.set_aside(ids)
                forgotten = session.scalars(select(Case.id).where(Case.id.in_(ids), Case.forget_at.is_(None))).all()
                session.execute(update(Case).where(Case.id.in_(forgotten)).values(evidence.BLANK))
                evidence.forget_cuts(forgotten)
        _forget_copies(user_id)


def _forget_copies(user_id: int) -> None:
    """Forget the copies of their messages, but for those that an appeal may still need (message_appeals.evidence)."""
    for ids in _some_at_a_time(MessageReport, MessageReport.author_id == user_id):
        with transaction() as session:
            copies.set_aside(ids)
            free = update(MessageReport).where(MessageReport.id.in_(ids), MessageReport.forget_at.is_(None))
            session.execute(free.values(copies=[]), execution_options={"synchronize_session": False})


def _forget_profile(user_id: int) -> None:
    """Forget what their profile said when it was flagged, and what was cleared: with the account the profile is gone,
    whichever way somebody leaves, and nothing of it can be given back."""
    about = (Case.author_id == user_id) & (Case.kind == Kind.PROFILE)
    for ids in _some_at_a_time(Case, about):
        with transaction() as session:
            session.execute(update(Case).where(Case.id.in_(ids)).values(evidence.BLANK))
            session.execute(
                update(Decision).where(Decision.case_id.in_(ids)).values(undo={}),
                execution_options={"synchronize_session": False},
            )


def _some_at_a_time(model: Any, mine: Any) -> Iterator[list[int]]:
    last = 0
    while ids := db.session.scalars(
        select(model.id).where(mine, model.id > last).order_by(model.id).limit(AT_ONCE)
    ).all():
        last = ids[-1]
        yield list(ids)
