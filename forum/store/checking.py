"""What `flask doctor` says of the store of files: whether a file can be put there, read, listed and deleted."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress

from flask import Flask, current_app

from forum.config import LOOPBACK, BucketPlace
from forum.core.diagnosis import Fact, further_checks
from forum.core.errors import FilesAway
from forum.store.calls import Calls, anybody_reads
from forum.store.moving import DRAFT
from forum.store.shelves import SHELVES, bucket_shelf, folder_shelf

SHELF = "probes"
_ADVICE = {"kept from strangers": ": take public reading from its policy and its access list"}


def connect(app: Flask) -> None:
    """Have `flask doctor` look at the store."""
    del app
    further_checks["files"] = findings


def findings() -> Iterator[str]:
    """Yield where files are kept, and what is wrong with the bucket."""
    place = current_app.config["UPLOADS"]
    if place is None:
        yield Fact("pictures and archives are kept in folders of FORUM_INSTANCE")
        return
    faults = list(_probed(place))
    where = f"{place.where}, in its folder {place.folder}" if place.folder else place.where
    yield from faults or [Fact(f"pictures and archives are kept in {where}")]
    if place.endpoint.startswith("http://") and not any(f"//{host}" in place.endpoint for host in LOOPBACK):
        yield Fact("what goes to the bucket and comes from it goes in the clear: https:// in UPLOADS_URL seals it")
    if left := sum(not each.name.startswith(DRAFT) for name in SHELVES for each in folder_shelf(name).entries()):
        yield f"{left:,} files lie in FORUM_INSTANCE, where nobody looks: flask store move --to bucket --delete"


def _probed(place: BucketPlace) -> Iterator[str]:
    """Put a file, read it, ask for one that is not there, list and delete it; yield the first thing that is wrong."""
    shelf = bucket_shelf(SHELF, Calls(place, quick=True))
    name, content = secrets.token_hex(16), secrets.token_bytes(64)
    steps: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("put there", lambda: _done(shelf.put, name, content)),
        ("read", lambda: shelf.get(name) == content),
        ("found missing", lambda: shelf.get(secrets.token_hex(16)) is None),
        ("listed", lambda: name in {each.name for each in shelf.entries()}),
        ("kept from strangers", lambda: not anybody_reads(place, f"{place.folder}{SHELF}/{name}")),
        ("deleted", lambda: _done(shelf.delete, name) and shelf.get(name) is None),
    )
    for number, (what, act) in enumerate(steps):
        try:
            why = "" if act() else f"{place.where} does otherwise{_ADVICE.get(what, '')}"
        except FilesAway as error:
            why = error.orig
        if why:
            yield f"a file can't be {what}: {why}"
            if number:
                with suppress(FilesAway):  # by other calls, for these may have been given up
                    bucket_shelf(SHELF, Calls(place, quick=True)).delete(name)
            return


def _done(act: Callable[..., None], *what: object) -> bool:
    act(*what)
    return True
