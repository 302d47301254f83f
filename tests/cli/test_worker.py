"""The worker while it waits for jobs."""

from huey.consumer import Consumer

from forum.core.database import db


def test_it_reads_nothing_while_it_waits(app, monkeypatch):
    waiting = []
    monkeypatch.setattr(Consumer, "run", lambda _consumer: waiting.append(db.engine.pool.checkedout()))
    db.session.rollback()
    answer = app.test_cli_runner().invoke(args=["worker"])
    assert (answer.exit_code, waiting) == (0, [0]), "a reader keeps the database's log, with purged words in it"
