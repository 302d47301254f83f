"""What a notice says and where it leads, by kind. Rooms above add kinds of their own to KINDS when the app is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.notifications.models import Notification
from forum.threads.models import Post


@dataclass(frozen=True)
class Telling:
    """What the mail about a notice says beyond its sentence: pairs of label and words, and the address of more."""

    facts: Sequence[tuple[Any, Any]]
    url: str


@dataclass(frozen=True)
class Kind:
    """One kind of notice: its icon (static/img/icons.svg), its sentence, and the address that it leads to.

    `sentence` and `target` get the notice and its post; the post is None where the person may not see it now: then
    nothing of it is named, and `target` may return None. `mail`: the kind of mail that tells of it when it stays
    unread (see `mailing`); "" for none. `waits`: it tells of what people wrote, so that in quiet hours it
    waits for the morning. `mailed` gets the notice and the reader's time zone and returns what its mail adds, or None.
    """

    icon: str
    sentence: Callable[[Notification, Post | None], str]
    target: Callable[[Notification, Post | None], str | None]
    mail: str = ""
    waits: bool = False
    mailed: Callable[[Notification, str], Telling | None] | None = None


def _post_href(notice: Notification, post: Post | None) -> str | None:
    return url_for("posts.show", post_id=post.id) if post else None


def _who(notice: Notification) -> str:
    return notice.actor.name if notice.actor else _("Somebody")


def _in_thread(words: Callable[[str, str], str]) -> Callable[[Notification, Post | None], str]:
    """Return a sentence about a post in a thread, or the quiet line for a post that is not shown any more."""

    def sentence(notice: Notification, post: Post | None) -> str:
        return words(_who(notice), post.thread.title) if post else _("A post that is not shown any more.")

    return sentence


def _credential(notice: Notification, _post: Post | None) -> str:
    title = str(notice.facts.get("title", ""))
    if notice.facts.get("change") == "revoked":
        return _("Your credential “%(title)s” was revoked. Answers that you gave with it stay.", title=title)
    return _("You are an expert now: “%(title)s”. In pinned threads you can answer with it.", title=title)


KINDS: dict[str, Kind] = {
    "mention": Kind(
        "person",
        _in_thread(lambda who, title: _("%(who)s mentions you in “%(title)s”.", who=who, title=title)),
        _post_href,
        mail="notices",
        waits=True,
    ),
    "quote": Kind(
        "quote",
        _in_thread(lambda who, title: _("%(who)s quotes you in “%(title)s”.", who=who, title=title)),
        _post_href,
        mail="replies",
        waits=True,
    ),
    "answer": Kind(
        "expert",
        _in_thread(lambda who, title: _("%(who)s answers as an expert in “%(title)s”.", who=who, title=title)),
        _post_href,
        mail="notices",
        waits=True,
    ),
    "reply": Kind(
        "reply",
        _in_thread(lambda who, title: _("%(who)s replies to you in “%(title)s”.", who=who, title=title)),
        _post_href,
        mail="replies",
        waits=True,
    ),
    "watch": Kind(
        "bell",
        _in_thread(lambda who, title: _("New in a thread that you follow: “%(title)s”.", title=title)),
        _post_href,
        mail="followed",
        waits=True,
    ),
    "credential": Kind("expert", _credential, lambda notice, post: url_for("experts.directory")),
}


def said(notice: Notification, post: Post | None) -> tuple[str, str, str | None]:
    """Return icon, sentence and address of a notice; a kind that is gone is a plain line."""
    kind = KINDS.get(notice.kind)
    if kind is None:
        return "bell", _("Something happened here."), None
    return kind.icon, kind.sentence(notice, post), kind.target(notice, post)


def said_in_mail(notice: Notification, post: Post | None) -> str:
    """Return the sentence of a notice alone; no request is there whose reader could be asked for an address."""
    kind = KINDS.get(notice.kind)
    return kind.sentence(notice, post) if kind else _("Something happened here.")


def added_in_mail(notice: Notification, timezone: str) -> Telling | None:
    """Return what the mail says of a notice beyond its sentence, or None."""
    kind = KINDS.get(notice.kind)
    return kind.mailed(notice, timezone) if kind and kind.mailed else None
