"""`flask seed` fills an empty forum with people who talk, once, and never in production."""

import signal
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.accounts import actions as accounts
from forum.accounts import passwords
from forum.accounts.models import User
from forum.accounts.youth import is_unlisted
from forum.asking import clock
from forum.asking.models import AskSession
from forum.config import TRUST
from forum.core import chain
from forum.core.database import db, now
from forum.credentials.models import Application
from forum.experts.models import Credential
from forum.guard import Guard
from forum.messages.policy import why_not_start_any
from forum.notifications.models import Notification
from forum.programme.models import Item
from forum.samples import PASSWORD, seeding
from forum.serve import flask_command
from forum.threads.models import Post, Revision, Thread
from forum.trust import policy
from forum.trust import queries as trust
from forum.trust.models import ReadingDay
from moderation.models import Case, Decision
from tests.archive.discussions import rows
from tests.keeping import Kept
from tests.servers.website import ROOT, inherited

_seeded: dict[str, Kept] = {}


@pytest.fixture
def samples(app: Flask) -> seeding.Samples:
    """The forum with its samples, seeded once for each engine."""
    engine = db.engine.dialect.name
    if engine in _seeded:
        _seeded[engine].put_back(counting_on=True)
    else:
        assert seeding.seed()
        _seeded[engine] = Kept()
    return seeding.Samples(seeding.SampleFiles())


def count(model: type, *conditions: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]


def test_everything_of_the_files_is_there(samples: seeding.Samples):
    assert (count(User), count(Thread), count(Post)) == (18, 17, 92)
    assert count(Thread, Thread.pinned_at.is_not(None), Thread.led_by == "") == len(samples.extras["pins"])
    assert count(Credential) == len(samples.extras["credentials"])
    assert count(Application, Application.state == "open") == len(samples.extras["applications"])
    assert count(Revision) == len(samples.extras["edits"])
    states = dict(db.session.execute(select(Post.state, func.count()).group_by(Post.state)).all())
    assert states == {"visible": 89, "held": 1, "removed": 1, "deleted": 1}


def test_a_session_collects_one_answers_and_one_is_archived(samples: seeding.Samples):
    running, archived, answering = db.session.scalars(select(AskSession).order_by(AskSession.id)).all()
    assert (running.state, clock.phase_at(running, now())) == ("collecting", "collecting")
    assert (archived.state, archived.next_at, archived.answered_count) == ("archived", None, 2)
    assert (answering.state, clock.phase_at(answering, now()), answering.answered_count) == (
        "answering",
        "answering",
        1,
    )
    items = db.session.scalars(select(Item).where(Item.kind == "ask").order_by(Item.starts_at)).all()
    assert [item.session_id for item in items] == [archived.id, answering.id, running.id]
    assert items[1].is_on and items[2].starts_at >= running.answers_at
    assert running.thread.is_pinned and not archived.thread.is_pinned and archived.summary_id


def test_the_newest_post_was_written_an_hour_ago(samples: seeding.Samples):
    newest = db.session.scalar(select(func.max(Post.created_at)))
    assert newest
    assert timedelta(minutes=59) < now() - newest < timedelta(minutes=62)
    assert db.session.scalar(select(func.max(User.created_at))) < newest


def test_answers_wear_what_their_authors_hold(samples: seeding.Samples):
    for answer in samples.extras["answers"]:
        credential = samples.post(answer["post"]).credential
        (line,) = [each for each in samples.extras["credentials"] if each["id"] == answer["credential"]]
        assert credential
        assert credential.in_force
        assert (credential.title, credential.organization) == (line["title"], line["organization"])
        assert credential.granted_by_id is None
    waiting = db.session.scalars(
        select(Thread).where(Thread.pinned_at.is_not(None), Thread.expert_answer_count == 0).where(Thread.led_by == "")
    )
    assert [thread.source_id for thread in waiting] == ["sample:t13"]


def test_an_edited_post_shows_its_new_text_and_keeps_the_old(samples: seeding.Samples):
    for edit in samples.extras["edits"]:
        post = samples.post(edit["post"])
        former = db.session.scalars(select(Revision).where(Revision.post_id == post.id)).one()
        assert former.body == edit["old"]
        assert post.body == samples.files.post(edit["post"])["body"]
        assert post.edited_at == former.replaced_at == samples.files.moment(edit["at"]) - drift(samples)


def drift(samples: seeding.Samples) -> timedelta:
    """The files were read a moment after they had been seeded."""
    newest = db.session.scalar(select(func.max(Post.created_at)))
    assert newest
    return max(samples.files.moment(line["created"]) for line in samples.files.lines if "created" in line) - newest


def test_a_queue_waits_and_one_case_is_decided(samples: seeding.Samples):
    waiting = {case.post.source_id: case for case in db.session.scalars(select(Case).where(Case.decided_at.is_(None)))}
    assert set(waiting) == {"sample:t13p2", "sample:t13p4", "sample:t03p6", "sample:t07p5", "sample:t10p5"}
    assert waiting["sample:t13p2"].flag_count == 3
    assert waiting["sample:t10p5"].source == "screening"
    decision = db.session.scalars(select(Decision)).one()
    assert decision.case.post.source_id == "sample:t11p3"
    assert decision.decider.username == "xiaoman"
    assert chain.first_fault() is None
    assert count(Notification) == 6  # the author's, two flaggers', a chosen expert's, two moderators' of an application


