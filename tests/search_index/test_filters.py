"""Each filter narrows, alone and together with the others."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from search_index.interface import Document, SearchIndex
from tests.search_index.conftest import found, post


@pytest.fixture
def index(index: SearchIndex) -> SearchIndex:
    index.put(
        [
            post(1, "charity", created=datetime(2021, 11, 18, 23, 59, 59, tzinfo=UTC)),
            post(2, "charity", subtheme="law-online", created=datetime(2021, 11, 19, 0, 0, tzinfo=UTC)),
            post(3, "charity", author="dr_chen", expert=True, created=datetime(2021, 11, 19, 23, 59, 59, tzinfo=UTC)),
            post(4, "charity 慈善", lang="zh", created=datetime(2021, 11, 20, 0, 0, tzinfo=UTC)),
            post(5, "charity", author="dr_chen", lang="", created=datetime(2021, 11, 21, tzinfo=UTC)),
        ]
    )
    return index


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"subtheme": "law-online"}, [2]),
        ({"subtheme": "law"}, []),
        ({"author": "dr_chen"}, [3, 5]),
        ({"author": "DR_Chen"}, [3, 5]),
        ({"expert": True}, [3]),
        ({"lang": "zh"}, [4]),
        ({"lang": ""}, [5]),
        ({"after": date(2021, 11, 19)}, [2, 3, 4, 5]),
        ({"before": date(2021, 11, 19)}, [1, 2, 3]),
        ({"after": date(2021, 11, 19), "before": date(2021, 11, 19)}, [2, 3]),
        ({"after": date(2021, 11, 20), "before": date(2021, 11, 19)}, []),
        ({"before": date(1960, 1, 1)}, []),
        ({"after": date(1, 1, 1), "before": date(9999, 12, 30)}, [1, 2, 3, 4, 5]),
        ({"author": "dr_chen", "after": date(2021, 11, 20)}, [5]),
        (
            {
                "author": "dr_chen",
                "expert": True,
                "lang": "en",
                "subtheme": "online-content",
                "before": date(2022, 1, 1),
            },
            [3],
        ),
        ({"author": "dr_chen", "subtheme": "law-online"}, []),
    ],
)
def test_filters(index: SearchIndex, filters: dict[str, Any], ids: list[int]) -> None:
    assert sorted(found(index, "charity", **filters)) == ids
    assert found(index, "charity", sort="newest", **filters) == ids[::-1]


def test_filters_narrow_phrases_and_exclusions_too(index: SearchIndex) -> None:
    assert found(index, "charity -慈善", after=date(2021, 11, 20)) == [5]
    assert found(index, '"慈善"', lang="en") == []


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Document(1, "", "text", "s", "a", "en", False, 1, datetime(2021, 11, 19))  # noqa: DTZ001
