"""The part of a post that is shown, and what in it is marked: always the original text, unchanged."""

import pytest

from search_index.excerpt import excerpt, highlight


def marked(segments: list[tuple[str, bool]]) -> list[str]:
    return [text for text, is_match in segments if is_match]


def whole(segments: list[tuple[str, bool]]) -> str:
    return "".join(text for text, _ in segments)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Networks and networking", "network", ["Networks", "networking"]),
        ("中國網絡文明大會", "网络文明", ["網絡文明"]),
        ("中国网络文明大会", "網絡文明", ["网络文明"]),
        ("Ｎｅｔｗｏｒｋｓ！", "network", ["Ｎｅｔｗｏｒｋｓ"]),
        ("ein Café, ein Cafe\u0301.", "cafe", ["Café", "Cafe\u0301"]),
        ("㎏ and ½ network", "network", ["network"]),
        ("ﬁnance İstanbul ﷺ network ǅ", "network finance", ["ﬁnance", "network"]),
        ("so\u00adft network", "soft", ["so\u00adft"]),
        ("🦊🦊 network 👩‍👩‍👧", "network", ["network"]),
        ("𠮷野家 network", "network 野家", ["野家", "network"]),
        ("网络，文明", "网络文明", ["网络", "文明"]),
        ("我爱网", "网", ["网"]),
        ("we speak of C++ and 5G", "c++ 5g", ["C++", "5G"]),
        ("law and order", "law -order", ["law"]),
        ("a rule of law", '"rule of law"', ["rule", "law"]),
        ("<b>law</b> & order", "law", ["law"]),
        ("nothing here", "law", []),
        ("law", "", []),
        ("", "law", []),
    ],
)
def test_what_is_marked(text: str, query: str, expected: list[str]) -> None:
    segments = highlight(text, query)
    assert marked(segments) == expected
    assert whole(segments) == text
    assert excerpt(text, query) == segments


def test_the_excerpt_is_around_the_place_with_most_of_the_question() -> None:
    text = "law " + "filler " * 100 + "the rule of law on the network " + "filler " * 100 + "network"
    segments = excerpt(text, "rule law network")
    assert marked(segments) == ["rule", "law", "network"]
    assert segments[0] == ("…", False)
    assert segments[-1] == ("…", False)
    assert whole(segments[1:-1]) in text
    assert 150 <= len(whole(segments)) <= 202


def test_of_two_places_with_the_same_words_the_one_with_more_of_them_is_shown() -> None:
    text = "law here " + "filler " * 100 + "law upon law upon law " + "filler " * 100
    assert marked(excerpt(text, "law")) == ["law", "law", "law"]


def test_a_chinese_excerpt() -> None:
    text = "别的事情。" * 100 + "然后讲到網絡文明建設的問題。" + "别的事情。" * 100
    segments = excerpt(text, "网络文明建设", length=60)
    assert marked(segments) == ["網絡文明建設"]
    assert len(whole(segments)) <= 62


def test_without_a_match_it_is_the_beginning() -> None:
    segments = excerpt("word " * 100, "law", length=52)
    assert whole(segments) == "word " * 9 + "word …" or whole(segments) == "word " * 10 + "…"
    assert segments[-1] == ("…", False)


def test_words_are_not_cut_in_two() -> None:
    text = "internationalization " * 40
    inner = whole(excerpt(text.replace("zation ", "zation law ", 20), "law", length=100)[:-1]).strip("… ")
    assert set(inner.split()) <= {"internationalization", "law"}


@pytest.mark.parametrize("length", [1, 5, 50])
def test_a_match_longer_than_the_excerpt_is_cut(length: int) -> None:
    segments = excerpt("x" * 64 + " " + "y" * 500, "x" * 64, length=length)
    assert whole(segments).startswith("x" * min(length, 64))


@pytest.mark.parametrize("text", ["\ud800 law \udfff", "law\0law", "\u202elaw", "law " * 8_000, "网" * 32_000])
def test_any_text_can_be_shown(text: str) -> None:
    shown = whole(excerpt(text, "law 网"))
    assert shown.strip("…") in text
    assert len(shown) <= 202
