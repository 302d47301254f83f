"""The words of this room: groups of acts, the public grounds of a row, what each figure counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from forum.core.audit import AuditEntry
from moderation import wording
from moderation.transparency.choosing import group_of

GROUPS: dict[str, Any] = {
    "post": _l("About posts"),
    "message": _l("About messages"),
    "person": _l("About people"),
    "appeal": _l("Appeals"),
    "thread": _l("Threads pinned, locked, moved"),
    "account": _l("Accounts"),
    "role": _l("Roles"),
    "staff": _l("What staff must have"),
    "registration": _l("The way to join"),
    "credential": _l("Experts' credentials"),
    "subtheme": _l("Sub-themes"),
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
    "source": lambda value: str(SOURCES.get(value, "")),
    "days": lambda value: ngettext("for %(num)s day", "for %(num)s days", value) if isinstance(value, int) else "",
    "case": lambda value: _("case %(number)s", number=value) if isinstance(value, int) else "",
}


def grounds(entry: AuditEntry) -> str:
    """Return where an act came from, how long it lasts and its case, as one line."""
    facts: Mapping[str, Any] = entry.facts if isinstance(entry.facts, dict) else {}
    said = [say(facts[name]) for name, say in FACTS.items() if name in facts]
    return " · ".join(filter(None, said))
