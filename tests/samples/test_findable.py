"""Whoever tries the search on the sample content finds the words that the forum's search is shown with."""

import re

import pytest

from forum.samples import seeding
from forum.search.queries import find
from search_index.interface import Query


@pytest.fixture
def samples(app, work) -> None:
    """The forum with its samples, all of them in the index."""
    assert seeding.seed()
    work()


MEANT = {"网络文明": "网络文明", "網絡文明": "网络文明", "networks": r"\bnetworks?\b", "network": r"\bnetworks?\b"}


def test_several_posts_hold_it_and_come_first(samples):
    for words, meant in MEANT.items():
        texts = [each.post.plain for each in find(Query(words)).found]
        assert len(texts) >= 3, words
        assert all(re.search(meant, text) for text in texts[:3]), texts[:3]
