"""Every letter that the forum writes: its subject, whether it is still due, and what is looked up when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from forum.mail.models import Mail

Facts = Mapping[str, Any]
Words = Any  # what `lazy_gettext` returns: it becomes text in the reader's language when it is used


@dataclass(frozen=True)
class Letter:
    """One kind of letter; its text is templates/mail/<name>.html, written once for HTML and plain text.

    `subject` is lazy words, or a function of the facts (stored and extra ones) called in the reader's language.
    `title` is what lists call it where the subject depends on the facts.
    `still_due` is asked right before sending: False drops the letter (a link used meanwhile, a post hidden).
    `extra` gives facts that must not be stored, above all secret links; they override the stored ones.
    `on_lost` is called, in the transaction that gives the letter up, when it was dropped, failed or came back.
    """

    subject: Words | Callable[[Facts], str]
    still_due: Callable[[Mail], bool] | None = None
    extra: Callable[[Mail], Facts] | None = None
    title: Words | None = None
    on_lost: Callable[[Mail], None] | None = None

    def subject_for(self, facts: Facts) -> str:
        """Return the subject in the language that is in force, in one line."""
        words = self.subject(facts) if callable(self.subject) else self.subject
        return " ".join(str(words).split())


# Rooms put their letters in when they are imported: LETTERS["confirm"] = Letter(_l("Confirm your address"), …)
LETTERS: dict[str, Letter] = {}


def title_of(template: str) -> str:
    """Return what a kind of letter is called in lists; its bare name where nothing says what it is."""
    letter = LETTERS.get(template)
    if letter is None:
        return template
    words = letter.title or letter.subject
    return template if callable(words) else str(words)


# Kinds of mail that a person may turn off, with the words for them. A mail without a kind is about the account.
KINDS: dict[str, Words] = {}
# those of them that nobody gets who has not asked for them
ON_REQUEST: set[str] = set()
