"""What the tests of commands share: an index that knows nothing of the tests before."""

import pytest

from forum.search.actions import rebuild
from forum.search.index import current_index


@pytest.fixture(autouse=True)
def _empty_index(app):
    current_index().ensure()
    rebuild()
