"""R-11: a backup holds everything of one moment, and either kind of database takes it."""

from __future__ import annotations

import gzip
import itertools
import json
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade

import wsgi
from forum.accounts import sessions
from forum.accounts.models import User
from forum.accounts.models.signing_in import Session as SignIn
from forum.backup import files
from forum.backup.making import back_up
from forum.backup.reading import BrokenBackup, Head, TableHead, examine, lines_of
from forum.backup.restoring import NotEmpty, restore
from forum.core import chain
from forum.core.database import db
from forum.core.errors import FilesAway
from forum.search.actions import rebuild
from forum.store.shelves import shelf
from forum.subthemes.actions import ensure_seven
from forum.threads import actions
from forum.threads.models import Post, Thread
from forum.threads.recount import recount
from tests import schema
from tests.backup.forging import added, rewritten
from tests.servers.s3 import S3
from tests.stage import Stage

OLD_SETTING = "INSERT INTO site_settings (name, value, changed_at) VALUES ('x', 'null', '2026-01-02 03:04:05')"
numbers = itertools.count()
NewForum = Callable[..., Flask]


@pytest.fixture
def new_forum(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewForum]:
    """`new_forum("postgres")`: another forum with empty tables; `bare=True` without even these, which costs seconds."""
    made: list[Flask] = []

    def make(engine: str, *, bare: bool = False, uploads: str = "") -> Flask:
        instance = tmp_path / f"new{len(made)}"
        settings = {"TESTING": True, "FORUM_INSTANCE": str(instance), "SECRET_KEY": "k" * 40, "UPLOADS_URL": uploads}
        if engine == "postgres":
            server, name = request.getfixturevalue("postgres"), f"restored{next(numbers)}"
            settings["DATABASE_URL"] = server.create(name) if bare else schema.create(server, name)
        elif not bare:
            schema.put_into(instance)
        made.append(wsgi.create_app({**settings, "JOBS": "memory"}))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
            app.extensions["page_cache"].versions.close()


def wrong_counts() -> list[Any]:
    """Return the counters that are wrong, but for the ten posts that tests say their people have written."""
    return [fault for fault in recount(fix=False) if fault.stored - fault.counted != 10]


def contents(file: Path) -> list[Any]:
    """Return every row with its table, in order."""
    with lines_of(file) as lines:
        return [line for line in lines if not isinstance(line, Head)]


def in_order(file: Path) -> list[Any]:
    """Return every row with its table, the files at the end by their names: no store promises an order."""
    lines = contents(file)
    begin = next(place for place, line in enumerate(lines) if line == TableHead(files.TABLE, files.COLUMNS))
    return [*lines[:begin], *sorted(lines[begin + 1 :])]


