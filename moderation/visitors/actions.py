"""A visitor's flag: written down with a letter, confirmed from the letter, refused by the owner of the address."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from forum.core.database import locked, now, transaction
from forum.core.errors import NotFound, Refused
from forum.mail.actions import owe
from forum.threads import visiting
from forum.threads.models import Post, Thread
from moderation import cases, flags, kinship, scoring
from moderation import queries as moderation
from moderation.models import Case, Flag, Source
from moderation.visitors import links, queries
from moderation.visitors.models import MailRefusal, VisitorFlag

DEAD = _l("This link does not work any more: it is older than a day, or visitors can’t flag here now.")
LOOKED_AT = _l("A moderator has looked at this text already. Visitors can flag it again when it has been changed.")


@dataclass(frozen=True)
class Sender:
    """Who sent a visitor's form: the address to write to, the network, the form's mark, the page's language."""

    address: str
    network: str
    form_key: str
    language: str = ""


def ask(post: Post, sender: Sender, reason: str, note: str = "") -> None:
    """Write a visitor's flag down and owe the letter that confirms it; it counts nothing yet.

    The same is written whatever the address is; one that wants no letters, or had its number of them, is passed over
    when they are sent. A form that is sent twice is one. Raises NotFound where visitors can't flag, Refused for an
    unknown rule or a text that a moderator has looked at.
    """
    flags.check_reason(reason)
    try:
        with transaction() as session:
            check(post)
            if queries.is_known_form(sender.form_key):
                return
            row = VisitorFlag(
                post_id=post.id,
                reason=reason,
                note=note,
                address=sender.address,
                mark=links.mark_of(sender.address),
                language=sender.language,
                network=sender.network,
                form_key=sender.form_key,
                token_hash=sender.form_key,  # until the row has the number that its token is made from
                created_at=now(),
            )
            session.add(row)
            session.flush()
            row.token_hash = links.hash_for(row)
            owe("visitor_flag", row.address, key_of(row.id), language=row.language, facts={"row": row.id})
    except IntegrityError:  # the same form, sent twice at once
        return


def key_of(row_id: int) -> str:
    """Return what the letter with the link is owed by."""
    return f"visitor-flag:{row_id}"


def check(post: Post) -> None:
    """Raise NotFound where visitors can't flag or the post is not public, Refused for a text that was looked at.

    An open case may be joined whatever was decided before.
    """
    if not visiting.takes_flags() or not post.is_visible:
        raise NotFound
    if moderation.open_case_of(post.id) is None and moderation.was_decided_about(post.id, post.revision):
        raise Refused(LOOKED_AT)


def confirm(token: str, network: str) -> Flag:
    """Let the flag of this link count, and return it; the one that it is already when the link is used again.

    It joins the open case of the post, or opens it. One address counts once in a case. `network`: where the button
    was pressed. Raises NotFound for a dead link or a post that is public no more, Refused as `ask` does.
    """
    found = queries.by_token(token)
    if found is None:
        raise NotFound(DEAD)
    with transaction() as session:
        locked(Thread, found.post.thread_id)  # as for every flag: two at once make one case
        row = locked(VisitorFlag, found.id)
        if row is None or (row.flag is None and not row.is_waiting):
            raise NotFound(DEAD)
        if row.flag is not None:
            return row.flag
        session.refresh(row.post)
        check(row.post)
        case = moderation.open_case_of(row.post_id, lock=True) or cases.open_case(row.post, Source.FLAGS)
        if (own := queries.own_flag(case.id, row.mark)) is not None:
            session.delete(row)
            return own
        return _count(row, case, network)


def _count(row: VisitorFlag, case: Case, network: str) -> Flag:
    marks = kinship.marks_of_visit(case, {row.network, network})
    with transaction() as session:
        flag = Flag(
            flagger_id=None,
            reason=row.reason,
            note=row.note,
            weight=scoring.VISITOR_WEIGHT,
            trust=0.0,  # it never helps to hide anything
            revision=row.post.revision,
        )
        flags.add(case, flag, marks)
        row.flag_id, row.note, row.network = flag.id, "", ""
        session.flush()
    return flag


def refuse_letters(token: str) -> None:
    """Write no letter about flags to this address again, and forget it where it is kept. Raises NotFound."""
    mark = links.read_refusal(token)
    if mark is None:
        raise NotFound
    with transaction() as session:
        if session.get(MailRefusal, mark) is None:
            session.add(MailRefusal(mark=mark, refused_at=now()))
        theirs = VisitorFlag.mark == mark
        session.execute(delete(VisitorFlag).where(theirs, VisitorFlag.flag_id.is_(None)))
        session.execute(update(VisitorFlag).where(theirs).values(address=""))
