"""The refusal that every form of accounts knows."""

from __future__ import annotations

from typing import Any

from forum.core.errors import Refused


class BadField(Refused):
    """A refusal that belongs beside the form's field named `field`."""

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(message)
        self.field = field
