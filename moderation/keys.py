"""Under which keys notices and letters about a decision are written: sent once, and found to be taken back."""

from __future__ import annotations

from moderation.models import Decision


def of_decision(decision: Decision) -> str:
    """Return the key of the notice that tells the author of a decision."""
    return f"decision:{decision.id}"


def of_flag(flag_id: int, decision: Decision) -> str:
    """Return the key of the notice that tells who flagged a post of a decision."""
    return f"flag:{flag_id}:{decision.id}"


def of_letter(decision: Decision) -> str:
    """Return the key of the letter that tells of a suspension."""
    return f"suspended:{decision.id}"
