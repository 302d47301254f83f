"""Rows of flags, cases and decisions, and facts about them; the other rooms import them from this door."""

from moderation.models.case import Case, Decision, Strike
from moderation.models.flag import Flag, FlagMark, FrozenPicture
from moderation.models.kinds import Alike, Kind, Outcome, Source, where

__all__ = [
    "Alike",
    "Case",
    "Decision",
    "Flag",
    "FlagMark",
    "FrozenPicture",
    "Kind",
    "Outcome",
    "Source",
    "Strike",
    "where",
]
