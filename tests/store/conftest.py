"""The forum with its files in folders, and in a bucket."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from forum.config.uploads import uploads
from forum.store import calls
from forum.store.bucket import Bucket
from forum.store.calls import Calls
from forum.store.folder import Folder
from forum.store.interface import Store
from forum.store.shelves import SHELVES
from tests.servers.s3 import S3

KINDS = ["folder", "bucket"]


@pytest.fixture
def s3(s3_server: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """An empty bucket, at a server that behaves; nobody waits long for it."""
    s3_server.empty()
    monkeypatch.setattr(calls, "IN_A_REQUEST", calls._Patience(2, 1, 1))
    monkeypatch.setattr(calls, "BY_ITSELF", calls._Patience(2, 1, 2))
    yield s3_server
    s3_server.behave()


@pytest.fixture
def shelf_(s3: S3, tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    """One shelf, in a folder or in a bucket."""
    return Folder(tmp_path / "shelf") if request.param == "folder" else bucket(s3)


def bucket(s3: S3, **place: str) -> Bucket:
    """A shelf in the server's bucket, over calls of its own."""
    found = uploads(s3.url(**place))
    assert found
    return Bucket(Calls(found), "shelf/")


@pytest.fixture
def files_in(app: Flask, s3: S3, request: pytest.FixtureRequest) -> Iterator[str]:
    """Let the forum keep its files in "folder" or "bucket", which are empty; return which."""
    empty(app)
    if request.param == "bucket":
        use(app, s3)
    yield request.param
    app.config["UPLOADS"] = None
    app.extensions.pop("store", None)
    empty(app)


def use(app: Flask, s3: S3) -> None:
    """Let the forum keep its files in the server's bucket from now on."""
    app.config["UPLOADS"] = uploads(s3.url(folder="/forum"))
    app.extensions.pop("store", None)


def empty(app: Flask) -> None:
    """Delete what lies in the folders."""
    for folder in SHELVES.values():
        shutil.rmtree(Path(app.config["FORUM_INSTANCE"]) / folder, ignore_errors=True)


def rested(app: Flask) -> None:
    """Let the time be over for which a store that failed is left alone."""
    if "store" in app.extensions:
        app.extensions["store"]._rests_until = 0.0
