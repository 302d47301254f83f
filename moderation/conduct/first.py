"""The nine rules with which every forum starts: version 1, in both languages by the catalogue of translations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from moderation.conduct.wording import Rule

NINE = (
    Rule(
        "spam",
        _l("Spam or advertising"),
        _l(
            "Advertising, reviews bought or sold, the same text again and again, links whose only point is to be "
            "clicked. Mentioning your own work where it answers the question is fine, if you say that it is "
            "yours."
        ),
        urgency=1.0,
    ),
    Rule(
        "abuse",
        _l("Insults or harassment"),
        _l(
            "Attacking a person instead of what they said: insults, mockery, threats, following somebody from "
            "thread to thread. Disagreeing with an argument, however bluntly, is not abuse."
        ),
        urgency=1.5,
    ),
    Rule(
        "hate",
        _l("Hatred against a group"),
        _l(
            "Demeaning people, or calling for harm to them, for what they are: ethnicity, origin, region, "
            "religion, sex, orientation, disability, illness or age. Criticising an idea, a custom or an "
            "institution is not hatred."
        ),
        urgency=2.0,
    ),
    Rule(
        "privacy",
        _l("Private information"),
        _l(
            "Publishing what identifies or exposes a private person without their consent: address, telephone "
            "number, identity papers, private messages, health. What somebody has said in public may be quoted."
        ),
        urgency=2.5,
    ),
    Rule(
        "falsehood",
        _l("False or misleading claims"),
        _l(
            "Stating as fact what is untrue and may do harm: rumours, doctored pictures, invented sources. An "
            "unpopular opinion is not a falsehood, and an honest mistake is best answered with a correction."
        ),
        urgency=1.2,
    ),
    Rule(
        "illegal",
        _l("Illegal goods or acts"),
        _l(
            "Offering, seeking or organising what the law forbids: fraud, stolen accounts or data, drugs, "
            "weapons, pirated copies. Asking what the law says, or warning others of a fraud, is welcome."
        ),
        urgency=2.5,
    ),
    Rule(
        "minors",
        _l("Harm to minors"),
        _l(
            "Anything that sexualises, exploits or endangers children, or that lets a stranger find a particular "
            "child: name, school, photograph. Discussing how children live with the internet is what this forum "
            "is for."
        ),
        urgency=3.0,
    ),
    Rule(
        "offtopic",
        _l("Off topic"),
        _l(
            "Nothing to do with the thread, so that everybody else has to read around it. Start a thread of your "
            "own for it. A short aside in passing does no harm."
        ),
        urgency=0.8,
    ),
    Rule(
        "other",
        _l("Something else"),
        _l(
            "A reason that none of the others covers. Please say in the note what is wrong: without it, the "
            "moderator has to guess."
        ),
        urgency=1.0,
    ),
)
