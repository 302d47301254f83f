"""One analyser for Chinese and English: the same tokens when a post is indexed and when somebody asks.

Characters are folded one by one, without their neighbours, so that index and question always agree and every token
knows its place in the original text. Words are stemmed; Han is cut into pairs, which needs no dictionary.
"""

import re
import sys
import threading
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec
from typing import Any, NamedTuple

from search_index.simplified import simplified

# A post has at most 32,000 characters; what an import brings beyond this is not indexed, to bound one document.
INDEXED_CHARACTERS = 40_000
TITLE_WEIGHT = 3.0  # a word in the title counts as three in the body
_WORD_LENGTH = 64  # longer "words" are base64 and the like: their beginning is enough
_FOLDED_CHARACTERS = 60_000  # all of Unicode in use fits; hostile text can't make the table grow for ever

# Han with its extensions, 〇 and 々, and kana, which are written without spaces too
_HAN = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_LETTER = rf"[^\W_{_HAN}]"
_TOKEN = re.compile(
    rf"(?P<han>[{_HAN}]+)"
    rf"|(?P<sign>(?<!\w)[a-z](?:\+\+|\#)(?!\w))"  # c++, c#
    rf"|(?P<number>\d+(?:\.\d+)+(?!{_LETTER}))"  # 2.6.8, 3.11: one token, or its digits would find everything
    rf"|(?P<word>{_LETTER}+(?:['’]{_LETTER}+)*)"
)
_ENGLISH = re.compile(r"[a-z']+")


class Token(NamedTuple):
    """A term and where it stands: `position` counts tokens (None for the single characters of a longer Han run,
    which only a one-character question asks for); `start` and `end` count characters of the original text."""

    term: str
    position: int | None
    start: int
    end: int


class _Folding(dict[str, str]):
    """Character → what it is folded to, filled as characters are met."""

    def __missing__(self, character: str) -> str:
        folded = _fold(character)
        if len(self) < _FOLDED_CHARACTERS:
            self[character] = folded
        return folded


def _fold(character: str) -> str:
    """Width, compatibility forms, case, accents and traditional forms folded away; invisible characters vanish."""
    category = unicodedata.category(character)
    if category == "Cs":
        return " "  # half of a surrogate pair: no text, and OpenCC refuses it
    if category == "Cf":
        return ""  # soft hyphens, joiners, direction marks: nobody types them
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    folded = unicodedata.normalize("NFC", bare)
    if re.fullmatch(f"[{_HAN}]+", folded):
        return simplified(folded)
    return folded


_FOLDED = _Folding()


def fold(text: str) -> tuple[str, list[int] | range]:
    """The folded text, and for each of its characters (and its end) the index of the original character."""
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    pieces = [_FOLDED[character] for character in text]
    folded = "".join(pieces)
    if all(len(piece) == 1 for piece in pieces):
        return folded, range(len(text) + 1)
    starts = [index for index, piece in enumerate(pieces) for _ in piece]
    return folded, [*starts, len(text)]


# The stemmer keeps the word it works on in itself, so threads take turns; the cache makes that rare.
_stemmer_turn = threading.Lock()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a folded word (networks, networking → network); words that aren't English stay as they are."""
    word = word[:_WORD_LENGTH].replace("’", "'")
    if _ENGLISH.fullmatch(word):
        with _stemmer_turn:
            word = _stemmer().stemWord(word)
    return word.replace("'", "") or word


@cache
def _stemmer() -> Any:
    # The library imports all its languages, 3 MB; its name stands for the folder alone until this one is there.
    found = find_spec("snowballstemmer")
    assert found is not None
    folder = module_from_spec(found)
    stands = sys.modules.setdefault("snowballstemmer", folder) is folder
    try:
        from snowballstemmer.english_stemmer import EnglishStemmer  # noqa: PLC0415 - who asks for no word needs none
    finally:
        if stands:  # whoever else imports it gets the library
            del sys.modules["snowballstemmer"]
    return EnglishStemmer()


def pieces(text: str) -> Iterator[list[Token]]:
    """The tokens of `text`, those of one word or one run of Han together."""
    folded, starts = fold(text)
    position = 0
    for match in _TOKEN.finditer(folded):
        if match.lastgroup == "han":
            piece = _han_tokens(match.group(), match.start(), position)
            position += max(1, len(match.group()) - 1)
        else:
            word = match.group()
            term = stem(word) if match.lastgroup == "word" else word[:_WORD_LENGTH]
            piece = [Token(term, position, match.start(), match.end())]
            position += 1
        yield piece if isinstance(starts, range) else [_original(token, starts) for token in piece]


def _han_tokens(run: str, start: int, position: int) -> list[Token]:
    if len(run) == 1:
        return [Token(run, position, start, start + 1)]
    pairs = [Token(run[i : i + 2], position + i, start + i, start + i + 2) for i in range(len(run) - 1)]
    return pairs + [Token(character, None, start + i, start + i + 1) for i, character in enumerate(run)]


def _original(token: Token, starts: list[int] | range) -> Token:
    """The token with its place in the original: marks that were folded away after its last character belong to it."""
    end = max(starts[token.end], starts[token.end - 1] + 1)
    return token._replace(start=starts[token.start], end=end)


def tokens(text: str) -> Iterator[Token]:
    """All tokens of `text`, in no particular order within a run of Han."""
    for piece in pieces(text):
        yield from piece


def name_key(name: str) -> str:
    """What a slug or a person's name is compared by: any case, and nothing that a database refuses."""
    return name.casefold().replace("\0", "").encode("utf-8", "replace").decode("utf-8")


@dataclass(slots=True)
class Occurrences:
    """How one term occurs in a document: how much it weighs, and at which positions in title and body."""

    weight: float = 0.0
    title: "array[int]" = field(default_factory=lambda: array("H"))
    body: "array[int]" = field(default_factory=lambda: array("H"))


def document_terms(title: str, body: str) -> tuple[dict[str, Occurrences], int]:
    """Every term of a document with its occurrences, and the document's length in tokens.

    The body's positions start two after the title's last, so that no phrase runs from one into the other.
    """
    terms: dict[str, Occurrences] = {}
    length = _collect(terms, title, 0, title=True)
    start = length + 1 if length else 0
    length += _collect(terms, body, start, title=False)
    return terms, length


def _collect(terms: dict[str, Occurrences], text: str, start: int, *, title: bool) -> int:
    length = 0
    weight = TITLE_WEIGHT if title else 1.0
    for term, position, _, _ in tokens(text[:INDEXED_CHARACTERS]):
        occurrences = terms.get(term)
        if occurrences is None:
            occurrences = terms[term] = Occurrences()
        occurrences.weight += weight
        if position is not None:
            (occurrences.title if title else occurrences.body).append(min(start + position, 65_535))
            length = position + 1
    return length
