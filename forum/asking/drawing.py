"""Questions as a viewer gets them, with all that belongs to them, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_login import current_user

from forum.accounts import ties
from forum.asking import asked, policy, under
from forum.asking.models import AskSession, Question
from forum.asking.place import Place
from forum.asking.under import Few
from forum.core.database import now
from forum.threads import policy as threads
from forum.threads import presenting
from forum.threads.models import Post
from forum.threads.presenting import Shown


@dataclass(frozen=True)
class Answered:
    """An answer with the first comments under it, how many there are, and behind which position they go on (or 0)."""

    post: Shown
    comments: Sequence[Shown] = ()
    total: int = 0
    next_key: int = 0


@dataclass(frozen=True)
class Merged:
    """A question that was merged into another one; `kept_away` says how the viewer keeps its author away."""

    row: Question
    kept_away: str


@dataclass(frozen=True)
class Asked:
    """A question as the page shows it: what the viewer may do, some of what was merged into it and of its answers."""

    row: Question
    post: Shown
    is_mine_too: bool
    may_support: bool
    may_answer: bool
    merged: Few[Question]
    same: Sequence[Merged]
    given: Few[Post]
    answers: Sequence[Answered]


def drawn(
    session: AskSession, rows: Sequence[Question], named: set[int], place: Place, question_id: int | None = None
) -> dict[int, Asked]:
    """Return {question: as it is shown}; of `question_id`, on whose page the viewer is, more is shown."""
    ids = [row.post_id for row in rows]
    merged = under.merged(ids, place.further("merged", question_id))
    answers = under.answers(ids, place.further("answers", question_id))
    comments = under.comments([one.id for one in under.items(answers)], place.further("comments", None))
    asks = [row.post for row in (*rows, *under.items(merged))]
    kept = kept_away([*asks, *under.items(answers), *under.items(comments)])
    mine, rights = asked.asked_too(current_user, ids), _rights(session, rows, named)

    def shown(*wanted: Post) -> list[Shown]:
        return presenting.shown(wanted, session.thread, current_user, kept_away=kept)

    def answered(answer: Post) -> Answered:
        few: Few[Post] = comments.get(answer.id) or Few()
        return Answered(shown(answer)[0], shown(*few.items), few.total, few.next_key)

    def whole(row: Question) -> Asked:
        same, own = merged.get(row.post_id) or Few(), answers.get(row.post_id) or Few()
        sources = [Merged(each, kept.get(each.post.author_id, "")) for each in same.items]
        replies = [answered(each) for each in own.items]
        return Asked(row, shown(row.post)[0], row.post_id in mine, *rights[row.post_id], same, sources, own, replies)

    return {row.post_id: whole(row) for row in rows}


def _rights(session: AskSession, rows: Sequence[Question], named: set[int]) -> dict[int, tuple[bool, bool]]:
    """Return for each question whether the viewer may ask it too, and answer it."""
    moment, is_named = now(), current_user.id in named
    may_write = threads.why_not_reply(current_user, session.thread) is None
    return {
        row.post_id: (
            policy.why_not_support(current_user, session, row, moment) is None
            and row.post.author_id != current_user.id,
            may_write
            and row.post.is_visible
            and policy.why_not_answer(current_user, session, row, is_named, moment) is None,
        )
        for row in rows
    }


def kept_away(posts: Sequence[Post]) -> Mapping[int, str]:
    """Return whom of their authors the viewer keeps away, and how."""
    return ties.among(current_user.id, {post.author_id for post in posts}) if current_user.is_authenticated else {}
