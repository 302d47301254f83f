"""Which version is the present one, as SQLite's shared memory and PostgreSQL's connections tell it."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from forum.core.pagecache import asking_sqlite, commits
from forum.core.pagecache.asking import Versions, versions_of
from forum.core.pagecache.asking_sqlite import InSQLite
from forum.core.pagecache.scopes import LISTS, SHARDS, Version, of_thread
from tests.servers.postgres import Postgres

TABLE = "CREATE TABLE page_versions (shard INTEGER PRIMARY KEY, version BIGINT)"
# What another process does: takes the writer's lock, or says that somebody has it.
LOCK = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute('BEGIN IMMEDIATE')"


def begun(path: Path, version: int = 1, journal: str = "wal") -> sqlite3.Connection:
    """Return a connection to a new database of this version."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.execute(TABLE)
    connection.execute("INSERT INTO page_versions VALUES (0, ?)", (version,))
    return connection


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of SQLite itself."""
    questions: list[str] = []
    present = asking_sqlite._Counter.present

    def counted(counter: asking_sqlite._Counter, scope: int) -> Version | None:
        questions.append("asked")
        return present(counter, scope)

    monkeypatch.setattr(asking_sqlite._Counter, "present", counted)
    return questions


def write(database: sqlite3.Connection, version: int) -> None:
    """Commit another version."""
    database.execute("UPDATE page_versions SET version = ?", (version,))


def whole(versions: Versions) -> int | None:
    """Return the version that all pages have in common."""
    present = versions.present()
    return None if present is None else present.whole


def test_sqlite_is_asked_only_when_somebody_has_committed(tmp_path: Path, asked: list[str]) -> None:
    database = begun(tmp_path / "forum.db", 5)
    versions = InSQLite(str(tmp_path / "forum.db"))
    assert [whole(versions) for _ in range(3)] == [5, 5, 5]
    asked.clear()
    assert [whole(versions) for _ in range(9)] == [5] * 9 and not asked
    for version in range(6, 60):
        write(database, version)
        assert whole(versions) == version, "the very next question"
    asked.clear()
    write(database, 60)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # after which the log begins anew
    write(database, 61)
    assert [whole(versions) for _ in range(5)] == [61] * 5 and len(asked) == 1
    database.execute("BEGIN IMMEDIATE")
    write(database, 62)
    assert whole(versions) == 61, "not committed yet"
    database.execute("ROLLBACK")
    assert whole(versions) == 61
    database.close()
    assert whole(versions) == 61, "and when nobody else has it open"


def test_each_scope_has_its_own_version_and_asks_for_it_once(tmp_path: Path, asked: list[str]) -> None:
    database, scopes = begun(tmp_path / "forum.db", 5), (LISTS, of_thread(1), of_thread(2))
    versions = InSQLite(str(tmp_path / "forum.db"))

    def told() -> list[Version | None]:
        return [versions.present(scope) for scope in scopes]

    def expect(whole: int, *parts: int) -> None:
        asked.clear()
        for _ in range(3):
            assert told() == [Version(scope, whole, part) for scope, part in zip(scopes, parts, strict=True)]
        assert len(asked) == len(scopes)

    versions.present()
    database.execute(
        "INSERT INTO page_versions VALUES (?, 10), (?, 20), (?, 30)", (LISTS, LISTS + SHARDS - 1, scopes[1])
    )
    expect(5, 30, 30, 0)
    database.execute("UPDATE page_versions SET version = 31 WHERE shard = ?", (scopes[1],))
    expect(5, 30, 31, 0)
    database.execute("INSERT INTO page_versions VALUES (?, 1)", (SHARDS - 1,))
    expect(6, 30, 31, 0)
    database.execute("DELETE FROM page_versions WHERE shard < ?", (SHARDS,))
    assert told() == [None] * 3, "as in a database that has just been migrated"


def test_one_thread_alone_finds_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(tmp_path / "forum.db").close()
    versions, looks, gate = InSQLite(str(tmp_path / "forum.db")), list[str](), threading.Barrier(4)
    find = asking_sqlite.shared_memory

    def slowly(path: str) -> commits.Memory | None:
        looks.append(path)
        time.sleep(0.2)  # in which the others come by
        return find(path)

    monkeypatch.setattr(asking_sqlite, "shared_memory", slowly)

    def ask(_number: int) -> int | None:
        gate.wait()
        return whole(versions)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [1] * 4
    assert len(looks) == 1
    versions.close()


def test_a_commit_of_another_process_is_seen_at_once(tmp_path: Path) -> None:
    begun(tmp_path / "forum.db").close()
    versions = InSQLite(str(tmp_path / "forum.db"))
    versions.present()
    writer = (
        "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "for line in sys.stdin:\n c.execute('UPDATE page_versions SET version = ?', (int(line),)); print(flush=True)"
    )
    command = [sys.executable, "-c", writer, str(tmp_path / "forum.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin and other.stdout
        for version in range(100, 400):
            print(version, file=other.stdin, flush=True)
            other.stdout.readline()
            assert whole(versions) == version
        other.stdin.close()


def test_threads_that_ask_while_others_write_never_go_back(tmp_path: Path) -> None:
    database = begun(tmp_path / "forum.db", 0)
    versions = InSQLite(str(tmp_path / "forum.db"))
    committed = [0]

    def ask(_number: int) -> int:
        looks = 0
        while committed[0] < 300:
            before = committed[0]
            found = whole(versions)
            assert found is not None and found >= before
            looks += 1
        return looks

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, number) for number in range(4)]
        for version in range(1, 301):
            write(database, version)
            committed[0] = version
        assert all(each.result() for each in asking)


def test_another_database_in_the_same_place_is_another_one(tmp_path: Path) -> None:
    begun(tmp_path / "forum.db", 7).close()
    versions = InSQLite(str(tmp_path / "forum.db"))
    assert whole(versions) == whole(versions) == 7
    versions.close()
    gc.collect()
    for file in tmp_path.iterdir():
        file.unlink()
    database = begun(tmp_path / "forum.db", 8)
    assert whole(versions) == whole(versions) == 8
    write(database, 9)
    assert whole(versions) == 9


def test_memory_that_a_dead_process_left_beside_a_database_without_a_log_is_not_read(tmp_path: Path) -> None:
    path, left = tmp_path / "forum.db", tmp_path / "left"
    database = begun(path, 1)
    left.write_bytes((tmp_path / "forum.db-shm").read_bytes())
    database.close()
    path.unlink()
    database = begun(path, 3, "delete")  # as an operator may put a copy into its place
    left.rename(tmp_path / "forum.db-shm")
    versions = InSQLite(str(path))
    for version in range(4, 9):
        assert whole(versions) == version - 1
        write(database, version)
        assert whole(versions) == version
    database.execute("PRAGMA journal_mode=wal")
    for version in range(9, 14):
        write(database, version)
        assert whole(versions) == version


def test_the_memory_of_a_database_behind_a_link_is_found(tmp_path: Path, asked: list[str]) -> None:
    database = begun(tmp_path / "forum.db", 1)
    (tmp_path / "link.db").symlink_to("forum.db")
    (tmp_path / "link.db-shm").write_bytes((tmp_path / "forum.db-shm").read_bytes())
    versions = InSQLite(str(tmp_path / "link.db"))
    for version in range(2, 9):
        write(database, version)
        assert [whole(versions) for _ in range(3)] == [version] * 3
    assert len(asked) < 12


@pytest.mark.parametrize("what", ["another journal", "another format", "half written", "too short"])
def test_memory_that_is_not_understood_is_not_read(
    tmp_path: Path, what: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = begun(tmp_path / "forum.db", 3, "delete" if what == "another journal" else "wal")
    if what == "another format":
        monkeypatch.setattr(commits, "_FORMAT", 4_000_000)
    elif what == "half written":
        monkeypatch.setattr(commits, "_IS_READY", 16)  # the counter of changes, which is rarely 1
        write(database, 3)
    elif what == "too short":
        (tmp_path / "short-shm").write_bytes(b"x" * 50)
        assert commits.shared_memory(str(tmp_path / "short")) is None
    versions = InSQLite(str(tmp_path / "forum.db"))
    versions.present()
    asked.clear()
    for version in range(4, 9):
        write(database, version)
        assert whole(versions) == version
    assert len(asked) == 5
    assert whole(versions) == 8 and len(asked) == 5 + (what != "too short")


def test_looking_takes_away_no_lock_of_this_process(tmp_path: Path) -> None:
    """POSIX: whoever closes a descriptor of a file gives back all locks of the process on it."""
    path = tmp_path / "forum.db"
    database = begun(path)
    versions = InSQLite(str(path))
    versions.present()
    database.execute("BEGIN IMMEDIATE")
    versions.present(), versions.close()
    commits.shared_memory(str(path))
    gc.collect()
    refused = subprocess.run([sys.executable, "-c", LOCK, str(path)], capture_output=True, text=True, check=False)
    assert "database is locked" in refused.stderr
    database.execute("ROLLBACK")
    assert not subprocess.run([sys.executable, "-c", LOCK, str(path)], capture_output=True, check=False).stderr


@pytest.fixture
def server(postgres: Postgres) -> Iterator[str]:
    """The address of a database with a version; what was done to the server is undone."""
    url = postgres.create("present_versions")
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(TABLE)
        connection.execute("INSERT INTO page_versions VALUES (0, 10), (1, 20)")
    yield url
    postgres.drop("present_versions")


def test_postgresql_says_what_is_committed(server: str, postgres: Postgres) -> None:
    versions = versions_of(make_url(server))
    assert whole(versions) == 30
    with psycopg.connect(server.replace("+psycopg", "")) as other:
        for version in range(50):
            other.execute("UPDATE page_versions SET version = %s WHERE shard = 1", (version,))
            other.commit()
            assert whole(versions) == 10 + version
        other.execute("UPDATE page_versions SET version = 99")
        assert whole(versions) == 59, "not committed"
        other.rollback()
        other.execute("DELETE FROM page_versions")
        other.commit()
        assert whole(versions) is None
        other.execute("INSERT INTO page_versions VALUES (0, %s), (1, %s)", (2**62, 2**62))  # the sum is no bigint
        other.commit()
    assert whole(versions) == 2**63
    postgres.cut_connections("present_versions")
    assert whole(versions) == 2**63, "by a new connection"
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda _: whole(versions), range(60))) == {2**63}
    versions.close()


def test_postgresql_tells_each_scope_its_own(server: str) -> None:
    versions, scopes = versions_of(make_url(server)), (LISTS, of_thread(1), of_thread(2))
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as other:
        for row, version in ((LISTS, 1), (LISTS + 3, 2), (scopes[1], 4), (scopes[2] + 1, 8)):
            other.execute("INSERT INTO page_versions VALUES (%s, %s)", (row, version))
    assert [versions.present(scope) for scope in scopes] == [
        Version(LISTS, 30, 3),
        (scopes[1], 30, 4),
        (scopes[2], 30, 0),
    ]
    versions.close()


def test_a_fault_in_postgresql_is_no_answer_and_heals(server: str) -> None:
    versions = versions_of(make_url(server))
    assert whole(versions) == 30
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("ALTER TABLE page_versions RENAME TO elsewhere")
        assert whole(versions) is None and whole(versions) is None
        other.execute("ALTER TABLE elsewhere RENAME TO page_versions")
        assert whole(versions) == 30
    versions.close()


def test_a_server_that_hangs_is_waited_for_once(server: str, postgres: Postgres) -> None:
    versions = versions_of(make_url(server))
    assert whole(versions) == 30
    postgres.pause()
    try:
        began = time.monotonic()
        assert whole(versions) is None
        assert time.monotonic() - began >= 2
        assert [whole(versions) for _ in range(20)] == [None] * 20  # else 40 seconds, and pytest's limit
        assert time.monotonic() - began < 20
    finally:
        postgres.go_on()
