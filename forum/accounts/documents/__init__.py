"""The terms of use and the privacy notice: Markdown beside this file, or the operator's in FORUM_INSTANCE/documents.

The first line of a file says its version ("version: 2"). A higher number asks everybody again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from forum.core import markup

DOCUMENTS = ("terms", "privacy")
LANGUAGES = ("en", "zh_Hans")
_HERE = Path(__file__).parent
_VERSION = re.compile(r"version:[ \t]*([1-9][0-9]{0,5})[ \t]*\r?\n")


class NoVersion(ValueError):
    """A file does not begin with its version; the operator has to mend it."""


# Further documents of rooms above, with what returns their version; the first version needs no consent of its own,
# as it comes with the terms. True: as it is now; False: as it lately was, for pages that may not pay a statement.
FURTHER: dict[str, Callable[[bool], int]] = {}


def versions(instance: str, *, exact: bool = True) -> dict[str, int]:
    """Return the version of each document, the highest of its languages; `instance` is FORUM_INSTANCE."""
    found = {name: max(_read(_path(name, each, instance))[0] for each in LANGUAGES) for name in DOCUMENTS}
    further = {name: version_of(exact) for name, version_of in FURTHER.items()}
    return found | {name: version for name, version in further.items() if version > 1}


def html(name: str, language: str, instance: str, words: dict[str, str]) -> str:
    """Return the document as sanitized HTML; `words` replace {site_name} and the like in its text.

    Raises KeyError for an unknown document or language.
    """
    if name not in DOCUMENTS or language not in LANGUAGES:
        raise KeyError(name)
    source = _read(_path(name, language, instance))[1]
    for key, value in words.items():
        source = source.replace(f"{{{key}}}", re.sub(r"([\\`*_\[\]<>#~|&])", r"\\\1", value))
    return _rendered(source)


def _path(name: str, language: str, instance: str) -> Path:
    own = Path(instance) / "documents" / f"{name}.{language}.md"
    return own if own.is_file() else _HERE / f"{name}.{language}.md"


def _read(path: Path) -> tuple[int, str]:
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _parsed(path: Path, _changed: int) -> tuple[int, str]:
    text = path.read_text("utf-8")
    found = _VERSION.match(text)
    if found is None:
        raise NoVersion(f"{path} must begin with a line like: version: 1")
    return int(found[1]), text[found.end() :]


@lru_cache(maxsize=16)
def _rendered(source: str) -> str:
    """Render as a post is, but with headings for a page of its own: in a post, "##" stands two levels lower."""
    return markup.render(source).html.replace("<h4>", "<h2>").replace("</h4>", "</h2>")
