"""What the desk shows: the queue at the left and, at the right, everything about one case. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.accounts.models import Person, User
from forum.config import CLAIM_LIFETIME
from forum.core.database import now
from forum.core.paging import Page
from forum.subthemes import queries as subthemes
from forum.subthemes.models import SubTheme
from forum.subthemes.policy import looks_after
from forum.threads import queries as threads
from forum.threads.models import Post
from moderation import policy, queries, scoring, wording
from moderation.appeals import queries as appeals
from moderation.models import Case, Decision, Flag, Source, Strike
from moderation.queries import Filter, Row


@dataclass(frozen=True)
class Queue:
    """The left side: one page of open cases, how many there are, and what they can be narrowed to."""

    chosen: Filter
    page: Page[Row]
    count: int
    subthemes: Sequence[SubTheme]
    moment: datetime

    def urgency(self, case: Case) -> float:
        """Return the points of a case now."""
        return scoring.urgency(case, self.moment)

    @property
    def most(self) -> float:
        """The points of the first case, for the bars."""
        return max((self.urgency(row.case) for row in self.page.items), default=1.0)

    @property
    def arguments(self) -> dict[str, Any]:
        """What keeps the filter in an address."""
        slug = next((each.slug for each in self.subthemes if each.id == self.chosen.subtheme_id), "")
        return {key: value for key, value in (("subtheme", slug), ("source", self.chosen.source)) if value}


def queue(viewer: Person, subtheme: str, source: str, after: str) -> Queue:
    """Return the left side for a sub-theme's slug and a source ("" for all); unknown ones narrow nothing."""
    places = [place for place in subthemes.open_subthemes() if looks_after(viewer, place.id)]
    subtheme_id = next((place.id for place in places if place.slug == subtheme), None)
    chosen = Filter(subtheme_id, source if source in set(Source) else "", own_part(viewer))
    return Queue(chosen, queries.queue(chosen, after), queries.open_count(chosen), places, now())


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
    strikes: Sequence[Strike]
    objection: Any | None
    suggested_rule: str
    appeal_id: int | None = None

    @property
    def post(self) -> Post:
        """The post as it is now."""
        return self.case.post

    @property
    def has_changed(self) -> bool:
        """Whether the text was edited since it was flagged."""
        return self.post.revision != self.case.frozen_revision

    @property
    def free_again_at(self) -> datetime | None:
        """When the claim of whoever holds the case runs out; None when nobody does."""
        return self.case.claimed_at + CLAIM_LIFETIME if self.case.holder_id and self.case.claimed_at else None


def sheet(case: Case, viewer: User) -> Sheet:
    """Return the right side for a case that was loaded in full."""
    sums = queries.flag_sums([case.id])[case.id]
    moment, hidden = case.decided_at or now(), case.hidden_at is not None
    explained = scoring.explain(case.source, case.opened_at, sums, moment, hidden=hidden, first=case.comes_first)
    return Sheet(
        case=case,
        flags=queries.flags_of(case.id),
        score=wording.score_lines(explained),
        urgency=explained.total,
        neighbours=threads.context_around(case.post),
        former=[each for each in queries.former_decisions(case.post_id) if each.case_id != case.id],
        strikes=queries.strikes_of(case.author_id),
        objection=policy.objection(viewer, case, has_flagged=queries.flag_of(case.id, viewer.id) is not None),
        suggested_rule=suggested_rule(sums),
        appeal_id=appeal.id if case.decision and (appeal := appeals.of_decision(case.decision.id)) else None,
    )


def suggested_rule(sums: Sequence[scoring.Sum]) -> str:
    """Return the rule that the heaviest flags name, "" without flags."""
    return sums[0].reason if sums else ""
