"""Which user names an @ in a text could mean. Light to import: pages ask it before anything is rendered."""

import re
import unicodedata
from collections.abc import Iterator

from forum.core.patterns import late
from forum.core.usernames import LONGEST, SHORTEST

# Names looked up for one text at most, counting every reading of "@张三你好"; later ones stay text.
CANDIDATES = 500

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
LATIN = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
# Han letters may touch a mention or a reference, since Chinese has no spaces; Latin ones and digits may not.
MENTION = late(f"(?<![{LATIN}_@./+-])@(?P<run>[{LATIN}{HAN}][{LATIN}{HAN}_.-]{{0,{LONGEST - 1}}})")
_HAN_LETTER = re.compile(f"[{HAN}]")


def mentioned(source: str) -> set[str]:
    """Return every user name, casefolded, that an @ in the source could mean: what to look up before rendering.

    "@张三你好" may name 张三, 张三你 or 张三你好; the longest that exists wins. At most 500, the first ones.
    """
    names: dict[str, None] = {}
    for found in MENTION.finditer(source):
        names.update((key_of(name), None) for name in readings(found["run"], source[found.end() : found.end() + 1]))
        if len(names) >= CANDIDATES:
            break
    return set(list(names)[:CANDIDATES])


def key_of(name: str) -> str:
    """Return the form in which names are looked up: NFKC, casefolded."""
    return unicodedata.normalize("NFKC", name).casefold()


def readings(run: str, following: str) -> Iterator[str]:
    """Yield the names that a run of name characters may begin with, the longest first."""
    for length in range(len(run), SHORTEST - 1, -1):
        name, after = run[:length], run[length : length + 1] or following
        if name[-1] not in "_.-" and not _joined(name[-1], after):
            yield name


def _joined(last: str, after: str) -> bool:
    """Tell whether a name can't end between these two characters: both belong to one Latin word."""
    if not after or _HAN_LETTER.match(last) or _HAN_LETTER.match(after):
        return False
    return after == "_" or after.isalnum()
