"""The words of trust: levels, requirements, what each level brings, and the notice of a change."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.notifications.models import Notification
from forum.notifications.wording import Kind
from forum.threads.models import Post

LEVELS: tuple[Any, ...] = (_l("New here"), _l("Settled in"), _l("Member"), _l("Regular"))
GAINS: tuple[Any, ...] = (
    _l("You can read everything, write and flag. Your first posts are shown once a moderator has seen them."),
    _l("What you write appears at once, with links too."),
    _l("More posts, edits and flags a day."),
    _l("The most posts, edits and flags a day."),
)
STEPS: dict[str, Any] = {
    "threads": _l("Threads opened"),
    "posts": _l("Posts read"),
    "minutes": _l("Minutes of reading"),
    "days": _l("Days with some reading"),
    "replied": _l("Threads of others in which you replied"),
    "people": _l("Different people who replied to you or quoted you"),
    "strikes": _l("Decisions of moderators against your posts"),
}
STEPS_OF_ANOTHER: dict[str, Any] = {  # as others read of somebody
    **STEPS,
    "replied": _l("Threads of others in which they replied"),
    "people": _l("Different people who replied to them or quoted them"),
    "strikes": _l("Decisions of moderators against their posts"),
}


def _sentence(notice: Notification, _post: Post | None) -> str:
    level, former = int(notice.facts.get("level", 0)), int(notice.facts.get("former", 0))
    name = str(LEVELS[min(max(level, 0), len(LEVELS) - 1)])
    if level < former:
        return _("Your trust level is “%(name)s” again: the latest weeks no longer reach the one above.", name=name)
    return _("You have earned trust: your level is “%(name)s” now. See what it brings.", name=name)


KINDS = {"trust": Kind("check", _sentence, lambda notice, post: url_for("trust.mine"))}
