"""A word that nearly every post holds costs the embedded engine no more than its newest posts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search_index import whoosh_search
from search_index.interface import Query
from search_index.question import parse
from search_index.whoosh_engine import WhooshIndex
from search_index.whoosh_search import Search
from tests.search_index.conftest import found, post

POSTS, OLD = 1_000, 3


@pytest.fixture
def index(tmp_path: Path) -> Iterator[WhooshIndex]:
    """A thousand posts about the network, an old one of them about a zugzwang; the latest came by themselves."""
    index = WhooshIndex(tmp_path / "index", time_limit=60)
    index.rebuild(post(id_, "The network and a zugzwang" if id_ == OLD else "The network") for id_ in range(1, POSTS))
    index.put([post(POSTS, "A network of its own")])
    yield index
    index.close()


def test_the_newest_posts_of_a_common_word_are_enough(index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh_search, "MOST", 200)
    newest = found(index, "network", limit=50, sort="newest")
    assert newest == list(range(POSTS, POSTS - 50, -1))
    found_all = index._read(lambda snapshot: _searched(snapshot, "network"))
    assert POSTS in found_all and 200 <= len(found_all) < 200 + 128  # whole blocks, from both segments
    # what a rarer word has found keeps the common one too: the post that holds both comes first
    assert found(index, "network zugzwang", limit=2)[0] == OLD
    assert found_all.isdisjoint({OLD})


def test_what_is_narrowed_by_something_else_is_looked_for_in_all_of_them(
    index: WhooshIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.put([post(OLD + 1, "The network", author="bob")])
    monkeypatch.setattr(whoosh_search, "MOST", 10)
    assert found(index, "network", author="bob") == [OLD + 1]
    assert found(index, '"and a zugzwang" network') == [OLD]


def test_words_share_what_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh_search, "MOST", 100)
    assert whoosh_search._shares([5, 1_000, 500]) == [5, 48, 47]
    assert whoosh_search._shares([5, 10]) == [5, 10]


def _searched(snapshot: object, words: str) -> set[int]:
    search = Search(snapshot, parse(words), Query(words), deadline=float("inf"))  # type: ignore[arg-type]
    return {candidate.id for candidate in search.run().candidates}
