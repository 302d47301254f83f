"""Where on a session's page a reader is: what its address says beside the session, and a form carries to come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from forum.asking import asked, under
from forum.asking.models import AskSession, Status
from forum.asking.under import Further
from forum.core.paging import id_in
from forum.threads.models import Post

NAMES = ("from", "open", "after", "under", "merged", "answers", "comments", "contents")
LONGEST = 30  # characters; two numbers and a point
IN_LISTS = (Status.OPEN, Status.ANSWERED)


@dataclass(frozen=True)
class Place:
    """The parts of the address, by NAMES; none of them leads anywhere but to a page of this session."""

    parts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def told(cls, told: Mapping[str, str]) -> Place:
        """Return the place that an address or a form tells."""
        return cls({name: told[name] for name in NAMES if 0 < len(told.get(name, "")) <= LONGEST})

    def get(self, name: str) -> str:
        """Return one part, "" if it is not told."""
        return self.parts.get(name, "")

    def id(self, name: str) -> int | None:
        """Return the post that a part names, or None."""
        return id_in(self.get(name))

    def further(self, name: str, question_id: int | None) -> Further:
        """Return where the "merged" or "answers" of the page's question go on, or the "comments" under an answer."""
        if name != "comments":
            return Further(question_id or 0, self.id(name) or 0)
        answer_id, _, after = self.get(name).partition(".")
        return Further(id_in(answer_id) or 0, id_in(after) or 0)


def beneath(post: Post, parent: Post) -> dict[str, str]:
    """Return the place at which the page shows an answer under its question, or a comment under its answer."""
    if not parent.credential_id:
        key = under.key_of(post)
        return {"from": str(parent.id)} | ({"answers": str(key)} if key else {})
    key = under.key_of(parent)
    place = {"from": str(parent.parent_id), "comments": f"{parent.id}.{under.key_of(post)}"}
    return place | ({"answers": str(key)} if key else {})


def standing(session: AskSession, post: Post) -> dict[str, str] | None:
    """Return the place at which the page shows this post of the session's thread; None where it does not show it."""
    if not post.is_visible:
        return None
    if post.parent_id is None:
        return {} if post.id == session.summary_id else _of_question(session, post.id)
    parent = asked.standing_in(session, post.parent_id)
    if parent is None or bool(parent.credential_id) == bool(post.credential_id):
        return None
    question_id = parent.parent_id if parent.credential_id else parent.id
    stands = question_id and _of_question(session, question_id) == {"from": str(question_id)}
    return beneath(post, parent) if stands else None


def _of_question(session: AskSession, question_id: int) -> dict[str, str] | None:
    """Return the place of a question that is in the lists, or among those merged into one that is."""
    start = asked.start_at(session, question_id)
    if start is None or start.status not in IN_LISTS or asked.standing_in(session, start.post_id) is None:
        return None
    place = {"from": str(start.post_id)}
    if start.post_id == question_id:
        return place
    return place | {"merged": str(under.key_of_merged(question_id, start.post_id))}
