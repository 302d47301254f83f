"""Opening Whoosh's files: numbers of posts are read at once, and opening takes nothing from a question's time."""

from array import array
from pathlib import Path
from typing import Any

import pytest

from search_index import whoosh_engine, whoosh_search
from search_index.interface import Query
from search_index.whoosh_engine import WhooshIndex
from search_index.whoosh_schema import SCHEMA
from search_index.whoosh_segments import SegmentFiles
from tests.search_index.conftest import CONFERENCE, found, post

# The last ones have no words, and are of a moment that is nought: columns end before them.
POSTS = [
    post(1, "charity and more"),
    post(2**28, "x"),
    post(3, "", created=CONFERENCE),
    post(0, ""),
]


@pytest.mark.parametrize("posts", [POSTS, POSTS[::-1], POSTS[-1:], POSTS[:1]])
def test_numbers_are_those_that_whoosh_reads(posts: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    ours = SegmentFiles._column

    def both(per_document: Any, name: str, typecode: str) -> "array[int]":
        numbers = ours(per_document, name, typecode)
        theirs = per_document.column_reader(name, SCHEMA[name].column_type).load()
        assert numbers == array(typecode, theirs) and len(numbers) == len(posts)
        read.append(name)
        return numbers

    monkeypatch.setattr(SegmentFiles, "_column", staticmethod(both))
    index = WhooshIndex(tmp_path / "index")
    index.rebuild(posts)
    assert index.ids(after=-1) == sorted(each.id for each in posts)
    assert {"id", "created", "length"} <= set(read)
    index.close()


def test_opening_takes_nothing_from_the_time_of_a_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    for module in (whoosh_engine, whoosh_search):
        monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    opened = SegmentFiles._open

    def slowly(files: SegmentFiles, segment: Any) -> None:
        clock[0] += 60
        opened(files, segment)

    monkeypatch.setattr(SegmentFiles, "_open", slowly)
    index = WhooshIndex(tmp_path / "index")
    index.rebuild([post(1, "charity")])
    index.close()
    results = index.find(Query("charity"))
    assert [hit.id for hit in results.hits] == [1] and not results.timed_out
    assert found(index, "charity") == [1]
    index.close()