@pytest.mark.parametrize(("app", "other"), [("sqlite", "postgres"), ("postgres", "sqlite")], indirect=["app"])
def test_everything_comes_back(app: Flask, stage: Stage, new_forum: NewForum, tmp_path: Path, other: str) -> None:
    before = wrong_counts()
    rows = back_up(tmp_path / "first").rows
    assert rows["posts"] > 10 and rows["passkeys"] and rows["decisions"] and rows["programme_items"]
    assert stat.S_IMODE((tmp_path / "first").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
    restored = new_forum(other)
    with restored.app_context():
        assert restore(tmp_path / "first", signed_in=True).rows == rows
        assert back_up(tmp_path / "second").rows == rows
        assert in_order(tmp_path / "second") == in_order(tmp_path / "first"), "to the last value of every row"
        assert chain.first_fault() is None
        assert wrong_counts() == before
        rebuild()
        newest = max(db.session.scalars(db.select(Post.id)))
        thread = db.session.get_one(Thread, stage.threads["visible"])
        alice = db.session.scalars(db.select(User).where(User.username == "alice")).one()
        assert actions.post_reply(thread, alice, "The first words after the restore.").id > newest
        client = restored.test_client()
        assert client.get(f"/threads/{thread.id}/{thread.slug}").status_code == 200


def test_it_is_of_one_moment_while_people_write(
    app: Flask, new_forum: NewForum, tmp_path: Path, thread: Thread
) -> None:
    thread_id, author_id, stop = thread.id, thread.author_id, threading.Event()
    written: list[int] = []

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                here, author = db.session.get_one(Thread, thread_id), db.session.get_one(User, author_id)
                here_before = len(written)
                post = actions.post_reply(here, author, f"Number {here_before} of what is written meanwhile.")
                written.append(post.id)

    with app.app_context():
        db.session.get_one(User, author_id).trust_level = 3
        db.session.commit()
    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for number in range(2):
            before = len(written)
            while len(written) < before + 2:
                assert writer.is_alive()
            back_up(tmp_path / f"backup{number}")
            counts.append(examine(tmp_path / f"backup{number}").rows["posts"])
    finally:
        stop.set()
        writer.join()
    assert counts == sorted(set(counts)), "each of a later moment"
    restored = new_forum("sqlite")
    with restored.app_context():
        restore(tmp_path / "backup1")
        assert not wrong_counts(), "no reply without its count, no count without its reply"
        assert db.session.scalar(db.select(db.func.count(Post.id))) == counts[1]


def test_a_forum_is_not_written_over(app: Flask, new_forum: NewForum, tmp_path: Path, thread: Thread) -> None:
    back_up(tmp_path / "backup")
    with pytest.raises(NotEmpty, match="not empty"):
        restore(tmp_path / "backup")
    assert db.session.get(Thread, thread.id)
    fresh = new_forum("sqlite")
    with fresh.app_context():
        ensure_seven()
        restore(tmp_path / "backup")  # what flask setup put there makes room
        assert db.session.get(Thread, thread.id)


def test_restored_people_sign_in_again(app: Flask, new_forum: NewForum, tmp_path: Path, alice: User) -> None:
    sessions.start(alice, "a stolen telephone")
    assert back_up(tmp_path / "backup").rows["sessions"] == 1
    fresh = new_forum("sqlite")
    with fresh.app_context():
        restore(tmp_path / "backup")  # she may have signed that telephone out after the backup was made
        assert db.session.get(User, alice.id)
        assert not db.session.scalar(db.select(db.func.count(SignIn.id)))


def test_a_backup_of_an_older_version_is_brought_up_to_date(app: Flask, new_forum: NewForum, tmp_path: Path) -> None:
    old, new = new_forum("sqlite", bare=True), new_forum("sqlite", bare=True)
    with old.app_context():
        upgrade(str(Path(old.root_path) / "migrations"), "0028")
        db.session.execute(db.text(OLD_SETTING))
        db.session.commit()
        back_up(tmp_path / "backup")
    with new.app_context():
        upgrade(str(Path(new.root_path) / "migrations"), "0001")  # as far as a restore came that was killed
        assert restore(tmp_path / "backup").head.revision == "0028"
        assert db.session.execute(db.text("SELECT version_num FROM alembic_version")).scalar() > "0028"
        assert db.session.execute(db.text("SELECT value, changed_at FROM site_settings WHERE name = 'x'")).one() == (
            "null",
            "2026-01-02 03:04:05.000000",
        )


FILES = {
    "avatars": {"a" * 32 + "-48.webp": b"red", "b" * 32 + "-48.webp": b""},
    "exports": {"x.zip": bytes(range(256)) * 3000},
}


def lying() -> dict[str, dict[str, bytes | None]]:
    """Return all files of the forum, wherever it keeps them."""
    return {name: {each.name: shelf(name).get(each.name) for each in shelf(name).entries()} for name in FILES}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("source", "target"), [("", "s3"), ("s3", ""), ("", "")])
def test_files_come_back_into_either_store(
    app: Flask, new_forum: NewForum, tmp_path: Path, s3_server: S3, source: str, target: str
) -> None:
    s3_server.empty()
    old, new = (new_forum("sqlite", uploads=s3_server.url() if where else "") for where in (source, target))
    with old.app_context():
        ensure_seven()
        for name, given in FILES.items():
            for file, content in given.items():
                shelf(name).put(file, content)
        made = back_up(tmp_path / "backup", "seven lanterns")
        assert made.files == 3 and made.rows[files.TABLE] == 5, "the large one in pieces"
        if source:
            s3_server.empty()
    with new.app_context():
        restore(tmp_path / "backup", "seven lanterns")
        assert lying() == FILES and bool(s3_server.names()) is bool(target)
        assert back_up(tmp_path / "second").rows == made.rows


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_store_that_is_away_makes_no_backup_and_lets_none_be_restored(
    app: Flask, new_forum: NewForum, tmp_path: Path, s3_server: S3
) -> None:
    s3_server.empty()
    forum = new_forum("sqlite", uploads=s3_server.url())
    with forum.app_context():
        ensure_seven()
        shelf("avatars").put("a" * 32 + "-48.webp", b"red")
        back_up(tmp_path / "backup")
        s3_server.refusal = "503", "SlowDown"
        said = forum.test_cli_runner().invoke(args=["backup", str(tmp_path / "other")])
        assert said.exit_code == 1 and "no backup was made: files can't be read from the bucket forum at" in said.output
        assert [path.name for path in tmp_path.iterdir() if "other" in path.name] == []
    fresh = new_forum("sqlite", uploads=s3_server.url())
    with fresh.app_context(), pytest.raises(FilesAway):
        restore(tmp_path / "backup")
    with fresh.app_context():
        assert not db.session.scalar(db.text("SELECT count(*) FROM subthemes"))
    s3_server.behave()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "row", [["avatars", "../../x", 0, ""], ["nowhere", "x", 0, ""], ["avatars", "x", 1, ""], ["avatars", "x", 0, "*"]]
)
def test_a_file_that_is_none_of_ours_is_refused(
    app: Flask, new_forum: NewForum, tmp_path: Path, row: list[Any]
) -> None:
    fresh = new_forum("sqlite")
    with fresh.app_context():
        back_up(tmp_path / "backup")
        added(tmp_path / "backup", row)
        with pytest.raises(BrokenBackup):
            restore(tmp_path / "backup")
        assert list(tmp_path.rglob("x")) == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
