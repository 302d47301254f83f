"""Rendering with bounds of time and memory, whatever the text: everything that people write is rendered here."""

import os
import re
import string
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from forum.core.markup import prose
from forum.core.markup.child import PATIENT, Children
from forum.core.markup.names import mentioned
from forum.core.markup.rendered import Rendered, RenderError
from forum.core.markup.room import Patience

People = Mapping[str, str] | Callable[[set[str]], Mapping[str, str]]

# A text so short and without table or fenced code is rendered in this process: the worst of 660 hostile patterns
# of this length (tests/core/test_markup_bounds.py) takes 30 ms there, an honest one less than 1 ms.
SHORT = 300
_TABLE_OR_CODE = re.compile(r"\||```|~~~")

# The marks and line breaks of a text that the renderer for ordinary texts takes, whatever they are: the worst of all
# hostile patterns with so many takes 0.2 s. 32,000 characters of prose have 1,500, a post of a few paragraphs 50.
ORDINARY_MARKS = 2_000
_NO_MARKS = str.maketrans("", "", string.punctuation + "\n")

# Of the web process: two renderers, so that who writes as people do never waits behind a text that is built to be
# slow. In front of each at most two wait, for they hold threads that pages need (serve.BLOCKING_THREADS).
PLACES = 2
_ordinary, _doubtful = Children(1, PLACES), Children(1, PLACES)

# A preview is asked for again at the next pause in typing, so it yields to what is to be kept.
PREVIEW = Patience(1.0, yields=True)

# Texts that one child is given at a time in `render_many`, so that threads seldom change places.
_BATCH = 50


def render(source: str, *, resolve_people: People | None = None, for_preview: bool = False) -> Rendered:
    """Render normalised Markdown to safe HTML, plain text and what it points at.

    `resolve_people` says which names exist: a mapping, or a function that is given the casefolded names of
    `mentioned(source)` and returns those that exist with the user name to show. Without it no name is linked.
    Raises `TooDeep` or `TooCostly`, which say something about the text, or `NoTurn`, which says that the renderers were
    busy: for five seconds, or one `for_preview`.
    """
    source = _encodable(source)
    if (found := prose.rendered(source)) is not None:
        return found
    people = _people(source, resolve_people)
    if _is_cheap(source):
        return _here(source, people)
    children = _ordinary if _is_ordinary(source) else _doubtful
    return children.render(source, people, PREVIEW if for_preview else PATIENT)


def plain(source: str) -> str:
    """Return the plain text of Markdown, as `Rendered.text`. Raises as `render`."""
    return render(source).text


def render_many(
    sources: Iterable[str], *, resolve_people: People | None = None, processes: int | None = None
) -> Iterator[Rendered | RenderError]:
    """Render many texts on all cores (or `processes` of them), in order; a refused text yields its error.

    `resolve_people` is called in the caller's thread. Reads some hundred texts ahead.
    """
    count = processes or os.cpu_count() or 1
    children = Children(count, places=0)  # one for each thread
    waiting: deque[Future[list[Rendered | RenderError]]] = deque()
    try:
        with ThreadPoolExecutor(count) as threads:
            texts = map(_encodable, sources)
            while batch := list(islice(texts, _BATCH)):
                work = [(source, _people(source, resolve_people)) for source in batch]
                waiting.append(threads.submit(_rendered_batch, children, work))
                if len(waiting) > 2 * count:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
    finally:
        children.close()


def _here(source: str, people: Mapping[str, str]) -> Rendered:
    from forum.core.markup.pipeline import render_here  # noqa: PLC0415 - 0.1 s, and who only reads never needs it

    return render_here(source, people)


def _is_cheap(source: str) -> bool:
    return len(source) <= SHORT and not _TABLE_OR_CODE.search(source)


def _is_ordinary(source: str) -> bool:
    return len(source) - len(source.translate(_NO_MARKS)) <= ORDINARY_MARKS


def _rendered_batch(children: Children, work: list[tuple[str, dict[str, str]]]) -> list[Rendered | RenderError]:
    results: list[Rendered | RenderError] = []
    for source, people in work:
        try:
            results.append(children.render(source, people))
        except RenderError as error:
            results.append(error)
    return results


def _people(source: str, resolve: People | None) -> dict[str, str]:
    if resolve is None or not (names := mentioned(source)):
        return {}
    known = resolve(names) if callable(resolve) else resolve
    return {name: known[name] for name in names if name in known}


def _encodable(source: str) -> str:
    """Half of a surrogate pair can't leave Python; the normaliser takes it out, and this stands in for it."""
    return source.encode(errors="replace").decode()
