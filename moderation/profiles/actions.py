"""Flagging a profile: the first flag opens a case with all that everybody reads there, later ones join it."""

from __future__ import annotations

from forum.accounts import youth
from forum.accounts.models import User
from forum.accounts.policy import may_flag_profile
from forum.core.database import locked, now, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.core.text import guess_language
from moderation import flags, queries, scoring
from moderation.models import Case, Flag, Kind, Source
from moderation.profiles import contents, pictures
from moderation.profiles import queries as profiles


def flag_profile(person: User, by: User, reason: str, note: str = "") -> Flag:
    """Say that what somebody says of themselves breaks the rule `reason` (a code); return the flag, or the own one.

    Raises NotFound for an account that is closed or goes into another; Forbidden for one's own or a suspended flagger;
    Refused for an unknown reason or within COOL_DOWN of a decision to keep the same.
    """
    flags.check_reason(reason)
    if may_flag_profile(by, person):
        pictures.freeze(person)
    with transaction():
        present = locked(User, person.id)  # flags on one profile take turns, so that two at once make one case
        if present is None or present.is_closed or present.merging_into_id is not None:
            raise NotFound
        if not may_flag_profile(by, present):
            raise Forbidden(flags.why_not(by, Kind.PROFILE))
        revision = contents.revision_of(present)
        if profiles.cleared_since(present.id, revision, by.id, now() - flags.COOL_DOWN):
            raise Refused(flags.cleared_words(Kind.PROFILE))
        case = profiles.open_case_about(present.id, lock=True)
        if case and (own := queries.flag_of(case.id, by.id)):
            return own
        return flags.join(case or open_case(present, Source.FLAGS), by, reason, note, revision)


def open_case(person: User, source: Source) -> Case:
    """Open a case about somebody's profile as it is now; joins the transaction that holds their row."""
    pictures.freeze(person)
    with transaction() as session:
        moment, first = now(), youth.care_of(person).comes_first
        said = contents.shown(person)
        bio = str(said.pop("bio", ""))
        case = Case(
            kind=Kind.PROFILE,
            author_id=person.id,
            source=source,
            lang=guess_language(bio),
            opened_at=moment,
            score=scoring.stored_score(source, moment, (), first=first),
            comes_first=first,
            frozen_revision=contents.revision_of(person),
            frozen_title=person.name,
            frozen_author=person.username,
            frozen_body=bio,
            frozen_html=person.bio_html if bio else "",
            frozen_facts=said,
            flag_count=0,
            version=1,
        )
        session.add(case)
        session.flush()
        return case
