"""A thread while people write in it, and which threads are the same in every forum."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

# Planted threads, the same in every forum: the longest, the one of ten pages, the one for replies; then pinned ones.
LONGEST, TEN_PAGES, REPLIED = 1, 2, 3
PLANTED_POSTS = {TEN_PAGES: 200, REPLIED: 150}
PINNED_POSTS, PINNED_ANSWERS = 60, 5


@dataclass
class Open:
    """A thread in which people write: what its row will say, and who wrote lately."""

    id: int
    subtheme: int
    posts: int
    title: str = ""
    lang: str = ""
    author: int = 0
    created: str = ""
    position: int = 0
    replies: int = 0
    answers: int = 0
    last_at: str = ""
    last_author: int = 0
    opening: int = 0
    recent: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=8))
    voices: set[int] = field(default_factory=set)
    is_pinned: bool = False
    is_question: bool = False

    @property
    def is_planted(self) -> bool:
        """Whether it is the same in every forum."""
        return self.id in PLANTED_POSTS or self.id == LONGEST or self.is_pinned
