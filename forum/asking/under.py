"""What stands under the questions of a page, the first few of each: those merged into them, answers, comments.

The page of one question shows more of its own, behind a key. However much there is, it is one statement for each kind.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, case, func, or_, select

from forum.asking.asked import posts_of_people, questions_with_posts
from forum.asking.models import Question
from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.threads.counters import POST_VISIBLE
from forum.threads.models import Post

FEW = 3  # under each question or answer of a list
MANY = PAGE_SIZE  # under the one that a page is about

Item = TypeVar("Item", Question, Post)


@dataclass(frozen=True)
class Further:
    """One question or answer whose list is shown at length, behind a key: a merged question's id or a position."""

    group_id: int = 0
    after: int = 0


@dataclass(frozen=True)
class Few(Generic[Item]):
    """Some of what stands under a question or an answer, how many there are, and behind which key it goes on (or 0)."""

    items: Sequence[Item] = ()
    total: int = 0
    next_key: int = 0


def merged(ids: Collection[int], further: Further) -> dict[int, Few[Question]]:
    """Return {question: visible ones merged into it}, by their ids."""
    found = select(Question.post_id.label("id")).join(Question.post)
    found = found.where(Question.merged_into_id.in_(ids), POST_VISIBLE)
    counted = _counted(found, Question.merged_into_id, Question.post_id, further)
    query = _first(questions_with_posts(), Question.post_id, counted, further).order_by(Question.post_id)
    return _grouped(query, lambda row: row.post_id, further) if ids else {}


def answers(ids: Collection[int], further: Further) -> dict[int, Few[Post]]:
    """Return {question: its visible answers}, in order, with author and credential."""
    return _posts(ids, Post.credential_id.is_not(None), further)


def comments(ids: Collection[int], further: Further) -> dict[int, Few[Post]]:
    """Return {answer: the visible comments under it}, in order."""
    return _posts(ids, Post.credential_id.is_(None), further)


def key_of(post: Post) -> int:
    """Return the key behind which the answer or comment is shown with others; 0 where it is among the first MANY."""
    earlier = select(Post.position).where(Post.parent_id == post.parent_id, POST_VISIBLE, Post.position < post.position)
    kind = Post.credential_id.is_not(None) if post.credential_id else Post.credential_id.is_(None)
    before = db.session.scalars(earlier.where(kind).order_by(Post.position.desc()).limit(MANY)).all()
    return (before[0] or 0) if len(before) == MANY else 0


def key_of_merged(question_id: int, into_id: int) -> int:
    """Return the key behind which the question merged into another is shown; 0 where it is among the first MANY."""
    earlier = select(Question.post_id).join(Question.post).where(Question.merged_into_id == into_id, POST_VISIBLE)
    earlier = earlier.where(Question.post_id < question_id).order_by(Question.post_id.desc()).limit(MANY)
    before = db.session.scalars(earlier).all()
    return before[0] if len(before) == MANY else 0


def _posts(ids: Collection[int], kind: Any, further: Further) -> dict[int, Few[Post]]:
    found = select(Post.id.label("id")).where(Post.parent_id.in_(ids), kind, POST_VISIBLE)
    counted = _counted(found, Post.parent_id, Post.position, further)
    query = _first(posts_of_people(), Post.id, counted, further).order_by(Post.position)
    return _grouped(query, lambda post: post.position or 0, further) if ids else {}


def _counted(found: Select[Any], group: Any, key: Any, further: Further) -> Any:
    """Number what stands in each group; of the one shown further, what is behind its key is numbered by itself."""
    is_behind = or_(group != further.group_id, key > further.after)
    number = func.row_number().over(partition_by=[group, is_behind], order_by=key)
    total = func.count().over(partition_by=group)
    columns = (group.label("group_id"), number.label("number"), total.label("total"), is_behind.label("is_behind"))
    return found.add_columns(*columns).subquery()


def _first(rows: Select[Any], row_id: Any, counted: Any, further: Further) -> Select[Any]:
    """Join the first of each group, and one more of each: it says whether there are more."""
    most = case((counted.c.group_id == further.group_id, MANY), else_=FEW)
    query = rows.join(counted, counted.c.id == row_id).where(counted.c.is_behind, counted.c.number <= most + 1)
    return query.add_columns(counted.c.group_id, counted.c.total)


def _grouped(query: Select[Any], key: Any, further: Further) -> dict[int, Any]:
    found: dict[int, list[Any]] = {}
    totals: dict[int, int] = {}
    for row, group_id, total in db.session.execute(query):
        found.setdefault(group_id, []).append(row)
        totals[group_id] = total
    return {group_id: _few(rows, totals[group_id], key, _most(group_id, further)) for group_id, rows in found.items()}


def _most(group_id: int, further: Further) -> int:
    return MANY if group_id == further.group_id else FEW


def _few(rows: Sequence[Item], total: int, key: Any, most: int) -> Few[Item]:
    return Few(rows[:most], total, key(rows[most - 1]) if len(rows) > most else 0)


def items(groups: Mapping[int, Few[Item]]) -> list[Item]:
    """Return what is in any of these groups."""
    return [item for group in groups.values() for item in group.items]
