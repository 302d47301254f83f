"""The language of a question: any word finds, "quotes" make a phrase, a minus excludes; nothing else is syntax."""

import re
from dataclasses import dataclass
from functools import cache

from search_index.analysis import Token, pieces, stem

MAX_CHARACTERS = 200
MAX_TERMS = 32

_QUOTES = str.maketrans(dict.fromkeys("“”„«»「」『』＂", '"') | dict.fromkeys("－−", "-"))
_PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<words>[^\s"]+))')

# So common that they say nothing beside another word; asked for alone, they count like any other.
_COMMON = """
a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my no not
of on or our should so some than that the their them then there these they this those to was we were what when where
which who why will with would you your
"""


@cache
def stop_words() -> frozenset[str]:
    """Return the stems that a question may lack; made when somebody first asks, for stemming loads a library."""
    return frozenset(map(stem, _COMMON.split()))


@dataclass(frozen=True, slots=True)
class Question:
    """A parsed question. `terms` are what ranks (any of them finds, the words of phrases among them); `runs` are the
    pairs of each Han run of three characters and more; every one of `phrases` must be there, none of `excluded`."""

    terms: tuple[str, ...]
    runs: tuple[tuple[str, ...], ...]
    phrases: tuple[tuple[str, ...], ...]
    excluded: tuple[tuple[str, ...], ...]

    def __bool__(self) -> bool:
        """False when there is nothing to look for; a question that only excludes finds nothing."""
        return bool(self.terms)


def parse(text: str) -> Question:
    """What is asked for. Any text at all is a question: what makes no sense as syntax is words or nothing."""
    words: list[list[str]] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    for part in _PART.finditer(text[:MAX_CHARACTERS].translate(_QUOTES)):
        found = [_placed(piece) for piece in pieces(part["phrase"] or part["words"] or "")]
        together = tuple(term for piece in found for term in piece)[:MAX_TERMS]
        if part["minus"]:
            excluded += [together] if together else []
        else:
            words += found
            phrases += [together] if part["phrase"] and together else []
    return Question(
        terms=_ranking_terms(words),
        runs=tuple(dict.fromkeys(tuple(piece) for piece in words if 1 < len(piece) <= MAX_TERMS)),
        phrases=tuple(dict.fromkeys(phrases)),
        excluded=tuple(dict.fromkeys(excluded)),
    )


def _placed(piece: list[Token]) -> list[str]:
    return [token.term for token in piece if token.position is not None]


def _ranking_terms(words: list[list[str]]) -> tuple[str, ...]:
    terms = list(dict.fromkeys(term for piece in words for term in piece))
    telling = [term for term in terms if term not in stop_words()]
    return tuple((telling or terms)[:MAX_TERMS])
