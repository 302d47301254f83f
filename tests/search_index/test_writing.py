"""Putting, replacing, dropping and rebuilding, in both engines."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from search_index import whoosh_writer
from search_index.interface import Document, IndexUnavailable, Query, Reason, SearchIndex
from search_index.whoosh_engine import WhooshIndex
from search_index.whoosh_storage import Storage
from tests.search_index.conftest import MakeIndex, found, post


def test_what_is_put_is_found_in_every_process(make_index: MakeIndex) -> None:
    worker, website = make_index(), make_index()
    worker.rebuild([])
    assert found(website, "charity") == []
    worker.put([post(1, "charity")])
    assert found(website, "charity") == [1]


def test_putting_again_replaces(index: SearchIndex) -> None:
    index.put([post(1, "charity"), post(2, "charity")])
    index.put([post(1, "donation"), post(1, "transparency")])
    index.put([post(1, "transparency")])
    assert found(index, "charity") == [2]
    assert found(index, "donation") == []
    assert found(index, "transparency") == [1]
    assert index.ids() == [1, 2]


def test_what_is_dropped_is_gone(index: SearchIndex) -> None:
    index.put([post(1, "charity"), post(2, "charity")])
    index.drop([1, 99])
    index.drop([1])
    assert found(index, "charity") == [2]
    assert index.ids() == [2]
    index.put([post(1, "charity")])
    assert index.ids() == [1, 2]


def test_putting_nothing_is_no_error(index: SearchIndex) -> None:
    index.put([])
    index.drop([])
    index.put([post(1, ""), post(2, "\0\ud800"), post(3, "?!")])
    assert index.ids() == [1, 2, 3]


def test_hostile_facts_are_no_error(index: SearchIndex) -> None:
    index.put([post(1, "charity", author="a\0\ud800'\"", subtheme="\\'x", lang="zh-Hans")])
    assert found(index, "charity") == [1]


def test_the_longest_text_is_indexed(index: SearchIndex) -> None:
    index.put([post(1, "网络文明建设" * 5_300 + "尾声"), post(2, "word " * 6_400 + "finale"), post(3, "x" * 32_000)])
    assert found(index, "尾声") == [1]
    assert found(index, "finale") == [2]


def test_many_small_commits_stay_complete(index: SearchIndex) -> None:
    for number in range(1, 61):
        index.put([post(number, f"charity number{number}")])
        if number % 7 == 0:
            index.drop([number - 1])
    expected = set(range(1, 61)) - set(range(6, 60, 7))
    assert index.ids() == sorted(expected)
    assert found(index, "number60") == [60]
    assert set(found(index, "charity", limit=100)) == expected


def test_a_rebuild_equals_a_fresh_index(make_index: MakeIndex) -> None:
    documents = [post(number, f"charity number{number} {'law ' * (number % 5)}") for number in range(1, 40)]
    index = make_index()
    index.rebuild([])
    index.put([post(1, "an old text"), post(99, "charity gone long ago")])
    index.put(documents)
    steps: list[int] = []
    assert index.rebuild(iter(documents), steps.append) == 39
    assert index.ids() == list(range(1, 40))
    rebuilt = found(index, "charity law", limit=100), found(index, "charity law", sort="newest", limit=100)
    index.rebuild([])
    assert index.ids() == []
    index.put(documents)
    assert (found(index, "charity law", limit=100), found(index, "charity law", sort="newest", limit=100)) == rebuilt


def test_a_rebuild_tells_its_progress(index: SearchIndex) -> None:
    steps: list[int] = []
    index.rebuild((post(number, "charity") for number in range(1, 1_201)), steps.append)
    assert steps == [500, 1_000]


def test_readers_see_the_old_index_until_the_rebuild_is_done(make_index: MakeIndex) -> None:
    worker, website = make_index(), make_index()
    worker.rebuild([post(1, "charity")])

    def documents() -> Iterator[Document]:
        yield post(2, "charity")
        assert found(website, "charity") == [1]
        yield post(3, "charity")

    worker.rebuild(documents())
    assert sorted(found(website, "charity")) == [2, 3]
    assert sorted(found(worker, "charity")) == [2, 3]


def test_a_rebuild_that_fails_changes_nothing(make_index: MakeIndex) -> None:
    index = make_index()
    index.rebuild([post(1, "charity")])

    def documents() -> Iterator[Document]:
        yield post(2, "charity")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        index.rebuild(documents())
    assert found(index, "charity") == [1]
    index.put([post(3, "charity")])
    assert sorted(found(index, "charity")) == [1, 3]


def test_a_writer_waits_for_another_only_so_long(make_index: MakeIndex) -> None:
    worker, other = make_index(), make_index(patience=0.05)
    worker.rebuild([])

    def documents() -> Iterator[Document]:
        yield post(1, "charity")
        for attempt in (lambda: other.put([post(2, "charity")]), lambda: other.drop([2]), lambda: other.rebuild([])):
            with pytest.raises(IndexUnavailable) as refusal:
                attempt()
            assert refusal.value.reason is Reason.BUSY
            assert not refusal.value.needs_rebuild

    worker.rebuild(documents())
    other.put([post(2, "charity")])
    assert sorted(found(other, "charity")) == [1, 2]


def test_an_index_that_was_never_built_says_so(make_index: MakeIndex) -> None:
    index = make_index()
    attempts = [
        lambda: found(index, "charity"),
        lambda: index.put([post(1, "charity")]),
        lambda: index.drop([1]),
        index.ids,
        index.check,
    ]
    for attempt in attempts:
        with pytest.raises(IndexUnavailable) as refusal:
            attempt()
        assert refusal.value.reason is Reason.MISSING
        assert refusal.value.needs_rebuild
    assert index.rebuild([post(1, "charity")]) == 1
    index.check()
    assert found(index, "charity") == [1]


def test_an_index_that_was_never_finished_is_missing(make_index: MakeIndex) -> None:
    index = make_index()

    def documents() -> Iterator[Document]:
        yield post(1, "charity")
        assert index.build() == ""
        raise ZeroDivisionError

    for begin in (index.rebuild, index.mend):
        with pytest.raises(ZeroDivisionError):
            begin(documents())
        with pytest.raises(IndexUnavailable) as refusal:
            index.check()
        assert refusal.value.reason is Reason.MISSING


def test_an_index_is_mended_once_and_only_when_it_must(make_index: MakeIndex) -> None:
    index, other = make_index(), make_index()
    assert index.mend([post(1, "charity")])
    assert not other.mend([post(2, "charity")])
    assert found(other, "charity") == [1]
    suspect = index.build()
    assert index.mend([post(3, "charity")], suspect)
    assert not other.mend([post(4, "charity")], suspect)
    assert found(index, "charity") == found(other, "charity") == [3]
    assert suspect != index.build() == other.build()


def test_who_would_mend_while_another_does_leaves_it_to_them(make_index: MakeIndex) -> None:
    index, other = make_index(), make_index(patience=60)

    def documents() -> Iterator[Document]:
        yield post(1, "charity")
        started = monotonic()
        with pytest.raises(IndexUnavailable) as refusal:
            other.mend([post(2, "charity")])
        assert refusal.value.reason is Reason.BUSY
        assert monotonic() - started < 30, "at once, and not after its patience"

    assert index.mend(documents())
    assert found(other, "charity") == [1]


def test_ids_come_in_order_and_in_batches(index: SearchIndex) -> None:
    index.put([post(number, "charity") for number in (9, 3, 7)])
    index.put([post(number, "charity") for number in (5, 1)])
    index.drop([7])
    assert index.ids() == [1, 3, 5, 9]
    assert index.ids(limit=3) == [1, 3, 5]
    assert index.ids(3, 1) == [5]
    assert index.ids(9) == []


def test_without_time_a_search_says_so(make_index: MakeIndex) -> None:
    index = make_index()
    index.rebuild([post(number, "charity") for number in range(1, 300)])
    results = make_index(time_limit=0).find(Query("charity"))
    assert results.timed_out
    assert results.hits == ()


def several(count: int) -> list[Document]:
    """Return posts of some words each, of which every third is in every third post."""
    return [
        post(n, " ".join(f"w{n % k} 网络{k}" for k in range(2, 30)) + " charity" * (n % 5)) for n in range(1, count)
    ]


def test_postings_beyond_memory_are_sorted_on_disk_and_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    class Small(whoosh_writer.Pool):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named | {"limitmb": 0.05})

        def _add_run(self, filename: str) -> None:
            runs.append(filename)
            super()._add_run(filename)

    whole, sorted_on_disk = WhooshIndex(tmp_path / "whole"), WhooshIndex(tmp_path / "disk")
    whole.rebuild(several(200))
    assert not runs
    monkeypatch.setattr(whoosh_writer, "Pool", Small)
    sorted_on_disk.rebuild(several(200))
    assert len(runs) > 10
    for text in ("charity", "w3 w7", "网络", "w28", '"w2 网络3"', "charity w5"):
        query = Query(text, limit=100)
        assert sorted_on_disk.find(query).hits == whole.find(query).hits, text
        assert whole.find(query).hits
    assert not list(tmp_path.rglob("*.run")), "and nothing stays behind"
    whole.close(), sorted_on_disk.close()


def test_the_disk_is_not_asked_about_each_posting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    exists = Storage.file_exists

    def counted(storage: Storage, name: str) -> bool:
        asked.append(name)
        return bool(exists(storage, name))

    monkeypatch.setattr(Storage, "file_exists", counted)
    WhooshIndex(tmp_path / "index").rebuild(several(100))
    assert len(asked) < 10, "of some thousands of postings"
