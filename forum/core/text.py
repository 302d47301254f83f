"""The one normaliser: every text that enters the forum passes here, from form, import and command line."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from forum.core.patterns import late
from forum.core.usernames import BadUsername, skeleton, valid_username
from search_index.analysis import fold, stem

__all__ = [
    "BIO_LIMIT", "BODY_LIMIT", "NAME_LIMIT", "NOTE_LIMIT", "REASON_LIMIT", "TITLE_LIMIT",
    "BadUsername", "Blank", "TextError", "TooLong",
    "cleaned", "fold", "guess_language", "leaves_ink", "normalize_line", "normalize_text", "plain_slug", "skeleton",
    "stem", "valid_username", "visible_length",
]  # fmt: skip

# Lengths in code points after NFC (check U-4). 32,000 for a post is what Discourse takes; the others fit
# their boxes on the page.
BODY_LIMIT = 32_000
TITLE_LIMIT = 200
NAME_LIMIT = 40
BIO_LIMIT = 2_000
NOTE_LIMIT = 1_000
REASON_LIMIT = 2_000

SLUG_LIMIT = 60

# Marks kept on one base character. Vietnamese needs two, vocalised Hebrew and Tibetan up to five or six.
MARKS_PER_BASE = 8

# A value this many times too long is refused before it is cleaned: no cleaning makes it fit that an honest
# person could want, and ten megabytes would cost seconds.
HOPELESS = 10

# A text is Chinese when at least this share of its Han and Latin letters is Han: an English name or address
# costs many letters, a Chinese word only two, so the bar is well under a half.
HAN_SHARE = 0.15


class TextError(ValueError):
    """A text that can't be taken; its numbers are for the message beside the field."""


