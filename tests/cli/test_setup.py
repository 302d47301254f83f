"""`flask setup` makes what is missing, repairs what it can, and is harmless to repeat."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from forum.core.database import db
from forum.search.comparison import differences
from tests.archive.discussions import rows


@pytest.fixture
def setup(app):
    """`setup()`: the command's answer."""
    return lambda: app.test_cli_runner().invoke(args=["setup"])


def test_it_is_harmless_to_repeat(setup, thread, work):
    work()
    before = rows()
    assert [setup().exit_code for _ in range(2)] == [0, 0]
    assert rows() == before and not differences()


def test_an_index_that_is_gone_is_built_anew(app, setup, thread, work):
    work()
    lose_the_index(app)
    assert setup().exit_code == 0
    assert not differences()


def lose_the_index(app) -> None:
    if db.engine.dialect.name == "sqlite":
        shutil.rmtree(Path(app.config["FORUM_INSTANCE"]) / "search")
    else:
        db.session.execute(text("DROP TABLE search_documents"))
        db.session.commit()
