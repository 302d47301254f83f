"""Plugs: lists that a room offers, and into which the rooms above put what they add when an application is made."""

from __future__ import annotations

from typing import TypeVar

Thing = TypeVar("Thing")


def fill(plug: list[Thing], *ours: Thing) -> None:
    """Put each of ours in, in this order and once, however many applications a process makes."""
    plug.extend(each for each in ours if each not in plug)
