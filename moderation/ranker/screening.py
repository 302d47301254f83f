"""The screener of what was learned: it asks an author once, or holds what looks like spam, and refuses nothing."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.threads import screening
from forum.threads.screening import Draft, Verdict
from moderation import rules
from moderation.ranker import queries
from moderation.ranker.learners import SPAM
from moderation.ranker.learning import Model, features
from moderation.ranker.measuring import reaches
from moderation.ranker.pieces import weightiest
from moderation.ranker.queries import OFF, Mind
from moderation.ranker.texts import joined, says_where_to_turn
from moderation.scoring import percent_of
from moderation.screens import findings
from moderation.screens.findings import Finding
from moderation.screens.repeats import is_watched

LEARNED = "learned"  # the code with which a post is held, and a question asked
AROUND = 60  # characters shown before and behind the heaviest words
SURELY_SPAM = 50  # per cent from which on a question names the rule against advertising


def look_for_learned(draft: Draft) -> Verdict:
    """Hold what looks like spam, if an admin chose so, and ask once about what looks like posts that were removed."""
    if (model := queries.mind()) is None:
        return screening.publish()
    asks_from, holds_from = queries.limits()
    if (asks_from, holds_from) == (OFF, OFF):
        return screening.publish()
    text = joined(draft.title, draft.body)
    pieces = features(text)
    if not pieces:
        return screening.publish()
    spam = model.spam.probability(pieces) if says_where_to_turn(text) else 0.0
    if holds_from and reaches(spam, holds_from) and is_watched(draft.author) and not draft.is_edit:
        return screening.hold(LEARNED, _finding(model.spam, text, "learned_spam", spam))
    against = model.against.probability(pieces)
    if asks_from and reaches(against, asks_from) and _is_new(draft, model, asks_from):
        is_spam = reaches(spam, SURELY_SPAM) or not model.rule
        question = _question(SPAM if is_spam else model.rule, is_spam=is_spam)
        return screening.ask(question, _finding(model.against, text, "learned", against), code=LEARNED)
    return screening.publish()


def _is_new(draft: Draft, model: Mind, percent: int) -> bool:
    """Whether nobody was asked about it, and an edit does not leave it as it was."""
    if draft.answer or draft.former is None:
        return not draft.answer
    return not reaches(model.against.probability(features(joined(*draft.former))), percent)


def _finding(model: Model, text: str, screen: str, probability: float) -> Finding:
    """Return what was found, with the words that weighed most."""
    heaviest, _ = weightiest(model, text)
    facts: dict[str, Any] = {"percent": percent_of(probability), "words": [piece.words for piece in heaviest]}
    if not heaviest:
        return findings.of_body(screen, **facts)
    piece = heaviest[0]
    before, after = text[max(0, piece.start - AROUND) : piece.start], text[piece.end :][:AROUND]
    return findings.of_body(screen, piece.words, before=before, after=after, **facts)


def _question(rule: str, *, is_spam: bool) -> Any:
    name = rules.name_of(rule)
    if is_spam:
        return _l(
            "This reads like posts that were removed here by the rule “%(rule)s”. You can say it in other words now. "
            "If you send it again as it is, it is posted.",
            rule=name,
        )
    return _l(
        "This reads like posts that moderators decided against here, many of them by the rule “%(rule)s”. You can say "
        "it in other words now. If you send it again as it is, it is posted.",
        rule=name,
    )
