"""Why the ranker says what it says: its share for a text, and the words in it that weighed most."""

from __future__ import annotations

from dataclasses import dataclass

from forum.threads.states import is_opening
from moderation.models import Case
from moderation.ranker import queries
from moderation.ranker.pieces import Piece, weightiest
from moderation.ranker.texts import joined
from moderation.scoring import percent_of


@dataclass(frozen=True)
class Reading:
    """How likely a text is decided against, in whole per cent, and what speaks against it and for it."""

    percent: int
    against: list[Piece]
    favour: list[Piece]


def reading(case: Case) -> Reading | None:
    """Return why an open case has its share, or None without one. `case.post` and its thread are loaded.

    A decided case is not explained again: the model that ordered it may be gone, and its share counts no more.
    """
    model = queries.ordering()
    if not case.is_open or case.learned is None or not case.frozen_body or model is None or model.id != case.learned_by:
        return None
    title = case.frozen_title if is_opening(case.the_post.thread, case.the_post) else ""
    against, favour = weightiest(model.against, joined(title, case.frozen_body))
    return Reading(percent_of(case.learned), against, favour)
