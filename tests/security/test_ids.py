"""Every id on a page is there once, and whatever names another element by its id names one that is there.

tests/test_authorization.py looks at every page of the table; here is shown that it would see something.
"""

from __future__ import annotations

import pytest

from tests.core.ids import POINTERS, wrong_ids


def test_a_page_without_faults_has_none() -> None:
    assert list(wrong_ids('<main><label for="a b">A</label><input id="a"><input id="b"></main>')) == []
    assert list(wrong_ids("<p id=a><p id=a>")) == [], "a fragment is no page"


def test_an_id_that_is_there_twice_is_named() -> None:
    assert list(wrong_ids("<main><p id=a><p id=b><p id=a></main>")) == ["the id a is there 2 times"]


@pytest.mark.parametrize("pointer", POINTERS)
def test_what_leads_nowhere_is_named(pointer: str) -> None:
    assert list(wrong_ids(f"<main><p id=a><p {pointer}='a b'></main>")) == [f"{pointer}=b leads nowhere"]
