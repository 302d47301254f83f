"""A forum of an older version is brought to this one with all its rows, on both engines; the way back loses none."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import IntegrityError

import wsgi
from forum.accounts import queries
from forum.core.database import db
from forum.core.schema import migrations_folder, pending_migration
from moderation.appeals.models import Appeal
from moderation.models import Case, Decision, Flag

LONG_AGO = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
KEPT = ("users", "posts", "cases", "decisions", "flags", "strikes", "appeals")


@pytest.fixture(params=("sqlite", "postgres"))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The forum on a database of its own as version 0012 left it, with people, cases and what was decided."""
    settings: dict[str, Any] = {
        "TESTING": True, "FORUM_INSTANCE": str(tmp_path), "SECRET_KEY": "k" * 40, "JOBS": "memory",
    }  # fmt: skip
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    if server:
        settings["DATABASE_URL"] = settings["SQLALCHEMY_DATABASE_URI"] = server.create("old")
    app = wsgi.create_app(settings)
    with app.app_context():
        upgrade(str(migrations_folder()), "0012")
        with db.engine.begin() as connection:
            fill(connection)
        yield app
        db.session.remove()
        db.engine.dispose()
    if server:
        server.drop("old")


def fill(connection: sa.Connection) -> None:
    """Write what such a forum had: ways to have an address, a post of alice's, three cases and an appeal."""
    tables = sa.MetaData()
    tables.reflect(connection)

    def put(name: str, *rows: dict[str, Any]) -> None:
        table = tables.tables[name]
        needed = {each.name: empty(each) for each in table.columns if not each.nullable and each.server_default is None}
        for row in rows:
            connection.execute(table.insert().values(**(needed | row)))

    people: dict[str, dict[str, Any]] = {
        "alice": {"email": "Alice@example.org", "email_key": "alice@example.org"},
        "bob": {"email": "b@example.org", "email_key": "b@example.org", "role": "moderator"},
        "carol": {"email": "c@example.org", "email_key": "c@example.org", "confirmed_at": LONG_AGO},
        "dave": {"email": "d@example.org", "email_key": "d@example.org", "standing": "unconfirmed"},
        "erin": {"email": "e@example.org", "email_key": "e@example.org"},
    }
    put(
        "users",
        *({"id": n, "username": name, "username_key": name, **people[name]} for n, name in enumerate(people, 1)),
    )
    put("role_grants", {"id": 1, "user_id": 2, "role": "moderator"})
    put("one_time_links", {"id": 1, "user_id": 5, "token_hash": "t", "address": "e@example.org", "used_at": LONG_AGO})
    put("subthemes", {"id": 1, "slug": "old"})
    put("threads", {"id": 1, "subtheme_id": 1, "author_id": 1, "title": "Old words", "state": "visible"})
    post = {"thread_id": 1, "author_id": 1, "lang": "en", "revision": 1}
    states = enumerate(("visible", "removed", "visible"), 1)
    put("posts", *({"id": n, "position": n, "body": f"words {n}", "state": state, **post} for n, state in states))
    case = {"author_id": 1, "subtheme_id": 1, "source": "flags", "frozen_title": "Old words", "frozen_revision": 1}
    decided = ((1, LONG_AGO), (2, LONG_AGO), (3, None))
    put("cases", *({"id": n, "post_id": n, "decided_at": at, "opened_at": LONG_AGO, **case} for n, at in decided))
    put("flags", *({"id": n, "case_id": n, "flagger_id": 3, "reason": "abuse", "kin": n} for n in (1, 2, 3)))
    decision = {"decider_id": 2, "reason": "It insults somebody."}
    put(
        "decisions", *({"id": n, "case_id": n, "outcome": done, **decision} for n, done in ((1, "keep"), (2, "remove")))
    )
    put("strikes", {"id": 1, "user_id": 1, "decision_id": 2})
    appeal = {"decision_id": 2, "first_decider_id": 2, "appellant_id": 1, "words": "I meant nobody.", "state": "open"}
    put("appeals", {"id": 1, **appeal})


def empty(column: sa.Column[Any]) -> Any:
    """Return what stands in a column of which a test says nothing."""
    kind = column.type.python_type
    return LONG_AGO if kind is datetime else {} if kind in (dict, list) else kind()


def counted(connection: sa.Connection) -> dict[str, int]:
    return {name: connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) or 0 for name in KEPT}


def test_a_filled_forum_of_version_12_is_brought_to_this_one_and_back(
    old: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with db.engine.connect() as connection:
        before = counted(connection)
    upgrade(str(migrations_folder()))
    assert pending_migration() == ""
    with db.engine.connect() as connection:
        assert counted(connection) == before
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    rows_mean_the_same()
    constraints_hold()
    addresses_are_claims()
    db.session.rollback()

    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE decisions SET outcome = 'lock' WHERE id = 1")
    with pytest.raises(SystemExit):
        downgrade(str(migrations_folder()), revision="0013")
    assert "Nothing was changed" in caplog.text
    assert "lock (1)" in caplog.text
    assert pending_migration() == ""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE decisions SET outcome = 'keep' WHERE id = 1")
    downgrade(str(migrations_folder()), revision="0013")
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "0013"
        assert counted(connection) == before


def rows_mean_the_same() -> None:
    cases = db.session.scalars(sa.select(Case).order_by(Case.id)).all()
    assert [(case.kind, case.post and case.post.body, case.is_open) for case in cases] == [
        ("post", "words 1", False), ("post", "words 2", False), ("post", "words 3", True),
    ]  # fmt: skip
    decision, appeal = db.session.get_one(Decision, 2), db.session.get_one(Appeal, 1)
    assert (decision.outcome, decision.reason, decision.facts) == ("remove", "It insults somebody.", {})
    assert (appeal.decision, appeal.is_open, appeal.is_by_author) == (decision, True, True)
    assert {flag.flagger and flag.flagger.username for flag in db.session.scalars(sa.select(Flag))} == {"carol"}


def constraints_hold() -> None:
    db.session.rollback()
    for wrong in (
        "UPDATE cases SET kind = 'profile' WHERE id = 3",
        "INSERT INTO strikes (id, user_id, decision_id, created_at) VALUES (9, 1, 2, '2026-01-01')",
        "UPDATE appeals SET state = 'upheld', decider_id = 2, decided_at = '2026-01-01', reply = 'No.' WHERE id = 1",
    ):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.exec_driver_sql(wrong)


def addresses_are_claims() -> None:
    """What nobody has shown to be theirs keeps nobody from it, and opens their account as before."""
    rows = db.session.execute(sa.text("SELECT username, email_key, email_claim FROM users ORDER BY username")).all()
    assert [tuple(row) for row in rows] == [
        ("alice", "alice@example.org", "alice@example.org"),  # signed up once, and was never asked to confirm it
        ("bob", "b@example.org", None),  # made at the console
        ("carol", "c@example.org", None),  # confirmed
        ("dave", None, "d@example.org"),  # was asked to confirm it, and has not
        ("erin", "e@example.org", None),  # came by a link that was sent there
    ]
    owner, claimant = queries.may_be("alice@example.org")
    assert owner is None
    assert claimant is not None
    assert claimant.username == "alice"
