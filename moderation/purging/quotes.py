"""Quotes of a purged post that others made: in their posts and former texts, and in what cases keep of these."""

from __future__ import annotations

from sqlalchemy import select

from forum.core.database import db, locked, transaction
from forum.core.errors import Refused
from forum.core.markup.unquoting import without_quotes
from forum.threads import unquoting, writing
from moderation.appeals.evidence import forget_cuts
from moderation.models import Case


def cut(post_id: int) -> bool:
    """Take the post's words out of all quotes of it and return whether that is done; False: the next sweep tries again.

    What a moderator had cut out of a post that quotes it can't be put back afterwards. Reads all texts once, outside of
    any transaction that writes; safe to repeat.
    """
    quoting = unquoting.posts_whose_former_texts_quote(post_id)
    if quoting:
        with transaction():
            forget_cuts(db.session.scalars(select(Case.id).where(Case.post_id.in_(quoting))).all())
    in_texts, in_cases = unquoting.cut(post_id), _cut_in_cases(post_id)
    return in_texts and in_cases


def _cut_in_cases(post_id: int) -> bool:
    done = True
    for case_id, former in unquoting.holding(Case.id, Case.frozen_body, post_id):
        body = without_quotes(former, post_id)
        if body != former:
            done = _cut_in_case(case_id, former, body) and done
    return done


def _cut_in_case(case_id: int, former: str, body: str) -> bool:
    try:
        shown = writing.rendered(body)
    except Refused:
        return False
    with transaction():
        case = locked(Case, case_id)
        if case is not None and case.frozen_body == former:
            case.frozen_body, case.frozen_html, case.findings = body, shown.html, []
        return True
