"""The words of sessions: states, notices, acts in the public log, and how long something still lasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import format_timedelta, gettext
from flask_babel import lazy_gettext as _l

from forum.asking.models import Phase, Status
from forum.core.database import db, now
from forum.mail.addresses import link_to
from forum.notifications.models import Notification
from forum.notifications.wording import Kind, Telling
from forum.threads.models import Post, State

PHASES: dict[str, Any] = {
    Phase.ANNOUNCED: _l("Announced"),
    Phase.COLLECTING: _l("Collecting questions"),
    Phase.ANSWERING: _l("Experts answer"),
    Phase.CLOSED: _l("Closed"),
    Phase.ARCHIVED: _l("Archived"),
}
# what stands before the time that is left until this state
UNTIL: dict[str, Any] = {
    Phase.COLLECTING: _l("Questions are taken in"),
    Phase.ANSWERING: _l("Questions are taken for another"),
    Phase.CLOSED: _l("Experts answer for another"),
    Phase.ARCHIVED: _l("Comments are open for another"),
}
STATUSES: dict[str, Any] = {
    Status.OPEN: _l("waits for an answer"),
    Status.ANSWERED: _l("answered"),
    Status.DECLINED: _l("declined"),
    Status.MERGED: _l("merged into another question"),
}
ACTS: dict[str, Any] = {
    "asking.announced": _l("A session with experts was announced"),
    "asking.collecting": _l("A session with experts began to collect questions"),
    "asking.answering": _l("In a session the experts began to answer"),
    "asking.closed": _l("A session with experts was closed"),
    "asking.archived": _l("A session with experts was archived"),
    "asking.changed": _l("The plan of a session was changed"),
    "asking.merged": _l("Questions that ask the same were merged"),
    "asking.unmerged": _l("A merged question was taken out again"),
    "asking.declined": _l("A question to the experts was declined"),
    "asking.reopened": _l("A declined question was taken up again"),
}
MINE = "mine"  # where the reader's own questions stand on a session's page
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def left(moment: datetime) -> str:
    """Return how long it is until the moment in its two greatest units: "2 hours 10 minutes"; "" once it has passed."""
    seconds = int((moment - now()).total_seconds())
    if seconds <= 0:
        return ""
    parts: list[str] = []
    for unit, length in _UNITS:
        number, seconds = divmod(max(seconds, 60 if unit == "minute" and not parts else 0), length)
        if number:
            parts.append(format_timedelta(timedelta(seconds=number * length), granularity=unit, threshold=10_000))
        if len(parts) == 2 or (parts and not number):
            break
    return " ".join(parts)


def _session_says(notice: Notification, post: Post | None) -> str:
    if post is None:
        return gettext("A session that is not shown any more.")
    title = post.thread.title
    words = {
        Phase.ANNOUNCED: gettext("You are named as an expert of the session “%(title)s”.", title=title),
        Phase.COLLECTING: gettext("Questions are asked now in your session “%(title)s”.", title=title),
        Phase.ANSWERING: gettext("The questions of your session “%(title)s” wait for answers now.", title=title),
        Phase.CLOSED: gettext("Your session “%(title)s” is closed. A summary would help its readers.", title=title),
        Phase.ARCHIVED: gettext("Your session “%(title)s” is in the archive now.", title=title),
    }  # fmt: skip
    return words[Phase(notice.facts.get("phase", Phase.ANNOUNCED))]


def _question_says(notice: Notification, post: Post | None) -> str:
    if post is None:
        return gettext("A question that is not shown any more.")
    title = post.thread.title
    what = notice.facts.get("what")
    if what == "routed":
        return gettext("A question in “%(title)s” was given to you to answer.", title=title)
    if what == "declined":
        return gettext("Your question in “%(title)s” was declined. You can read why.", title=title)
    return gettext("Your question in “%(title)s” was merged with one that asks the same.", title=title)


def _session_href(notice: Notification, post: Post | None) -> str | None:
    return url_for("asking.short", session_id=notice.facts["session"]) if post else None


def _question_href(notice: Notification, post: Post | None) -> str | None:
    if post is None:
        return None
    anchor = {"declined": MINE, "merged": f"post-{notice.facts.get('into')}"}.get(str(notice.facts.get("what")))
    place: dict[str, Any] = {"from": notice.facts.get("into") or post.id} if anchor != MINE else {}
    return url_for("asking.short", session_id=notice.facts["session"], _anchor=anchor or f"post-{post.id}", **place)


def _decided_by_mail(notice: Notification, _timezone: str) -> Telling | None:
    """Lead from the letter to where the notice leads: to the reason, or to the question into which one's own went."""
    what, into = notice.facts.get("what"), notice.facts.get("into")
    post = db.session.get(Post, notice.post_id) if what in ("declined", "merged") else None
    if post is None or not post.is_visible or post.thread.state != State.VISIBLE:
        return None
    place, anchor = ({"from": into}, f"post-{into}") if what == "merged" else ({}, MINE)
    return Telling((), f"{link_to('asking.short', session_id=notice.facts['session'], **place)}#{anchor}")


KINDS = {
    "ask_session": Kind("clock", _session_says, _session_href, mail="notices"),
    "ask_question": Kind("expert", _question_says, _question_href, mail="notices", mailed=_decided_by_mail),
}
