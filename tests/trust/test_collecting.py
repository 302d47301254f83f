"""The memory of one process: time counts no faster than it passes, and nothing noted is lost but by a crash."""

from datetime import UTC, date, datetime, timedelta

from forum.trust import collecting
from forum.trust.collecting import Memory

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_page_counts_when_the_next_is_opened():
    memory = Memory()
    memory.note(1, 7, {1, 2}, 2, worth=60, moment=NOON)
    memory.note(1, 8, {1}, 1, worth=60, moment=after(20))
    assert memory.take(after(21)).seconds == {(1, TODAY): 20}


def test_it_counts_no_more_than_its_texts_take():
    memory = Memory()
    memory.note(1, 7, {1}, 1, worth=30, moment=NOON)
    assert memory.take(after(29)).seconds == {}, "they may still be reading"
    assert memory.take(after(7200)).seconds == {(1, TODAY): 30}
    assert memory.take(after(7300)).seconds == {}, "once"


def test_a_hundred_pages_at_once_are_no_reading():
    memory = Memory()
    for thread_id in range(100):
        memory.note(1, thread_id, {1}, 1, worth=60, moment=NOON)
    memory.note(1, 100, {1}, 1, worth=60, moment=after(1))
    assert memory.take(after(2)).seconds == {(1, TODAY): 1}


def test_a_clock_set_back_takes_nothing_away():
    memory = Memory()
    memory.note(1, 7, {1}, 1, worth=60, moment=NOON)
    memory.note(1, 8, {1}, 1, worth=60, moment=after(-50))
    assert memory.take(after(-49)).seconds == {(1, TODAY): 0}


def test_pages_of_one_thread_are_one_visit():
    memory = Memory()
    memory.note(1, 7, {21, 22}, 22, worth=1, moment=NOON)
    memory.note(1, 7, {1, 2}, 20, worth=1, moment=after(5))
    assert memory.last(1, 7) == 22 and memory.last(1, 8) == memory.last(2, 7) == 0
    (visit,) = memory.take(after(9)).visits.values()
    assert (visit.positions, visit.last, visit.moment) == ({1, 2, 21, 22}, 22, after(5))
    assert memory.last(1, 7) == 0


def test_what_could_not_be_written_comes_again():
    memory = Memory()
    memory.note(1, 7, {1}, 1, worth=1, moment=NOON)
    failed = memory.take(after(9))
    memory.note(1, 7, {2}, 2, worth=1, moment=after(10))
    memory.put_back(failed)
    batch = memory.take(after(20))
    assert batch.visits[1, 7].positions == {1, 2} and batch.seconds == {(1, TODAY): 2}


def test_it_is_written_in_batches_and_bounded(monkeypatch):
    monkeypatch.setattr(collecting, "BATCH", 2)
    monkeypatch.setattr(collecting, "VISITS_MOST", 3)
    memory = Memory()
    for thread_id in range(5):
        memory.note(1, thread_id, {1}, 1, worth=1, moment=NOON)
    assert [len(memory.take(after(9)).visits) for _ in range(3)] == [2, 1, 0]


def test_at_the_end_of_the_process_everything_goes():
    memory = Memory()
    memory.note(1, 7, {1}, 1, worth=60, moment=NOON)
    batch = memory.take(after(9), all_of_it=True)
    assert batch.seconds == {(1, TODAY): 9} and len(batch.visits) == 1
    assert not memory.take(after(99), all_of_it=True)
