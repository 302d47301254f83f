"""How posts lie in Whoosh's files: one field of terms, one of facets to filter by, three columns. No text is stored."""

from array import array
from collections.abc import Iterator

from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Existence, Format

from search_index.analysis import document_terms, name_key
from search_index.interface import Document

# Change it whenever the analyser, the schema or an encoding changes: older indexes are then rebuilt, not misread.
VERSION = 1

_NO_POSITIONS = b"\0"  # Whoosh forgets empty values, and the values after it would belong to the wrong posts


class TermFormat(Format):
    """A posting's value is its positions as 16-bit numbers; Whoosh's own format pickles them, at twice the size."""


class Terms(FieldType):
    """The terms of title and body together; a title's weigh more. Takes what `document_terms` returns."""

    def __init__(self) -> None:
        super().__init__(TermFormat(), analyzer=None)

    def index(self, value: tuple, **kwargs: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, occurrences in value[0].items():
            positions = (occurrences.title + occurrences.body).tobytes()
            yield term.encode(), 1, occurrences.weight, positions or _NO_POSITIONS


class Facets(FieldType):
    """What a search is narrowed by. Takes a list of terms made by `facet`."""

    def __init__(self) -> None:
        super().__init__(Existence(), analyzer=None)

    def index(self, value: list[str], **kwargs: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term in value:
            yield term.encode(), 1, 1.0, b""


SCHEMA = Schema(
    terms=Terms(),
    facets=Facets(),
    id=COLUMN(NumericColumn("q")),
    created=COLUMN(NumericColumn("q")),
    length=COLUMN(NumericColumn("i")),
)


def facet(name: str, value: str) -> str:
    """The term for one property."""
    return f"{name}:{name_key(value)}"


def fields(document: Document) -> dict[str, object]:
    """What Whoosh's writer takes for one post."""
    terms, length = document_terms(document.title, document.body)
    facets = [facet("subtheme", document.subtheme), facet("author", document.author), facet("lang", document.lang)]
    if document.expert:
        facets.append(facet("expert", "1"))
    return {
        "terms": (terms, length),
        "facets": facets,
        "id": document.id,
        "created": int(document.created.timestamp()),
        "length": length,
    }


def positions(value: bytes) -> "array[int]":
    """The positions in a posting's value."""
    decoded = array("H")
    if len(value) % 2 == 0:
        decoded.frombytes(value)
    return decoded
