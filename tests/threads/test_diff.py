"""What changed between two texts: words, Chinese characters, and a bounded time for any two texts."""

import random
import time

import pytest

from forum.threads import diff
from forum.threads.diff import Segment, segments

FREQUENT = "的一是不了人我在有他"


def told(former: str, present: str) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in segments(former, present)]


def test_words_in_latin_script():
    assert told("The cat sat on the mat.", "The dog sat on a mat!") == [
        ("same", "The "), ("removed", "cat"), ("added", "dog"), ("same", " sat on "), ("removed", "the"),
        ("added", "a"), ("same", " mat"), ("removed", "."), ("added", "!"),
    ]  # fmt: skip


def test_characters_in_chinese():
    assert told("网络文明建设很重要", "网络文明的建设非常重要") == [
        ("same", "网络文明"), ("added", "的"), ("same", "建设"), ("removed", "很"), ("added", "非常"), ("same", "重要"),
    ]  # fmt: skip


@pytest.mark.parametrize(("former", "present"), [("", "x"), ("x", "")])
def test_from_and_to_nothing(former, present):
    assert segments(former, present) == [Segment("added" if present else "removed", "x")]


def test_far_from_a_change_unchanged_text_is_skipped():
    found = told("a " * 500 + "old" + " b" * 500, "a " * 500 + "new" + " b" * 500)
    assert [kind for kind, _ in found] == ["skipped", "same", "removed", "added", "same", "skipped"]
    assert len(found[1][1]) == len(found[4][1]) == diff.CONTEXT


def test_nothing_is_lost_or_made_up():
    chance = random.Random(7)
    for _ in range(2000):
        former, present = ("".join(chance.choices("ab 中文\n1", k=chance.randrange(30))) for _ in range(2))
        parts = diff._joined(diff._compared(former, present, diff.BUDGET))
        assert "".join(part.text for part in parts if part.kind != "added") == former
        assert "".join(part.text for part in parts if part.kind != "removed") == present


def test_a_shortest_way_is_found():
    changed = [part for part in segments("x" + "ab" * 30, "y" + "ab" * 30 + "z") if part.kind != "same"]
    assert [(part.kind, len(part.text)) for part in changed if part.kind != "skipped"] == [
        ("removed", 61),
        ("added", 62),
    ]
    han = [
        part for part in segments("甲" + "乙丙" * 30, "丁" + "乙丙" * 30 + "戊") if part.kind in ("added", "removed")
    ]
    assert [part.text for part in han] == ["甲", "丁", "戊"]


@pytest.mark.parametrize(
    ("former", "present"),
    [
        ("".join(random.Random(1).choices(FREQUENT, k=32_000)), "".join(random.Random(2).choices(FREQUENT, k=32_000))),
        ("a\n" * 16_000, "b\n" * 16_000),
        ("\n".join(str(random.Random(n).randrange(150)) for n in range(9000)), "\n".join("12" for _ in range(9000))),
        ("的" * 32_000, "x" + "的" * 16_000 + "y" + "的" * 15_998),
        ("a b\n" * 8_000, "b a\n" * 8_000),
    ],
)
def test_two_of_the_longest_texts_take_bounded_work(former, present, monkeypatch):
    steps = 0
    search = diff._step

    def counted(*arguments):
        nonlocal steps
        steps += 1
        return search(*arguments)

    monkeypatch.setattr(diff, "_step", counted)
    began = time.process_time()
    parts = segments(former, present)
    assert parts and steps <= 2.1 * diff.BUDGET  # by words, then by lines; a round that has begun is finished
    assert time.process_time() - began < 5
