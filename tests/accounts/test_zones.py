"""The zones to choose from: each once, in the language of the page; and moments in words."""

import re
from datetime import timedelta

import pytest

from forum.accounts import zones
from forum.core.database import now
from forum.core.i18n import ago


def _places(language: str) -> list[str]:
    return [words.partition(" · ")[2] for _name, words in zones._named(language, "today")]


def test_every_city_has_a_chinese_name_on_a_chinese_page():
    assert [place for place in _places("zh_Hans") if not re.search("[\u4e00-\u9fff]", place)] == []


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_no_city_is_there_twice_or_written_as_an_address(language):
    places = _places(language)
    assert len(set(places)) == len(places) == len(zones.ZONES)
    assert not [place for place in places if re.search("[/_]", place)]


def test_renamed_cities_carry_their_present_names():
    assert {"Kyiv", "Kolkata", "Buenos Aires", "Yangon"} <= set(_places("en"))
    assert {"基辅", "加尔各答", "布宜诺斯艾利斯", "仰光", "胡志明市", "加德满都"} <= set(_places("zh_Hans"))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(10, "just now"), (50, "1 minute ago"), (71, "1 minute ago"), (300, "5 minutes ago"), (7300, "2 hours ago")],
)
def test_no_moment_is_told_in_seconds(app, seconds, words):
    with app.test_request_context():
        assert ago(now() - timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("name", "place"),
    [("Europe/London", "London"), ("America/Argentina/Ushuaia", "Ushuaia"), ("Mars/Olympus_Mons", "Olympus Mons")],
)
def test_a_zone_that_somebody_has_is_told_in_words(app, name, place):
    with app.test_request_context():
        assert re.fullmatch(rf"UTC[+-]\d\d:\d\d · {place}", zones.words(name))
