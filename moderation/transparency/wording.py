"""The words of this room: groups of acts, the public grounds of a row, what each figure counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from forum.core.audit import AuditEntry
from forum.credentials.wording import CAUSES
from moderation import wording
from moderation.appeals.wording import STATES
from moderation.effects.shape import NAMELESS
from moderation.purging.wording import GROUNDS
from moderation.rules import name_of
from moderation.transparency.choosing import group_of

GROUPS: dict[str, Any] = {
    "post": _l("About posts"),
    "profile": _l("About profiles"),
    "message": _l("About messages"),
    "person": _l("About people"),
    "appeal": _l("Appeals"),
    "thread": _l("About threads"),
    "account": _l("Accounts"),
    "role": _l("Roles"),
    "staff": _l("What staff must have"),
    "registration": _l("The way to join"),
    "credential": _l("Experts' credentials"),
    "subtheme": _l("Sub-themes"),
    "moderator": _l("Moderators of sub-themes"),
    "programme": _l("The programme"),
    "rules": _l("Rules"),
}
KINDS: dict[str, Any] = {
    "row": _l("row of the log"),
    "post": _l("post"),
    "thread": _l("thread"),
    "case": _l("case"),
    "decision": _l("decision"),
}
SOURCES: dict[str, Any] = {**wording.SOURCES, "message": _l("Flagged in a conversation")}


def grouped() -> list[tuple[str, Any, list[tuple[str, Any]]]]:
    """Return the acts by group, in the order of GROUPS: code of the group, its name, codes and names of its acts."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for act, label in wording.ACTS.items():
        found.setdefault(group_of(act), []).append((act, label))
    order = [*(group for group in GROUPS if group in found), *sorted(set(found) - set(GROUPS))]
    return [(group, GROUPS.get(group, group), found[group]) for group in order]


# What a fact of a row is in words. Only what stands here is printed on the page; files hold all facts as they are.
FACTS: dict[str, Callable[[Any], str]] = {
    "outcome": lambda value: str(wording.OUTCOMES.get(value, "")),
    "source": lambda value: str(SOURCES.get(value, "")),
    "days": lambda value: ngettext("for %(num)s day", "for %(num)s days", value) if isinstance(value, int) else "",
    "posts": lambda value: ngettext("%(num)s post", "%(num)s posts", value) if isinstance(value, int) else "",
    "minutes": lambda value: (
        ngettext("one post in %(num)s minute", "one post in %(num)s minutes", value) if isinstance(value, int) else ""
    ),
    "version": lambda value: _("version %(number)s", number=value) if isinstance(value, int) else "",
    "rules": lambda value: _("rules, version %(number)s", number=value) if isinstance(value, int) else "",
    "cause": lambda value: str(CAUSES.get(value, "")),
    "until": lambda value: _("until %(day)s", day=value) if isinstance(value, str) else "",
    "ground": lambda value: str(GROUNDS.get(value, "")),
    "case": lambda value: _("case %(number)s", number=value) if isinstance(value, int) else "",
}


def grounds(entry: AuditEntry) -> str:
    """Return where an act came from, how long it lasts and its case, as one line."""
    facts: Mapping[str, Any] = entry.facts if isinstance(entry.facts, dict) else {}
    hidden = {"case"} if entry.target.startswith(NAMELESS) else set()  # rows of before told it; files still do
    said = [say(facts[name]) for name, say in FACTS.items() if name in facts and name not in hidden]
    return " · ".join(filter(None, said))


# -- the report ------------------------------------------------------------------------------------------------------

FIGURES: dict[str, Any] = {
    "flags": _l("Flags"),
    "opened": _l("Cases opened"),
    "decided": _l("Decisions"),
    "upheld": _l("Decisions against a post"),
    "appeals": _l("Appeals"),
    "answered": _l("Answers to appeals"),
    "confirmed": _l("Appeals after which the decision stands"),
    "overturned": _l("Appeals that overturned the decision"),
    "median": _l("Median hours to decision"),
    "p90": _l("90th percentile of hours to decision"),
    "overturn_rate": _l("Overturn rate"),
}
MEANINGS: dict[str, Any] = {
    "flags": _l(
        "Flags on posts, threads and profiles that were sent in the month, each flag of each person once. Flags on "
        "messages between people are not counted here."
    ),
    "opened": _l(
        "Cases that were opened in the month: by the first flag on a post, a thread or a profile, or because a post "
        "was held before publication. All flags on one thing join its one open case."
    ),
    "decided": _l(
        "Decisions on such cases that were taken in the month, whenever the case was opened. What a moderator took "
        "back as a slip is not counted; what was overturned after an appeal is."
    ),
    "upheld": _l("Those of the decisions that found the post against a rule, by what was done and by the rule."),
    "median": _l(
        "From the opening of a case to its decision: half of the month's decisions took no longer. Nights and weekends "
        "count."
    ),
    "appeals": _l(
        "Appeals against such decisions that were sent in the month: by authors against what was decided against their "
        "post, and by people who flagged against a decision to keep. There is one appeal for a decision."
    ),
    "answered": _l("Appeals that somebody else than the first moderator answered in the month."),
    "confirmed": _l("Those of the answers that left the decision as it was."),
    "overturned": _l("Those of the answers that took the decision back."),
    "p90": _l("Nine in ten of the month's decisions took no longer."),
    "overturn_rate": _l(
        "Of the appeals answered in the month, the share that overturned the decision, in percent. Shown where both "
        "numbers that it is made of are shown."
    ),
}
PARTS: dict[str, Any] = {
    "rule": _l("by rule"),
    "subtheme": _l("by sub-theme"),
    "language": _l("by language of the post"),
    "source": _l("by source"),
    "verdict": _l("by result"),
    "outcome": _l("by what was done"),
    "answer": _l("by answer"),
}
PARTS_OF_APPEALS: dict[str, Any] = {**PARTS, "verdict": _l("by what was appealed against")}
VERDICTS: dict[str, Any] = {"kept": _l("The post was kept"), "upheld": _l("Decided against the post")}
LANGUAGES: dict[str, Any] = {"en": _l("English"), "zh": _l("Chinese"), "": _l("Other or not known")}


def by(figure: str, part: str) -> Any:
    """Return by what a breakdown of a figure tells apart, in words."""
    return (PARTS_OF_APPEALS if figure == "appeals" else PARTS)[part]


def named(part: str, value: str, places: Mapping[str, str]) -> str:
    """Return what a value of a breakdown is called; `places` are the sub-themes' names by slug."""
    names: Mapping[str, Any] = {
        "verdict": VERDICTS,
        "answer": STATES,
        "source": SOURCES,
        "language": LANGUAGES,
        "subtheme": places,
        "outcome": wording.OUTCOMES,
    }.get(part, {})
    return str(name_of(value) if part == "rule" else names.get(value, value)) or _("none")
