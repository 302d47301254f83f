"""`flask archive import` and `flask archive export` say what they did."""

from pathlib import Path

from flask import Flask

from forum.accounts.models import User
from tests.archive.discussions import SMALL, person, read, thread, write


def test_an_import_is_counted(app: Flask, tmp_path: Path, alice: User):
    lines = [*SMALL[:2], person("u3", "alice"), SMALL[2], thread(tags=["a"]), *SMALL[4:]]
    done = app.test_cli_runner().invoke(args=["archive", "import", str(write(tmp_path, lines))])
    assert done.exit_code == 0, done.output
    assert "Added 3 people, 0 sub-themes, 1 threads, 2 posts." in done.output
    assert "The name 'alice' is taken or reserved; that person is 'alice-2' here." in done.output
    assert "Threads with tags, which this forum does not keep: 1." in done.output


def test_a_broken_file_fails_with_its_wrong_lines(app: Flask, tmp_path: Path):
    file = str(write(tmp_path, [*SMALL, "{", *(["[]"] * 30)]))
    done = app.test_cli_runner().invoke(args=["archive", "import", file])
    assert done.exit_code == 1
    assert "line 7: is not JSON" in done.output
    assert "and 11 more wrong lines" in done.output
    assert "nothing was imported; mend these lines or use --keep-going" in done.output
    again = app.test_cli_runner().invoke(args=["archive", "import", "--keep-going", file])
    assert again.exit_code == 0
    assert "2 posts" in again.output
    assert "line 7: is not JSON" in again.output


def test_an_export_replaces_the_file_at_its_end(app: Flask, tmp_path: Path):
    app.test_cli_runner().invoke(args=["archive", "import", str(write(tmp_path, SMALL))])
    out = tmp_path / "out.jsonl"
    out.write_text("what was there before")
    done = app.test_cli_runner().invoke(args=["archive", "export", str(out)])
    assert "Exported 2 people, 7 sub-themes, 1 threads, 2 posts." in done.output
    assert [line["id"] for line in read(out)][-2:] == ["p1", "p2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.jsonl", "out.jsonl"]
