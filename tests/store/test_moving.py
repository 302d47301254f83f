"""`flask store move` carries all files, both ways, goes on where it ended, and believes only what it has read again."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from forum.store import moving
from forum.store.folder import Folder
from forum.store.moving import BadCopy, carry
from forum.store.shelves import folder_shelf
from tests.servers.s3 import S3, SECRET
from tests.store.conftest import KINDS, bucket, rested, use

on_both = pytest.mark.parametrize("files_in", KINDS, indirect=True)
FILES = {
    "avatars": {f"{letter * 32}-48.webp": letter.encode() * 999 for letter in "abcd"},
    "exports": {"x.zip": b"PK" * 900_000},
}


def lay_down() -> None:
    """Put files into the folders, and a draft that is being written."""
    for name, files in FILES.items():
        for file, content in files.items():
            folder_shelf(name).put(file, content)
    folder_shelf("exports").draft("y.zip").write_bytes(b"half")


def lying() -> dict[str, dict[str, bytes | None]]:
    """Return what lies in the folders."""
    return {
        name: {
            each.name: folder_shelf(name).get(each.name)
            for each in folder_shelf(name).entries()
            if "draft" not in each.name
        }
        for name in FILES
    }


def run(app: Flask, *arguments: str) -> Any:
    """Run `flask store move …`."""
    return app.test_cli_runner().invoke(args=["store", "move", *arguments])


@pytest.mark.parametrize("files_in", ["bucket"], indirect=True)
def test_there_and_back(files_in: str, app: Flask, s3: S3) -> None:
    lay_down()
    done = run(app, "--to", "bucket")
    assert done.exit_code == 0 and "avatars: 4 files carried (3,996 bytes), 0 were there already." in done.output
    assert "with --delete" in done.output and SECRET not in done.output
    assert set(s3.names()) == {f"forum/{name}/{file}" for name, files in FILES.items() for file in files}
    assert lying() == FILES, "they stay until it is said"
    again = run(app, "--to", "bucket", "--delete")
    assert "exports: 0 files carried (0 bytes), 1 were there already." in again.output
    assert lying() == {"avatars": {}, "exports": {}} and folder_shelf("exports").draft("y.zip").exists()
    back = run(app, "--to", "folder", "--delete")
    assert back.exit_code == 0 and lying() == FILES and s3.names() == []


def test_without_a_bucket_it_says_so(app: Flask) -> None:
    done = run(app, "--to", "bucket")
    assert done.exit_code == 1 and "UPLOADS_URL names no bucket" in done.output


@pytest.mark.parametrize("files_in", ["bucket"], indirect=True)
def test_it_goes_on_where_it_was_broken_off(
    files_in: str, app: Flask, s3: S3, caplog: pytest.LogCaptureFixture
) -> None:
    lay_down()
    s3.breaks_after = 7
    done = run(app, "--to", "bucket", "--delete")
    assert done.exit_code == 1 and "Run it again" in done.output and "Traceback" not in done.output
    assert len([record for record in caplog.records if "files can't be reached" in record.message]) == 1
    s3.behave()
    rested(app)
    there = {name.rpartition("/")[2] for name in s3.names()}
    left = {file for files in lying().values() for file in files}
    assert there | left == {file for files in FILES.values() for file in files}, "each is somewhere"
    assert run(app, "--to", "bucket", "--delete").exit_code == 0
    assert len(s3.names()) == 5 and lying() == {"avatars": {}, "exports": {}}


def test_what_reads_otherwise_is_not_deleted_where_it_was(
    s3: S3, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = Folder(tmp_path), bucket(s3)
    source.put("a", b"whole")
    target.put("a", b"other")
    monkeypatch.setattr(type(target), "put", lambda *_: None)
    with pytest.raises(BadCopy, match="reads otherwise"):
        carry(source, target, delete=True)
    assert source.get("a") == b"whole"


def test_another_content_under_the_name_is_replaced_and_what_goes_meanwhile_is_counted(
    s3: S3, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = Folder(tmp_path), bucket(s3)
    for name in "ab":
        source.put(name, b"whole")
    target.put("a", b"other")
    entries = list(source.entries())
    source.delete("b")
    monkeypatch.setattr(source, "entries", lambda: iter(entries))
    told: list[int] = []
    done = carry(source, target, told=lambda done: told.append(done.seen))
    assert (done.files, done.gone, target.get("a"), told) == (1, 1, b"whole", [1, 2])


def test_large_files_do_not_go_through_memory(s3: S3, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "SMALL", 10)
    Folder(tmp_path / "a").put("x", b"long enough")
    carry(Folder(tmp_path / "a"), bucket(s3))
    carry(bucket(s3), Folder(tmp_path / "b"))
    assert Folder(tmp_path / "b").get("x") == b"long enough"


class TestDoctor:
    """`flask doctor` says in plain words what is wrong with the bucket."""

    def said(self, app: Flask, s3: S3, **place: str) -> list[str]:
        """Return its lines about files."""
        from forum.config.uploads import uploads
        from forum.store.checking import findings

        app.config["UPLOADS"] = uploads(s3.url(**place))
        return list(findings())

    @pytest.fixture(autouse=True)
    def _as_it_was(self, app: Flask) -> Any:
        yield
        app.config["UPLOADS"] = None
        app.extensions.pop("store", None)

    @pytest.mark.parametrize("files_in", ["folder"], indirect=True)
    def test_it_tries_all_that_is_needed_and_leaves_nothing(self, files_in: str, app: Flask, s3: S3) -> None:
        (line,) = self.said(app, s3)
        assert line.startswith("pictures and archives are kept in the bucket forum at http://127.0.0.1")
        assert "folder" not in line.partition("kept in")[2]
        assert {each.split()[0] for each in s3.seen} == {"PUT", "GET", "DELETE"} and s3.names() == []
        (line,) = self.said(app, s3, folder="/years/2026")
        assert line.endswith(", in its folder years/2026/")

    @pytest.mark.parametrize("files_in", ["folder"], indirect=True)
    def test_each_fault_has_its_words(self, files_in: str, app: Flask, s3: S3) -> None:
        assert "can't be put there: the bucket nowhere at" in self.said(app, s3, bucket="nowhere")[0]
        assert "it does not know the key" in self.said(app, s3, key="somebody")[0]
        s3.is_public = True
        (line,) = self.said(app, s3)
        assert "can't be kept from strangers" in line and s3.names() == []
        s3.behave()
        s3.breaks_after = 1
        assert "a file can't be read: the bucket forum at" in self.said(app, s3)[0]
        s3.behave()
        s3.stop()
        (line,) = self.said(app, s3)
        assert "nobody answers there" in line and SECRET not in line
        s3.start()

    @pytest.mark.parametrize("files_in", ["folder"], indirect=True)
    def test_files_left_in_the_folders_are_told(self, files_in: str, app: Flask, s3: S3) -> None:
        lay_down()
        assert any("5 files lie in FORUM_INSTANCE" in line for line in self.said(app, s3))
        use(app, s3)
        run(app, "--to", "bucket", "--delete")
        assert len(self.said(app, s3, folder="/forum")) == 1
