"""`flask doctor` notices that SECRET_KEY no longer opens what was sealed with it."""

from __future__ import annotations

from typing import Any

from flask import Flask

from forum.accounts.models import User
from forum.entry import authenticators
from forum.entry.key_check import findings


def test_another_key_is_noticed(app: Flask, alice: User, carol: User, authenticator_app: Any, monkeypatch: Any) -> None:
    assert not list(findings())
    authenticator_app(alice)
    authenticators.start(carol)  # and never went on: she misses nothing
    assert not list(findings())
    former = app.config["SECRET_KEY"]
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key, of the new instance folder")
    (said,) = findings()
    assert said.startswith("1 authenticator apps were set up with another SECRET_KEY")
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [former])
    assert not list(findings())
