"""Prose, which is rendered without parser and sanitizer, comes out as they would make it, letter by letter."""

import random
import sys

import pytest

from bench.speed import content
from forum.core import text
from forum.core.markup import bounds, prose, render
from forum.core.markup.pipeline import render_here
from tests.core.hostile_markdown import PATTERNS

MARKS = "*_`~[]<>&\\#|+-=./:@^(){}\"'!?,;%$ \n\t0159aZé文，。：“”’…—"
PROSE = (
    "One line.",
    "Two lines\nof one paragraph.",
    "A paragraph.\n\nAnother one, with \"quotes\" and 'others'; (brackets) too?",
    "Numbers 1, 2 and 3. A well-known word, 50% of it: yes!",
    "网络文明，从我做起。数据（算法）与“谣言”：是什么？",
    "A gap\n\n\nof two lines.",
    "Ends with a colon:",
    "A word - and 'another' one.",
)
OTHERS = (
    "*Words*", "_words_", "a `b`", "1. a list", "- a list", "+ a", "> quoted", "# heading", "Words\n---",
    "Words\n===", "Words\n- a list", "Words\n1. two", "Words\n1) two", "    code", "Words  \nbroken", "a\\\nb",
    "www.example.org", "see Www.example.org now", "https://example.org", "mail me@example.org", "@alice",
    "hello @alice.", "#12", "a | b\n- | -", "<b>", "a & b", "&amp;", "[a](/b)", "![a](/b)", "[^1]", "~~a~~",
    "a\tb", " a", "a ", "a\n b", "a\n", "", "$", "a_b", "\ufeffa", "a\u200bb", "x\u0301",
)  # fmt: skip


@pytest.mark.parametrize("source", PROSE)
def test_prose_is_rendered_as_the_parser_does(source):
    assert prose.rendered(source) == render_here(source, {})


@pytest.mark.parametrize("source", OTHERS)
def test_anything_else_is_left_to_the_parser(source):
    assert prose.rendered(source) is None


def test_every_letter_there_is_comes_out_as_from_the_parser():
    """In batches: each letter within a word and at a word's end."""
    letters = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isalnum()]
    odd = []
    for start in range(0, len(letters), 500):
        source = "A" + " ".join(f"{letter}b{letter}" for letter in letters[start : start + 500])
        shown = prose.rendered(source)
        if shown is None or shown != render_here(source, {}):
            odd.append(start)
    assert not odd


def test_texts_of_chance_come_out_as_from_the_parser():
    chance, taken = random.Random(26), 0
    for _ in range(6_000):
        signs = "".join(chance.sample(MARKS, chance.randint(1, 4)))
        source = "".join(chance.choice("ab 文\n" + signs) for _ in range(chance.randint(1, 30)))
        shown = prose.rendered(source)
        if shown is not None:
            taken += 1
            assert shown == render_here(source, {}), source
    assert taken > 300  # or nothing was tried


def test_texts_as_people_write_them_come_out_as_from_the_parser():
    bodies = [line["body"] for line in content.lines(20, 60, 300) if line["kind"] == "post"]
    pairs = [(prose.rendered(body), body) for body in bodies]
    assert sum(shown is not None for shown, _ in pairs) > 100
    assert all(shown == render_here(body, {}) for shown, body in pairs if shown is not None)


def test_hostile_patterns_come_out_as_from_the_parser():
    for make in PATTERNS.values():
        source = text.normalize_text(make(200), 10_000, least=0)
        shown = prose.rendered(source)
        assert shown is None or shown == render_here(source, {}), source


@pytest.mark.parametrize("unit", ["a", "a ", "a\n", "a. ", "a\n\n", "文，", "a-"])
def test_the_longest_text_is_looked_at_once(unit):
    """A pattern that goes back would not come to an end for these, which fail at their very end."""
    longest = unit * (text.BODY_LIMIT // len(unit))
    assert prose.rendered(f"{longest}b") is not None
    assert prose.rendered(f"{longest}b*") is None


def test_prose_needs_no_renderer(monkeypatch):
    monkeypatch.setattr(bounds, "_here", None)
    monkeypatch.setattr(bounds, "_ordinary", None)
    assert render("Long words. " * 100 + "End.").html.startswith("<p>Long words. Long")
