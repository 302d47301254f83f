"""Whatever happens to the files of the embedded index, a search says that it is unavailable, and a rebuild heals it."""

import errno
import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from whoosh.util.filelock import FileLock

from search_index import whoosh_writer
from search_index.interface import IndexUnavailable, Query, Reason
from search_index.whoosh_engine import WhooshIndex
from search_index.whoosh_schema import VERSION
from tests.search_index.conftest import found, post

DOCUMENTS = [post(number, f"charity number{number} 网络文明", title="Donations") for number in range(1, 200)]
FILES = ["current.json", "*.toc", "*.trm", "*.pst", "*id.col", "*created.col", "*length.col"]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[WhooshIndex]:
    """A healthy index of two segments."""
    index = WhooshIndex(tmp_path / "index")
    index.rebuild(DOCUMENTS[:100])
    index.put(DOCUMENTS[100:])
    yield index
    index.close()


def assert_unavailable_until_rebuilt(index: WhooshIndex) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: index.find(Query("charity")),
        index.check,
        index.ids,
        lambda: index.put([post(1, "charity")]),
        lambda: index.drop([1]),
    ]
    for attempt in attempts:
        with pytest.raises(IndexUnavailable) as refusal:
            attempt()
        assert refusal.value.needs_rebuild
    index.rebuild(DOCUMENTS)
    index.check()
    assert len(index.find(Query("charity", limit=100)).hits) == 100
    index.put([post(1_000, "charity renewed")])
    assert found(index, "renewed") == [1_000]


@pytest.mark.parametrize("opened", [True, False], ids=["while open", "before opening"])
@pytest.mark.parametrize("length", [None, 0, 0.5, 0.99], ids=["deleted", "emptied", "halved", "shortened"])
@pytest.mark.parametrize("pattern", FILES)
def test_a_damaged_file(index: WhooshIndex, tmp_path: Path, pattern: str, length: float | None, opened: bool) -> None:
    if opened:
        index.check()
    else:
        index.close()
    for file in (tmp_path / "index").rglob(pattern):
        if length is None:
            file.unlink()
        else:
            os.truncate(file, int(file.stat().st_size * length))
    if pattern == "*.toc" and length is not None and opened:
        assert len(index.ids()) == 199  # what is open needs no table of contents any more
        index.close()
    assert_unavailable_until_rebuilt(index)


@pytest.mark.parametrize("pattern", ["*.trm", "*.pst", "*.toc", "current.json"])
def test_a_file_full_of_something_else(index: WhooshIndex, tmp_path: Path, pattern: str) -> None:
    index.close()
    for file in (tmp_path / "index").rglob(pattern):
        size = file.stat().st_size
        file.write_bytes((b"nonsense" * size)[:size])
    with pytest.raises(IndexUnavailable) as refusal:
        index.find(Query("charity"))
    assert refusal.value.reason is Reason.DAMAGED
    index.rebuild(DOCUMENTS)
    assert found(index, "number7") == [7]


def test_a_foreign_pickle(index: WhooshIndex, tmp_path: Path) -> None:
    index.close()
    (contents,) = (tmp_path / "index").rglob("*.toc")
    start = contents.read_bytes()
    segments = start.index(b"\x80", len(start) // 2)
    contents.write_bytes(start[:segments] + pickle.dumps(["not", "segments"]))
    assert_unavailable_until_rebuilt(index)


@pytest.mark.parametrize("what", ["index", "index/g-*"])
def test_a_deleted_folder(index: WhooshIndex, tmp_path: Path, what: str) -> None:
    assert found(index, "number7") == [7]
    for folder in list(tmp_path.glob(what)):
        shutil.rmtree(folder)
    assert_unavailable_until_rebuilt(index)


@pytest.mark.parametrize("pointer", ['{"version": 0, "generation": "g-1"}', '{"version": 999, "generation": "g-1"}'])
def test_another_version(index: WhooshIndex, tmp_path: Path, pointer: str) -> None:
    (tmp_path / "index" / "current.json").write_text(pointer)
    with pytest.raises(IndexUnavailable) as refusal:
        index.find(Query("charity"))
    assert refusal.value.reason is Reason.OUTDATED
    assert_unavailable_until_rebuilt(index)


@pytest.mark.parametrize("pointer", ["", "{", "[]", "null", '{"version": 1}', '{"version": 1, "generation": 7}'])
def test_a_nonsensical_pointer(index: WhooshIndex, tmp_path: Path, pointer: str) -> None:
    (tmp_path / "index" / "current.json").write_text(pointer)
    assert_unavailable_until_rebuilt(index)


@pytest.mark.parametrize("name", ["../elsewhere", "/etc", "{generation}/../../elsewhere", "."])
def test_a_pointer_never_leads_out_of_the_folder(index: WhooshIndex, tmp_path: Path, name: str) -> None:
    generation = next((tmp_path / "index").glob("g-*"))
    shutil.copytree(generation, tmp_path / "elsewhere")
    pointer = {"version": VERSION, "generation": name.format(generation=generation.name)}
    (tmp_path / "index" / "current.json").write_text(json.dumps(pointer))
    assert_unavailable_until_rebuilt(index)


def test_a_lock_held_by_another_program(index: WhooshIndex, tmp_path: Path) -> None:
    lock = FileLock(str(next((tmp_path / "index").glob("g-*")) / "posts_WRITELOCK"))
    assert lock.acquire()
    with pytest.raises(IndexUnavailable) as refusal:
        index.put([post(1, "charity")])
    assert refusal.value.reason is Reason.BUSY
    assert found(index, "number7") == [7]
    lock.release()
    index.put([post(1, "charity")])


def test_a_writer_that_fails_at_its_own_end_keeps_no_lock(index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk that can't be written to for a moment it can't clear away either, and what it raised keeps it alive."""

    def refused(_writer: whoosh_writer.Writer) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as disk:
        disk.setattr(whoosh_writer.Writer, "_close_segment", refused)
        with pytest.raises(IndexUnavailable) as refusal:
            index.put([post(1_000, "charity renewed")])
    assert refusal.value.reason is Reason.UNWRITABLE and found(index, "renewed") == []
    index.put([post(1_000, "charity renewed")])
    assert found(index, "renewed") == [1_000]


def test_what_dead_writers_left_behind_is_cleared_away(index: WhooshIndex, tmp_path: Path) -> None:
    (tmp_path / "index" / "g-dead").mkdir()
    (tmp_path / "index" / "g-dead" / "posts_x.pst").write_bytes(b"half")
    index.rebuild(DOCUMENTS)
    assert len(list((tmp_path / "index").glob("g-*"))) == 1


def test_time_runs_out_half_way(index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1_000_000))
    monkeypatch.setattr("search_index.whoosh_search.monotonic", lambda: 0 if next(ticks) < 1 else float("inf"))
    results = index.find(Query("charity"))
    assert results.timed_out
    assert 0 < len(results.hits) <= 128


def test_segments_stay_few(index: WhooshIndex, tmp_path: Path) -> None:
    for number in range(1_000, 1_100):
        index.put([post(number, "charity")])
    assert len(list((tmp_path / "index").rglob("*.trm"))) <= 10
    assert len(index.ids()) == 299
    index.drop(range(2_000))
    index.put([post(1, "charity")])
    assert len(list((tmp_path / "index").rglob("*.trm"))) == 1
