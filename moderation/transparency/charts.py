"""Bars for numbers, as sizes for an SVG that the server draws: no script, no colour that says anything alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 360  # of the drawing, in its own units: a phone shows it at about its size
ROW = 40  # a line of words and the bar under it
BAR = 12
PLACE = 300  # the longest bar; its number stands at the end


@dataclass(frozen=True)
class Bar:
    """One bar: its label, the number (None: withheld), and where it stands."""

    label: str
    amount: float | None
    top: int
    width: int


@dataclass(frozen=True)
class Chart:
    """Bars under each other, with the height of the drawing."""

    bars: list[Bar]

    @property
    def height(self) -> int:
        """The height of the whole drawing."""
        return ROW * len(self.bars)


def chart(rows: Iterable[tuple[str, float | None]]) -> Chart:
    """Return bars as long as their numbers, the longest as long as there is place; a withheld one has no length."""
    listed = list(rows)
    most = max((amount for _, amount in listed if amount), default=0) or 1
    return Chart(
        [
            Bar(label, amount, ROW * place, round(PLACE * amount / most) if amount else 0)
            for place, (label, amount) in enumerate(listed)
        ]
    )
