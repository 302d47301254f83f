"""The words of the ranker: its act in the public log, and how it stands."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from moderation.ranker.models import RankerModel
from moderation.ranker.queries import LEAST

ACTS: dict[str, Any] = {"ranker.chosen": _l("What the learned ranker may do was changed")}


def standing(newest: RankerModel | None, *, is_used: bool, decisions: int) -> str:
    """Return how it stands: how many decisions are missing, why it is not used, or since when it is."""
    if decisions < LEAST:
        return ngettext(
            "Off: it learns from %(least)s decisions on, and %(num)s is still missing.",
            "Off: it learns from %(least)s decisions on, and %(num)s are still missing.",
            LEAST - decisions,
            least=LEAST,
        )
    if newest is None:
        return _("Off: there are enough decisions. It learns within a minute or two, when the worker runs.")
    if not is_used:
        return _(
            "Off: it ranked decisions that it had not seen no better than chance would, for all that can be said. It "
            "learns anew when more was decided."
        )
    return _("In use.")
