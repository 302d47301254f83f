"""The plug before publication: moderation fills these lists when the application is made; each sees every text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from forum.accounts.models import User
from forum.core.errors import Refused
from forum.core.markup import Rendered
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, Thread


@dataclass(frozen=True)
class Draft:
    """A text before it is shown. `thread` is None for an opening; `title` is "" for a reply; `links` lead elsewhere.

    shown: the text as rendered
    former: title and plain text of the post that an edit changes; None for a new one
    age: for how long its form was open, None where nobody knows
    typed: title and body before the rewriters changed them, "" when they did not
    answer: to the question whether they really want to say so: "" not asked, "same" the text asked about, "other"
    asked_by: the code of that question
    post_id: the post that an edit changes
    """

    author: User
    thread: Thread | None
    subtheme: SubTheme
    title: str
    body: str
    shown: Rendered = field(default_factory=lambda: Rendered("", ""))
    former: tuple[str, str] | None = None
    age: timedelta | None = None
    typed: str = ""
    answer: str = ""
    asked_by: str = ""
    post_id: int | None = None

    @property
    def links(self) -> int:
        """How many links lead away from the forum."""
        return self.shown.link_count

    @property
    def is_edit(self) -> bool:
        """Whether it changes a post."""
        return self.former is not None


@dataclass(frozen=True)
class Verdict:
    """What a screener says: publish, publish and have it looked at, hold, ask its author first, or refuse.

    reason: a code (reasons.NAMES) with which the text waits
    message: why it is refused; `question`: what its author is asked before it is published
    code: of the question, to tell one kind from another where answers are counted
    is_flagged: it is published, and a moderator looks at it
    findings: what was found, as plain JSON, for the moderator; the forum only hands it on
    """

    reason: str = ""
    message: Any = None
    question: Any = None
    code: str = ""
    is_flagged: bool = False
    findings: tuple[dict[str, Any], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the text waits for review."""
        return bool(self.reason) and self.message is None and self.question is None


def publish() -> Verdict:
    """Let the text through."""
    return Verdict()


def hold(reason: str, *findings: dict[str, Any]) -> Verdict:
    """Keep the text from everybody but its author until a moderator has read it.

    A change of a *published* post is never taken back out of sight: there, a hold refuses the change and the post
    stays as it was. A change of a held post stays held.
    """
    return Verdict(reason=reason, findings=findings)


def refuse(message: Any, *findings: dict[str, Any]) -> Verdict:
    """Do not take the text; `message` (lazily translated) says why, and the form keeps what was typed."""
    return Verdict(message=message, findings=findings)


def ask(question: Any, *findings: dict[str, Any], code: str = "") -> Verdict:
    """Ask the author once whether they want to say it so; sent again as it is, the text is taken."""
    return Verdict(question=question, code=code, findings=findings)


def flag(*findings: dict[str, Any]) -> Verdict:
    """Let the text through, and have a moderator look at it."""
    return Verdict(is_flagged=True, findings=findings)


class Turned(Refused):
    """A text that was not taken, for what its author reads."""

    def __init__(self, verdict: Verdict, draft: Draft, message: Any = None) -> None:
        super().__init__(message or verdict.message or verdict.question)
        self.verdict, self.draft = verdict, draft


class Asked(Turned):
    """A text that its author is asked about first; `forms.ask` puts the question on the form."""


Screener = Callable[[Draft], Verdict]
screeners: list[Screener] = []
rewriters: list[Callable[[str, User], str]] = []  # a text before it is rendered → as it is to be
on_taken: list[Callable[[Draft, Verdict], None]] = []  # inside the transaction that takes the text
on_held: list[Callable[[Post, Verdict], None]] = []  # inside the transaction that holds the post
on_flagged: list[Callable[[Post, Verdict], None]] = []  # inside the transaction that publishes or changes it
on_turned: list[Callable[[Draft, Verdict], None]] = []  # after the transaction that did not take the text


def screen(draft: Draft) -> Verdict:
    """Ask all screeners: a refusal counts before a question, that before a hold, that before a flag.

    What all of them found goes along.
    """
    verdicts = [screener(draft) for screener in screeners]
    found = tuple(finding for verdict in verdicts for finding in verdict.findings)
    order: tuple[Callable[[Verdict], Any], ...] = (
        lambda verdict: verdict.message is not None,
        lambda verdict: verdict.question is not None,
        lambda verdict: verdict.holds,
        lambda verdict: verdict.is_flagged,
    )
    for counts in order:
        for verdict in verdicts:
            if counts(verdict):
                return replace(verdict, findings=found)
    return replace(publish(), findings=found)


def rewritten(text: str, author: User) -> str:
    """Return the text as all rewriters leave it."""
    for rewriter in rewriters:
        text = rewriter(text, author)
    return text


@contextmanager
def turning() -> Iterator[None]:
    """Tell `on_turned` of a text that the block did not take: its transaction is undone by then. Also a decorator."""
    try:
        yield
    except Turned as turned:
        for note in on_turned:
            note(turned.draft, turned.verdict)
        raise
