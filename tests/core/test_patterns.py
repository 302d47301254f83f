"""Late patterns are those that they stand for."""

import re

import pytest

from forum.core import feeds, text, usernames
from forum.core.markup import names
from forum.core.patterns import late
from forum.threads import cutting
from moderation.ranker import pieces
from moderation.screens import prepared

WORDS = "a1 文明 b22\x00 c"


def test_a_late_pattern_does_what_the_pattern_does():
    plain, one = re.compile(r"[a-z]\d*"), late(r"[a-z]\d*")
    assert one.pattern == plain.pattern
    for _twice in range(2):
        assert one.findall(WORDS) == plain.findall(WORDS)
        assert one.sub("-", WORDS) == plain.sub("-", WORDS)
        assert [found.span() for found in one.finditer(WORDS)] == [found.span() for found in plain.finditer(WORDS)]
        assert one.fullmatch("a1") and not one.fullmatch("文")
    assert one.groups == 0 and one.groupindex == {}


def test_it_is_made_once_for_each_use(monkeypatch):
    made = []
    own = re.compile
    monkeypatch.setattr(re, "compile", lambda *given: made.append(given) or own(*given))
    one = late("x+")
    assert not made
    assert one.search("xx") and one.search("yx") and made == [("x+",)]


def test_what_is_no_pattern_says_so_when_it_is_used():
    broken = late("(")
    with pytest.raises(re.error):
        broken.search("")


LATE = (
    feeds._NOT_XML, text._INVISIBLE, usernames._HAN, names.MENTION, cutting._TOKEN, pieces._ATOM, prepared._MIXED,
)  # fmt: skip


@pytest.mark.parametrize("pattern", LATE)
def test_the_late_patterns_are_sound(pattern):
    assert re.compile(pattern.pattern)
    assert not isinstance(pattern, re.Pattern), "made at the start again"
