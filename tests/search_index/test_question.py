"""Quotes make a phrase, a minus excludes, and nothing else is syntax."""

import pytest

from search_index.interface import Query, SearchIndex
from search_index.question import MAX_TERMS, parse
from tests.search_index.conftest import found, post


@pytest.fixture
def index(index: SearchIndex) -> SearchIndex:
    index.put(
        [
            post(1, "The rule of law protects a network"),
            post(2, "The law of the rule is not the rule of the law"),
            post(3, "nothing to do with it", title="Rule"),
            post(4, "算法推荐与网络文明", lang="zh"),
            post(5, "文明的网络需要算法", lang="zh"),
            post(6, "of law we speak", title="The rule"),
        ]
    )
    return index


@pytest.mark.parametrize("text", ['"rule of law"', '"RULES of laws"', "“rule of law”", '"rule  of, law"'])
def test_a_phrase_is_found_in_order_and_side_by_side(index: SearchIndex, text: str) -> None:
    assert found(index, text) == [1]


def test_a_phrase_does_not_run_from_the_title_into_the_body(index: SearchIndex) -> None:
    assert 6 in found(index, "rule law")
    assert 6 not in found(index, '"rule of law"')


def test_a_phrase_must_be_there_and_words_beside_it_only_rank(index: SearchIndex) -> None:
    assert found(index, '"the rule" network')[0] == 1
    assert sorted(found(index, '"the rule" network')) == [1, 2, 6]


def test_a_chinese_phrase_is_exact(index: SearchIndex) -> None:
    assert found(index, '"网络文明"') == [4]
    assert sorted(found(index, "网络文明")) == [4, 5]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("rule -network", [2, 3, 6]),
        ("rule －network", [2, 3, 6]),
        ('rule -"rule of law"', [2, 3, 6]),
        ("算法 -网络文明", [5]),
        ("算法 -網絡文明", [5]),
        ("law -rule", []),
        ("network -protects-a", []),  # what a hyphen joins is excluded as a phrase
        ("network -a-protects", [1]),
    ],
)
def test_exclusion(index: SearchIndex, text: str, ids: list[int]) -> None:
    assert sorted(found(index, text)) == ids


@pytest.mark.parametrize("text", ["-law", '-"rule of law"', "-law -rule", "-算法"])
def test_a_question_that_only_excludes_finds_nothing(index: SearchIndex, text: str) -> None:
    assert found(index, text) == []


def test_a_hyphen_inside_a_word_or_alone_excludes_nothing(index: SearchIndex) -> None:
    assert 1 in found(index, "law-network")
    assert 1 in found(index, "rule - network")


@pytest.mark.parametrize("word", ["AND", "OR", "NOT", "TO"])
def test_operators_of_other_search_engines_are_plain_words(index: SearchIndex, word: str) -> None:
    assert found(index, f"rule {word} zebra") == found(index, f"rule {word.lower()} zebra")
    assert 3 in found(index, f"rule {word} zebra")


HOSTILE = [
    "*", "a*", "*a", "?", "netw*", "[a TO b]", "[* TO *]", "{a TO b}", "law~", "~", "law~2", "^", "law^9", "title:rule",
    "id:1", "terms:law", '"', '"rule of', '" " "', '""', '-"', "--", "- - -", "-", "(", ")(", "((((", "&", "|", "!",
    "<->", "law & !rule", "law:*", "'", "''", "\\", "\\'", "law'; DROP TABLE search_documents; --", "%s %(a)s {} {0}",
    "\0", "law\0rule", "\ud800", "law \udfff rule", "\u202elaw", "\u200b", "e" + "\u0301" * 500, "ﷺ" * 50, "🦊",
    "?!。，、", "law " * 2_500,
    "网" * 10_000, "a" * 10_000, '"' * 10_000, "-" * 10_000, " ".join(f"-w{n}" for n in range(500)),
    " ".join(f'"a{n} b"' for n in range(500)), "\r\n\t", "\ufffe", "½ ㎏ ﬁ", "c++c++", "1.2.3.", "9" * 500,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_a_question(index: SearchIndex, text: str) -> None:
    for sort in ("relevance", "newest"):
        results = index.find(Query(text, sort=sort))
        assert not results.timed_out
        assert len(results.hits) <= 6
    assert sorted(index.ids()) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("text", ["*", "prot*", "netw*", "[aa TO zz]", "netwrk~", "protec:*", "?????", "ne?work"])
def test_wildcards_ranges_and_likeness_find_nothing(index: SearchIndex, text: str) -> None:
    assert found(index, text) == []


@pytest.mark.parametrize("name", ["subtheme", "author", "lang"])
@pytest.mark.parametrize("value", ["x' OR '1'='1", "\0", "\ud800", "", "%", "*"])
def test_hostile_filters_find_nothing(index: SearchIndex, name: str, value: str) -> None:
    assert found(index, "rule", **{name: value}) == []


def test_the_number_of_terms_is_bounded() -> None:
    question = parse(" ".join(f"w{number}" for number in range(1_000)))
    assert len(question.terms) == MAX_TERMS
    assert all(len(phrase) <= MAX_TERMS for phrase in parse('"' + "网" * 150 + "络" * 40).phrases)


@pytest.mark.parametrize("bad", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"offset": 201}, {"sort": "random"}])
def test_a_query_out_of_bounds_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Query("law", **bad)  # type: ignore[arg-type]
