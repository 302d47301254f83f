"""Why a post is not public, in words: the reasons of the screening here, the rules filled in by moderation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.threads.models import BY_FLAGS, Post, State

# Code of Post.state_reason → the sentence of the screening.
NAMES: dict[str, Any] = {
    "waiting": _l("Your account waits for a moderator's yes. Until then only moderators see what you write."),
    "newcomer": _l("The first posts of a new account are read by a moderator before they appear."),
    "links": _l("Many links from an account under a day old are looked at by a moderator before they appear."),
    BY_FLAGS: _l(
        "Several people whose flags were right before have flagged it, and the program hid it. A moderator decides."
    ),
    "words": _l("Some words and links are looked at by a moderator before they appear."),
    "repeat": _l("The same text was posted a short while ago. A moderator looks at it before it appears again."),
    "burst": _l("When many posts come in a short time, a moderator looks at the next ones before they appear."),
    "mentions": _l("When a post calls many people, a moderator looks at it before they are told."),
    "learned": _l("What looks like advertisements that were removed here is read by a moderator before it appears."),
    "automatic": _l("What looks as if a program had sent it is looked at by a moderator before it appears."),
}
# Asked for every other code: moderation says the names of its rules.
namers: list[Callable[[str], Any]] = []
_LOOKED_AT_FIRST = _l("A moderator would have to look at this first, and a published post can’t wait. Write a reply.")
_EDITS: dict[str, Any] = {
    "links": _l("While your account is under a day old, a post can't be given this many links."),
    "words": _LOOKED_AT_FIRST,
    "automatic": _LOOKED_AT_FIRST,
    "mentions": _l("A published post can’t be given so many people whom it calls."),
}
_ANY_EDIT = _l("While your first posts are being read by a moderator, published ones can't be changed. Write a reply.")


def why(post: Post) -> Any:
    """Return the words for why a post is held, hidden, removed or cut; "" when there are none."""
    if post.is_visible and post.is_redacted:
        return _l("A moderator has cut something out. Rule: %(rule)s.", rule=name_of(post.redacted_rule))
    name = name_of(post.state_reason) if post.state_reason else ""
    if name and post.state in (State.HIDDEN, State.REMOVED) and not post.is_hidden_by_flags:
        return _l("Rule: %(rule)s.", rule=name)
    return name


def name_of(code: str) -> Any:
    """Return the sentence or the rule's name for a code; "" for one that nobody knows."""
    if code in NAMES:
        return NAMES[code]
    return next((name for namer in namers if (name := namer(code))), "")


def why_edit_refused(reason: str) -> Any:
    """Return why a change of a published post is refused that the screening would hold, had it been a new post."""
    return _EDITS.get(reason, _ANY_EDIT)
