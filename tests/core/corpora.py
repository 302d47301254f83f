"""The public collections that some tests read; they are no part of the project."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]


CORPORA = Path(os.environ.get("CORPORA", PROJECT.parent / "shared" / "data"))


def has_corpus(name: str) -> bool:
    """Whether CORPORA has the collection."""
    return (CORPORA / name).exists()


def corpus(name: str) -> list[dict[str, Any]]:
    """Return a JSON collection below CORPORA (default ../shared/data), or skip the test that asks."""
    if not has_corpus(name):
        pytest.skip(f"CORPORA has no {name}: set CORPORA to the folder that does")
    return json.loads((CORPORA / name).read_text())
