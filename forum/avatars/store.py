"""Where pictures are kept."""

from __future__ import annotations

from forum.store.interface import Store
from forum.store.shelves import shelf


def avatars() -> Store:
    """Return the shelf of people's pictures."""
    return shelf("avatars")
