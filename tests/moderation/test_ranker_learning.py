"""The text model by itself: the same from the same texts, better than chance, explained, and measured by its misses."""

import math
import subprocess
import sys
from array import array
from datetime import UTC, datetime, timedelta

import pytest

from bench.decided_texts import decided_texts
from moderation.ranker.learners import Example, examples, learned
from moderation.ranker.learning import BUCKETS, LETTERS_READ, Model, features, learn, read, read_with_places
from moderation.ranker.measuring import area_under, error_of, is_useful
from moderation.ranker.pieces import heat_of, weightiest
from moderation.ranker.queries import Decided
from moderation.ranker.texts import says_where_to_turn

START = datetime(2026, 1, 1, tzinfo=UTC)


def as_decided(texts):
    """Newest first, as the database gives them; the cases were opened in another order than they were decided."""
    rows = [
        Decided(each.text, each.lang, each.rule, START + timedelta(hours=number * 7919 % 400))
        for number, each in enumerate(texts)
    ]
    return rows[::-1]


@pytest.fixture(scope="module")
def found() -> list[Example]:
    """Three hundred different texts with what was decided."""
    return examples(as_decided(decided_texts(300)))


@pytest.fixture(scope="module")
def made(found):
    """What was learned from them."""
    return learned(found)


def test_the_same_texts_give_the_same_model_in_every_process(found, made):
    again = learn([each.pieces for each in found], [each.is_against for each in found])
    assert again.packed() == made.against.packed() and again.bias == made.against.bias
    script = "from moderation.ranker.learning import features; print(list(features('Straße 加微信 v1agra')))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told.strip() == str(list(features("STRASSE 加微信  v1agra"))), "folded, and hashed alike elsewhere"


def test_a_model_comes_back_from_the_database_as_it_was(made):
    again = Model.unpacked(made.against.packed(), made.against.bias)
    assert again == made.against and len(again.weights) == BUCKETS
    with pytest.raises(ValueError, match="weights"):
        Model.unpacked(Model(array("f", [1.0]), 0.0).packed(), 0.0)


def test_it_tells_apart_what_it_has_not_seen_in_both_languages(made):
    figures = made.figures
    assert figures["area"] > 0.85 and is_useful(figures)
    assert figures["first"]["ranked"] > figures["first"]["oldest"]
    for lang in ("en", "zh"):
        assert figures["languages"][lang]["right"] >= 0.7 * figures["languages"][lang]["against"] > 0


def test_the_figures_equal_a_recount_by_hand(found, made):
    """Learn the older four fifths, ask about the rest, and count with the simplest means."""
    first = len(found) - round(len(found) * 0.2)
    old, new = found[:first], found[first:]
    model = learn([each.pieces for each in old], [each.is_against for each in old])
    values = [model.probability(each.pieces) for each in new]
    answers = [each.is_against for each in new]
    figures = made.figures
    assert (figures["tested"], figures["against"]) == (len(new), sum(answers))
    for percent, met, right in figures["ask"]:
        reached = [answer for value, answer in zip(values, answers, strict=True) if value * 100 >= percent]
        assert (met, right) == (len(reached), sum(reached))
    above = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for one, is_one in zip(values, answers, strict=True) if is_one
        for other, is_other in zip(values, answers, strict=True) if not is_other
    ]  # fmt: skip
    assert figures["area"] == pytest.approx(sum(above) / len(above))
    best = sorted(range(len(new)), key=lambda place: values[place], reverse=True)[:20]
    oldest = sorted(range(len(new)), key=lambda place: new[place].opened_at)[:20]
    assert figures["first"]["ranked"] == sum(answers[place] for place in best)
    assert figures["first"]["oldest"] == sum(answers[place] for place in oldest)
    spam = learn([each.pieces for each in old], [each.is_spam for each in old])
    for percent, met, right in figures["hold"]:
        held = [
            each for each in new if each.says_where_to_turn and spam.probability(each.pieces) * 100 >= percent
        ]  # fmt: skip
        assert (met, right) == (len(held), sum(each.is_spam for each in held))


