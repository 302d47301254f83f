"""`flask doctor` is content with a sound forum, and finds and names what is wrong with another one."""

import pytest
from sqlalchemy import delete, text, update

from forum.core import audit
from forum.core.audit import AuditEntry
from forum.core.database import db, transaction
from forum.threads import staff_actions
from forum.threads.models import Thread
from forum.threads.recount import recount


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
        ("version", 2),
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
    fault = audit.first_fault()
    assert fault and fault.seq == 3 and "row 2 is missing" in fault.problem


def test_a_cut_off_end_is_found(history):
    with transaction() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.seq == 4))
    fault = audit.first_fault()
    assert fault and "ends at row 3" in fault.problem


def test_two_swapped_rows_are_found(history):
    with transaction() as session:
        for old, new in ((2, 102), (3, 2), (102, 3)):
            session.execute(update(AuditEntry).where(AuditEntry.seq == old).values(seq=new))
    fault = audit.first_fault()
    assert fault and fault.seq == 2


def test_a_clock_set_back_does_not_turn_the_log_around(thread, bob, clock):
    staff_actions.pin(thread, by=bob)
    clock.move(hours=-5)
    staff_actions.unpin(thread, by=bob)
    assert audit.first_fault() is None
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


def test_a_post_missing_from_the_index_is_told(doctor, thread, ann, work):
    from forum.threads import actions

    work()
    actions.post_reply(thread, ann, "Not indexed yet.")
    answer = doctor()
    assert answer.exit_code == 1
    assert "not in it yet" in answer.output


def test_a_missing_schema_says_what_to_do(app, doctor):
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = doctor()
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert answer.exit_code == 1
    assert "flask setup" in answer.output
