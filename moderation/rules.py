"""The nine rules of the community, which flags and decisions name. docs/community-rules.md says them at length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Rule:
    """One rule: its code (kept in rows, never changed), its name and what it means, lazily translated.

    `urgency` is how many times heavier a flag for it weighs in the queue (see scoring).
    """

    code: str
    name: Any
    text: Any
    urgency: float = 1.0


_ALL = (
    Rule(
        "spam",
        _l("Advertising and spam"),
        _l("Posts that sell, lure or repeat themselves, and whose link matters more than what they say."),
        1.0,
    ),
    Rule(
        "abuse",
        _l("Insults and harassment"),
        _l("Attacks on a person instead of an argument: insults, threats, following somebody from thread to thread."),
        1.5,
    ),
    Rule(
        "hate",
        _l("Hatred against groups"),
        _l("Contempt or violence against people for what they are: origin, religion, sex, illness, age, region."),
        2.0,
    ),
    Rule(
        "privacy",
        _l("Other people's private life"),
        _l("Names, addresses, numbers, pictures or messages of somebody who has not made them public."),
        2.5,
    ),
    Rule(
        "falsehood",
        _l("Knowingly false claims"),
        _l(
            "Invented facts passed off as true, forged sources, acting as somebody else. Being wrong in good faith "
            "breaks no rule."
        ),
        1.2,
    ),
    Rule(
        "illegal",
        _l("Unlawful content"),
        _l("What the law forbids to publish or to offer, such as fraud, stolen goods or calls to crime."),
        2.5,
    ),
    Rule(
        "minors",
        _l("Danger to children and young people"),
        _l("Anything that endangers, sexualises or shames somebody under age, or leads them to harm themselves."),
        3.0,
    ),
    Rule(
        "offtopic",
        _l("Off the topic"),
        _l("Posts that have nothing to do with the thread or its sub-theme, and leave no room for it."),
        0.8,
    ),
    Rule(
        "other",
        _l("Something else"),
        _l("Harm that the other rules do not name. The note, and the reason of a decision, must say what it is."),
        1.0,
    ),
)

RULES: dict[str, Rule] = {rule.code: rule for rule in _ALL}


def name_of(code: str) -> Any:
    """Return the rule's name in the reader's language; "" for no rule, the bare code for one that is gone."""
    return RULES[code].name if code in RULES else code


def urgency_of(code: str) -> float:
    """Return how many times heavier a flag for this rule weighs; 1 for a rule that is gone."""
    return RULES[code].urgency if code in RULES else 1.0