class TestRefusals:
    """What is not whole, not ours or not of our time loads nothing."""

    def test_every_damage_is_found(self, app: Flask, thread: Thread, new_forum: NewForum, tmp_path: Path) -> None:
        file, broken = tmp_path / "backup", tmp_path / "broken"
        back_up(file)
        whole = file.read_bytes()
        damages = [whole[: len(whole) * part // 7] for part in range(7)]
        damages += [
            whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(12, len(whole), len(whole) // 9)
        ]
        damages += [b"not a backup", b"\n" * 9, whole[:-1]]
        for number, damaged in enumerate(damages):
            broken.write_bytes(damaged)
            with pytest.raises(BrokenBackup):
                examine(broken)
                pytest.fail(f"damage {number} was not found")
        fresh = new_forum("sqlite", bare=True)
        with fresh.app_context():
            with pytest.raises(BrokenBackup):
                restore(broken)
            assert db.inspect(db.engine).get_table_names() == []

    def test_another_ones_file(self, app: Flask, tmp_path: Path) -> None:
        for head, said in (
            ({"format": "something"}, "not a backup of this forum"),
            ({"format": "gathering backup", "version": 2}, "newer version"),
            ({"format": "gathering backup", "version": 1}, "damaged"),
            ([], "not a backup of this forum"),
        ):
            (tmp_path / "file").write_bytes(gzip.compress(json.dumps(head).encode() + b"\n"))
            with pytest.raises(BrokenBackup, match=said):
                examine(tmp_path / "file")

    def test_a_newer_schema(self, app: Flask, new_forum: NewForum, tmp_path: Path) -> None:
        back_up(tmp_path / "backup")
        rewritten(tmp_path / "backup", lambda line: {**line, "revision": "9999"} if "revision" in line else line)
        assert examine(tmp_path / "backup").head.revision == "9999"
        fresh = new_forum("sqlite", bare=True)
        with fresh.app_context():
            with pytest.raises(BrokenBackup, match="newer version"):
                restore(tmp_path / "backup")
            assert db.inspect(db.engine).get_table_names() == []

    def test_rows_that_refer_to_nothing(self, app: Flask, thread: Thread, new_forum: NewForum, tmp_path: Path) -> None:
        back_up(tmp_path / "backup")
        rewritten(tmp_path / "backup", lambda line: line, without="users")
        for engine in ("sqlite", "postgres"):
            fresh = new_forum(engine)
            with fresh.app_context():
                with pytest.raises(Exception, match=r"refer|violates foreign key"):
                    restore(tmp_path / "backup")
                assert not db.session.scalar(db.select(db.func.count(Post.id))), engine

    def test_a_sealed_one_opens_with_its_passphrase_alone(self, app: Flask, thread: Thread, tmp_path: Path) -> None:
        file = tmp_path / "backup"
        rows = back_up(file, "seven lanterns on the river").rows
        sealed = file.read_bytes()
        assert b"alice" not in sealed and sealed.startswith(b"gathering sealed backup")
        assert examine(file, "seven lanterns on the river").rows == rows
        for passphrase, said in (("", "sealed"), ("eight lanterns on the river", "passphrase")):
            with pytest.raises(BrokenBackup, match=said):
                examine(file, passphrase)
        for damaged in (sealed[:-1], sealed[:-100], sealed[:60] + b"x" + sealed[61:], sealed + b"x", sealed[:30]):
            file.write_bytes(damaged)
            with pytest.raises(BrokenBackup):
                examine(file, "seven lanterns on the river")
