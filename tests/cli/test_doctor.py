"""`flask doctor` is content with a sound forum, and finds and names what is wrong with another one."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update

from forum.core import chain
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.search.documents import document
from forum.search.index import current_index
from forum.subthemes.queries import by_slug
from forum.threads import actions, staff_actions
from forum.threads.models import Post, Thread
from forum.threads.recount import recount
from tests.cli.test_setup import lose_the_index


@pytest.fixture
def doctor(app):
    """`doctor()`: the command's answer."""
    return lambda *options: app.test_cli_runner().invoke(args=["doctor", *options])


@pytest.fixture
def history(thread, bob) -> None:
    """Four acts in the public log; the tests' people were made with a count of posts that they never wrote."""
    assert list(recount(fix=True))
    staff_actions.pin(thread, by=bob)
    staff_actions.lock(thread, by=bob)
    staff_actions.unlock(thread, by=bob)
    staff_actions.unpin(thread, by=bob)


def test_a_sound_forum_is_well(doctor, history, work):
    work()
    answer = doctor()
    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("act", "thread.moved"),
        ("actor_role", "admin"),
        ("rule", "spam"),
        ("scope", "law-online"),
        ("target", "thread:99"),
        ("facts", {"changed": True}),
        ("actor_id", 1),
        ("actor_seal", "0" * 64),
        ("previous_hash", "0" * 64),
        ("hash", "0" * 64),
        ("version", 3),
    ],
)
def test_one_changed_field_is_found_and_named(doctor, history, work, column, value):
    work()
    with transaction() as session:
        session.execute(update(AuditEntry).where(AuditEntry.seq == 2).values({column: value}))
    answer = doctor()
    assert answer.exit_code == 1
    assert "row 2: " in answer.output


def test_a_deleted_row_is_found(history):
    with transaction() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.seq == 2))
    fault = chain.first_fault()
    assert fault and fault.seq == 3 and "row 2 is missing" in fault.problem


def test_a_cut_off_end_is_found(history):
    with transaction() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.seq == 4))
    fault = chain.first_fault()
    assert fault and "ends at row 3" in fault.problem


def test_two_swapped_rows_are_found(history):
    with transaction() as session:
        for old, new in ((2, 102), (3, 2), (102, 3)):
            session.execute(update(AuditEntry).where(AuditEntry.seq == old).values(seq=new))
    fault = chain.first_fault()
    assert fault and fault.seq == 2


def test_a_clock_set_back_does_not_turn_the_log_around(thread, bob, clock):
    staff_actions.pin(thread, by=bob)
    clock.move(hours=-5)
    staff_actions.unpin(thread, by=bob)
    assert chain.first_fault() is None
    moments = [entry.at for entry in db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.seq))]
    assert moments == sorted(moments)


def test_a_wrong_counter_is_named_and_set_right(doctor, history, work):
    work()
    with transaction() as session:
        session.execute(update(Thread).values(reply_count=7))
    answer = doctor()
    assert answer.exit_code == 1
    assert "reply_count" in answer.output
    doctor("--fix")
    assert doctor().exit_code == 0


def test_fresh_work_is_told_and_nothing_wrong(doctor, history, thread, bob):
    actions.post_reply(thread, bob, "Not indexed yet.")
    answer = doctor()
    assert answer.exit_code == 0, answer.output
    for words in ("nobody was told of yet: 4", "has not seen yet: 4", "jobs in the queue: 12"):
        assert re.search(rf"{words}, the oldest for \d+ (s|min)\b", answer.output), "seconds, however busy the machine"


def test_work_that_is_stuck_is_a_fault(doctor, history, thread, bob, clock, work):
    actions.post_reply(thread, bob, "Not indexed yet.")
    clock.move(minutes=6)
    answer = doctor()
    assert answer.exit_code == 1
    assert answer.output.count("waiting for too long. Is the worker running?") == 3
    assert "has not seen yet: 4, the oldest for 6 min" in answer.output
    work()
    answer = doctor()
    assert "has not seen yet: 0" in answer.output and "nobody was told of yet: 0" in answer.output
    assert re.search(r"a worker last looked for work: \d+ (s|min) ago", answer.output)
    assert answer.output.count("waiting for too long") == 1, "the jobs are still in the queue"


def test_a_thread_moved_long_after_it_was_written_owes_the_index_since_then(doctor, history, thread, bob, clock, work):
    work()
    clock.move(days=3)
    staff_actions.move(thread, by_slug("law-online"), by=bob)
    clock.move(minutes=2)
    assert "has not seen yet: 3, the oldest for 2 min" in doctor().output


def test_imported_posts_wait_for_no_known_time_and_are_stuck_when_no_worker_comes(doctor, history, thread, clock, work):
    work()
    with transaction() as session:
        post = update(Post).where(Post.position == 2)
        session.execute(post.values(source_id="x", indexed_version=0, edited_at=now() - timedelta(days=900)))
    answer = doctor()
    assert answer.exit_code == 0, answer.output
    assert "has not seen yet: 1\n" in answer.output
    clock.move(minutes=6)
    answer = doctor()
    assert answer.exit_code == 1
    assert "has not seen yet: waiting for too long" in answer.output


def test_an_index_that_lost_a_post_or_kept_one_is_told(doctor, history, thread, bob, work):
    post = actions.post_reply(thread, bob, "Not for long.")
    work()
    current_index().drop([post.id])
    answer = doctor()
    assert answer.exit_code == 1
    assert f"posts that it lacks: 1 ({post.id})" in answer.output and "flask search rebuild" in answer.output
    with transaction() as session:
        session.execute(update(Post).where(Post.id == post.id).values(state="hidden"))
    current_index().put([document(db.session.get(Post, post.id))])
    assert f"posts that it holds and should not: 1 ({post.id})" in doctor().output


def test_a_missing_index_is_a_fault(app, doctor, history):
    lose_the_index(app)
    answer = doctor()
    assert answer.exit_code == 1
    assert "it can't be read (missing); run: flask search rebuild" in answer.output


def test_a_missing_schema_says_what_to_do(app, doctor):
    present = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = doctor()
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :present"), {"present": present})
    assert answer.exit_code == 1
    assert "flask setup" in answer.output


def test_several_processes_without_redis_are_named_in_production(app, doctor, history, work, monkeypatch):
    work()
    monkeypatch.setitem(app.config, "WEB_WORKERS", 3)
    assert "times as wide" not in doctor().output
    monkeypatch.setitem(app.config, "FORUM_ENV", "production")
    answer = doctor()
    assert answer.exit_code == 1 and "limits are 3 times as wide" in answer.output
    monkeypatch.setitem(app.config, "REDIS_URL", "redis://127.0.0.1:1/0")
    assert "times as wide" not in doctor().output
