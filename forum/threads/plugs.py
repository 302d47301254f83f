"""Plugs of threads that the rooms above fill when the application is made: further rules, and panels on pages.

A rule returns None, or the sentence (lazily translated) that says why not; the first one that says no counts. It is
asked for the button and again by the action inside its transaction, the thread locked: the one way that all texts come
in. What a rule or a panel asks the database is paid by every page: a thread that is none of its business costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from forum.accounts.models import Person, User
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, Thread


@dataclass(frozen=True)
class Panel:
    """A part of a page: its template, which finds `facts` under that name beside what every page has."""

    template: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Elsewhere:
    """What stands in the place of a thread's reply box: why one does not write there, and where one does."""

    text: Any
    href: str = ""
    action: Any = ""


# (who, thread, the post replied to, the credential worn)
reply_rules: list[Callable[[Person, Thread, Post | None, Credential | None], Any | None]] = []
edit_rules: list[Callable[[Person, Post], Any | None]] = []
# the act is "pinned", "unpinned", "locked", "unlocked", "slowed" or "moved"
staff_rules: list[Callable[[Person, Thread, str], Any | None]] = []
# in the transaction that writes a reply, also a held one, or changes a text; may raise Refused
on_replied: list[Callable[[Post], None]] = []
on_edited: list[Callable[[Post, User], None]] = []
# in the transaction that changes a post's state; whether everybody saw it before
on_settled: list[Callable[[Thread, Post, bool], None]] = []
# in the transaction that takes a post's words away for good: what a room keeps of them goes too
on_emptied: list[Callable[[Post], None]] = []
# asked for each post of a page: it must not ask the database
reply_elsewhere: list[Callable[[Person, Thread], Elsewhere | None]] = []

# (viewer, a post whose place the viewer sees): the address at which a room that leads the thread shows it instead
post_places: list[Callable[[Person, Post], str | None]] = []
thread_heads: list[Callable[[Person, Thread], Panel | None]] = []
# (viewer, thread), under the opening post on the first page
under_openings: list[Callable[[Person, Thread], Panel | None]] = []
desk_panels: list[Callable[[User], Panel | None]] = []  # of an expert's own desk
# (viewer, post, thread): what else the viewer may do with the post, as templates/macros/posts.html describes acts; must
# not ask the database
post_acts: list[Callable[[Person, Post, Thread], list[dict[str, Any]]]] = []
home_panels: list[Callable[[Person], Panel | None]] = []
subtheme_panels: list[Callable[[Person, SubTheme], Panel | None]] = []
person_panels: list[Callable[[Person, User], Panel | None]] = []


def asked(rules: Iterable[Callable[..., Any | None]], *facts: Any) -> Any | None:
    """Return what the first of these says that says anything, or None."""
    return next((said for rule in rules if (said := rule(*facts)) is not None), None)


def panels(makers: Iterable[Callable[..., Panel | None]], *facts: Any) -> list[Panel]:
    """Return the panels that there are now, in their order."""
    return [panel for maker in makers if (panel := maker(*facts)) is not None]
