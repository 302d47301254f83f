"""Slow senders hold few places, those of one network not all of them, and pages none."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from forum.core import bodies
from forum.core.bodies import FORMS, MOST_BYTES, OF_ONE_NETWORK, PLACES, Bodies


class Slow(io.BytesIO):
    """A body that does not come before it is let."""

    def __init__(self, coming: threading.Event, begun: threading.Semaphore) -> None:
        super().__init__(b"late")
        self._coming, self._begun = coming, begun

    def read(self, size: int | None = -1) -> bytes:
        """Wait, then give it."""
        self._begun.release()
        self._coming.wait(30)
        return super().read(size)


def answered(environ: dict[str, Any], _start: Any) -> list[bytes]:
    return [b"refused" if environ.get("forum.no_place") else environ["wsgi.input"].read()]


def asked(address: str, body: io.BytesIO, **facts: Any) -> dict[str, Any]:
    return {"REMOTE_ADDR": address, "wsgi.input": body, "CONTENT_LENGTH": "4", "CONTENT_TYPE": FORMS[0], **facts}


def test_slow_senders_hold_few_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "WAIT_SECONDS", 0.01)
    coming, begun, front = threading.Event(), threading.Semaphore(0), Bodies(answered)

    def send(address: str, body: io.BytesIO | None = None) -> bytes:
        return next(iter(front(asked(address, body or io.BytesIO(b"here")), lambda *_: None)))  # type: ignore[arg-type]

    with ThreadPoolExecutor(PLACES) as pool:
        slow = [pool.submit(send, "192.0.2.1", Slow(coming, begun)) for _ in range(OF_ONE_NETWORK)]
        for _ in slow:
            begun.acquire()
        assert send("192.0.2.99") == b"refused", "the same network"
        assert send("198.51.100.1") == b"here"
        slow += [pool.submit(send, "198.51.100.2", Slow(coming, begun)) for _ in range(PLACES - OF_ONE_NETWORK)]
        for _ in range(PLACES - OF_ONE_NETWORK):
            begun.acquire()
        assert send("203.0.113.1") == b"refused", "all places"
        page = asked("192.0.2.1", io.BytesIO(), CONTENT_LENGTH="")
        assert next(iter(front(page, lambda *_: None))) == b"", "a page needs none"  # type: ignore[arg-type]
        coming.set()
        assert [each.result() for each in slow] == [b"late"] * PLACES
    assert send("192.0.2.99") == b"here"


def test_what_is_too_much_is_left_to_be_refused_by_its_length() -> None:
    untouched = io.BytesIO(b"x" * 10)
    environ = asked("192.0.2.1", untouched, CONTENT_LENGTH=str(MOST_BYTES + 2))
    Bodies(answered)(environ, lambda *_: None)  # type: ignore[arg-type]
    assert environ["wsgi.input"] is untouched


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_who_finds_no_place_reads_so(app: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bodies, "_is_free", lambda *_: False)
    answer = client.post("/login", data={"username": "x"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Too many are sending" in answer.text
    assert client.get("/login").status_code == 200
