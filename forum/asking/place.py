"""Where on a session's page a reader is: what its address says beside the session, and a form carries to come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from forum.asking.under import Further
from forum.core.paging import id_in

NAMES = ("from", "open", "after", "under", "merged", "answers", "comments", "contents")
LONGEST = 30  # characters; two numbers and a point


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
