"""The words of the programme: kinds of items, languages, notices and the letter about what somebody signed up for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core import i18n
from forum.core.database import db, now
from forum.mail.addresses import link_to
from forum.mail.letters import KINDS as MAIL_KINDS
from forum.mail.letters import LETTERS, Facts, Letter
from forum.mail.models import Mail
from forum.notifications.models import Notification
from forum.notifications.wording import KINDS as NOTICE_KINDS
from forum.notifications.wording import Kind as NoticeKind
from forum.programme import queries, times
from forum.programme.models import DAY_BEFORE, Item, Kind, News, Seat, next_reminder
from forum.programme.telling import DAY, KIND, NAMED, PLACE, SOON, speaking_at

KINDS: dict[str, Any] = {
    Kind.TALK: _l("Talk"),
    Kind.PANEL: _l("Panel"),
    Kind.ASK: _l("Ask-an-expert session"),
}
LANGUAGES: dict[str, Any] = {"": _l("Chinese and English"), "zh": _l("Chinese"), "en": _l("English")}


def has_place(item: Item) -> str:
    """Return what is said to whoever has a place at the item: that it is theirs, and which reminders still come."""
    following = next_reminder(item.starts_at, now())
    if following is None:
        return _("You have a place")
    if following > item.starts_at - DAY_BEFORE:
        return _("You have a place. You will be reminded a quarter of an hour before.")
    return _("You have a place. You will be reminded a day and a quarter of an hour before.")


@dataclass(frozen=True)
class _Told:
    """The span of an item as it was when it was told of."""

    starts_at: datetime
    ends_at: datetime


def sentence(facts: Mapping[str, Any], timezone: str) -> str:
    """Return what a notice says, with the time by the clock of `timezone`."""
    title = facts["zh" if i18n.locale_name() == "zh_Hans" else "en"]
    span = _Told(datetime.fromisoformat(facts["starts"]), datetime.fromisoformat(facts["ends"]))
    when = times.full(span, timezone)
    what = facts["what"]
    if what == PLACE:
        return _("You have a place now at “%(title)s”: %(when)s", title=title, when=when)
    if what == NAMED:
        return _("You are named as a speaker at “%(title)s”: %(when)s", title=title, when=when)
    if what == News.MOVED:
        return _("“%(title)s” has another time or place: %(when)s", title=title, when=when)
    if what == News.CANCELLED:
        return _("“%(title)s” was cancelled: %(when)s", title=title, when=when)
    if what == News.REINSTATED:
        return _("“%(title)s” takes place after all: %(when)s", title=title, when=when)
    return _("Reminder of “%(title)s”: %(when)s", title=title, when=when)


def _notice(notice: Notification, _post: object) -> str:
    return sentence(notice.facts, i18n.choose_timezone())


def _target(notice: Notification, _post: object) -> str:
    return url_for("programme.item", item_id=notice.facts["item"])


def _still_due(mail: Mail) -> bool:
    """Whether the letter still says what is so: the same time, a place, not begun."""
    item = queries.item(mail.facts["item"])
    person = db.session.get(User, mail.user_id)
    if item is None or person is None or item.is_cancelled != (mail.facts["what"] == News.CANCELLED):
        return False
    if item.starts_at != datetime.fromisoformat(mail.facts["starts"]):
        return False
    mine = queries.seats_of(person, [item.id]).get(item.id)
    if mail.facts["what"] in (DAY, SOON, PLACE):
        return mine is not None and mine.seat == Seat.GOING and item.starts_at > now()
    speaks = person.id in speaking_at(item)
    return speaks if mail.facts["what"] == NAMED else speaks or mine is not None


def _extra(mail: Mail) -> Facts:
    """Return the letter's words in its reader's language and zone; the letter is written when it is sent."""
    item = queries.item(mail.facts["item"])
    person = db.session.get(User, mail.user_id)
    assert item and person, "still_due was asked before"
    lang, own = i18n.page_lang(), person.timezone or item.edition.timezone
    lines = [(_("Your time"), times.full(item, own))]
    if own != item.edition.timezone:
        lines.append((_("At the venue"), times.full(item, item.edition.timezone)))
    if item.place(lang):
        lines.append((_("Place"), item.place(lang)))
    if item.is_cancelled:
        lines.append((_("Reason"), item.cancel_reason))
    return {
        "sentence": sentence(mail.facts, own),
        "lines": lines,
        "url": link_to("programme.item", item_id=item.id),
        "is_named": mail.facts["what"] == NAMED,
        "calendar_url": "" if item.is_cancelled else link_to("calendars.item", item_id=item.id, lang=lang),
    }


LETTERS[KIND] = Letter(
    lambda facts: facts["sentence"],
    still_due=_still_due,
    extra=_extra,
    title=_l("The programme: what you signed up for, and where you speak"),
)
MAIL_KINDS[KIND] = _l(
    "What you signed up for in the programme: a reminder a day and a quarter of an hour before, a place that became "
    "free, another time, a cancellation. And that you are named as a speaker."
)
NOTICE_KINDS[KIND] = NoticeKind("calendar", _notice, _target)

# Groups and acts of the public log; moderation, which shows it, puts them among its own.
ACTS: dict[str, Any] = {
    "programme.edition_made": _l("An edition of the conference was made"),
    "programme.edition_changed": _l("An edition of the conference was changed"),
    "programme.item_added": _l("An item was put into the programme"),
    "programme.item_changed": _l("An item of the programme was changed"),
    "programme.item_cancelled": _l("An item of the programme was cancelled"),
    "programme.speaker_left": _l("A speaker took their name off an item of the programme"),
    "programme.item_reinstated": _l("A cancelled item of the programme takes place after all"),
}
