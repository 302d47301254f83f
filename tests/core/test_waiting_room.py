"""Few wait for a renderer, in order of what is at stake, and none for longer than it said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from forum.core.markup import NoTurn
from forum.core.markup.room import Patience, WaitingRoom

POST, PREVIEW, AT_ONCE = Patience(20.0), Patience(20.0, yields=True), Patience(0.0)


class Queue:
    """A room with one turn and two places, and people who come into it one after another."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self.room, self.served = WaitingRoom(1, 2), list[str]()
        self._threads = threads

    def comes(self, name: str, patience: Patience) -> Future[None]:
        """Return the promise that `name` was served, once they sit in the room."""
        seats = self.room._waiting
        promise = self._threads.submit(self._serve, name, patience)
        while self.room._waiting == seats and not promise.done():
            time.sleep(0.001)
        return promise

    def _serve(self, name: str, patience: Patience) -> None:
        with self.room.turn(patience):
            self.served.append(name)


@pytest.fixture
def queue() -> Iterator[Queue]:
    with ThreadPoolExecutor(4) as threads:
        yield Queue(threads)


def test_a_preview_lets_a_later_post_go_first(queue: Queue) -> None:
    with queue.room.turn(POST):
        waiting = [queue.comes("preview", PREVIEW), queue.comes("post", POST)]
    assert [promise.result(20) for promise in waiting] == [None] * 2
    assert queue.served == ["post", "preview"]


def test_whom_the_room_has_no_place_for_is_told_at_once(queue: Queue) -> None:
    with queue.room.turn(POST):
        waiting = [queue.comes("one", POST), queue.comes("two", POST)]
        with pytest.raises(NoTurn):
            queue.comes("three", POST).result(20)
    assert [promise.result(20) for promise in waiting] == [None] * 2
    assert sorted(queue.served) == ["one", "two"]


def test_a_preview_leaves_the_last_place_to_a_post(queue: Queue) -> None:
    with queue.room.turn(POST):
        waiting = [queue.comes("preview", PREVIEW)]
        with pytest.raises(NoTurn):
            queue.comes("another preview", PREVIEW).result(20)
        waiting.append(queue.comes("post", POST))
    assert [promise.result(20) for promise in waiting] == [None] * 2


def test_who_gave_up_leaves_the_place_and_the_turn_to_others(queue: Queue) -> None:
    with queue.room.turn(POST):
        for _ in range(3):
            with pytest.raises(NoTurn):
                queue.comes("impatient", AT_ONCE).result(20)
    with queue.room.turn(AT_ONCE):
        pass
    assert queue.served == []


def test_a_turn_that_ended_badly_is_free_again(queue: Queue) -> None:
    with pytest.raises(KeyError), queue.room.turn(AT_ONCE):
        raise KeyError
    with queue.room.turn(AT_ONCE):
        pass
