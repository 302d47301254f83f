"""Which of the posts found comes first."""

from datetime import timedelta

from search_index.interface import Query, SearchIndex
from tests.search_index.conftest import CONFERENCE, found, post

FILLER = "words about other things altogether"


def test_more_of_the_words_rank_higher(index: SearchIndex) -> None:
    index.put(
        [
            post(1, f"charity {FILLER}"),
            post(2, f"charity transparency {FILLER}"),
            post(3, f"charity transparency donation {FILLER}"),
            post(4, "charity charity charity charity charity"),
        ]
    )
    assert found(index, "charity transparency donation")[:2] == [3, 2]


def test_both_words_once_outrank_one_word_again_and_again(index: SearchIndex) -> None:
    index.put([post(1, f"charity and transparency {FILLER} {FILLER}"), post(2, "charity charity")])
    index.put([post(3, f"transparency {FILLER}"), *(post(number, FILLER) for number in range(10, 20))])
    assert found(index, "charity transparency")[:2] == [1, 2]


def test_a_rare_word_outranks_a_common_one(index: SearchIndex) -> None:
    index.put([post(number, f"platform {FILLER} {number}") for number in range(10, 40)])
    index.put([post(1, f"escrow {FILLER}")])
    assert found(index, "platform escrow")[0] == 1


def test_a_title_counts_more_than_a_body(index: SearchIndex) -> None:
    index.put([post(1, "matter is here", title="Algorithms"), post(2, "algorithms matter here", title="Something")])
    assert found(index, "algorithm") == [1, 2]


def test_newer_counts_a_little_more_but_not_much(index: SearchIndex) -> None:
    index.put(
        [
            post(1, f"privacy {FILLER}", created=CONFERENCE - timedelta(days=2_000)),
            post(2, f"privacy {FILLER} again", created=CONFERENCE),
            post(3, f"privacy privacy privacy {FILLER}", created=CONFERENCE - timedelta(days=2_000)),
        ]
    )
    assert found(index, "privacy") == [3, 2, 1]


def test_chinese_side_by_side_comes_first(index: SearchIndex) -> None:
    index.put(
        [
            post(1, "文明网络，网络很文明，文明的人用网络"),
            post(2, "网络"),
            post(
                3,
                "这是一段比较长的文字，讲到很多别的事情，比如天气，然后才讲到网络文明建设，最后又讲别的事情",
            ),
            post(4, "文明"),
        ]
    )
    assert found(index, "网络文明")[0] == 3
    assert sorted(found(index, "网络文明")) == [1, 2, 3, 4]


def test_a_whole_run_outranks_its_parts_again_and_again(index: SearchIndex) -> None:
    index.put([post(1, "别的事情" * 2 + "，网络文明建设"), post(2, "文明，网络，文明，网络")])
    index.put([post(number, "网络文化" if number % 2 else "天气") for number in range(10, 16)])
    assert found(index, "网络文明")[:2] == [1, 2]


def test_a_whole_question_finds_what_holds_part_of_it(index: SearchIndex) -> None:
    index.put(
        [
            post(1, "家长可以陪孩子一起上网，提高网络素养"),
            post(2, "今天天气很好"),
            post(3, "Teenagers learn media literacy at school"),
            post(4, "The weather is fine"),
        ]
    )
    assert found(index, "请问怎样才能提高青少年的网络素养呢？") == [1]
    assert found(index, "How can we improve the media literacy of teenagers?") == [3]


def test_newest_orders_by_time_then_id(index: SearchIndex) -> None:
    index.put(
        [
            post(1, "charity", created=CONFERENCE),
            post(2, "charity " * 9, created=CONFERENCE - timedelta(days=1)),
            post(3, f"charity {FILLER}", created=CONFERENCE + timedelta(days=1)),
            post(4, f"charity {FILLER}", created=CONFERENCE),
        ]
    )
    assert found(index, "charity", sort="newest") == [3, 4, 1, 2]


def test_newest_leaves_out_what_has_little_to_do_with_the_question(index: SearchIndex) -> None:
    index.put([post(number, f"网络 {FILLER}") for number in range(10, 40)])
    index.put([post(1, "网络文明建设"), post(2, "网络文明大会")])
    assert found(index, "网络文明", sort="newest") == [2, 1]


def test_leafing_through_shows_every_post_once(index: SearchIndex) -> None:
    index.put([post(number, f"forum {FILLER}", title="forum" if number % 3 else "") for number in range(1, 48)])
    for sort in ("relevance", "newest"):
        pages = [index.find(Query("forum", sort=sort, limit=20, offset=offset)) for offset in (0, 20, 40)]
        assert [page.more for page in pages] == [True, True, False]
        assert sorted(hit.id for page in pages for hit in page.hits) == list(range(1, 48))


def test_a_page_that_is_just_full_has_no_next_one(index: SearchIndex) -> None:
    index.put([post(number, "forum") for number in range(1, 21)])
    assert not index.find(Query("forum", limit=20)).more
    assert index.find(Query("forum", limit=19)).more
