"""A month of moderation by the forum's own acts, hour by hour: flags, decisions, slips, appeals and their answers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.database import Clock, db, now
from forum.core.errors import Refused
from forum.threads.models import Post
from moderation import decisions, flags, queue, scoring, undoing
from moderation.appeals import actions as appeals
from moderation.appeals import answering
from moderation.appeals.models import Appeal
from moderation.appeals.queries import next_appeal
from moderation.models import Case, Decision, Flag, Outcome
from moderation.transparency.actions import count_months

SHIFT = 8  # hours a day that a moderator works, and nobody at weekends: the queue grows and is worked off again
WEEKEND = (5, 6)
TRIES = 20  # a flag that the rules refuse is sent about another post
HOT = 10  # one post in so many draws a third of all flags
SLIPS, APPEALED, OVERTURNED = 0.03, 0.25, 0.4  # shares of decisions, of those that stay, of appeals
OUTCOMES = ("keep",) * 9 + ("hide",) * 4 + ("remove",) * 4 + ("warn",) * 3
RULE_WEIGHTS = {"spam": 30, "abuse": 25, "offtopic": 15, "hate": 8, "falsehood": 8, "privacy": 4, "illegal": 2}


@dataclass
class Played:
    """What happened: how much, and how long the oldest open case had waited at the end of each hour."""

    flagged: int = 0
    refused: int = 0
    decided: int = 0
    undone: int = 0
    appealed: int = 0
    answered: int = 0
    most_open: int = 0
    oldest: timedelta = timedelta(0)
    failures: list[str] = field(default_factory=list)


def play(
    start: datetime,
    days: int,
    flags_a_day: int,
    members: list[int],
    moderators: list[int],
    dice: random.Random,
    say: Callable[[str], None],
) -> Played:
    """Play `days` from `start`, hour by hour; moves the forum's clock, which the caller sets right."""
    played = Played()
    posts = db.session.scalars(select(Post.id).order_by(Post.id)).all()
    a_shift = _work(flags_a_day, len(moderators))
    for hour in range(days * 24):
        Clock.offset = start + timedelta(hours=hour, minutes=1) - datetime.now(UTC)
        for _ in range(_share(flags_a_day, hour)):
            _flag_something(posts, members, dice, played)
        for place, moderator in enumerate(moderators):
            worked = (hour % 24 - place * 24 // len(moderators)) % 24
            if worked < SHIFT and now().weekday() not in WEEKEND:
                _decide(moderator, _share(a_shift, worked, SHIFT), dice, played)
                _answer(moderator, dice, played)
        _look(played)
        if hour % 24 == 23:
            count_months()
            say(
                f"day {hour // 24 + 1:2}: {played.flagged:,} flags, {played.decided:,} decisions, "
                f"most open {played.most_open}, oldest {played.oldest / timedelta(hours=1):.0f} h"
            )
    Clock.offset = start + timedelta(days=days, minutes=5) - datetime.now(UTC)
    count_months()
    return played


def _work(flags_a_day: int, moderators: int) -> int:
    """Return how many cases a moderator decides in a shift: in five days what seven bring, and a tenth."""
    return max(1, -(-flags_a_day * 7 * 11 // (5 * 10 * moderators)))


def _share(amount: int, hour: int, hours: int = 24) -> int:
    """Return how much of a day's amount falls into this hour, evenly, with what is left over in the first hours."""
    whole, rest = divmod(amount, hours)
    return whole + (hour % hours < rest)


def _flag_something(posts: Sequence[int], members: list[int], dice: random.Random, played: Played) -> None:
    """Let somebody flag a post; where the rules refuse it, somebody else flags another one."""
    for _ in range(TRIES):
        drawn = posts[:: HOT if dice.random() < 0.33 else 1]
        if _flag(dice.choice(drawn), dice.choice(members), dice, played):
            return


def _flag(post_id: int, member_id: int, dice: random.Random, played: Played) -> bool:
    post, person = db.session.get(Post, post_id), db.session.get(User, member_id)
    assert post and person
    moment = now()
    rule = dice.choices(list(RULE_WEIGHTS), list(RULE_WEIGHTS.values()))[0]
    try:
        flag = flags.flag_post(post, person, rule, "")
    except Refused:  # one's own, just cleared, hidden meanwhile
        played.refused += 1
        return False
    is_new = bool(flag.created_at >= moment)  # else the one that they had sent before
    played.flagged += is_new
    return is_new


def _decide(moderator_id: int, most: int, dice: random.Random, played: Played) -> None:
    for _ in range(most):
        moderator = db.session.get(User, moderator_id)
        assert moderator
        case_id = queue.next_case(moderator, queue.Filter())
        if case_id is None:
            return
        rule = dice.choice(list(RULE_WEIGHTS))
        made = decisions.decide(case_id, moderator, dice.choice(OUTCOMES), "Played.", rule=rule)
        if dice.random() < SLIPS:
            undoing.undo(made.id, moderator)
            played.undone += 1
            continue
        played.decided += 1
        if dice.random() < APPEALED:
            _appeal(made, dice, played)


def _appeal(made: Decision, dice: random.Random, played: Played) -> None:
    """Let the author appeal against what was decided against them, or somebody who flagged against a "keep"."""
    flaggers = sorted(db.session.scalars(select(Flag.flagger_id).where(Flag.case_id == made.case_id)))
    person = db.session.get(User, dice.choice(flaggers) if made.outcome == Outcome.KEEP else made.case.author_id)
    assert person
    appeals.file(made.id, person, "Played.")
    played.appealed += 1


def _answer(moderator_id: int, dice: random.Random, played: Played) -> None:
    """Answer every appeal that this moderator may."""
    moderator = db.session.get(User, moderator_id)
    assert moderator
    while appeal_id := next_appeal(moderator):
        appeal = db.session.get(Appeal, appeal_id)
        assert appeal
        was_kept = appeal.decision.outcome == Outcome.KEEP
        overturn = Outcome.HIDE if was_kept else answering.OVERTURN
        said = overturn if dice.random() < OVERTURNED else answering.UPHOLD
        appeals.decide(appeal_id, moderator, said, "Played.", rule=dice.choice(list(RULE_WEIGHTS)), reason="Played.")
        played.answered += 1
        played.decided += bool(was_kept and said == overturn)  # a case of its own, decided in the same breath


def _look(played: Played) -> None:
    open_cases = select(func.count(), func.min(Case.opened_at)).where(Case.decided_at.is_(None))
    count, first = db.session.execute(open_cases).one()
    played.most_open = max(played.most_open, count)
    if first:
        played.oldest = max(played.oldest, now() - first)


def bound(played: Played, days: int) -> timedelta:
    """Return how long a case may wait at most: until nothing new comes before it, then until those before it are done.

    Scoring: flags are worth at most POINTS_MOST, a day POINTS_A_DAY; what waited longer than their quotient is only
    overtaken by what was opened before. Those are at most the open cases, decided at the pace that was played.
    """
    pace = max(1.0, played.decided / days)
    return timedelta(days=scoring.POINTS_MOST / scoring.POINTS_A_DAY + played.most_open / pace)
