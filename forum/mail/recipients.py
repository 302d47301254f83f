"""The plug for who knows people: accounts fills these lists when the application is made; mail knows only numbers."""

from __future__ import annotations

from collections.abc import Callable

# (user_id, kind) → "" or why this person gets no mail of this kind now, in plain English for the outbox
refusals: list[Callable[[int, str], str]] = []
# called with the user's id and the address that takes no mail, in a transaction of its own
on_returned: list[Callable[[int, str], None]] = []


def refusal(user_id: int | None, kind: str) -> str:
    """Return why a letter of `kind` is not sent to this person, or "". Mail about an account is always sent."""
    if user_id is None or not kind:
        return ""
    return next(filter(None, (ask(user_id, kind) for ask in refusals)), "")


def tell_of_return(user_id: int, address: str) -> None:
    """Say that a letter to this person came back from `address`."""
    for listener in on_returned:
        listener(user_id, address)
