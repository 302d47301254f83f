"""Showing why a post was found: the part of its text around the best matches, with the matches marked.

Texts come and go as they were written; the page escapes each segment and marks the true ones.
"""

from collections import Counter, deque
from collections.abc import Iterator

from search_index.analysis import INDEXED_CHARACTERS, tokens
from search_index.question import parse

Segments = list[tuple[str, bool]]

_LEAD = 40  # characters shown before the first match, when there are more matches after it
_WORD = 20  # how far a cut may move to fall between two words
_CUT = "…"

_Match = tuple[int, int, str]  # start, end, term


def highlight(text: str, query_text: str) -> Segments:
    """The whole text in segments, True where it matches the question. For titles."""
    return _segments(text, _matches(text, query_text), 0, len(text))


def excerpt(text: str, query_text: str, length: int = 200) -> Segments:
    """About `length` characters around the place that holds most of the question's words, as `highlight` gives
    them; "…" stands where text was left out. Without a match it is the text's beginning."""
    matches = _matches(text, query_text)
    start, end = _window(text, matches, length)
    segments = _segments(text, matches, start, end)
    if start > 0:
        segments.insert(0, (_CUT, False))
    if end < len(text):
        segments.append((_CUT, False))
    return segments


def _matches(text: str, query_text: str) -> list[_Match]:
    wanted = frozenset(parse(query_text).terms)
    if not wanted:
        return []
    found = tokens(text[:INDEXED_CHARACTERS])
    return sorted((start, end, term) for term, _, start, end in found if term in wanted)


def _window(text: str, matches: list[_Match], length: int) -> tuple[int, int]:
    """From where to where the excerpt goes."""
    if len(text) <= length:
        return 0, len(text)
    first, last = _best_cluster(matches, length)
    lead = max(0, min(_LEAD, length - (last - first)))
    start = max(0, min(first - lead, len(text) - length))
    start = _between_words(text, start, min(start + _WORD, first)) if start else 0
    end = min(len(text), start + length)
    return start, end if end == len(text) else _between_words(text, end, max(end - _WORD, min(last, end)))


def _best_cluster(matches: list[_Match], length: int) -> tuple[int, int]:
    """The stretch of at most `length` characters with most different terms, then most matches, then the earliest."""
    best, stretch = (0, 0), (0, 0)
    inside: deque[_Match] = deque()
    terms: Counter[str] = Counter()
    for match in matches:
        inside.append(match)
        terms[match[2]] += 1
        while len(inside) > 1 and match[1] - inside[0][0] > length:
            gone = inside.popleft()[2]
            terms[gone] -= 1
            if not terms[gone]:
                del terms[gone]
        if (len(terms), len(inside)) > best:
            best, stretch = (len(terms), len(inside)), (inside[0][0], match[1])
    return stretch


def _between_words(text: str, position: int, limit: int) -> int:
    """The nearest place from `position` towards `limit` where no word is cut in two; `position` if there is none.
    Han may be cut anywhere."""
    step = 1 if limit >= position else -1
    for place in range(position, limit + step, step):
        before, after = text[place - 1 : place], text[place : place + 1]
        if not (_is_letter(before) and _is_letter(after)):
            return place
    return position


def _is_letter(character: str) -> bool:
    return character.isalnum() and character < "\u2e80"


def _segments(text: str, matches: list[_Match], start: int, end: int) -> Segments:
    segments: Segments = []
    place = start
    for first, last in _merged(matches):
        first, last = max(first, place), min(last, end)  # noqa: PLW2901 - clipped to the window
        if first >= last:
            continue
        segments += [(text[place:first], False)] if first > place else []
        segments.append((text[first:last], True))
        place = last
    return [*segments, (text[place:end], False)] if place < end else segments


def _merged(matches: list[_Match]) -> Iterator[tuple[int, int]]:
    """The stretches that matches cover; pairs of Han overlap and become one."""
    start = end = -1
    for first, last, _ in matches:
        if first > end:
            if end > start:
                yield start, end
            start, end = first, last
        end = max(end, last)
    if end > start:
        yield start, end
