"""The shelves of this forum, wherever UPLOADS_URL puts them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import current_app

from forum.store.bucket import Bucket
from forum.store.calls import Calls
from forum.store.folder import Folder
from forum.store.interface import Store

# Each shelf's folder in FORUM_INSTANCE; in a bucket it is called as here on the left.
SHELVES = {"avatars": "uploads/avatars", "exports": "exports"}

# Called after a restore: rooms look for rows that name a file which the backup did not have, and say what they did.
after_restore: list[Callable[[], str]] = []


def shelf(name: str) -> Store:
    """Return the shelf of that name where the forum keeps its files."""
    calls = bucket_calls()
    return bucket_shelf(name, calls) if calls else folder_shelf(name)


def folder_shelf(name: str) -> Folder:
    """Return the shelf in this machine's folder, whatever UPLOADS_URL says; drafts of archives are written there."""
    return Folder(Path(current_app.config["FORUM_INSTANCE"]) / SHELVES[name])


def bucket_shelf(name: str, calls: Calls) -> Bucket:
    """Return the shelf in a bucket."""
    return Bucket(calls, f"{name}/")


def bucket_calls() -> Calls | None:
    """Return how this process talks to the bucket of UPLOADS_URL, the same for all of its threads; None for folders."""
    place = current_app.config["UPLOADS"]
    calls: Calls | None = current_app.extensions.get("store")
    if place is not None and (calls is None or calls.place != place):
        calls = current_app.extensions["store"] = Calls(place)
    return calls if place is not None else None
