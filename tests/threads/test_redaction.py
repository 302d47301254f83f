"""Cutting words out of a text: only away, never in, and every gap is marked."""

import pytest

from forum.core.errors import Refused
from forum.threads import actions, cutting, redaction
from forum.threads.models import Post


@pytest.mark.parametrize(
    ("former", "left", "result"),
    [
        ("You are a fool, and the rule is old.", "You are, and the rule is old.", "You are […], and the rule is old."),
        ("You fool. The rule is old.", "The rule is old.", "[…] The rule is old."),
        ("The rule is old. You fool.", "The rule is old.", "The rule is old […]."),
        ("One. Two. Three. Four.", "One. Three.", "One. […] Three […]."),
        ("a b c a b d", "c a b d", "[…] c a b d"),
        ("这是一个坏词在这里。后面还有。", "这是一个在这里。后面还有。", "这是一个 […] 在这里。后面还有。"),
        ("see [buy this](https://example.org) now", "see now", "see […] now"),
        ("see spam(https://example.org) now", "see (https://example.org) now", "see […] (https://example.org) now"),
        ("one two three", "one […] three", "one […] three"),
        ("First line.\n\nAn insult.\n\nLast line.", "First line.\n\nLast line.", "First line […].\n\nLast line."),
    ],
)
def test_what_is_missing_is_marked(former, left, result):
    assert cutting.without(former, left) == result


@pytest.mark.parametrize("left", ["You are not a fool.", "You are a foo.", "A fool you are.", "You are a fool!"])
def test_nothing_is_put_into_anybodys_mouth(left):
    with pytest.raises(Refused):
        cutting.without("You are a fool.", left)


def test_something_must_go_and_something_stay(thread, alice):
    post: Post = actions.post_reply(thread, alice, "You are a fool.")
    for left in ("You are a fool.", "You are  a fool.", "", "[…]"):
        with pytest.raises(Refused):
            redaction.prepared(post, left)
    cut = redaction.prepared(post, "You are.")
    assert cut.body == "You are […]." and "[…]" in cut.shown.html and cut.title is None
