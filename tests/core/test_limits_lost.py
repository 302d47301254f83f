"""R-6: a store of the limits that goes away just when an act is counted loses none: it counts in this process."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.core import limits
from forum.core.extensions import limiter
from forum.threads.models import Thread

pytestmark = [pytest.mark.limits, pytest.mark.parametrize("app", ["sqlite"], indirect=True)]  # no rule of a database
ROW = "2 per hour"


class _LostConnection(Exception):
    pass


def gone(*_: Any, **__: Any) -> Any:
    raise _LostConnection


@pytest.fixture(autouse=True)
def forgotten() -> Any:
    """Nothing that these tests count here stays."""
    yield
    limiter._storage_dead = False
    limiter.here.storage.reset()
    limits.counting.beside.storage.reset()


@pytest.mark.parametrize("is_known", [True, False])
def test_an_accepted_act_counts_though_the_store_is_gone_by_then(
    app: Flask, as_: Any, ann: User, thread: Thread, monkeypatch: pytest.MonkeyPatch, *, is_known: bool
) -> None:
    """Whether flask-limiter knows of it by the next act, or the store answers again."""
    monkeypatch.setitem(app.config["LIMITS"], "REPLY_NEWCOMER", "1 per hour")
    monkeypatch.setitem(app.config["LIMITS"], "REPLY", "1 per hour")
    browser, address = as_(ann), f"/threads/{thread.id}/posts"
    with monkeypatch.context() as away:
        away.setattr(limiter._limiter, "hit", gone)
        assert browser.send(address, body="The first.").status_code == 303
    monkeypatch.setattr(limiter, "_storage_dead", is_known)
    monkeypatch.setattr(limiter, "_Limiter__should_check_backend", lambda: False)
    assert browser.send(address, body="The second.").status_code == 429


@pytest.mark.parametrize("is_known", [True, False])
def test_a_try_counts_and_is_forgiven_where_it_was_counted(
    app: Flask, monkeypatch: pytest.MonkeyPatch, *, is_known: bool
) -> None:
    monkeypatch.setitem(app.config["LIMITS"], "PROOF", ROW)
    with app.test_request_context():
        with monkeypatch.context() as away:
            away.setattr(limiter._limiter, "hit", gone)
            away.setattr(limiter._limiter, "clear", gone)
            assert limits.spend("PROOF", "person:1") == 0
            limits.forgive("PROOF", "person:1")
            assert [limits.spend("PROOF", "person:1") > 0 for _ in range(3)] == [False, False, True]
        monkeypatch.setattr(limiter, "_storage_dead", is_known)
        assert limits.wait_for("PROOF", "person:1") > 0


def test_flask_limiter_still_has_what_we_ask_of_it_beside_its_documents(app: Flask) -> None:
    """One name that its documents do not promise: core/limits.SureLimiter.here. The rest is its public face."""
    there = getattr(limiter, "_fallback_limiter", None)
    assert there is not None, "flask-limiter keeps its count of this process under another name: SureLimiter.here"
    assert there is limiter.here and {"hit", "test", "get_window_stats"} <= {*dir(there)}
    with app.test_request_context():
        assert limiter.current_limits == [], "flask-limiter's current_limits is what limited() counts by"
