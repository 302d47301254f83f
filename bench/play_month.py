"""`python bench/play_month.py [--people 2000] [--flags 300] [--moderators 6]`: a month of moderation, played.

On a scratch instance (SQLite in a temporary folder) people flag, moderators decide and now and then take a slip back,
some of those concerned appeal and another moderator answers, all by the forum's own acts, with the forum's clock moved
hour by hour through last month; the worker counts each day. Then the report must equal a recount in plain SQL, nothing
under five may be published, the log must verify, and no case may have waited longer than the bound that the scoring
promises. Exit status 1 when one of these fails. By default smaller: about two minutes.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, event, func, insert, select, text  # noqa: E402

import wsgi  # noqa: E402
from forum.accounts.models import Role, User  # noqa: E402
from forum.core import chain  # noqa: E402
from forum.core.database import Clock, db, now, transaction  # noqa: E402
from forum.core.errors import Refused  # noqa: E402
from forum.core.markup import RENDER_VERSION  # noqa: E402
from forum.subthemes.models import SubTheme  # noqa: E402
from forum.threads.models import Post, Thread  # noqa: E402
from forum.threads.recount import recount  # noqa: E402
from moderation import decisions, flags, queue, scoring, undoing  # noqa: E402
from moderation.appeals import actions as appeals  # noqa: E402
from moderation.appeals import answering  # noqa: E402
from moderation.appeals.models import Appeal  # noqa: E402
from moderation.appeals.queries import next_appeal  # noqa: E402
from moderation.models import Case, Decision, Flag, Outcome  # noqa: E402
from moderation.transparency import report  # noqa: E402
from moderation.transparency.actions import count_months  # noqa: E402
from moderation.transparency.models import ReportFigure, ReportMonth  # noqa: E402
from moderation.transparency.queries import bounds_of  # noqa: E402
from moderation.transparency.suppression import LEAST  # noqa: E402

POSTS_A_THREAD = 20
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


def people_and_posts(people: int, moderators: int, posts: int, dice: random.Random) -> tuple[list[int], list[int]]:
    """Write accounts and posts as rows, as an import does; return the ids of members and of moderators."""
    since = now() - timedelta(days=200)
    with transaction() as session:
        places = session.scalars(select(SubTheme.id)).all()
        first = (session.scalar(select(func.max(User.id))) or 0) + 1
        rows = [_person(first + number, since, number < moderators) for number in range(people + moderators)]
        session.execute(insert(User), rows)
        ids = [row["id"] for row in rows]
        threads = max(1, posts // POSTS_A_THREAD)
        start = (session.scalar(select(func.max(Thread.id))) or 0) + 1
        session.execute(insert(Thread), [_thread(start + n, ids, places, since, dice) for n in range(threads)])
        session.execute(insert(Post), [_post(start, n, ids, since, dice) for n in range(threads * POSTS_A_THREAD)])
    for _ in recount(fix=True):
        pass
    return ids[moderators:], ids[:moderators]


def _person(row_id: int, since: datetime, is_moderator: bool) -> dict[str, Any]:
    name = f"person{row_id}"
    role = Role.MODERATOR if is_moderator else Role.NETIZEN
    return {
        "id": row_id, "username": name, "username_key": name, "email": f"{name}@example.org",
        "email_key": f"{name}@example.org", "password_hash": "", "created_at": since, "published_count": 10,
        "role": role,
    }  # fmt: skip


def _thread(row_id: int, ids: list[int], places: Any, since: datetime, dice: random.Random) -> dict[str, Any]:
    return {
        "id": row_id, "subtheme_id": dice.choice(places), "author_id": dice.choice(ids), "title": f"Thread {row_id}",
        "created_at": since, "last_post_at": since, "last_position": POSTS_A_THREAD,
        "reply_count": POSTS_A_THREAD - 1,
    }  # fmt: skip


def _post(start: int, number: int, ids: list[int], since: datetime, dice: random.Random) -> dict[str, Any]:
    words, lang = ("一篇文章", "zh") if dice.random() < 0.45 else ("A post", "en")
    return {
        "thread_id": start + number // POSTS_A_THREAD, "position": number % POSTS_A_THREAD + 1,
        "author_id": dice.choice(ids), "body": words, "html": f"<p>{words}</p>", "plain": words, "lang": lang,
        "render_version": RENDER_VERSION, "created_at": since, "published_at": since, "notified_at": since,
        "indexed_version": 1,
    }  # fmt: skip


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


# -- the recount: plain SQL, nothing of the forum's own counting -------------------------------------------------------

_PLACES = (
    "JOIN posts ON posts.id = cases.post_id JOIN threads ON threads.id = posts.thread_id "
    "JOIN subthemes ON subthemes.id = cases.subtheme_id"
)
_FLAGS = (
    f"FROM flags JOIN cases ON cases.id = flags.case_id {_PLACES} "
    "WHERE flags.created_at >= :a AND flags.created_at < :b"
)
_SLIPS = "SELECT {} FROM decisions WHERE reversed_at IS NOT NULL AND id NOT IN (SELECT decision_id FROM appeals)"
_OPENED = (
    f"FROM cases {_PLACES} WHERE cases.opened_at >= :a AND cases.opened_at < :b "
    f"AND cases.id NOT IN ({_SLIPS.format('case_id')})"
)
_DECIDED = (
    f"FROM decisions JOIN cases ON cases.id = decisions.case_id {_PLACES} "
    "WHERE decisions.decided_at >= :a AND decisions.decided_at < :b "
    f"AND decisions.id NOT IN ({_SLIPS.format('id')})"
)
_APPEALED = (
    "FROM appeals JOIN decisions ON decisions.id = appeals.decision_id JOIN cases ON cases.id = decisions.case_id "
    f"{_PLACES} WHERE appeals.created_at >= :a AND appeals.created_at < :b"
)
_ANSWERED = _APPEALED.replace("created_at", "decided_at")
_CONFIRMED, _OVERTURNED = (f"{_ANSWERED} AND appeals.state = '{each}'" for each in ("upheld", "overturned"))
_VERDICT = "CASE decisions.outcome WHEN 'keep' THEN 'kept' ELSE 'upheld' END"
RECOUNTS = {
    ("flags", "rule"): ("flags.reason", _FLAGS),
    ("flags", "subtheme"): ("subthemes.slug", _FLAGS),
    ("flags", "language"): ("posts.lang", _FLAGS),
    ("opened", "source"): ("cases.source", _OPENED),
    ("opened", "subtheme"): ("subthemes.slug", _OPENED),
    ("opened", "language"): ("posts.lang", _OPENED),
    ("decided", "verdict"): (_VERDICT, _DECIDED),
    ("decided", "source"): ("cases.source", _DECIDED),
    ("decided", "subtheme"): ("subthemes.slug", _DECIDED),
    ("decided", "language"): ("posts.lang", _DECIDED),
    ("upheld", "outcome"): ("decisions.outcome", _DECIDED + " AND decisions.outcome <> 'keep'"),
    ("upheld", "rule"): ("decisions.rule", _DECIDED + " AND decisions.outcome <> 'keep'"),
    ("appeals", "verdict"): (_VERDICT, _APPEALED),
    ("appeals", "subtheme"): ("subthemes.slug", _APPEALED),
    ("appeals", "language"): ("posts.lang", _APPEALED),
    ("answered", "answer"): ("appeals.state", _ANSWERED),
    ("confirmed", "subtheme"): ("subthemes.slug", _CONFIRMED),
    ("confirmed", "language"): ("posts.lang", _CONFIRMED),
    ("overturned", "subtheme"): ("subthemes.slug", _OVERTURNED),
    ("overturned", "language"): ("posts.lang", _OVERTURNED),
}


def recounted(start: datetime, end: datetime) -> dict[tuple[str, str, str], float]:
    """Return every figure between two moments as SQL counts it."""
    span = {"a": _bound(start), "b": _bound(end)}
    found: dict[tuple[str, str, str], float] = {}
    for (figure, part), (column, rows) in RECOUNTS.items():
        if whole := db.session.scalar(text(f"SELECT count(*) {rows}"), span):
            found[(figure, "", "")] = whole
        for value, count in db.session.execute(text(f"SELECT {column}, count(*) {rows} GROUP BY 1"), span):
            found[(figure, part, value)] = count
    sources = db.session.scalars(text(f"SELECT DISTINCT cases.source {_DECIDED}"), span).all()
    for source in ("", *sources):
        rows = _DECIDED + (" AND cases.source = :source" if source else "")
        given = {**span, **({"source": source} if source else {})}
        count = db.session.scalar(text(f"SELECT count(*) {rows}"), given)
        for figure, tenths in (("median", 5), ("p90", 9)):
            if count:
                place = -(-count * tenths // 10) - 1
                line = text(f"SELECT {_hours()} {rows} ORDER BY 1 LIMIT 1 OFFSET {place}")
                found[(figure, "source" if source else "", source)] = float(db.session.scalar(line, given))
    return found


def _bound(moment: datetime) -> Any:
    return moment if db.engine.dialect.name == "postgresql" else moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def _hours() -> str:
    if db.engine.dialect.name == "postgresql":
        return "extract(epoch FROM decisions.decided_at - cases.opened_at) / 3600"
    return "(julianday(decisions.decided_at) - julianday(cases.opened_at)) * 24"


def differences() -> list[str]:
    """Return where the stored figures differ from the recount, and where the published ones show what they must not."""
    wrong = []
    for month in db.session.scalars(select(ReportMonth).order_by(ReportMonth.month)).all():
        bounds = bounds_of(month.month)
        assert bounds
        counted = recounted(bounds[0], month.until)
        rows = db.session.scalars(select(ReportFigure).where(ReportFigure.month == month.month)).all()
        stored = {(row.figure, row.part, row.value): row.amount for row in rows}
        for key in sorted({*counted, *stored}):
            if abs(counted.get(key, 0) - stored.get(key, 0)) > 0.001:  # hours: SQLite's julianday knows milliseconds
                wrong.append(f"{month.month} {key}: the report has {stored.get(key)}, SQL counts {counted.get(key)}")
        for figure, part, value, amount in report.published(month, rows).rows():
            if amount is None or figure in report.HOURS:
                continue
            if figure == report.RATE:
                ways = [counted.get((each, part, value), 0) for each in ("overturned", "confirmed")]
                if abs(amount - ways[0] / sum(ways)) > 0.001 or any(0 < each < LEAST for each in ways):
                    wrong.append(f"{month.month} {figure} {part} {value}: published {amount} of {ways}")
                continue
            if 0 < amount < LEAST:
                wrong.append(f"{month.month} {figure} {part} {value}: {amount} is published")
            if amount != counted.get((figure, part, value), 0):
                wrong.append(f"{month.month} {figure} {part} {value}: published {amount}")
    return wrong


def checks(played: Played, days: int) -> dict[str, bool]:
    """Return each check with whether it passed; says what differs."""
    wrong = differences()
    for line in wrong[:10]:
        played.failures.append(line)
    return {
        "the report equals the recount in SQL, and shows nothing under five": not wrong,
        "as many flags, decisions and appeals are in the report as there were": [
            _whole(figure) for figure in ("flags", "decided", "appeals", "answered")
        ]
        == [played.flagged, played.decided, played.appealed, played.answered],
        "the log verifies": chain.first_fault() is None,
        f"the oldest case waited {played.oldest} at most, bound {bound(played, days)}": played.oldest
        <= bound(played, days),
    }


def _whole(figure: str) -> int:
    total = select(func.sum(ReportFigure.amount)).where(ReportFigure.figure == figure, ReportFigure.part == "")
    return int(db.session.scalar(total) or 0)


def main() -> int:
    """Play, check, and return 1 if a check failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--flags", type=int, default=100, help="a day")
    parser.add_argument("--moderators", type=int, default=6)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=4)
    given = parser.parse_args()
    dice, began = random.Random(given.seed), time.monotonic()
    event.listen(Engine, "connect", _hasten)
    this_month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = (this_month - timedelta(days=1)).replace(day=1)
    with tempfile.TemporaryDirectory() as folder:
        app = wsgi.create_app({"FORUM_INSTANCE": folder, "JOBS": "memory", "SECRET_KEY": "k" * 40})
        answer = app.test_cli_runner().invoke(args=["setup"])
        assert answer.exit_code == 0, answer.output
        with app.app_context():
            Clock.offset = start - datetime.now(UTC)
            posts = max(400, given.flags * given.days // 2)
            members, moderators = people_and_posts(given.people, given.moderators, posts, dice)
            played = play(start, given.days, given.flags, members, moderators, dice, _say(began))
            results = checks(played, given.days)
            counted = db.session.execute(
                select(
                    select(func.count()).select_from(Flag).scalar_subquery(),
                    select(func.count()).select_from(Decision).scalar_subquery(),
                )
            ).one()
    print(f"{counted[0]:,} flags and {counted[1]:,} decisions in {time.monotonic() - began:.0f} s; "
          f"{played.refused} flags refused by the rules")  # fmt: skip
    for line in played.failures:
        print(f"  {line}")
    for words, passed in results.items():
        print(f"{'passed' if passed else 'FAILED'}: {words}")
    return 0 if all(results.values()) else 1


def _say(began: float) -> Callable[[str], None]:
    return lambda line: print(f"{time.monotonic() - began:5.0f} s  {line}", flush=True)


def _hasten(connection: Any, _record: Any) -> None:
    """This database need not survive a power cut, so nobody waits for the disk."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


if __name__ == "__main__":
    sys.exit(main())
