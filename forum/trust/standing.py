"""Where somebody stands and what is next, as their own page and the administrators' draw it."""

from __future__ import annotations

from typing import Any

from flask import current_app

from forum.accounts.models import User
from forum.config import TOP_LEVEL
from forum.core.database import now
from forum.trust import policy, queries, wording


def standing_of(person: User) -> dict[str, Any]:
    """Return what macros/trust.html draws of somebody: their level and how far they are with each requirement."""
    numbers = current_app.config["TRUST"]
    record, begun = queries.records([person.id], now(), numbers)[person.id], queries.begun(now(), numbers)
    asked = min(person.trust_level + 1, TOP_LEVEL)
    steps = policy.steps(asked, record, begun, numbers)
    return {
        "level": person.trust_level,
        "level_name": wording.LEVELS[person.trust_level],
        "asked_name": wording.LEVELS[asked],
        "steps": [(step, wording.STEPS[step.code]) for step in steps],
        "steps_of_another": [(step, wording.STEPS_OF_ANOTHER[step.code]) for step in steps],
        "window": numbers["3_WINDOW_DAYS"] if asked == TOP_LEVEL else None,
        "is_vouched_for": person.is_staff or person.is_expert,
    }
