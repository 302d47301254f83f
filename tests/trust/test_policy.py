"""The levels: what each asks, one number short of each, what is kept and what is lost."""

from dataclasses import replace

import pytest

from forum import config
from forum.trust import policy
from forum.trust.policy import Begun, Deeds, Record

NUMBERS = {name: row.default for name, row in config.TRUST.items()}
SETTLED = Deeds(threads=5, posts=30, minutes=10)
MEMBER = Deeds(threads=20, posts=100, minutes=60, days=15, replied=3, people=2)
LATELY = Deeds(threads=25, posts=100, days=50, replied=10, people=5)
BEGUN = Begun(threads=100, posts=400)
REGULAR = Record(MEMBER, LATELY)


@pytest.mark.parametrize(
    ("record", "level"),
    [(Record(), 0), (Record(SETTLED), 1), (Record(MEMBER), 2), (REGULAR, 3), (Record(Deeds(), LATELY), 0)],
)
def test_a_record_earns_its_level(record, level):
    assert policy.earned(record, BEGUN, NUMBERS) == level


@pytest.mark.parametrize("deed", ["threads", "posts", "minutes"])
def test_one_short_of_level_one(deed):
    assert policy.earned(Record(replace(SETTLED, **{deed: getattr(SETTLED, deed) - 1})), BEGUN, NUMBERS) == 0


@pytest.mark.parametrize("deed", ["threads", "posts", "minutes", "days", "replied", "people"])
def test_one_short_of_level_two(deed):
    assert policy.earned(Record(replace(MEMBER, **{deed: getattr(MEMBER, deed) - 1})), BEGUN, NUMBERS) == 1


@pytest.mark.parametrize("deed", ["threads", "posts", "days", "replied", "people"])
def test_one_short_of_level_three(deed):
    less = replace(LATELY, **{deed: getattr(LATELY, deed) - 1})
    assert policy.earned(Record(MEMBER, less), BEGUN, NUMBERS) == 2


def test_decisions_forbid_level_three_and_flags_are_not_even_asked():
    assert policy.earned(replace(REGULAR, strikes=1), BEGUN, NUMBERS) == 3
    assert policy.earned(replace(REGULAR, strikes=2), BEGUN, NUMBERS) == 2


def test_the_share_is_rounded_up_and_capped():
    needs = {step.code: step.need for step in policy.steps(3, REGULAR, Begun(101, 1_000_000), NUMBERS)}
    assert (needs["threads"], needs["posts"]) == (26, 20_000)
    assert {step.code: step.need for step in policy.steps(3, REGULAR, Begun(9_000, 0), NUMBERS)}["threads"] == 500


@pytest.mark.parametrize(
    ("former", "record", "level"),
    [(1, Record(), 1), (2, Record(), 2), (3, REGULAR, 3), (3, Record(MEMBER), 2), (2, Record(Deeds(), LATELY), 3)],
)
def test_only_the_top_level_is_lost(former, record, level):
    assert policy.next_level(former, record, BEGUN, NUMBERS) == level


def test_the_environment_changes_a_number(tmp_path):
    settings = config.load({"TRUST_1_POSTS_READ": "7", "FORUM_INSTANCE": str(tmp_path)}, tmp_path)
    assert settings["TRUST"] == {**NUMBERS, "1_POSTS_READ": 7}
    with pytest.raises(config.UnsafeSetting, match="TRUST_1_POSTS_READ"):
        config.load({"TRUST_1_POSTS_READ": "many", "FORUM_INSTANCE": str(tmp_path)}, tmp_path)
