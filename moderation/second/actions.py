"""Answering a second look: the only writer of the answer, and nothing else is written."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.database import must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from moderation import policy, rules
from moderation.second import queries
from moderation.second.models import SecondLook


def answer(look_id: int, by: User, outcome: str, rule: str = "") -> SecondLook:
    """Write down what `by` would have decided and return it; the case, its post and all records stay as they are.

    Raises NotFound; Conflict when somebody has answered; Forbidden for a case that one took part in or may not judge;
    Refused for an outcome that this case does not offer, or without a rule where one is needed.
    """
    with transaction() as session:
        look = must_lock(SecondLook, look_id)
        if look.answered_at is not None:
            raise Conflict(_l("Somebody has answered this one meanwhile."))
        if not policy.sees_everything(by) or queries.waiting_for(by, look_id) is None:
            raise Forbidden(_l("You can’t give a second opinion on this case."))
        if outcome not in policy.possible(look.decision.case):
            raise Refused(_l("Choose what you would have done."))
        if policy.needs_rule(outcome) and rule not in rules.current():
            raise Refused(_l("Choose the rule that was broken."))
        look.looker_id, look.answered_at = by.id, now()
        look.outcome, look.rule = outcome, rule if policy.needs_rule(outcome) else ""
        session.flush()
        return look
