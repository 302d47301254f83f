"""The two letters to a visitor who flagged: the link that makes the flag count, and that it was decided about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from forum.core.database import db, now
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail, State
from moderation.receipts.wording import state_of
from moderation.rules import name_of
from moderation.visitors import links, queries
from moderation.visitors.models import VisitorFlag

LETTERS_A_DAY = 3  # to one address, however it is spelt: whoever names a stranger's address can't fill their box


def _row(mail: Mail) -> VisitorFlag | None:
    return db.session.get(VisitorFlag, int(mail.facts["row"]), populate_existing=True)


def _is_due(mail: Mail) -> bool:
    row = _row(mail)
    return row is not None and row.is_waiting and not _is_too_many(mail) and not queries.wants_no_letters(mail.address)


def _is_too_many(mail: Mail) -> bool:
    sent = select(func.count()).select_from(Mail)
    lately = sent.where(Mail.address_key == mail.address_key, Mail.template == mail.template, Mail.state == State.SENT)
    return (db.session.scalar(lately.where(Mail.sent_at > now() - timedelta(days=1))) or 0) >= LETTERS_A_DAY


def _way_in(mail: Mail) -> Mapping[str, Any]:
    row = _row(mail)
    if row is None:
        return {}
    return {
        "title": row.post.thread.title,
        "rule": str(name_of(row.reason)),
        "url": link_to("visitors.confirm", token=links.token_of(row)),
        **_way_out(row),
    }


def _decision_is_due(mail: Mail) -> bool:
    row = _row(mail)
    return row is not None and row.flag is not None and bool(row.address) and not queries.wants_no_letters(mail.address)


def _decided(mail: Mail) -> Mapping[str, Any]:
    row = _row(mail)
    if row is None or row.flag is None:
        return {}
    url = link_to("visitors.receipt", token=links.receipt_token(row.flag.id))
    return {"state": str(state_of(row.flag)), "url": url, **_way_out(row)}


def _way_out(row: VisitorFlag) -> dict[str, str]:
    return {"out": link_to("visitors.letters", token=links.refusal_token(row.mark))}


LETTERS["visitor_flag"] = Letter(_l("Confirm your flag"), still_due=_is_due, extra=_way_in)
LETTERS["visitor_decided"] = Letter(_l("Your flag was decided about"), still_due=_decision_is_due, extra=_decided)
