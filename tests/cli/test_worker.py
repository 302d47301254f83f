"""The worker while it waits for jobs."""

import logging
import signal
import sys

from huey.consumer import Consumer
from redis import TimeoutError as RedisTimeout

from forum.cli.worker import SaidOnce
from forum.core.database import db


def test_it_reads_nothing_while_it_waits(app, monkeypatch):
    waiting = []
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(Consumer, "run", lambda _consumer: waiting.append(db.engine.pool.checkedout()))
    db.session.rollback()
    answer = app.test_cli_runner().invoke(args=["worker"])
    assert (answer.exit_code, waiting) == (0, [0]), "a reader keeps the database's log, with purged words in it"


def complaint(words: str, error: Exception, *values: object) -> logging.LogRecord:
    try:
        raise error
    except Exception:
        return logging.LogRecord("huey.consumer.Worker", logging.ERROR, "", 0, words, values, sys.exc_info())


def test_a_queue_that_is_away_is_complained_of_in_one_line_a_minute():
    said = SaidOnce()
    for words, values in (("Error reading from queue", ()), ("Unhandled error during execution of task %s.", ("5%c",))):
        first = complaint(words, RedisTimeout("Timeout reading 100%"), *values)
        assert said.filter(first) and first.exc_info is None
        assert first.getMessage().endswith("Timeout reading 100%")
        assert not said.filter(complaint(words, RedisTimeout("again"), *values))
    own = complaint("Unhandled error during execution of task %s!", ValueError("ours"), "5")
    assert said.filter(own) and own.exc_info, "a fault of ours keeps its traceback"