class TooLong(TextError):
    """Longer than allowed: `length` and `limit` in code points."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"{length} code points, at most {limit}")
        self.length, self.limit = length, limit


class Blank(TextError):
    """Fewer visible characters than asked: `length` of them, `least` needed."""

    def __init__(self, length: int, least: int) -> None:
        super().__init__(f"{length} visible code points, at least {least}")
        self.length, self.least = length, least


def normalize_line(value: str, limit: int, *, least: int = 1) -> str:
    """Return the value as one clean line: NFC, no invisible characters, any whitespace run as one space.

    `least=0` lets an optional field be empty. Raises `Blank` or `TooLong`; a repeated call changes nothing.
    """
    return _measured(_settled(value, limit, lambda text: " ".join(text.split())), limit, least)


def normalize_text(value: str, limit: int, *, least: int = 1) -> str:
    """Return the value as clean text of many lines: as `normalize_line`, but LF, tabs and spaces stay.

    Empty lines at the start and whitespace at the end go; the first line keeps its indent (it may be code).
    """
    return _measured(_settled(value, limit, _trimmed), limit, least)


def guess_language(text: str) -> str:
    """Return "zh", "en" or "" by the letters: Han against Latin, nothing when another script leads.

    A guess for fonts and search filters only. Latin is taken for English, the forum's other language; kana
    make Han letters Japanese, so that text stays unnamed.
    """
    han = len(_HAN.findall(text))
    latin = len(_LATIN.findall(text))
    other = sum(map(str.isalpha, text)) - han - latin
    if other > han + latin or not han + latin or len(_KANA.findall(text)) > han * 0.1:
        return ""
    return "zh" if han / (han + latin) >= HAN_SHARE else "en"


@lru_cache(4_096)  # a page of a thread writes its address forty times
def plain_slug(title: str) -> str:
    """Return the title for use in an address: lower-case letters and digits joined by "-", Han as it is.

    At most 60 code points, cut between words where that leaves half of them; "-" when nothing is left.
    """
    folded = unicodedata.normalize("NFKD", title.casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    slug = "-".join(_WORD.findall(unicodedata.normalize("NFC", bare)))
    if len(slug) > SLUG_LIMIT:
        head = slug[: SLUG_LIMIT + 1].rpartition("-")[0]
        slug = head if len(head) >= SLUG_LIMIT // 2 else slug[:SLUG_LIMIT].rstrip("-")
    return slug or "-"


def visible_length(text: str) -> int:
    """Return how many characters leave ink: neither spaces, controls, marks nor blank letters."""
    return sum(map(_leaves_ink, text))


def leaves_ink(text: str) -> bool:
    """Whether anything of the text can be seen; looks no further than the first such character."""
    return any(map(_leaves_ink, text))


def _leaves_ink(char: str) -> bool:
    return unicodedata.category(char)[0] not in "ZCM" and char not in _BLANK_LETTERS


def _measured(text: str, limit: int, least: int) -> str:
    if len(text) > limit:
        raise TooLong(len(text), limit)
    if not leaves_ink(text):
        text = ""
    if least > bool(text) and (seen := visible_length(text)) < least:
        raise Blank(seen, least)
    return text


def _settled(value: str, limit: int, shaped: Callable[[str], str]) -> str:
    """Clean until nothing changes: composing may bring new neighbours together (a few rounds at most)."""
    if len(value) > limit * HOPELESS:
        raise TooLong(len(value), limit)
    for _ in range(6):
        settled = shaped(cleaned(value))
        if settled == value:
            break
        value = settled
    return value


def cleaned(text: str) -> str:
    """Return the text in NFC without invisible characters, of any length: for what entities bring in later."""
    text = _LINE_ENDS.sub("\n", text)
    if text.isascii():
        return _ASCII_CONTROLS.sub("", text)
    # Marks are capped before NFC too: putting thousands of them into canonical order takes quadratic time.
    text = _capped_marks(_INVISIBLE.sub(_kept, text))
    return _capped_marks(unicodedata.normalize("NFC", text))


def _trimmed(text: str) -> str:
    return _EMPTY_HEAD.sub("", text).rstrip()


def _kept(found: re.Match[str]) -> str:
    return found["flag"] or ""


def _capped_marks(text: str) -> str:
    return _MARK_RUN.sub(_without_surplus_marks, text)


def _without_surplus_marks(run: re.Match[str]) -> str:
    kept, marks = [], 0
    for char in run[0]:
        if char not in "\u200c\u200d":  # a joiner does not start a new base
            marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks <= MARKS_PER_BASE:
            kept.append(char)
    return "".join(kept)


_HAN = re.compile("[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_KANA = re.compile("[\u3041-\u30ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]")
_WORD = re.compile(r"[^\W_]+")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ASCII_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_EMPTY_HEAD = re.compile(r"\A(?:[^\S\n]*\n)+")
# Hangul fillers and the empty Braille cell are letters and symbols to Unicode, and nothing to the eye.
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"

# A joiner has work to do only between letters of scripts that join or between emoji, never at Latin or Han.
_JOINING = "\u0590-\u109f\u1780-\u18af\u1a00-\u1aff\ua800-\uabff\U00010a00-\U00011fff"
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
# Thai, Lao, Burmese and Khmer have no spaces: there a zero-width space says where a line may break.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_MONGOLIAN = "\u1800-\u18af"

_INVISIBLE = late(
    # The flags of England, Scotland and Wales are the only use of tag characters that anybody draws.
    "(?P<flag>\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    "|\U000e0077\U000e006c\U000e0073)\U000e007f)"
    "|[\x00-\x08\x0e-\x1f\x7f-\x9f]"  # C0 and C1 but tab and newline
    "|[\u202a-\u202e\u2066-\u2069]"  # bidi embeddings, overrides, isolates (Trojan Source)
    "|[\u00ad\u034f\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
    "|[\ud800-\udfff\ufdd0-\ufdef"  # lone surrogates and non-characters
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17))
    + "]"
    f"|(?<![{_JOINING}{_EMOJI}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}{_EMOJI}])"
    f"|(?<![{_SPACELESS}])\u200b|\u200b(?![{_SPACELESS}])"
    f"|(?<![{_MONGOLIAN}])\u180e"
    # One variation selector a character, where there are variants: runs of them carry hidden bytes.
    "|(?<![#*0-9\u00a9\u00ae\u0590-\ufdff\ufe10-\U000dffff])[\ufe00-\ufe0f]"
    f"|(?<!{_HAN.pattern})[\U000e0100-\U000e01ef]"
)
# Where too many marks can stand at all: marks are neither letters nor digits to `re`.
_MARK_RUN = re.compile(f"[^\\w\\s\\x00-\\x7f]{{{MARKS_PER_BASE + 1},}}")
