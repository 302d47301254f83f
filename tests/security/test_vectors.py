"""X-1: every open vector in every field: whole pages hold no element, attribute or scheme that is not our templates'.

Each page is compared with the same page about harmless words: outside of people's texts (class "prose") both consist
of the same elements with the same attributes, as often; inside there is only what the sanitizer's allow-list names.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from flask import Flask

from forum.trust.flushing import flush
from forum.trust.reader import memory
from tests.core.allow_list import offences_among
from tests.core.corpora import corpus, has_corpus
from tests.core.html_trees import whole_page
from tests.keeping import Kept
from tests.plugins.application import Client
from tests.security.wall import TOKENS, Sight, Words, build

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

# What a page marks in a text depends on the text; everything else does not.
DEPENDS = {"ins", "del", "mark"}
COLLECTION = "xss-vectors/xss-open.json"
OWN_SAMPLES = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title></textarea></select></script><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}} {% raw %} ${7*7}",
    "[x](javascript:alert(1)) <javascript:alert(1)>",
    "</p></div></article></main></body><h1 id=out onclick=alert(1)>out</h1>",
    "--><!-- <![CDATA[ ]]>",
    "' autofocus onfocus=alert(1) x='",
    "</details><a href=//evil.example>",
]


def test_every_open_vector(app: Flask, work: Callable[[], None]) -> None:
    """Our own samples, and where CORPORA is at hand all of its."""
    vectors = [vector["payload"] for vector in corpus(COLLECTION)] if has_corpus(COLLECTION) else OWN_SAMPLES * 7
    _check(app, work, [*OWN_SAMPLES, *vectors])


def _check(app: Flask, work: Callable[[], None], vectors: Sequence[str]) -> None:
    words, empty = Words.of(vectors), Kept()
    hostile, wrong = [], []
    for sight, outside, inside in _pages(app, work, words):
        wrong += [(sight, offence) for offence in set(offences_among(inside))]
        here = ("/", "#", f"{app.config['SITE_URL']}/", "http://localhost/", "webcal://localhost/")
        wrong += [(sight, f"address {value}") for value in _addresses(outside) if not value.startswith(here)]
        hostile.append(_kinds(outside))
    flush(memory(), all_of_it=True)  # what was read must not reach the rows of the second time
    empty.put_back()
    for kinds, (sight, outside, _inside) in zip(hostile, _pages(app, work, words.as_harmless()), strict=True):
        expected = _kinds(outside)
        wrong += [(sight, f"{number} {kind} too many") for kind, number in (kinds - expected).items()]
        wrong += [(sight, f"{number} {kind} too few") for kind, number in (expected - kinds).items()]
    assert not wrong, "\n".join(map(str, wrong[:40]))


def _pages(app: Flask, work: Callable[[], None], words: Words) -> Iterator[tuple[Sight, list[Any], list[Any]]]:
    """Fill the forum and yield its pages, parsed: the elements outside and inside of people's texts."""
    sights = sorted(build(words), key=lambda sight: sight.path != "/notifications")  # reading a post reads its notice
    work()
    for sight in sights:
        yield sight, *_halves(_parsed(app, sight))


def _kinds(elements: list[Any]) -> Counter[str]:
    """Count elements by their name and their attributes' names."""
    return Counter(
        f"<{element.tag} {' '.join(sorted(element.attrib))}>" for element in elements if not _depends_on_text(element)
    )


def _depends_on_text(element: Any) -> bool:
    return element.tag in DEPENDS or element.get("class") == "diff-skipped"


def _parsed(app: Flask, sight: Sight) -> Any:
    client = app.test_client()
    assert isinstance(client, Client)
    if sight.viewer:
        client.set_cookie("signin", TOKENS[sight.viewer])
    answer = client.get(sight.path)
    assert answer.status_code == 200, (sight, answer.status)
    return whole_page(answer.text)


def _halves(page: Any) -> tuple[list[Any], list[Any]]:
    """Return the elements of our templates, and those inside of people's texts."""
    outside: list[Any] = []
    inside: list[Any] = []
    waiting = [(page, False)]
    while waiting:
        element, theirs = waiting.pop()
        (inside if theirs else outside).append(element)
        classes = set(str(element.get("class", "")).split()) if not theirs else set()
        holds = theirs or ("prose" in classes and "diff" not in classes)
        waiting += [(child, holds) for child in element]
    return outside, inside


def _addresses(elements: list[Any]) -> Iterator[str]:
    for element in elements:
        for name in ("href", "src", "action", "formaction", "data-quote-url", "data-preview-url", "poster", "srcdoc"):
            if name in element.attrib:
                yield element.get(name)
