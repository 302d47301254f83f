"""The sweeps of the worker: what takes seconds keeps nothing waiting that is due this minute."""

from threading import Event

from forum.core import jobs


def test_a_slow_sweeper_keeps_no_other_waiting(app, monkeypatch):
    begun, swept, ends, stopped = (Event() for _ in range(4))

    def learn():
        begun.set()
        assert ends.wait(20)

    def close_rounds():
        if begun.is_set():
            swept.set()

    monkeypatch.setattr(jobs, "_slow_sweepers", [learn])
    monkeypatch.setattr(jobs, "_sweepers", [close_rounds])
    for seconds in ("SWEEP_SECONDS", "REST_SECONDS"):
        monkeypatch.setattr(jobs, seconds, 0.01)
    quick = jobs.sweep_beside(stopped, app)
    try:
        assert begun.wait(20) and swept.wait(20) and not ends.is_set()
    finally:
        stopped.set()
        ends.set()
        quick.join(20)
    assert not quick.is_alive()
