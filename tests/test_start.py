"""A web server starts without what most of its requests never need; and set-up is left out only where it is done."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from forum import stamp
from forum.core.schema import newest_migration
from tests.servers.website import ROOT, inherited

# Loaded when somebody first needs them: 1 s and 40 MB in every process that starts.
LATE = {
    "PIL", "alembic", "authlib", "bleach", "boto3", "botocore", "cryptography", "email_validator", "flask_migrate",
    "google", "icalendar", "markdown_it", "nh3", "opencc", "opentelemetry", "psycopg", "pygments", "pyotp", "redis",
    "requests", "segno", "sentry_sdk", "snowballstemmer", "webauthn", "whoosh", "zxcvbn",
    "forum.archive.commands", "forum.cli.people", "forum.cli.worker",
    "forum.telemetry.errors", "forum.telemetry.traces",
}  # fmt: skip

PROGRAM = f"""
import sys, wsgi
app = wsgi.create_app()
assert app.test_client().get("/health/live").status_code == 200
print(*sorted({LATE!r} & set(sys.modules)))
"""


def printed(program: str, instance: Path, **settings: str) -> list[str]:
    """The words that a new Python prints."""
    env = {**inherited(), "FORUM_INSTANCE": str(instance), **settings}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("uploads", ["", "s3://key:secret@bucket"])
def test_a_web_server_imports_nothing_that_it_may_never_need(tmp_path: Path, uploads: str) -> None:
    assert printed(PROGRAM, tmp_path, UPLOADS_URL=uploads) == []


def test_the_supervisor_imports_neither_the_application_nor_a_library() -> None:
    late = {"flask", "sqlalchemy", "wsgi", "http.client", "ssl", "_hashlib", "asyncio"}
    assert printed(f"import sys, forum.serve; print(*sorted({late!r} & set(sys.modules)))", ROOT) == []


def test_a_queue_in_redis_works_in_a_process_that_began_without() -> None:
    program = """
from forum.core import queues
queues.in_memory()
print(type(queues.in_redis("redis://127.0.0.1:1/0").storage).__name__, type(queues.in_memory().storage).__name__)
"""
    assert printed(program, ROOT) == ["RedisStorage", "MemoryStorage"]


def test_the_newest_migration_is_the_one_that_alembic_finds() -> None:
    from alembic.script import ScriptDirectory  # not with the tests that look at imports

    assert newest_migration(ROOT / "migrations") == ScriptDirectory(str(ROOT / "migrations")).get_current_head()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose instance was just set up."""
    write_schema(tmp_path, "0027")
    environ = {"FORUM_INSTANCE": str(tmp_path), "SECRET_KEY": "alpha", "TERM": "xterm", "PORT": "8000"}
    stamp.put(environ)
    return environ


def write_schema(instance: Path, revision: str) -> None:
    """What `flask setup` leaves in a database, as far as it is looked at."""
    with sqlite3.connect(instance / "forum.db") as database:
        database.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))")
        database.execute("DELETE FROM alembic_version")
        database.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
    database.close()


def test_what_was_set_up_needs_no_set_up(environ: dict[str, str]) -> None:
    assert stamp.is_valid(environ)
    assert stamp.is_valid({**environ, "TERM": "dumb", "PORT": "8001"})


@pytest.mark.parametrize(
    "change",
    [
        {"SECRET_KEY": "beta"},
        {"FORUM_ENV": "production"},
        {"DATABASE_URL": "postgresql:///forum"},
        {"FORUM_INSTANCE": "/nowhere"},
    ],
)
def test_other_settings_are_set_up_anew(environ: dict[str, str], change: dict[str, str]) -> None:
    assert not stamp.is_valid({**environ, **change})


def test_another_database_is_set_up_anew(environ: dict[str, str], tmp_path: Path) -> None:
    write_schema(tmp_path, "0026")
    assert not stamp.is_valid(environ), "an older one was put back"
    write_schema(tmp_path, "0027")
    assert stamp.is_valid(environ)
    (tmp_path / "forum.db").write_bytes(b"no database")
    assert not stamp.is_valid(environ)
    (tmp_path / "forum.db").unlink()
    assert not stamp.is_valid(environ)
    assert not (tmp_path / "forum.db").exists(), "asking makes none"


def test_other_code_is_set_up_anew(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "forum").mkdir()
    room = tmp_path / "forum" / "room.py"
    room.write_text("one = 1")
    monkeypatch.setattr(stamp, "ROOT", tmp_path)
    assert not stamp.is_valid(environ)
    stamp.put(environ)
    assert stamp.is_valid(environ)
    os.utime(room, ns=(1, 1))
    assert not stamp.is_valid(environ)


def test_a_stamp_that_cannot_be_written_is_no_fault(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / stamp.NAME).unlink()
    (tmp_path / stamp.NAME).mkdir()
    stamp.put(environ)
    assert not stamp.is_valid(environ)
