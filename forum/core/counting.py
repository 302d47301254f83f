"""How limits are counted: in the shared store, and in this process what that does not take."""

from __future__ import annotations

import logging

from limits import RateLimitItem, WindowStats
from limits.strategies import STRATEGIES, MovingWindowRateLimiter

from forum.core.limit_store import QuietMemory

log = logging.getLogger(__name__)

STRATEGY = "moving-window-kept"  # the name under which flask-limiter finds `Counting`

beside = MovingWindowRateLimiter(QuietMemory())  # counts while the shared store is away, or takes nothing


class Counting(MovingWindowRateLimiter):
    """A store that answers and refuses to write (Redis that is full, or a replica) is not away for flask-limiter: its
    questions are answered, so that nothing falls back to this process, and nothing would be counted anywhere."""

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Count, and return whether it was allowed."""
        try:
            return super().hit(item, *identifiers, cost=cost)
        except Exception as error:
            if not _refuses(error):
                raise
            log.warning("the store of the rate limits takes nothing: %s", error)
            return beside.hit(item, *identifiers, cost=cost)

    def test(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Return whether it would be allowed, by both counts."""
        return super().test(item, *identifiers, cost=cost) and beside.test(item, *identifiers, cost=cost)

    def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """Return when there is room again, and how much there is now, by the count that leaves less of it."""
        both = super().get_window_stats(item, *identifiers), beside.get_window_stats(item, *identifiers)
        return min(both, key=lambda stats: stats.remaining)

    def clear(self, item: RateLimitItem, *identifiers: str) -> None:
        """Forget both counts."""
        beside.clear(item, *identifiers)
        super().clear(item, *identifiers)


STRATEGIES[STRATEGY] = Counting


def _refuses(error: Exception) -> bool:
    """Whether Redis has answered, with a no (its library is an optional part and may not be here)."""
    return any(
        (base.__module__, base.__name__) == ("redis.exceptions", "ResponseError") for base in type(error).__mro__
    )
