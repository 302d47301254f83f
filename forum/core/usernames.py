"""User names: which are allowed, and which look so alike that only one of them may exist."""

import re
import unicodedata

from forum.core.patterns import late
from search_index.simplified import simplified

SHORTEST, LONGEST = 2, 30

# What a reader takes for a Latin letter. Own list: Cyrillic and Greek letters that common fonts draw as Latin
# ones, digits read as letters, Latin letters beyond a-z, and Han signs that differ in a hair.
_LOOKS_LIKE = str.maketrans(
    {
        **dict(zip("авекмнорстухѕіјԁһӏԛԝѵгпзь", "abekmhopctyxsljdhlqwvrn3b", strict=True)),
        **dict(zip("αβεηικνορτυχγωϲϳ", "abenlkvoptuxywcj", strict=True)),
        **dict(zip("0158|!$@", "olsbllsa", strict=True)),
        **dict(zip("øłđðħŧıȷ", "oldđhtlj", strict=True)),
        **{"æ": "ae", "œ": "oe", "þ": "p", "ŋ": "n", "i": "l", "í": "l"},
        **dict(zip("曰囗〇○", "日口oo", strict=True)),
        **dict.fromkeys(".-·‐–—・", "_"),
    }
)
_PAIRS = (("rn", "m"), ("vv", "w"))
_LATIN_WITHOUT_BASE = frozenset("æœøþðßđłŋħÆŒØÞÐĐŁŊĦ")
_HAN = late("[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")


class BadUsername(ValueError):
    """A name that can't be taken. `reason`: "short", "long", "characters", "edges" or "letters"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def valid_username(name: str) -> str:
    """Return the name as it is stored (NFKC: full-width letters become plain ones), or raise `BadUsername`.

    2 to 30 code points: Latin and Han letters and ASCII digits, with `_`, `-` and `.` inside and never two of
    those together; at least one letter. Everything else is refused, so no third script can imitate these two.
    """
    name = unicodedata.normalize("NFKC", name)
    if len(name) < SHORTEST:
        raise BadUsername("short")
    if len(name) > LONGEST:
        raise BadUsername("long")
    if not all(_is_letter(char) or char in "0123456789_-." for char in name):
        raise BadUsername("characters")
    if re.search(r"^[_.-]|[_.-]$|[_.-]{2}", name):
        raise BadUsername("edges")
    if not any(_is_letter(char) for char in name):
        raise BadUsername("letters")
    return name


def skeleton(name: str) -> str:
    """Return what the name looks like; two names with one skeleton can't both exist (check U-2).

    NFKC, case and accents folded; traditional Han simplified, sign by sign; look-alikes of other scripts, digits and
    separators become one of a kind. Who changes this rule leaves stored keys behind: `accounts.name_keys` renews them.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if unicodedata.category(c)[0] not in "MCZ")
    seen = _HAN.sub(lambda sign: simplified(sign[0]), bare).translate(_LOOKS_LIKE)
    for pair, single in _PAIRS:
        seen = seen.replace(pair, single)
    return unicodedata.normalize("NFC", seen)


def _is_letter(char: str) -> bool:
    if _HAN.match(char) or char in _LATIN_WITHOUT_BASE:
        return True
    base = unicodedata.normalize("NFD", char)[0]
    return base.isascii() and base.isalpha() and unicodedata.category(char)[0] == "L"
