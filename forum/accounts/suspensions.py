"""Why somebody is suspended: rooms above know it and say it here; told only to whoever has the right password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from forum.accounts.models import User
from forum.core import i18n

# Each returns the sentence that says by which rule and why, or None when it knows nothing. moderation adds its own.
explainers: list[Callable[[User], Any | None]] = []

# Each returns, as Markup, the way to object to what suspends the person, or None. moderation adds its own.
ways: list[Callable[[User], Markup | None]] = []


def way_to_object(user: User) -> Markup:
    """Return the ways to object that are known, each a sentence with its link, or "" without one."""
    return escape(i18n.gap()).join(words for way in ways if (words := way(user)))


def explanation(user: User) -> str:
    """Return what is known about the suspension of `user`, in the reader's language, or ""."""
    return i18n.gap().join(str(words) for explain in explainers if (words := explain(user)))
