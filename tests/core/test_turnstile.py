"""Few pages are made at once; nobody is kept out for good, and who writes does not wait for pages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from forum.core.turnstile import Turnstile


class Maker:
    """An application whose pages are done when they are let go."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.at_once = self.most = 0

    def __call__(self, environ: dict[str, Any], _start: Any) -> list[bytes]:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.begun.release()
        self.go_on.wait(30)
        self.at_once -= 1
        return [environ["REQUEST_METHOD"].encode()]


def ask(turnstile: Callable[..., Any], method: str = "GET", path: str = "/") -> threading.Thread:
    thread = threading.Thread(target=turnstile, args=({"REQUEST_METHOD": method, "PATH_INFO": path}, None))
    thread.start()
    return thread


def test_a_third_page_waits_for_one_of_two_and_a_reply_does_not() -> None:
    maker = Maker()
    turnstile = Turnstile(maker, places=2, patience=30)
    asked = [ask(turnstile), ask(turnstile)]
    assert all(maker.begun.acquire(timeout=30) for _ in range(2))
    asked += [ask(turnstile) for _ in range(4)]
    assert not maker.begun.acquire(timeout=0.1)
    asked.append(ask(turnstile, "POST"))
    assert maker.begun.acquire(timeout=30) and maker.at_once == 3
    asked.append(ask(turnstile, path="/avatars/x-48.webp"))
    assert maker.begun.acquire(timeout=30) and maker.at_once == 4, "nor does a picture, which may wait for a bucket"
    maker.go_on.set()
    for each in asked:
        each.join(30)
    assert maker.begun._value == 4 and maker.most == 4


def test_who_waits_too_long_goes_through() -> None:
    maker = Maker()
    turnstile: Any = Turnstile(maker, places=1, patience=0.01)
    asked = [ask(turnstile) for _ in range(3)]
    assert all(maker.begun.acquire(timeout=30) for _ in range(3))
    maker.go_on.set()
    for each in asked:
        each.join(30)
    maker.begun = threading.Semaphore(0)
    assert turnstile({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, None) == [b"GET"], "its place is free again"
    assert turnstile._places.acquire(blocking=False)
