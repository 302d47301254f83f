"""What the tests of commands share: an index that knows nothing of the tests before."""

import pytest

from forum.search.actions import rebuild


@pytest.fixture(autouse=True)
def _empty_index(app):
    rebuild()
