"""Notices by mail: what stays unread for a quarter of an hour is told in one letter of its kind, one an hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import update

from forum.accounts import mailing, quiet
from forum.accounts.models import User
from forum.core.database import db, locked, now, transaction
from forum.core.jobs import each_or_log, sweeper
from forum.mail import queries as mails
from forum.mail.actions import owe
from forum.mail.addresses import link_to
from forum.mail.letters import KINDS, LETTERS, ON_REQUEST, Facts, Letter
from forum.mail.models import Mail
from forum.notifications import queries, wording
from forum.notifications.models import Notification
from forum.threads.models import Post

NOTICES, REPLIES, FOLLOWED = "notices", "replies", "followed"  # kinds of mail, and of letters
ONCE_A_THREAD = (REPLIES, FOLLOWED)  # a letter about a thread is the last one until the person visits it
APART = timedelta(hours=1)  # between two letters of one kind to one person
LINES_MOST = 20  # notices in one letter; the newest
TAKEN_MOST = 200
SWEEP_SIZE = 500


@sweeper
def mails_about_notices_owed() -> None:
    """Owe a letter to everybody whose notices stayed unread."""
    each_or_log(owe_letters, queries.owed_mail(SWEEP_SIZE))


def owe_letters(user_id: int) -> None:
    """Owe a letter of each kind about all notices that are due, or put them off until an hour after the last one."""
    with transaction():
        person = locked(User, user_id)  # two workers at once owe one letter
        due: dict[str, list[Notification]] = defaultdict(list)
        for notice in queries.due_for_mail(user_id, TAKEN_MOST):
            kind = wording.KINDS.get(notice.kind)
            due[kind.mail if kind else ""].append(notice)
        for mail_kind, notices in due.items():
            if person is not None:
                _owe(person, mail_kind, notices)


def _owe(person: User, mail_kind: str, due: list[Notification]) -> None:
    due = _by_day(person, due)
    before = mails.latest(person.id, mail_kind)
    later = before + APART if before and before > now() - APART else None
    for notice in due:
        notice.mail_due_at = later
    if later or not _may_get(person, mail_kind):
        return
    unread = _news(person.id, mail_kind, [notice for notice in due if notice.read_at is None])[-LINES_MOST:]
    if not unread:
        return
    for notice in unread:
        notice.mailed_at = now()
    owe(
        mail_kind,
        person.email or "",
        f"{mail_kind}:{person.id}:{unread[-1].id}",
        language=person.language,
        user_id=person.id,
        kind=mail_kind,
        facts={"name": person.name, "notices": [notice.id for notice in unread]},
    )


def _by_day(person: User, due: list[Notification]) -> list[Notification]:
    """Put off what waits for the morning, and return the rest: an hour after the letter before may be night."""
    morning = quiet.until(person, now())
    kinds = wording.KINDS
    waiting = [notice for notice in due if morning and notice.kind in kinds and kinds[notice.kind].waits]
    for notice in waiting:
        notice.mail_due_at = morning
    return [notice for notice in due if notice not in waiting]


def _news(user_id: int, mail_kind: str, unread: list[Notification]) -> list[Notification]:
    """Leave out threads of which a mail has told already: who has not come since is not called again."""
    if mail_kind not in ONCE_A_THREAD or not unread:
        return unread
    told, threads = queries.threads_mailed(user_id), queries.threads_of(unread)
    return [notice for notice in unread if threads.get(notice.post_id or 0) not in told]


def _may_get(person: User, mail_kind: str) -> bool:
    """Whether the address is the person's own as far as we know, and they want this mail."""
    return (
        mail_kind in KINDS
        and bool(person.email_key)
        and person.is_confirmed
        and not mailing.refusal(person.id, mail_kind)
    )


def _told(mail: Mail) -> Sequence[tuple[Notification, Post | None]]:
    person = db.session.get(User, mail.user_id)
    return queries.unread_among(person, mail.facts["notices"]) if person else []


def _forget_telling(mail: Mail) -> None:
    """Nobody was told by a letter that was given up: the next news of the thread is owed anew."""
    told = update(Notification).where(Notification.user_id == mail.user_id)
    db.session.execute(told.where(Notification.id.in_(mail.facts["notices"])).values(mailed_at=None))


def _lines(mail: Mail) -> Facts:
    """Return the sentences with their addresses and facts, as the person may read them at this moment."""
    lines = []
    person = db.session.get(User, mail.user_id)
    for notice, post in _told(mail):
        is_about_another = post is not None and post.author_id != mail.user_id
        url = link_to("posts.show", post_id=notice.post_id) if is_about_another else link_to("notifications.index")
        added = wording.added_in_mail(notice, person.timezone if person else "")
        lines.append((wording.said_in_mail(notice, post), added.url if added else url, added.facts if added else ()))
    return {"lines": lines, "notices_url": link_to("notifications.index")}


def _subject(facts: Facts) -> str:
    lines = facts["lines"]
    if len(lines) == 1:
        return str(lines[0][0])
    return ngettext("%(num)s notice for you", "%(num)s notices for you", len(lines))


for _kind in (NOTICES, REPLIES, FOLLOWED):
    LETTERS[_kind] = Letter(
        _subject,
        still_due=lambda mail: bool(_told(mail)),
        extra=_lines,
        title=_l("Notices"),
        on_lost=_forget_telling,
    )
KINDS[NOTICES] = _l(
    "Notices that you have not read after a quarter of an hour: somebody mentions you, an expert answers you, a "
    "decision about your words. At most one mail an hour."
)
KINDS[REPLIES] = _l(
    "Replies to you and quotations of your words that you have not read after a quarter of an hour. At most one mail "
    "an hour, and about a thread only one until you visit it."
)
KINDS[FOLLOWED] = _l("New posts in threads that you follow, as seldom as replies.")
ON_REQUEST.add(FOLLOWED)
