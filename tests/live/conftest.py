"""What is asked at /live, read as a browser's EventSource reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from forum.threads.models import Thread

Told = dict[str, Any]


def event_of(answer: Any) -> Told:
    """Return the state of an answer that is one whole event."""
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/event-stream; charset=utf-8"
    retry, number, data, *rest = answer.text.split("\n")
    assert retry.startswith("retry: ") and number.startswith("id: ") and rest == ["", ""]
    return dict(json.loads(data.removeprefix("data: ")))


@pytest.fixture
def told(client: FlaskClient) -> Callable[[str], Told]:
    """`told("thread=1")`: the state that a visitor is told."""
    return lambda query="": event_of(client.get(f"/live?{query}" if query else "/live"))


@pytest.fixture
def of_thread(told: Callable[[str], Told], thread: Thread) -> Callable[[], Told]:
    """`of_thread()`: the state of alice's thread."""
    return lambda: told(f"thread={thread.id}")
