"""Index and database are compared batch by batch, beside a forum that is at work."""

import pytest
from sqlalchemy import update

from forum.core.database import db, transaction
from forum.search import comparison
from forum.search.actions import rebuild
from forum.search.comparison import differences
from forum.search.documents import document
from forum.search.index import current_index
from forum.threads import actions
from forum.threads.models import Post


@pytest.fixture
def posts(thread, ann, work) -> list[int]:
    """The ids of seven posts and the opening, all in the index, compared three at a time."""
    rebuild()  # the tests before have left theirs
    for number in range(7):
        actions.post_reply(thread, ann, f"Number {number}.")
    work()
    return list(db.session.scalars(db.select(Post.id).order_by(Post.id)))


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(comparison, "BATCH", 3)


def test_it_finds_nothing_where_nothing_is_wrong(posts):
    found = differences()
    assert not found and (found.missing.count, found.surplus.count, found.owed) == (0, 0, 0)


@pytest.mark.parametrize("which", [slice(0, 1), slice(2, 4), slice(7, 8), slice(0, 8)])
def test_it_names_what_is_missing(posts, which):
    current_index().drop(posts[which])
    found = differences()
    assert found and (found.missing.count, found.missing.first) == (len(posts[which]), posts[which])
    assert found.surplus.count == 0


def test_it_names_what_should_not_be_there(posts):
    some = db.session.get(Post, posts[0])
    strays = [document(some).__class__(**_facts(some) | {"id": posts[-1] + number}) for number in range(1, 9)]
    current_index().put(strays)
    with transaction() as session:
        session.execute(update(Post).where(Post.id == posts[4]).values(state="hidden"))
    found = differences()
    assert found.surplus.first == [posts[4], *range(posts[-1] + 1, posts[-1] + 9)]
    assert found.missing.count == 0


def test_what_is_owed_is_not_wrong(posts):
    current_index().drop([posts[3]])
    with transaction() as session:
        session.execute(update(Post).where(Post.id == posts[3]).values(index_version=Post.index_version + 1))
        hidden = update(Post).where(Post.id == posts[5])
        session.execute(hidden.values(state="hidden", index_version=Post.index_version + 1))
    found = differences()
    assert not found and found.owed == 2


def test_what_changes_while_it_looks_is_not_wrong(posts, thread, ann, work, monkeypatch):
    """A post is hidden and dropped between the look at the database and the look at the index."""
    index = current_index()
    look = index.ids

    def change_first(*arguments):
        monkeypatch.setattr(index, "ids", look)
        actions.delete_post(db.session.get(Post, posts[1]), by=ann)
        work()
        return look(*arguments)

    monkeypatch.setattr(index, "ids", change_first)
    assert not differences()
    assert posts[1] not in index.ids()


def _facts(post: Post) -> dict:
    found = document(post)
    return {name: getattr(found, name) for name in found.__dataclass_fields__}
