"""RankerModel: what the worker learned from decided cases, and how well it did. Nobody's words, nobody's name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime


class RankerModel(Base):
    """One learning: numbered by hand, so that of two workers at once only one can write it.

    `last_decision_id` is the newest decision that there was; `texts` different ones were learned, `against` of them
    decided against, `spam` of these as advertising. `is_useful`: it ranked decisions that it had not seen surely better
    than chance. `rule` is the one that most of the others broke. The weights are packed (see learning.Model).
    """

    __tablename__ = "ranker_models"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    learned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_decision_id: Mapped[int]
    texts: Mapped[int]
    against: Mapped[int]
    spam: Mapped[int]
    is_useful: Mapped[bool]
    seconds: Mapped[float]
    rule: Mapped[str] = mapped_column(String(20))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    against_bias: Mapped[float]
    spam_bias: Mapped[float]
    against_weights: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    spam_weights: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
