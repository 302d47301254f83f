"""What `flask doctor` is told of accounts closed for spam whose posts are still on their way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from forum.core.database import now
from forum.core.diagnosis import Fact, ago
from moderation.closures import queries

PATIENCE = timedelta(days=1)  # the worker removes 500 posts a minute or so


def closure_faults() -> Iterator[str]:
    """Yield how long the oldest closure has been on its way, as a fact, and after PATIENCE as what is wrong."""
    if (oldest := queries.oldest_due()) is None:
        return
    yield Fact(f"posts of an account closed for spam have been on their way for {ago(oldest)}")
    if now() - oldest > PATIENCE:
        yield "that is more than a day; the worker removes them or brings them back: see whether it runs"
