"""Learning when enough was decided, what the open cases keep of it, and what an admin chooses: the only writers."""

from __future__ import annotations

import logging
import secrets
import time
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import defer

from forum.accounts.models import User
from forum.core import audit, site
from forum.core.database import db, now, transaction
from forum.core.errors import Forbidden, Refused
from forum.core.jobs import slow_sweeper
from moderation import cases
from moderation.models import Case
from moderation.ranker import policy, queries
from moderation.ranker.learners import Learned, examples, learned
from moderation.ranker.learning import features
from moderation.ranker.measuring import PERCENTS, is_useful
from moderation.ranker.models import RankerModel
from moderation.ranker.queries import CHOSEN, IN_USE, LEAST, OFF, Choices
from moderation.ranker.texts import joined

log = logging.getLogger(__name__)

MORE_LEAST, MORE_SHARE = 20, 0.05  # new decisions, at least and of all learned texts, before it learns again …
FORGETS_AFTER = timedelta(days=30)  # … or after this time: so long what somebody took with them may have an influence
KEPT = 2  # learnings: a process may still be reading the one before
OPEN_AT_ONCE = 50


@slow_sweeper
def learn_when_due() -> None:
    """Learn anew when enough was decided since, or the last time is long ago; below LEAST decisions, switch it off."""
    former = queries.newest()
    if former and not _is_due(former):
        return
    if queries.usable() < LEAST:
        _retire()
    else:
        learn_now()


def _is_due(former: RankerModel) -> bool:
    more = max(MORE_LEAST, round(former.texts * MORE_SHARE))
    return now() - former.learned_at > FORGETS_AFTER or queries.decided_since(former.last_decision_id, more) >= more


def learn_now() -> bool:
    """Learn from what is decided; return whether it was kept: False when another worker was faster.

    Nothing is locked meanwhile, and nothing written before the end: whoever is stopped leaves the former model.
    """
    former, last, began = queries.newest(), queries.last_decision_id(), time.monotonic()
    found = examples(queries.decided())
    ordinary = queries.ordinary()
    db.session.rollback()  # what follows takes seconds, and holds no snapshot
    made = learned(found, ordinary)
    return keep(made, former.id if former else 0, last, time.monotonic() - began)


def keep(made: Learned, former_id: int, last_decision_id: int, seconds: float) -> bool:
    """Write down what was learned and, if it is useful, put it to use; return whether it was kept.

    `former_id` is the latest learning that there was when this one began (0: none): of two workers at once one is kept.
    """
    row = _row(made, former_id + 1, last_decision_id, seconds)
    try:
        with transaction() as session:
            if session.scalar(select(func.coalesce(func.max(RankerModel.id), 0))) != former_id:
                return False
            session.add(row)
            session.flush()
            session.execute(delete(RankerModel).where(RankerModel.id <= row.id - KEPT))
            site.put(IN_USE, {"id": row.id if row.is_useful else 0, "mark": secrets.token_hex(8)}, None)
    except IntegrityError:  # another worker wrote the same number this very moment
        return False
    log.info("the ranker learned from %d texts in %.1f s; in use: %s", row.texts, row.seconds, row.is_useful)
    return True


def _row(made: Learned, number: int, last_decision_id: int, seconds: float) -> RankerModel:
    return RankerModel(
        id=number,
        learned_at=now(),
        last_decision_id=last_decision_id,
        texts=len(made.examples),
        against=sum(each.is_against for each in made.examples),
        spam=sum(each.is_spam for each in made.examples),
        is_useful=is_useful(made.figures),
        seconds=seconds,
        rule=made.rule,
        figures=made.figures,
        against_bias=made.against.bias,
        spam_bias=made.spam.bias,
        against_weights=made.against.packed(),
        spam_weights=made.spam.packed(),
    )


def _retire() -> None:
    """Switch the model off: what it was learned from is gone for the most part. Harmless to repeat."""
    if queries.mind() is not None:
        with transaction():
            site.put(IN_USE, {"id": 0, "mark": secrets.token_hex(8)}, None)


@slow_sweeper
def keep_up() -> None:
    """Let every open case stand where the model in use puts it; a case says by which model it was read."""
    model = queries.ordering()
    number = model.id if model else 0
    for side in queries.sides_of(number):
        last = (-1, 0)
        while rows := db.session.execute(queries.behind(side, last).limit(OPEN_AT_ONCE)).all():
            last = rows[-1].learned_by, rows[-1].id
            read: dict[int, float | None] = {}
            for row in rows:
                found = features(joined(row.frozen_title if row.is_opening else "", row.frozen_body))
                read[row.id] = model.against.probability(found) if model and found else None
            _put_in_place(read, number)


def _put_in_place(read: dict[int, float | None], number: int) -> None:
    with transaction() as session:
        query = select(Case).where(Case.id.in_(read), Case.decided_at.is_(None)).order_by(Case.id)
        big = defer(Case.frozen_body), defer(Case.frozen_html), defer(Case.findings)
        found = session.scalars(query.options(*big).with_for_update()).all()
        for case in found:
            case.learned, case.learned_by = read[case.id], number
        cases.put_in_place(found)


def choose(wanted: Choices, by: User) -> bool:
    """Set what the ranker may do; return whether anything changed. Raises Forbidden, Refused for an unknown share."""
    with transaction():
        if not policy.may_choose(by):
            raise Forbidden(_l("What the ranker may do is for administrators to choose."))
        if not {wanted.asks_from, wanted.holds_from} <= {OFF, *PERCENTS}:
            raise Refused(_l("Choose one of the shares."))
        if wanted == queries.choices():
            return False
        site.put(CHOSEN, vars(wanted), by.id)
        facts = {"orders": wanted.orders, "asks_from": wanted.asks_from, "holds_from": wanted.holds_from}
        audit.record("ranker.chosen", by=by, target="ranker", facts=facts)
    return True