def test_the_words_that_weighed_most_are_named_and_add_up(made):
    text = "I disagree with the court.\n你好。 ＷＲＩＴＥ  to lucky_42 for cheap followers, 50% off today only"
    against, favour = weightiest(made.spam, text)
    assert "lucky_42" in " ".join(piece.words for piece in against)
    assert all(piece.points > 0 and text[piece.start :].startswith(piece.words) for piece in against)
    assert all(piece.points < 0 for piece in favour) and favour
    folded, places = read_with_places(text)
    assert folded == read(text) and len(places) == len(folded) + 1
    whole = made.spam.bias + sum(heat_of(made.spam, folded))
    assert 1 / (1 + math.exp(-whole)) == pytest.approx(made.spam.probability(features(text)))
    shown = [piece for each in decided_texts(60, seed=9) for side in weightiest(made.spam, each.text) for piece in side]
    assert shown and not any(f"{piece.points:.1f}" in ("0.0", "-0.0") for piece in shown), "what weighs nothing"
    assert weightiest(made.spam, "") == ([], []) and weightiest(made.spam, " \n ") == ([], [])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("You are a worthless clown.", False),
        ("你就是个没脑子的寄生虫,滚出去!", False),
        ("See page 42, 2024.", False),
        ("Look at shop.example/buy", True),
        ("http://b.example", True),
        ("加V信 wx8844 领取", True),
        ("加微信 １３８ ００１１ ２２３３", True),
        ("ask @agent now", True),
        ("", False),
    ],
)
def test_only_what_says_where_to_turn_can_be_held(text, says):
    assert says_where_to_turn(text) is says


def test_an_insult_is_no_spam_even_to_a_forum_that_mostly_removes_spam(made):
    for insult in ("You are human garbage, and everybody here knows it.", "闭嘴吧蠢货,没人问你。"):
        assert made.against.probability(features(insult)) > made.spam.probability(features(insult))
        assert made.spam.probability(features(insult)) < 0.5


@pytest.mark.parametrize("kind", ["nothing", "one kind", "blank", "the same", "by the dice"])
def test_what_teaches_nothing_is_not_used(kind):
    texts = decided_texts(200)
    rows = as_decided(texts)
    if kind == "nothing":
        rows = []
    elif kind == "one kind":
        rows = [Decided(row.text, row.lang, "spam", row.opened_at) for row in rows]
    elif kind == "blank":
        rows = [Decided(" \n", row.lang, row.rule, row.opened_at) for row in rows]
    elif kind == "the same":
        rows = [Decided("The very same text.", row.lang, row.rule, row.opened_at) for row in rows]
    else:  # somebody decides without looking
        rows = [Decided(row.text, row.lang, "spam" * (place * 7919 % 10 < 4), row.opened_at)
                for place, row in enumerate(rows)]  # fmt: skip
    made = learned(examples(rows))
    assert not is_useful(made.figures)
    assert 0 < made.against.probability(features("Any text.")) < 1


def test_the_same_text_counts_once_as_it_was_decided_last_and_texts_are_bounded():
    rows = as_decided(decided_texts(5))
    wave = [Decided("Buy  SHOES at b.example", "en", "" if n else "spam", START) for n in range(50)]
    found = examples([*wave, *rows])
    assert (
        len(found) == 6
        and found[-1].rule == "spam"
        and [each.rule for each in found[:-1]] == [row.rule for row in rows[::-1]]
    )
    assert features("a" * LETTERS_READ + "b") == features("a" * LETTERS_READ)


def test_the_area_counts_ties_as_half_and_knows_its_error():
    assert area_under([0.1, 0.5, 0.5, 0.9], [False, True, False, True]) == pytest.approx(0.875)
    assert area_under([0.1, 0.2], [True, True]) is None and area_under([], []) is None
    assert error_of(0.5, 100, 100) == pytest.approx(0.041, abs=0.001)
