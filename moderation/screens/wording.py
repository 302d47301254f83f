"""The words of the screens: kinds, actions, what was found, acts of the public log."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from moderation.screens.findings import Finding
from moderation.screens.models import Action, Kind

KINDS: dict[str, Any] = {
    Kind.HAN: _l("Chinese: these characters anywhere, also with spaces or signs between them"),
    Kind.ENGLISH: _l("English: these words in all their forms, also v1agra for viagra"),
    Kind.PHRASE: _l("Exactly these words, in any language"),
    Kind.PATTERN: _l("A pattern with ? for one character and * for up to 20"),
    Kind.DOMAIN: _l("Domains of links, with all that belong to them"),
}
SHORT_KINDS: dict[str, Any] = {
    Kind.HAN: _l("Chinese"),
    Kind.ENGLISH: _l("English"),
    Kind.PHRASE: _l("Exact words"),
    Kind.PATTERN: _l("Pattern"),
    Kind.DOMAIN: _l("Domains"),
}
ACTIONS: dict[str, Any] = {
    Action.HOLD: _l("Hold the post until a moderator has read it"),
    Action.FLAG: _l("Publish it and open a case at once"),
    Action.NUDGE: _l("Ask the author once, kindly, whether to say it so"),
    Action.REPLACE: _l("Replace the words"),
    Action.REFUSE: _l("Refuse the text, naming the rule"),
    Action.ALLOW: _l("Allow the domain: its links are never held nor counted"),
}
SHORT_ACTIONS: dict[str, Any] = {
    Action.HOLD: _l("holds"),
    Action.FLAG: _l("flags"),
    Action.NUDGE: _l("asks"),
    Action.REPLACE: _l("replaces"),
    Action.REFUSE: _l("refuses"),
    Action.ALLOW: _l("allows"),
}
ACTS: dict[str, Any] = {
    "screen.added": _l("Words to be watched were added"),
    "screen.changed": _l("Watched words were changed"),
    "screen.switched_on": _l("Watched words were switched on"),
    "screen.switched_off": _l("Watched words were switched off"),
}
FIELDS: dict[str, Any] = {
    "title": _l("in the title"),
    "body": _l("in the text"),
    "link": _l("in a link"),
    "typed": _l("as it was typed"),
}


def found(finding: Finding) -> str:
    """Return what a screen found, as a moderator reads it."""
    say = _FOUND.get(str(finding.get("screen")))
    return say(finding.get("facts") or {}) if say else str(finding.get("screen", ""))


def _few(facts: dict[str, Any], name: str) -> Any:
    return facts.get(name, 0)


def _quoted(facts: dict[str, Any]) -> str:
    """Return the words that weighed most, as a list in quotes."""
    return _(", ").join(_("“%(words)s”", words=words) for words in facts.get("words") or ["…"])


_FOUND: dict[str, Any] = {
    "watched": lambda facts: _("A watched word or domain"),
    "repeat": lambda facts: ngettext(
        "The same person sent a text like it %(num)s minute before",
        "The same person sent a text like it %(num)s minutes before",
        _few(facts, "minutes"),
    ),
    "copies": lambda facts: ngettext(
        "%(num)s other new account sent a text like it",
        "%(num)s other new accounts sent a text like it",
        _few(facts, "accounts"),
    ),
    "burst": lambda facts: _(
        "%(posts)s posts of this person came within %(minutes)s minutes",
        posts=_few(facts, "posts"),
        minutes=_few(facts, "minutes"),
    ),
    "quick": lambda facts: _(
        "A new account sent it %(seconds)s seconds after opening the form", seconds=_few(facts, "seconds")
    ),
    "learned_spam": lambda facts: _(
        "It looks like advertisements that were removed here: %(percent)s %%, by the words %(words)s",
        percent=_few(facts, "percent"),
        words=_quoted(facts),
    ),
    "learned": lambda facts: _(
        "It looks like posts that were decided against here: %(percent)s %%, by the words %(words)s",
        percent=_few(facts, "percent"),
        words=_quoted(facts),
    ),
    "links": lambda facts: ngettext(
        "%(num)s link from an account under a day old",
        "%(num)s links from an account under a day old",
        _few(facts, "links"),
    ),
    "mentions": lambda facts: ngettext(
        "It calls %(num)s person by name", "It calls %(num)s people by name", _few(facts, "people")
    ),
    "marks": lambda facts: _("Letters under piles of marks"),
    "wall": lambda facts: _("A wall of blanks or empty lines"),
    "hidden_link": lambda facts: _("A link whose words hide where it leads"),
}
