"""Which words find which posts, in two languages and two scripts."""

import pytest

from search_index.interface import SearchIndex
from tests.search_index.conftest import found, post


@pytest.fixture
def index(index: SearchIndex) -> SearchIndex:
    index.put(
        [
            post(1, "中国网络文明大会今天在北京开幕", lang="zh"),
            post(2, "中國網絡文明大會今天在北京開幕", lang="zh"),
            post(3, "A network is more than its cables"),
            post(4, "My grandmother's recipe for dumplings"),
            post(5, "Ｆｕｌｌｗｉｄｔｈ ５Ｇ and Café in Zürich; C++ beside C#, version 2.6.8"),
            post(6, "我爱这座城市", lang="zh"),
        ]
    )
    return index


@pytest.mark.parametrize("text", ["网络文明", "網絡文明", "网絡文明", '"网络文明"', "“網絡文明”"])
def test_simplified_and_traditional_find_each_other(index: SearchIndex, text: str) -> None:
    assert sorted(found(index, text)) == [1, 2]


@pytest.mark.parametrize("text", ["networks", "network", "NETWORKING", "ｎｅｔｗｏｒｋｓ", "networked"])
def test_forms_of_an_english_word_find_each_other(index: SearchIndex, text: str) -> None:
    assert found(index, text) == [3]


@pytest.mark.parametrize("text", ["fullwidth", "5G", "５ｇ", "CAFÉ", "Cafe\u0301", "zurich", "c++", "C#", "2.6.8"])
def test_width_case_accents_and_signs(index: SearchIndex, text: str) -> None:
    assert found(index, text) == [5]


def test_every_substring_of_two_han_characters_is_found(index: SearchIndex) -> None:
    assert found(index, "座城") == [6]
    assert found(index, "爱城") == []


@pytest.mark.parametrize("character", ["我", "爱", "愛", "市"])
def test_a_single_han_character_is_found_anywhere_in_a_run(index: SearchIndex, character: str) -> None:
    assert found(index, character) == [6]


@pytest.mark.parametrize("text", ["", " ", "zebra", "斑马", "net", "work"])
def test_what_is_not_there_is_not_found(index: SearchIndex, text: str) -> None:
    assert found(index, text) == []


def test_a_question_of_common_words_alone_still_finds(index: SearchIndex) -> None:
    assert found(index, "is more than its") == [3]


def test_common_words_do_not_find_beside_a_telling_one(index: SearchIndex) -> None:
    assert found(index, "what is in a recipe") == [4]
