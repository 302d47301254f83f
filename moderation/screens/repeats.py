"""The screeners of repeats, copies, bursts and speed; and the fingerprints that they go by, kept some days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_, select, union_all

from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.core.jobs import sweeper
from forum.threads import screening
from forum.threads.screening import Draft, Verdict
from moderation.screens import findings
from moderation.screens.models import Fingerprint
from moderation.screens.sketches import Sketch, share, sketch_of
from moderation.screens.words import is_trusted

OWN_READ, OTHERS_READ = 40, 40  # rows that one look reads at most
PRUNED_AT_ONCE = 5_000


def numbers() -> dict[str, int]:
    """Return the settings SCREEN_… by their names."""
    kept: dict[str, int] = current_app.config["SCREENS"]
    return kept


def is_watched(author: User) -> bool:
    """Whether somebody's texts are compared: of those who have not earned much trust yet."""
    return not is_trusted(author) and author.standing_level < numbers()["BELOW_LEVEL"]


def is_new(author: User) -> bool:
    """Whether the account is new to the screens: few days old, and little trust earned."""
    return is_watched(author) and author.created_at > now() - timedelta(days=numbers()["NEW_DAYS"])


def look_for_repeats(draft: Draft) -> Verdict:
    """Hold what the same person, or another new account, has sent lately, and what comes in a burst."""
    if draft.is_edit or not is_watched(draft.author):
        return screening.publish()
    kept = _recent(draft.author.id, _sketch_of(draft))
    if again := _own_again(kept.own, _sketch_of(draft)):
        return screening.hold("repeat", findings.of_body("repeat", minutes=_minutes_since(again)))
    if is_new(draft.author) and (count := _copies(kept.others, _sketch_of(draft))):
        return screening.hold("automatic", findings.of_body("copies", accounts=count))
    burst = now() - timedelta(minutes=numbers()["BURST_MINUTES"])
    count = sum(each.made_at > burst for each in kept.own)
    if is_new(draft.author) and count >= numbers()["BURST_POSTS"]:
        return screening.hold("burst", findings.of_body("burst", posts=count, minutes=numbers()["BURST_MINUTES"]))
    return screening.publish()


def look_for_speed(draft: Draft) -> Verdict:
    """Hold what a new account sends faster than anybody types: its form was opened a moment ago."""
    if not is_new(draft.author) or draft.age is None or draft.age >= timedelta(seconds=numbers()["QUICK_SECONDS"]):
        return screening.publish()
    seconds = round(draft.age / timedelta(seconds=1), 1)
    return screening.hold("automatic", findings.of_body("quick", seconds=seconds))


def remember(draft: Draft, _verdict: Verdict) -> None:
    """Keep what a text was like, in the transaction that takes it."""
    if draft.is_edit or not is_watched(draft.author):
        return
    like = _sketch_of(draft)
    bands = dict(zip(("band_0", "band_1", "band_2", "band_3"), like.bands, strict=True)) if like else {}
    db.session.add(
        Fingerprint(
            author_id=draft.author.id,
            made_at=now(),
            is_new=is_new(draft.author),
            exact=like.exact if like else "",
            sketch=like.sketch if like else b"",
            **bands,
        )
    )


@sweeper
def prune() -> None:
    """Delete fingerprints that are too old, some at a time."""
    old = Fingerprint.made_at < now() - timedelta(days=numbers()["KEPT_DAYS"])
    if db.session.scalar(select(Fingerprint.id).where(old).limit(1)) is None:
        return
    with transaction() as session:
        some = select(Fingerprint.id).where(old).order_by(Fingerprint.made_at).limit(PRUNED_AT_ONCE)
        session.execute(delete(Fingerprint).where(Fingerprint.id.in_(some)))


@dataclass(frozen=True)
class _Kept:
    own: list[Any]
    others: list[Any]


def _recent(author_id: int, like: Sketch | None) -> _Kept:
    """Return what is kept of the author's latest texts and of others' that may be alike, in one statement."""
    wanted = (
        Fingerprint.author_id, Fingerprint.made_at, Fingerprint.is_new, Fingerprint.exact, Fingerprint.sketch,
    )  # fmt: skip
    minutes = max(numbers()["REPEAT_MINUTES"], numbers()["BURST_MINUTES"])
    own = select(*wanted).where(
        Fingerprint.author_id == author_id, Fingerprint.made_at > now() - timedelta(minutes=minutes)
    )
    looks: list[Any] = [own.order_by(Fingerprint.made_at.desc()).limit(OWN_READ).subquery()]
    if like:
        columns = (Fingerprint.band_0, Fingerprint.band_1, Fingerprint.band_2, Fingerprint.band_3)
        alike = or_(*(column == band for column, band in zip(columns, like.bands, strict=True)))
        since = now() - timedelta(hours=numbers()["COPIES_HOURS"])
        others = select(*wanted).where(alike, Fingerprint.made_at > since, Fingerprint.author_id != author_id)
        looks.append(others.order_by(Fingerprint.made_at.desc()).limit(OTHERS_READ).subquery())
    rows = db.session.execute(union_all(*(select(look) for look in looks))).all()
    return _Kept([row for row in rows if row[0] == author_id], [row for row in rows if row[0] != author_id])


def _own_again(own: Sequence[Any], like: Sketch | None) -> Any | None:
    since = now() - timedelta(minutes=numbers()["REPEAT_MINUTES"])
    return next((each for each in own if like and each.made_at > since and _alike(each, like)), None)


def _copies(others: Sequence[Any], like: Sketch | None) -> int:
    return len({each.author_id for each in others if like and each.is_new and _alike(each, like)})


def _alike(kept: Any, like: Sketch) -> bool:
    return bool(kept.exact) and (
        kept.exact == like.exact or share(kept.sketch, like.sketch) * 100 >= numbers()["ALIKE_PERCENT"]
    )


def _sketch_of(draft: Draft) -> Sketch | None:
    return _made(f"{draft.title}\n{draft.shown.text}" if draft.title else draft.shown.text, numbers()["ALIKE_LETTERS"])


@lru_cache(maxsize=4)
def _made(text: str, least: int) -> Sketch | None:
    """Return what the text is like; it is asked several times for one text."""
    return sketch_of(text, least)


def _minutes_since(row: Any) -> int:
    return max(1, round((now() - row.made_at) / timedelta(minutes=1)))
