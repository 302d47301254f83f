"""The one normaliser: what it takes out, what it leaves in place, and how it counts."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.core import text

FAMILY = "👨\u200d👩\u200d👧"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
SELDOM = "\x00\x07\x85\u00ad\u0301\u0338\u200b\u200c\u200d\u202e\u2066\ufe0f\ufeff\ufffe\U000e0041\U000e0100"


def clean(value: str) -> str:
    return text.normalize_line(value, 1000, least=0)


@pytest.mark.parametrize(
    "smuggled",
    [
        "\x00", "\x07", "\x7f", "\x9f", "\u202e", "\u202a", "\u2066", "\u2069", "\ufeff", "\u200b", "\u2060", "\u00ad",
        "\ud800", "\udfff", "\ufffe", "\uffff", "\U0001ffff", "\U000e0041", "\U000e0001", "\u200d", "\u200c",
    ],
)  # fmt: skip
def test_it_takes_out_what_nobody_sees(smuggled):
    assert clean(f"al{smuggled}ice") == "alice"
    assert clean(f"网{smuggled}络") == "网络"


@pytest.mark.parametrize(
    "needed",
    [
        FAMILY,
        ENGLAND,
        "❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3",
        "می\u200cخواهم",  # Persian: "I want", where the joiner separates
        "क्\u200dष",
        "ភាសា\u200bខ្មែរ",
        "葛\U000e0100",
        "tiếng Việt",
        "שָׁלוֹם",
    ],
)
def test_it_keeps_what_scripts_and_emoji_need(needed):
    assert clean(needed) == unicodedata.normalize("NFC", needed)


def test_a_flag_does_not_open_the_door_to_other_tag_characters():
    assert clean(ENGLAND + "\U000e0041\U000e0042") == ENGLAND
    assert clean("🏴\U000e0068\U000e0069\U000e007f") == "🏴"


def test_a_letter_without_variants_has_no_variation_selector():
    assert clean("al\ufe0fice") == "alice"


def test_a_run_of_variation_selectors_carries_no_hidden_bytes():
    assert clean("😀" + "\ufe0e\ufe01\ufe02\ufe03") == "😀\ufe0e"
    assert clean("葛" + "\U000e0100\U000e0101\U000e0102") == "葛\U000e0100"


def test_letters_are_composed():
    assert clean("Cafe\u0301") == "Café"


@pytest.mark.parametrize("glue", ["", "\u200d"])
def test_five_thousand_marks_on_one_letter_become_a_few(glue):
    stacked = text.normalize_text("a" + f"\u0316{glue}" * 5_000 + "b", 32_000)
    assert stacked == "a" + "\u0316" * text.MARKS_PER_BASE + "b"


def test_marks_hidden_by_an_order_that_is_slow_to_sort_are_capped_first():
    began = time.process_time()
    stacked = text.normalize_text("x" + "\u0315\u0316" * 100_000, 32_000)
    assert time.process_time() - began < 2
    assert len(stacked) == 1 + text.MARKS_PER_BASE


def test_line_ends_become_newlines():
    assert text.normalize_text("a\r\nb\rc\u2028d\u2029e\x85f\x0bg", 100) == "a\nb\nc\nd\ne\nf\ng"


def test_a_text_keeps_tabs_spaces_and_the_indent_of_code():
    assert text.normalize_text("\n \n    code\n\tmore  \nend \n\n", 100) == "    code\n\tmore  \nend"


def test_a_line_is_one_line_with_single_spaces():
    assert text.normalize_line(" a\u3000b\n\tc\u00a0 d ", 100) == "a b c d"


def test_lengths_are_code_points_after_composition_at_the_edge():
    assert len(text.normalize_line("e\u0301" * 200, text.TITLE_LIMIT)) == 200
    assert text.normalize_line("文" * 200, text.TITLE_LIMIT)
    with pytest.raises(text.TooLong) as refused:
        text.normalize_line("文" * 201, text.TITLE_LIMIT)
    assert (refused.value.length, refused.value.limit) == (201, 200)


def test_an_emoji_family_counts_its_five_code_points():
    assert text.normalize_line(FAMILY, 5) == FAMILY
    with pytest.raises(text.TooLong):
        text.normalize_line(FAMILY, 4)


def test_a_hopelessly_long_value_is_refused_unread():
    with pytest.raises(text.TooLong) as refused:
        text.normalize_text("文" * 10_000_000, text.BODY_LIMIT)
    assert refused.value.length == 10_000_000


@pytest.mark.parametrize("blank", ["", "  \n\t", "\u200b\u2060", "\u3164", "\u2800\u2800", "\u0301"])
def test_what_leaves_no_ink_is_blank(blank):
    with pytest.raises(text.Blank) as refused:
        text.normalize_text(blank, 100)
    assert refused.value.least == 1
    assert text.normalize_text(blank, 100, least=0) == ""


def test_a_least_number_of_visible_characters_can_be_asked():
    assert text.normalize_line("文明", 100, least=2) == "文明"
    with pytest.raises(text.Blank) as refused:
        text.normalize_line("文 \u3164", 100, least=2)
    assert (refused.value.length, refused.value.least) == (1, 2)


def test_what_composition_brings_together_is_cleaned_again():
    assert clean("\u212a\ufe0f") == "K"  # the Kelvin sign may have variants, the letter it becomes has none


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.text(st.one_of(st.characters(), st.sampled_from(SELDOM + "a文 \n🏴😀")), max_size=60))
def test_normalising_twice_changes_nothing_and_never_fails(value):
    once = text.normalize_text(value, 10_000, least=0)
    assert text.normalize_text(once, 10_000, least=0) == once
    line = text.normalize_line(value, 10_000, least=0)
    assert text.normalize_line(line, 10_000, least=0) == line
    once.encode()  # storable in every database
    assert not set(once) & set("\x00\x85\u202e\ufffe\r")


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("我们讨论网络文明", "zh"),
        ("我用 Python 写了一个 API，大家看看", "zh"),
        ("What does 文明 mean in English law?", "en"),
        ("Hello", "en"),
        ("日本語のテキストです", ""),
        ("привет, мир", ""),
        ("12345 !!!", ""),
        ("", ""),
    ],
)
def test_the_language_is_guessed_by_the_share_of_han_letters(words, language):
    assert text.guess_language(words) == language


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("How do we verify experts?", "how-do-we-verify-experts"),
        ("网络文明，从我做起！", "网络文明-从我做起"),
        ("Café ＡＢＣ", "cafe-abc"),
        ("???", "-"),
        ("../../etc/passwd", "etc-passwd"),
        ("文" * 100, "文" * 60),
    ],
)
def test_a_slug_keeps_words_and_han(title, slug):
    assert text.plain_slug(title) == slug


def test_a_long_slug_is_cut_between_words():
    slug = text.plain_slug("word " * 30)
    assert len(slug) <= text.SLUG_LIMIT
    assert slug.endswith("word")