def test_the_worker_finds_nothing_to_tell(samples: seeding.Samples, work):
    told = count(Notification)
    work()
    assert count(Notification) == told


def test_everybody_signs_in_with_the_printed_password(samples: seeding.Samples):
    assert passwords.problem(PASSWORD) is None
    assert accounts.authenticate("alice", PASSWORD) == samples.person("alice")
    assert accounts.authenticate("bob@example.org", PASSWORD) == samples.person("bob")
    assert {person.role for person in seeding.accounts()} == {"netizen", "moderator"}


def test_they_have_come_to_be_trusted_at_different_times(samples: seeding.Samples):
    levels = dict(db.session.execute(select(User.trust_level, func.count()).group_by(User.trust_level)).all())
    assert set(levels) == {0, 1, 2} and levels[0] < levels[1] <= levels[2]
    assert why_not_start_any(samples.person("alice")) is None
    assert why_not_start_any(samples.person("lantian")) is not None
    assert [samples.person(name).age_band for name in ("alice", "haoping", "xingye")] == ["adult", "", "young"]
    assert is_unlisted(samples.person("xingye")) and "bio" in samples.person("xingye").private


def test_they_have_read_what_their_trust_asks(samples: seeding.Samples):
    numbers = {name: row.default for name, row in TRUST.items()}
    people = {person.id: person for person in db.session.scalars(select(User))}
    for user_id, record in trust.records(people, now(), numbers).items():
        person = people[user_id]
        days = db.session.scalars(select(ReadingDay.day).where(ReadingDay.user_id == user_id)).all()
        assert min(days) >= person.created_at.date() and max(days) == now().date(), person.username
        asked = [
            step
            for level in range(1, person.trust_level + 1)
            for step in policy.steps(level, record, policy.Begun(), numbers)
            if step.code in ("threads", "posts", "minutes", "days")
        ]
        assert all(step.is_met for step in asked), (person.username, asked)


def test_again_changes_nothing(samples: seeding.Samples):
    before = rows()
    assert not seeding.seed()
    assert rows() == before


def test_a_forum_with_people_keeps_them(thread: Thread, alice: User):
    assert seeding.seed()
    sample = seeding.Samples(seeding.SampleFiles()).person("alice")
    assert sample.id != alice.id
    assert (sample.username, sample.email_key) == ("alice-2", None)
    db.session.refresh(alice)
    assert alice.username == "alice"


def test_it_fails_as_a_whole(app: Flask, monkeypatch: pytest.MonkeyPatch):
    before = rows()

    def stumble(_samples: seeding.Samples) -> None:
        raise RuntimeError("the last step")

    monkeypatch.setattr(seeding, "extra_steps", [*seeding.extra_steps, stumble])
    with pytest.raises(RuntimeError, match="the last step"):
        seeding.seed()
    assert rows() == before


def test_killed_in_the_middle_it_is_whole_the_next_time(app: Flask, guard: Guard, tmp_path: Path):
    """Killed once its children render: in the middle of its transaction."""
    place = {"DATABASE_URL": app.config.get("DATABASE_URL", ""), "FORUM_INSTANCE": app.config["FORUM_INSTANCE"]}
    process = subprocess.Popen(
        flask_command("seed"), cwd=ROOT, env={**inherited(), **place}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    guard.watch(process.pid)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None and children.exists() and not children.read_text():
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    guard.forget(process.pid)
    db.session.rollback()
    assert count(User) == count(Post) == 0
    assert seeding.seed()
    assert count(Post) == 92


class TestCommand:
    def test_it_prints_who_there_is(self, app: Flask):
        done = app.test_cli_runner().invoke(args=["seed"])
        assert done.exit_code == 0, done.output
        assert PASSWORD in done.output
        assert "  bob          moderator" in done.output
        assert "  dr_chen      expert" in done.output
        again = app.test_cli_runner().invoke(args=["seed"])
        assert "The sample content is there already." in again.output

    def test_if_empty_does_nothing_where_anybody_has_written(self, app: Flask, thread: Thread):
        before = rows()
        done = app.test_cli_runner().invoke(args=["seed", "--if-empty"])
        assert (done.exit_code, done.output) == (0, "")
        assert rows() == before

    def test_if_empty_fills_an_empty_forum(self, app: Flask):
        app.test_cli_runner().invoke(args=["seed", "--if-empty"])
        assert count(Post) == 92

    def test_never_in_production(self, app: Flask, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setitem(app.config, "FORUM_ENV", "production")
        for arguments in (["seed"], ["seed", "--if-empty"]):
            done = app.test_cli_runner().invoke(args=arguments)
            assert done.exit_code == 1
            assert "never in production" in done.output
        assert count(User) == 0
