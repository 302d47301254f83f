"""The plug before publication: moderation fills `screeners` when the application is made; each looks at every text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from forum.accounts.models import User
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, Thread


@dataclass(frozen=True)
class Draft:
    """A text before it is shown. `thread` is None for an opening; `title` is "" for a reply; `links` lead elsewhere."""

    author: User
    thread: Thread | None
    subtheme: SubTheme
    title: str
    body: str
    links: int
    is_edit: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a screener says: publish, hold with a reason's code (reasons.NAMES), or refuse with a message."""

    reason: str = ""
    message: Any = None

    @property
    def holds(self) -> bool:
        """Whether the text waits for review."""
        return bool(self.reason) and self.message is None


def publish() -> Verdict:
    """Let the text through."""
    return Verdict()


def hold(reason: str) -> Verdict:
    """Keep the text from everybody but its author until a moderator has read it.

    A change of a *published* post is never taken back out of sight: there, a hold refuses the change and the post
    stays as it was. A change of a held post stays held.
    """
    return Verdict(reason=reason)


def refuse(message: Any) -> Verdict:
    """Do not take the text; `message` (lazily translated) says why, and the form keeps what was typed."""
    return Verdict(message=message)


Screener = Callable[[Draft], Verdict]
screeners: list[Screener] = []
on_held: list[Callable[[Post], None]] = []  # called with a post inside the transaction that holds it


def screen(draft: Draft) -> Verdict:
    """Ask all screeners: the first refusal counts, else the first hold, else the text is published."""
    verdicts = [screener(draft) for screener in screeners]
    refusals = [verdict for verdict in verdicts if verdict.message is not None]
    holds = [verdict for verdict in verdicts if verdict.holds]
    return next(iter(refusals + holds), publish())
