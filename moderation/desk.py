"""What the desk shows: the queue at the left and, at the right, everything about one case. Reading only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.accounts.models import Person, User
from forum.core.database import now
from forum.core.paging import Page
from forum.subthemes import queries as subthemes
from forum.subthemes.models import SubTheme
from forum.subthemes.policy import looks_after
from forum.threads import queries as threads
from forum.threads.models import Post
from moderation import policy, previews, queries, rules, scoring, targets, wording
from moderation.appeals import queries as appeals
from moderation.closures import queries as closures
from moderation.closures.models import Closure
from moderation.models import Case, Decision, Flag
from moderation.notes.models import CaseNote
from moderation.notes.policy import may_open_notes, reads_notes
from moderation.notes.queries import notes_of
from moderation.profiles import contents
from moderation.queue import AGES, ASSIGNED, LANGUAGES, OVERDUE, Filter, Row, oldest_opened_at, open_count, page
from moderation.ranker.explaining import Reading, reading
from moderation.record import steps as usual
from moderation.record import wording as record_words
from moderation.record.queries import SHOWN_IN_A_CASE, Record, record_of

FILTERS = (
    "subtheme",
    "kind",
    "source",
    "lang",
    "rule",
    "days",
    "assigned",
)  # what an address may narrow the queue to


@dataclass(frozen=True)
class Queue:
    """The left side: one page of open cases, how many there are, and what they can be narrowed to."""

    chosen: Filter
    page: Page[Row]
    count: int
    oldest: datetime | None
    subthemes: Sequence[SubTheme]
    arguments: dict[str, str]
    moment: datetime

    def urgency(self, case: Case) -> float:
        """Return the points of a case now."""
        return scoring.urgency(case, self.moment)

    @property
    def most(self) -> float:
        """The points of the first case, for the bars."""
        return max((self.urgency(row.case) for row in self.page.items), default=1.0)

    @property
    def rules(self) -> list[tuple[str, Any]]:
        """The rules in force, by code and name, to choose from."""
        return [(rule.code, rule.name) for rule in rules.current().values()]

    @property
    def is_overdue(self) -> bool:
        """Whether the oldest open case has waited too long."""
        return self.oldest is not None and self.moment - self.oldest > OVERDUE


def queue(viewer: Person, asked: Mapping[str, str], after: str = "") -> Queue:
    """Return the left side for what an address asks (see `narrowed`); `after` is the cursor of the page before."""
    places = [place for place in subthemes.open_subthemes() if looks_after(viewer, place.id)]
    arguments = narrowed(asked, places)
    chosen = Filter(
        subtheme_id=next((place.id for place in places if place.slug == arguments.get("subtheme")), None),
        kind=arguments.get("kind", ""),
        source=arguments.get("source", ""),
        within=own_part(viewer),
        lang=arguments.get("lang", ""),
        rule=arguments.get("rule", ""),
        days=int(arguments.get("days", "0")),
        assigned=arguments.get("assigned", ""),
        viewer_id=viewer.id or 0,
    )
    oldest = oldest_opened_at(chosen.within)
    return Queue(chosen, page(chosen, after), open_count(chosen), oldest, places, arguments, now())


def narrowed(asked: Mapping[str, str], places: Sequence[SubTheme]) -> dict[str, str]:
    """Return what of an address narrows the queue, to be carried to the next one; what is unknown narrows nothing."""
    ages = [str(days) for days in AGES]
    known: tuple[Collection[str], ...] = (
        [place.slug for place in places], wording.KINDS_OF_CASE, wording.QUEUED, LANGUAGES, rules.current(), ages,
        ASSIGNED,
    )  # fmt: skip
    return {name: asked[name] for name, values in zip(FILTERS, known, strict=True) if asked.get(name, "") in values}


def own_part(viewer: Person) -> tuple[int, ...] | None:
    """Return the sub-themes whose cases the viewer sees, None for all."""
    return None if viewer.is_moderator else tuple(viewer.moderates)


@dataclass(frozen=True)
class Sheet:
    """The right side: one case with all that a fair decision needs."""

    case: Case
    flags: Sequence[Flag]
    score: list[tuple[str, float, str]]
    urgency: float
    neighbours: Sequence[Post]
    former: Sequence[Decision]
    record: Record
    objection: Any | None
    suggested_rule: str
    notes: Sequence[CaseNote] | None
    appeal_id: int | None = None
    closure: Closure | None = None
    ended_by: Closure | None = None
    profile: contents.Compared | None = None
    reading: Reading | None = None

    @property
    def previews(self) -> dict[str, list[Any]]:
        """What each outcome would do, in words."""
        return {outcome: previews.preview(outcome, self.case) for outcome in policy.possible(self.case)}

    @property
    def usual_step(self) -> usual.Step:
        """What usually comes next for somebody with this record; it is never applied by itself."""
        return usual.next_step(len(self.record.borne))

    @property
    def why_usual(self) -> str:
        """Why it is, in words."""
        return record_words.why(self.record, usual.counts_for().days)

    @property
    def post(self) -> Post | None:
        """The post as it is now; None where the case is about a profile."""
        return self.case.post

    @property
    def has_changed(self) -> bool:
        """Whether the text was edited since it was flagged."""
        return targets.revision_of(targets.subject_of(self.case)) != self.case.frozen_revision


def sheet(case: Case, viewer: User, *, opens_notes: bool = False) -> Sheet:
    """Return the right side for a case that was loaded in full; `opens_notes` shows notes that else are folded away."""
    shows_notes = may_open_notes(viewer, case) and (opens_notes or reads_notes(viewer, case))
    sums = queries.flag_sums([case.id])[case.id]
    moment, hidden = case.decided_at or now(), case.hidden_at is not None
    explained = scoring.explain(
        case.source, case.opened_at, sums, moment, hidden=hidden, first=case.comes_first, learned=case.learned
    )
    return Sheet(
        case=case,
        flags=queries.flags_of(case.id),
        score=wording.score_lines(explained),
        urgency=explained.total,
        neighbours=() if case.is_about_person else threads.context_around(case.the_post),
        former=[each for each in queries.former_decisions(case) if each.case_id != case.id],
        record=record_of(case.author_id, SHOWN_IN_A_CASE),
        objection=policy.objection(viewer, case, has_flagged=queries.flag_of(case.id, viewer.id) is not None),
        suggested_rule=suggested_rule(sums),
        appeal_id=appeal.id if case.decision and (appeal := appeals.of_decision(case.decision.id)) else None,
        closure=closures.of_decision(case.decision.id) if case.decision else None,
        ended_by=closures.that_ended(case.id) if case.decided_at and not case.decision else None,
        notes=notes_of(case.id) if shows_notes else None,
        profile=contents.compared(case) if case.is_about_person else None,
        reading=reading(case),
    )


def suggested_rule(sums: Sequence[scoring.Sum]) -> str:
    """Return the rule that the heaviest flags name, "" without flags."""
    return sums[0].reason if sums else ""
