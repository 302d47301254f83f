"""Leaving: seven days in which one can stay, then nothing personal is left anywhere, and everything still adds up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from forum.accounts import emptying
from forum.accounts import queries as people
from forum.accounts.actions import change_role, register
from forum.accounts.models import KEEP_POSTS, REMOVE_POSTS, NameChange, Session, Tie, User
from forum.accounts.refusals import BadField
from forum.avatars.store import avatars
from forum.core import audit, chain
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Refused
from forum.leaving import actions, closing, parts, queries
from forum.leaving.models import DataExport
from forum.mail.models import Mail
from forum.messages.models import Member, Message
from forum.notifications.models import Notification
from forum.store.shelves import folder_shelf
from forum.threads import actions as threads
from forum.threads import departing
from forum.threads.models import Post, Thread
from forum.threads.recount import recount
from moderation.models import Case, Flag
from tests.leaving.conftest import WORD
from tests.people import PASSWORD, make_person

WHAT = pytest.mark.parametrize("choice", [KEEP_POSTS, REMOVE_POSTS])

# What may still hold her word afterwards, as the page says: her own posts and messages if she leaves them, what
# others wrote, titles of threads in which others wrote, and the title of a credential in the public log. The case is
# about a post of somebody else; her own is looked at below.
ALWAYS = {
    ("audit_entries", "facts"), ("credentials", "title"), ("credentials", "interests"),
    ("posts", "body"), ("posts", "html"), ("posts", "plain"),
    ("threads", "title"), ("cases", "frozen_title"), ("cases", "frozen_body"), ("cases", "frozen_html"),
}  # fmt: skip
WITH_POSTS = ALWAYS | {
    ("revisions", "body"), ("messages", "body"), ("messages", "html"), ("conversations", "title"),
}  # fmt: skip


def _leave(user: User, choice: str, work: Any, clock: Any) -> None:
    actions.leave(user, choice)
    clock.move(days=7, seconds=1)
    work()
    closing._last_letters.at = None
    work()  # the last letter is sent, or tried, and forgotten
    db.session.expire_all()


def _places_of(word: str) -> Iterator[tuple[str, str]]:
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for column, value in row.items():
                text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                if word in text:
                    yield table.name, column


@WHAT
def test_nothing_personal_is_left(quince: User, ann: User, app: Flask, work: Any, clock: Any, choice: str) -> None:
    user_id = quince.id
    actions.ask_for_archive(quince)
    work()
    archive = folder_shelf("exports").path / str(queries.latest(user_id).file)
    avatars().put("a" * 32 + "-48.webp", WORD.encode())
    with transaction():
        quince.avatar = "a" * 32
    list(recount(fix=True))  # the people of these tests are made with posts that nobody wrote
    left_before = set(_places_of(WORD))
    assert len({table for table, _ in left_before}) >= 20, "else the walk proves nothing"
    _leave(quince, choice, work, clock)
    left = set(_places_of(WORD)) | {(t, c) for t, c in _places_of("192.0.2.77")}
    assert left <= (WITH_POSTS if choice == KEEP_POSTS else ALWAYS)
    assert not archive.exists() and avatars().get("a" * 32 + "-48.webp") is None
    gone = db.session.get(User, user_id)
    assert gone and gone.is_closed and gone.name == "Deleted account" and gone.leaving_at is None
    assert not list(recount()) and chain.first_fault() is None
    if choice == REMOVE_POSTS:
        bodies = select(Post.body).where(Post.author_id == user_id)
        assert set(db.session.scalars(bodies)) == {"", f"A bad {WORD}."}, "evidence, until nobody can appeal any more"
        clock.move(days=13, seconds=1)
        work()
        assert set(db.session.scalars(bodies)) == {""}
        assert f"A lone {WORD}" not in set(db.session.scalars(select(Thread.title)))
        assert not db.session.scalars(
            select(Message.body).where(Message.author_id == user_id, Message.body != "")
        ).all()


def test_every_table_with_people_is_forgotten_or_has_a_reason(app: Any) -> None:
    going = {column.table.name for column in closing.belongings()}
    naming = {t.name for t in db.metadata.sorted_tables if "user_id" in t.c}
    assert naming == going | closing.STAY


def test_every_column_of_the_account_is_emptied(app: Any) -> None:
    kept = {"id", "username", "username_key", "email", "role", "standing", "created_at", "published_count", "avatar",
            "render_version", "language", "approved_at", "approved_by_id", "merging_into_id", "leaving_at", "moderates",
            "leaving_with"}  # fmt: skip
    assert {column.name for column in User.__table__.columns} == emptying.EMPTY.keys() | kept


@WHAT
def test_the_search_finds_nobody_of_that_name(
    quince: User, client: Any, work: Any, clock: Any, choice: str, app: Flask
) -> None:
    work()
    assert WORD in client.get(f"/search?q=thanks&author={WORD}").text.split("<main", 1)[1].split('class="results"')[-1]
    _leave(quince, choice, work, clock)
    results = client.get("/search?q=thanks").text
    assert ("Deleted account" in results) == (choice == KEEP_POSTS)
    assert 'class="result-meta"' not in client.get(f"/search?q=thanks&author={WORD}").text
    if choice == REMOVE_POSTS:
        assert 'class="result-meta"' not in client.get("/search?q=nobody").text


def test_copied_cookies_are_refused(quince: User, as_: Any, work: Any, clock: Any) -> None:
    other, here = as_(quince), as_(quince)
    form = {"choice": "name", "password": PASSWORD}
    assert here.send("/settings/delete", **form).status_code == 303
    assert other.get("/settings/profile").status_code in (302, 303), "other devices are signed out at once"
    assert here.get("/settings/profile").status_code == 200
    clock.move(days=7, seconds=1)
    work()
    assert here.get("/settings/profile").status_code in (302, 303)
    assert db.session.scalar(select(func.count()).select_from(Session).where(Session.user_id == quince.id)) == 0
    for login in (WORD, f"{WORD}@example.org", f"~{quince.id}"):
        assert here.send("/login", username=login, password=PASSWORD).status_code != 303


def test_the_form_asks_for_a_choice_and_the_password(alice: User, as_: Any) -> None:
    hers = as_(alice)
    page = hers.get("/settings/delete").text
    assert "The public log: what moderators decided, without your name" in page, "what it keeps is said before"
    assert hers.send("/settings/delete", choice="name", password="guess").status_code == 422
    assert hers.send("/settings/delete", password=PASSWORD).status_code == 422
    assert hers.send("/settings/delete", choice="all", password=PASSWORD).status_code == 422
    assert db.session.get(User, alice.id).leaving_at is None
    with pytest.raises(Refused):
        actions.leave(alice, "all")


def test_without_a_password_another_proof_is_asked_for(alice: User, as_: Any, clock: Any) -> None:
    with transaction():
        alice.password_hash = ""
    hers = as_(alice)
    clock.move(minutes=16)
    hers.send("/settings/delete", choice="name")
    assert db.session.get(User, alice.id).leaving_at is None
    assert as_(alice).send("/settings/delete", choice="name").status_code == 303, "who has just signed in has proved it"
    assert db.session.get(User, alice.id).leaving_at is not None


def test_one_can_stay_within_the_days_of_grace(alice: User, as_: Any, work: Any, clock: Any) -> None:
    hers = as_(alice)
    hers.send("/settings/delete", choice="posts", password=PASSWORD)
    clock.move(days=6)
    again = as_(alice)  # she signs in again
    page = again.get("/rules").text
    assert "Your account will be deleted on" in page and 'action="/settings/delete/cancel"' in page
    assert again.send("/settings/delete/cancel").status_code == 303
    clock.move(days=2)
    work()
    assert not db.session.get(User, alice.id).is_closed
    assert "Your account will be deleted on" not in as_(alice).get("/rules").text


def test_asking_again_changes_the_choice_and_not_the_day(alice: User, clock: Any) -> None:
    day = actions.leave(alice, KEEP_POSTS).leaving_at
    clock.move(days=3)
    person = actions.leave(alice, REMOVE_POSTS)
    assert (person.leaving_at, person.leaving_with) == (day, REMOVE_POSTS)


def test_letters_at_the_request_and_at_the_end(alice: User, work: Any, clock: Any) -> None:
    actions.leave(alice, KEEP_POSTS)
    first = db.session.scalar(select(Mail).where(Mail.template == "leaving"))
    assert first and first.address == "alice@example.org"
    clock.move(days=7, seconds=1)
    closing.complete(alice.id)
    mails = db.session.scalars(select(Mail).where(Mail.address == "alice@example.org").order_by(Mail.id)).all()
    assert [(mail.template, mail.user_id, mail.facts) for mail in mails] == [("left", None, {"choice": "name"})]
    closing._last_letters.at = None
    work()
    clock.move(hours=2)
    work()
    assert not db.session.scalars(select(Mail).where(Mail.address == "alice@example.org").order_by(Mail.id)).all()


def test_the_last_admin_cannot_leave(carol: User, person: Any, as_: Any, clock: Any, work: Any) -> None:
    answer = as_(carol).send("/settings/delete", choice="name", password=PASSWORD)
    assert answer.status_code == 409 and "only administrator" in answer.text
    claire = person("claire", role="admin")
    actions.leave(carol, KEEP_POSTS)
    with pytest.raises(Conflict):
        actions.leave(claire, KEEP_POSTS)  # carol is as good as gone
    clock.move(days=8)
    with transaction():
        claire.role = "netizen"
    work()
    assert not db.session.get(User, carol.id).is_closed, "meanwhile she is the last one"


def test_an_admin_who_leaves_does_not_remain(carol: User, person: Any, app: Flask) -> None:
    claire = person("claire", role="admin")
    actions.leave(carol, KEEP_POSTS)
    with pytest.raises(Conflict):
        change_role(claire, "netizen", by=None)
    actions.stay(carol)
    assert change_role(claire, "netizen", by=None)


def test_admins_who_wait_keep_nobody_from_going_and_the_doctor_names_them(
    carol: User, alice: User, app: Flask, clock: Any
) -> None:
    with transaction():
        carol.leaving_at, carol.leaving_with = now(), KEEP_POSTS
    clock.move(minutes=1)
    with transaction():
        alice.leaving_at, alice.leaving_with = now(), KEEP_POSTS
    assert queries.due() == [alice.id]
    told = app.test_cli_runner().invoke(args=["doctor"])
    assert told.exit_code == 1 and "carol is to be deleted" in told.output and "alice is" not in told.output
    make_person("claire", role="admin")
    assert queries.due() == [carol.id, alice.id]
    assert "carol is to be deleted" not in app.test_cli_runner().invoke(args=["doctor"]).output


def test_one_that_fails_does_not_stop_those_after_it(
    alice: User, ann: User, carol: User, clock: Any, monkeypatch: Any, caplog: Any
) -> None:
    actions.leave(alice, KEEP_POSTS)
    clock.move(minutes=1)
    actions.leave(ann, KEEP_POSTS)
    clock.move(days=8)
    talks = closing.leave_talks

    def fail(user_id: int, **how: bool) -> None:
        if user_id == alice.id:
            raise ValueError("a broken row")
        talks(user_id, **how)

    monkeypatch.setattr(closing, "leave_talks", fail)
    closing.delete_due()
    assert f"account {alice.id} can't be deleted" in caplog.text
    assert db.session.get(User, ann.id, populate_existing=True).leaving_at is None
    assert queries.due() == [alice.id]
    monkeypatch.undo()
    closing.delete_due()
    assert not queries.due()


def test_the_last_letter_speaks_the_persons_language(alice: User, carol: User, clock: Any) -> None:
    with transaction():
        alice.language = "zh_Hans"
    actions.leave(alice, KEEP_POSTS)
    clock.move(days=8)
    closing.delete_due()
    assert db.session.scalar(select(Mail.language).where(Mail.template == "left")) == "zh_Hans"
    assert db.session.get(User, alice.id, populate_existing=True).language == ""


def test_the_operators_deletion_ends_when_the_worker_was_first(alice: User, carol: User) -> None:
    met: list[str] = []

    def worker(step: str) -> None:
        if not met:
            met.append(step)
            closing.delete_due()

    closing.delete_now(alice, KEEP_POSTS, worker)
    gone = db.session.get(User, alice.id, populate_existing=True)
    assert met and gone.is_closed and gone.leaving_at is None


def test_the_operators_deletion_ends_when_she_became_the_last_admin(carol: User, person: Any) -> None:
    claire = person("claire", role="admin")

    def demote(_step: str) -> None:
        with transaction():
            db.session.get(User, claire.id).role = "netizen"

    closing.delete_now(carol, KEEP_POSTS, demote)
    assert db.session.get(User, carol.id, populate_existing=True).is_closed
    with transaction():
        db.session.get(User, claire.id).role = "admin"
    with pytest.raises(Conflict):
        closing.delete_now(claire, KEEP_POSTS, print)
    assert db.session.get(User, claire.id, populate_existing=True).leaving_at is None


def test_offices_end_with_rows_in_the_public_log(dr_chen: User, carol: User, bob: User, work: Any, clock: Any) -> None:
    actions.leave(dr_chen, KEEP_POSTS)
    actions.leave(bob, KEEP_POSTS)
    clock.move(days=8)
    work()
    acts = db.session.execute(
        select(audit.AuditEntry.act, audit.AuditEntry.target).order_by(audit.AuditEntry.seq)
    ).all()
    assert ("role.changed", f"person:{bob.id}") in [tuple(row) for row in acts]
    assert "credential.revoked" in [row.act for row in acts]
    assert chain.first_fault() is None
    work()
    assert not db.session.scalars(select(Notification).where(Notification.user_id == dr_chen.id)).all()


def test_nobody_takes_the_names_and_the_pages_are_calm(quince: User, client: Any, work: Any, clock: Any) -> None:
    user_id = quince.id
    _leave(quince, KEEP_POSTS, work, clock)
    for name in (WORD, f"{WORD}_before", WORD.upper(), f"~{user_id}", "deleted"):
        with pytest.raises(BadField):
            register(name, f"new{now().timestamp()}@example.org", PASSWORD)
        assert client.get(f"/people/{name}").status_code == 404
    assert people.by_former_name(f"{WORD}_before") is None
    shared = db.session.scalar(select(Thread).where(Thread.title == f"A shared {WORD}"))
    page = client.get(f"/threads/{shared.id}/{shared.slug}").text
    assert "Deleted account" in page and f'href="/people/~{user_id}"' not in page


def test_a_reply_afterwards_tells_nobody(quince: User, ann: User, work: Any, clock: Any) -> None:
    _leave(quince, KEEP_POSTS, work, clock)
    shared = db.session.scalar(select(Thread).where(Thread.title == f"A shared {WORD}"))
    threads.post_reply(shared, ann, "Is anybody here?")
    work()
    assert not db.session.scalars(select(Notification).where(Notification.user_id == quince.id)).all()


def test_posts_of_others_keep_their_thread(quince: User, ann: User, client: Any, work: Any, clock: Any) -> None:
    shared = db.session.scalar(select(Thread).where(Thread.title == f"A shared {WORD}"))
    _leave(quince, REMOVE_POSTS, work, clock)
    page = client.get(f"/threads/{shared.id}/{shared.slug}")
    assert page.status_code == 200 and "Deleted by its author." in page.text and "I do, " in page.text


def test_others_keep_the_conversation(quince: User, ann: User, work: Any, clock: Any) -> None:
    _leave(quince, KEEP_POSTS, work, clock)
    assert db.session.scalar(select(Member).where(Member.user_id == quince.id)).left_at is not None
    bodies = set(db.session.scalars(select(Message.body)))
    assert bodies == {f"Hello from {WORD}.", "Good day."}


@WHAT
def test_a_deletion_that_dies_at_any_step_is_completed_once(
    quince: User, work: Any, clock: Any, monkeypatch: Any, choice: str
) -> None:
    class Killed(BaseException):
        pass

    monkeypatch.setattr(departing, "AT_ONCE", 2)
    list(recount(fix=True))
    actions.leave(quince, choice)
    clock.move(days=8)
    died = 0
    for step in range(30):
        seen: list[str] = []

        def die(name: str, step: int = step, seen: list[str] = seen) -> None:
            seen.append(name)
            if len(seen) > step:
                raise Killed

        try:
            closing.complete(quince.id, progress=die)
            break
        except Killed:
            died += 1
            db.session.rollback()
            assert db.session.get(User, quince.id, populate_existing=True).leaving_at is not None
    assert died >= 6
    work()
    closing._last_letters.at = None
    work()
    work()
    left = set(_places_of(WORD))
    assert left <= (WITH_POSTS if choice == KEEP_POSTS else ALWAYS)
    assert not list(recount()) and chain.first_fault() is None
    names = db.session.scalars(select(NameChange.former).where(NameChange.user_id == quince.id)).all()
    assert names == ["", ""], "her present and her former name, each once"
    assert not db.session.scalars(select(Tie)).all() and not db.session.scalars(select(DataExport)).all()


def test_long_work_goes_on_in_the_next_sweep(quince: User, work: Any, clock: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(departing, "AT_ONCE", 2)
    actions.leave(quince, REMOVE_POSTS)
    clock.move(days=8)
    assert closing.complete(quince.id, until=time.monotonic()) is False
    texts = select(func.count()).select_from(Post).where(Post.author_id == quince.id, Post.body != "")
    assert 0 < db.session.scalar(texts) < 6
    work()
    assert db.session.scalar(texts) == 1, "the evidence of a decision, for 20 days"
    assert not db.session.get(User, quince.id).leaving_at


def test_what_moderation_wrote_stays_without_her_words(quince: User, work: Any, clock: Any) -> None:
    _leave(quince, REMOVE_POSTS, work, clock)
    case = db.session.scalar(select(Case).where(Case.author_id == quince.id))
    assert (case.frozen_author, case.frozen_body) == ("", f"A bad {WORD}."), "evidence for 20 days"
    clock.move(days=13, seconds=1)
    work()
    db.session.expire_all()
    assert (case.frozen_author, case.frozen_body, case.decision.reason) == ("", "", "It is an advertisement.")
    assert db.session.scalar(select(Flag.note).where(Flag.flagger_id == quince.id)) == ""


def test_the_operator_exports_and_deletes_whoever_cannot_sign_in(
    quince: User, app: Flask, tmp_path: Path, carol: User
) -> None:
    with transaction():
        quince.suspended_until = now().replace(year=now().year + 1)
    runner, file = app.test_cli_runner(), tmp_path / "archive.zip"
    exported = runner.invoke(args=["people", "export", WORD, str(file)])
    assert exported.exit_code == 0 and file.exists(), exported.output
    assert runner.invoke(args=["people", "export", WORD, str(file)]).exit_code == 1, "nothing is overwritten"
    assert "only administrator" in runner.invoke(args=["people", "delete", "carol", "--posts", "keep", "--yes"]).output
    assert runner.invoke(args=["people", "delete", WORD, "--posts", "remove"], input="n\n").exit_code == 1
    done = runner.invoke(args=["people", "delete", WORD, "--posts", "remove", "--yes"])
    assert done.exit_code == 0 and "posts" in done.output, done.output
    db.session.rollback()
    assert db.session.get(User, quince.id, populate_existing=True).is_closed
    assert "account.deleted" in set(db.session.scalars(select(audit.AuditEntry.act)))


# Tables of a few rows each.
SMALL = {"role_grants", "credentials", "subthemes", "site_settings"}


def test_no_large_table_is_read_from_end_to_end_for_one_person(app: Any) -> None:
    """On SQLite; PostgreSQL would rather read a table of one page."""
    if db.engine.dialect.name != "sqlite":
        return
    named = [part.owner for part in parts.all_parts()]
    columns = {column.property.columns[0] for column in named}
    columns |= {
        column
        for table in db.metadata.sorted_tables
        for column in table.c
        if column.references(User.__table__.c.id) and table.name not in SMALL
    }
    plans = {}
    for column in columns:
        asked = f"EXPLAIN QUERY PLAN SELECT 1 FROM {column.table.name} WHERE {column.name} = :one"
        plans[str(column)] = str(db.session.execute(text(asked), {"one": 1}).all())
    # of the few accounts that are being merged all are read
    scans = {name for name, plan in plans.items() if "SEARCH" not in plan}
    assert scans == {"users.merging_into_id"}
