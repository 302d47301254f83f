"""The screener of watched words and domains, and the rewriter that replaces some of them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.threads import screening
from forum.threads.screening import Draft, Verdict
from moderation import rules
from moderation.screens import findings, queries
from moderation.screens.compiled import MATCHES_MOST, Book, Match
from moderation.screens.models import Action
from moderation.screens.prepared import Text

_GRAVEST = (Action.REFUSE, Action.HOLD, Action.FLAG, Action.NUDGE, Action.REPLACE)


def look_for_words(draft: Draft) -> Verdict:
    """Refuse, ask, hold or flag a text with watched words or domains in it, by the gravest action.

    Whoever moderates or is an expert is only asked. An edit answers for what it brings in, not for what stood there.
    """
    book = queries.book()
    met = _met(book, draft)
    met.sort(key=lambda one: _GRAVEST.index(one[0].rule.action))
    found = [finding for _, finding in met[:MATCHES_MOST]]
    gravest = {match.rule.action: match.rule.rule for match, _ in reversed(met)}
    trusted = is_trusted(draft.author)
    if Action.REFUSE in gravest and not trusted:
        return screening.refuse(why_refused(gravest[Action.REFUSE]), *found)
    if Action.NUDGE in gravest and draft.answer != "same":
        return screening.ask(_question(gravest[Action.NUDGE]), *found)
    if Action.HOLD in gravest and not trusted:
        return screening.hold("words", *found)
    if Action.FLAG in gravest and not trusted:
        return screening.flag(*found)
    return Verdict(findings=tuple(found))


def replace_words(text: str, _author: User) -> str:
    """Return the text with every watched word that is to be replaced replaced, wherever it stands."""
    book = queries.book()
    return book.replaced(Text(text)) if any_replaced(book) else text


def any_replaced(book: Book) -> bool:
    """Whether any screen replaces."""
    return Action.REPLACE in book.actions


def is_trusted(author: User) -> bool:
    """Whether nothing of theirs is held or refused by machine: who moderates, and experts."""
    return author.is_staff or author.is_expert


def why_refused(rule: str) -> Any:
    """Return why a text with a watched word is refused: by which rule, not by which word."""
    return _l(
        "This can’t be posted here as it is. It touches the rule “%(rule)s”. Please say it in other words.",
        rule=rules.name_of(rule),
    )


def _question(rule: str) -> Any:
    return _l(
        "Would you say it like this to their face? Some of your words may hurt, and a rule here is “%(rule)s”. "
        "You can say it in other words now. If you send it again as it is, it is posted.",
        rule=rules.name_of(rule),
    )


def _met(book: Book, draft: Draft) -> list[tuple[Match, findings.Finding]]:
    if book.is_empty:
        return []
    texts = [("title", draft.title, ()), ("body", draft.shown.text, draft.shown.links)]
    former = _stood_there(book, draft)
    met: list[tuple[Match, findings.Finding]] = []
    for field, words, links in texts:
        text = Text(words)
        met += [(one, findings.of_match(one, text, field)) for one in book.matches(text, links, former)]
    met += [
        (one, findings.of_match(one, Text(draft.typed), "typed"))
        for one in (book.matches(Text(draft.typed), but_for=former) if draft.typed else [])
        if one.rule.action == Action.REPLACE
    ]
    return met


def _stood_there(book: Book, draft: Draft) -> set[tuple[int, str]]:
    """Return which words of which screens the post had before this change of it."""
    return {what for part in draft.former or () for what in book.what_is_met(Text(part))}
