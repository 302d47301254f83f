"""Notices by mail: what stays unread for a quarter of an hour is told in one letter, at most one an hour."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from forum.accounts import mailing
from forum.accounts.models import User
from forum.core.database import db, locked, now, transaction
from forum.core.jobs import sweeper
from forum.mail import queries as mails
from forum.mail.actions import owe
from forum.mail.addresses import link_to
from forum.mail.letters import KINDS, LETTERS, Facts, Letter
from forum.mail.models import Mail
from forum.notifications import queries, wording
from forum.notifications.models import Notification
from forum.threads.models import Post

KIND = "notices"
APART = timedelta(hours=1)  # between two such letters to one person
LINES_MOST = 20  # notices in one letter; the newest
TAKEN_MOST = 200
SWEEP_SIZE = 500

log = logging.getLogger(__name__)


@sweeper
def mails_about_notices_owed() -> None:
    """Owe a letter to everybody whose notices stayed unread."""
    for user_id in queries.owed_mail(SWEEP_SIZE):
        try:
            owe_letter(user_id)
        except Exception:  # one person's must not keep the others waiting
            log.exception("the letter about notices of %s can't be owed", user_id)


def owe_letter(user_id: int) -> None:
    """Owe one letter about all notices that are due, or put them off until an hour after the last one."""
    with transaction():
        person = locked(User, user_id)  # two workers at once owe one letter
        due = queries.due_for_mail(user_id, TAKEN_MOST)
        if person is None or not due:
            return
        before = mails.latest(user_id, KIND)
        later = before + APART if before and before > now() - APART else None
        for notice in due:
            notice.mail_due_at = later
        unread = [notice.id for notice in due if notice.read_at is None][-LINES_MOST:]
        if unread and not later and _may_get(person):
            owe(
                KIND,
                person.email or "",
                f"{KIND}:{user_id}:{unread[-1]}",
                language=person.language,
                user_id=user_id,
                kind=KIND,
                facts={"name": person.name, "notices": unread},
            )


def _may_get(person: User) -> bool:
    """Whether the address is the person's own as far as we know, and they want this mail."""
    return bool(person.email_key) and person.is_confirmed and not mailing.refusal(person.id, KIND)


def _told(mail: Mail) -> Sequence[tuple[Notification, Post | None]]:
    person = db.session.get(User, mail.user_id)
    return queries.unread_among(person, mail.facts["notices"]) if person else []


def _lines(mail: Mail) -> Facts:
    """Return the sentences with their addresses, as the person may read them at this moment."""
    lines = []
    for notice, post in _told(mail):
        is_about_another = post is not None and post.author_id != mail.user_id
        url = link_to("posts.show", post_id=notice.post_id) if is_about_another else link_to("notifications.index")
        lines.append((wording.said_in_mail(notice, post), url))
    return {"lines": lines, "notices_url": link_to("notifications.index")}


def _subject(facts: Facts) -> str:
    lines = facts["lines"]
    if len(lines) == 1:
        return str(lines[0][0])
    return ngettext("%(num)s notice for you", "%(num)s notices for you", len(lines))


LETTERS[KIND] = Letter(_subject, still_due=lambda mail: bool(_told(mail)), extra=_lines)
KINDS[KIND] = _l(
    "Notices that you have not read after a quarter of an hour: somebody mentions you, an expert answers you, a "
    "decision about your words. At most one mail an hour."
)
