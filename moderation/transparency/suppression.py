"""What may be published of small numbers: none under five, and none that the others around it would give away.

A count of people or posts under LEAST may point at somebody. A breakdown whose sum is published lets a single withheld
cell be computed by subtraction; so further cells are withheld until the withheld ones could still be split in many
ways. Where that can't be reached, the whole breakdown is withheld. Method: statistical offices' complementary
(secondary) cell suppression.
"""

from __future__ import annotations

from collections.abc import Mapping

LEAST = 5

Cells = dict[str, int | None]  # None: withheld


def total(amount: int) -> int | None:
    """Return a count that stands alone as it may be published: itself, or None for one to four."""
    return None if 0 < amount < LEAST else amount


def breakdown(cells: Mapping[str, int], published: int | None) -> Cells | None:
    """Return the cells as they may be published beside their sum `published` (None: the sum is withheld).

    Cells of zero are left out, for everybody knows them: what is not listed is zero. None: nothing of it may be
    published, and nobody learns which cells there are.
    """
    present = {value: amount for value, amount in cells.items() if amount}
    if published is None:
        return None  # any cell would say something about the sum
    withheld = {value for value, amount in present.items() if amount < LEAST}
    others = sorted((amount, value) for value, amount in present.items() if amount >= LEAST)
    while withheld and not _is_safe([present[value] for value in withheld]):
        if not others:
            return None
        withheld.add(others.pop(0)[1])
    return {value: None if value in withheld else amount for value, amount in present.items()}


def _is_safe(amounts: list[int]) -> bool:
    """Whether cells, each at least 1, whose sum anybody can compute, may each still be anything from 1 to LEAST."""
    return len(amounts) > 1 and sum(amounts) - (len(amounts) - 1) >= LEAST
