"""Which kept pages a change reaches: those of its thread and lists, or all; and that no other page shows it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, bindparam, event, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.core.pagecache import changes, versions
from forum.core.pagecache.changes import OF_LISTS, OF_THREAD, UNSEEN_COLUMNS, change_of, scopes_of
from forum.core.pagecache.scopes import ALL, BUCKETS, LISTS, SHARDS, of_thread
from forum.core.pagecache.versions import PageVersion
from forum.subthemes.models import SubTheme
from forum.threads import actions, states
from forum.threads.addresses import thread_url
from forum.threads.models import Post, State, Thread
from tests.core.test_readers_pages import AS_EVER, UNNOTED, plain
from tests.plugins.application import Client
from tests.servers.neighbour import Neighbour, neighbour
from tests.stage import Stage

SUBTHEME = "/subthemes/data-and-algorithms"
LISTED = ("/", SUBTHEME, "/programme")
VIEWERS = ("anonymous", "author", "moderator")
SEVEN, NINE = of_thread(7), of_thread(9)

on_sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def changed(statement: str, parameters: Any = (), **stands: int) -> set[int] | None:
    """Return the scopes that a statement changes, None for all; `stands`: post7=9 for a post and its thread."""
    threads = {int(name.removeprefix("post")): thread for name, thread in stands.items()}
    return scopes_of(change_of(statement), parameters, threads)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "PRAGMA data_version",
        "INSERT INTO notifications (id) VALUES (1)",
        'UPDATE "sessions" SET seen_at = 1',
        "DELETE FROM thread_reads",
        "INSERT INTO fingerprints (author_id) VALUES (?)",
        "UPDATE posts SET notified_at=? WHERE posts.id = ?",
        "UPDATE posts SET indexed_version=CASE WHEN (posts.indexed_version = ?) THEN ? ELSE ? END WHERE posts.id = ?",
        "UPDATE posts SET index_version=(posts.index_version + %(more)s::INTEGER) WHERE posts.thread_id = %(id)s",
        "UPDATE users SET published_count=(users.published_count + ?) WHERE users.id = ?",
    ],
)
def test_what_nobody_sees_changes_nothing(statement: str) -> None:
    assert changed(statement, (1, 2, 3, 4)) == set()


@pytest.mark.parametrize(
    ("statement", "parameters", "scopes"),
    [
        ("INSERT INTO posts (author_id, thread_id, body) VALUES (?, ?, ?) RETURNING id", (3, 7, "x"), {LISTS, SEVEN}),
        ("INSERT INTO posts (state, thread_id) VALUES (coalesce(?, ?), ?)", (1, 2, 7), {LISTS, SEVEN}),
        (
            "INSERT INTO posts (thread_id, body) VALUES (%(thread_id)s::INTEGER, %(body)s::VARCHAR) RETURNING posts.id",
            {"thread_id": 7, "body": "x"},
            {LISTS, SEVEN},
        ),
        ("INSERT INTO threads (subtheme_id, title) VALUES (?, ?) RETURNING id", (1, "x"), {LISTS}),
        ("UPDATE threads SET last_post_at=?, reply_count=? WHERE threads.id = ?", (1, 2, 7), {LISTS, SEVEN}),
        ("UPDATE threads SET reply_count=? WHERE threads.id = ?", [(2, 7), (3, 9)], {LISTS, SEVEN, NINE}),
        (
            "UPDATE threads SET last_post_at=%(at)s::TIMESTAMP WITH TIME ZONE WHERE threads.id = %(row)s::INTEGER",
            [{"at": 1, "row": 7}, {"at": 1, "row": 9}],
            {LISTS, SEVEN, NINE},
        ),
        ("UPDATE posts SET body=?, index_version=(index_version + ?) WHERE posts.id = ?", ("x", 1, 5), {LISTS, SEVEN}),
        ("UPDATE subthemes SET thread_count=(thread_count + ?), post_count=? WHERE subthemes.id = ?", (), {LISTS}),
    ],
)  # fmt: skip
def test_what_stands_in_one_thread_changes_its_pages_and_lists(
    statement: str, parameters: Any, scopes: set[int]
) -> None:
    assert changed(statement, parameters, post5=7) == scopes


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        ("  update posts set state = 1", ()),
        ("WITH gone AS (SELECT 1) DELETE FROM posts", ()),
        ("INSERT OR REPLACE INTO notifications (id) VALUES (1)", ()),  # not one of ours: better once too often
        ("TRUNCATE posts", ()),
        ("VACUUM", ()),
        ("DELETE FROM posts WHERE posts.id = ?", (5,)),
        ("INSERT INTO flags (post_id) VALUES (?)", (5,)),
        ("INSERT INTO posts (thread_id, body) VALUES (?, ?), (?, ?)", (7, "x", 8, "y")),
        ("INSERT INTO posts (thread_id) VALUES (?), (?)", (7, 8)),
        ("INSERT INTO posts (thread_id, body) SELECT ?, ?", (7, "x")),
        ("INSERT INTO posts (thread_id) VALUES (?) ON CONFLICT (form_token) DO UPDATE SET body = ?", (7, "x")),
        ("INSERT INTO posts (thread_id, body) VALUES (7, ?)", ("x",)),  # no value of ours
        ("INSERT INTO posts (thread_id, body) VALUES (%s, %s)", (7, "x")),
        ("INSERT INTO posts (body) VALUES (?)", ("x",)),
        ("INSERT INTO posts (thread_id) VALUES (?)", ("7",)),
        ("INSERT INTO posts (thread_id) VALUES (?)", (None,)),
        ("INSERT INTO posts (thread_id) VALUES (?)", ()),
        ("UPDATE threads SET title=? WHERE threads.id = ?", ("x", 7)),
        ("UPDATE threads SET reply_count=?, locked_at=? WHERE threads.id = ?", (1, 2, 7)),
        ("UPDATE threads SET reply_count=?", (1,)),
        ("UPDATE threads SET reply_count=? WHERE threads.subtheme_id = ?", (1, 7)),
        ("UPDATE threads SET reply_count=? WHERE threads.id = ? OR threads.id = ?", (1, 7, 8)),
        ("UPDATE threads SET reply_count=? WHERE threads.id IN (?, ?)", (1, 7, 8)),
        ("UPDATE threads SET reply_count=? WHERE posts.id = ?", (1, 5)),
        ("UPDATE threads SET reply_count=(SELECT count(*) FROM posts WHERE posts.id = ?)", (5,)),
        ("UPDATE threads SET reply_count=? FROM posts WHERE threads.id = ?", (1, 7)),
        ("UPDATE threads AS t SET reply_count=? WHERE threads.id = ?", (1, 7)),
        ("UPDATE threads SET (reply_count, title) = (?, ?) WHERE threads.id = ?", (1, "x", 7)),
        ("UPDATE threads SET reply_count='a, b' WHERE threads.id = ?", (7,)),
        ("UPDATE threads SET reply_count=? WHERE threads.id = ?; DELETE FROM posts", (1, 7)),
        ("UPDATE posts SET body=? WHERE posts.id = ?", ("x", 6)),  # nobody said in which thread it stands
        ("UPDATE posts SET body=? WHERE posts.id = ?", [("x", 5), ("x", 6)]),
        ("UPDATE posts SET body=?, thread_id=? WHERE posts.id = ?", ("x", 8, 5)),
        ("UPDATE posts SET body=?, author_id=? WHERE posts.id = ?", ("x", 8, 5)),
        ("UPDATE users SET published_count=?, display_name=? WHERE users.id = ?", (1, "x", 1)),
        ("UPDATE subthemes SET post_count=?, slug=? WHERE subthemes.id = ?", (1, "x", 1)),
        ("INSERT INTO threads (id, title) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET title = (?)", (7, "x", "y")),
        ("INSERT INTO posts (thread_id) VALUES (?) ON CONFLICT (form_token) DO UPDATE SET body = (?)", (7, "x")),
        ("UPDATE threads SET reply_count=? WHERE threads.id = %(b)s::INTEGER OR is_answered", {"b": 7}),
        ("EXPLAIN ANALYZE UPDATE posts SET state = ?", ()),
        ("INSERT INTO notifications (id) VALUES (?); UPDATE posts SET state = ?", ()),
    ],
)
def test_whatever_is_not_understood_changes_all(statement: str, parameters: Any) -> None:
    assert changed(statement, parameters, post5=7) is None


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_what_follows_a_select_within_is_seen(dialect: Any) -> None:
    """As SQLAlchemy writes it, over several lines."""
    counted = select(func.count()).select_from(Post).where(Post.state == State.VISIBLE).scalar_subquery()
    for row, column, hidden in (
        (SubTheme, "post_count", "archived_at"),
        (User, "published_count", "display_name"),
        (Thread, "reply_count", "title"),
    ):
        written = update(row).where(row.id == 7).values({column: counted, hidden: "x"}).compile(dialect=dialect)
        assert changed(str(written), dict.fromkeys(written.params, 7)) is None
        beside = update(row).where(row.id == 7, row.id == counted).values({column: 1}).compile(dialect=dialect)
        assert changed(str(beside), dict.fromkeys(beside.params, 7)) is None


def test_a_long_statement_is_read_and_not_remembered() -> None:
    known = changes._remembered.cache_info().currsize
    long = f"UPDATE users SET display_name=? WHERE users.id IN ({', '.join('?' * 2_000)})"
    assert changed(long) is None and changes._remembered.cache_info().currsize == known


def test_all_these_columns_are_there() -> None:
    for part in (UNSEEN_COLUMNS, OF_THREAD, OF_LISTS):
        for table, columns in part.items():
            assert columns <= set(db.metadata.tables[table].c.keys())
    assert set(db.metadata.tables) >= changes.UNSEEN


@pytest.fixture
def rows(app: Flask) -> Iterator[list[set[int]]]:
    """The rows of `page_versions` that each transaction has written."""
    found: list[set[int]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("INSERT INTO page_versions"):
            assert list(parameters[::2]) == sorted(parameters[::2]), "in one order, so that nobody waits in a ring"
            found.append(set(parameters[::2]))

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def meant(written: set[int]) -> set[int]:
    """Return the scopes of rows; those that writers spread over are one."""
    return {row if row >= LISTS + SHARDS else LISTS if row >= LISTS else ALL for row in written}


def test_a_reply_and_what_follows_change_one_thread_and_lists(
    app: Flask, thread: Thread, ann: User, bob: User, work: Any, rows: list[set[int]]
) -> None:
    own = [{LISTS, of_thread(thread.id)}]

    def done() -> list[set[int]]:
        found = [meant(each) for each in rows]
        rows.clear()
        return found

    work()
    rows.clear()
    post = actions.post_reply(thread, ann, "It was never enforced, says @bob.")
    assert done() == own
    work()
    assert done() == [], "notices, the index and what was read stand on no shared page"
    actions.edit_post(post, ann, "It was enforced once.")
    assert done() == own
    actions.delete_post(post, ann)
    assert done() == own
    post = actions.post_reply(thread, ann, "Hidden and brought back.")
    states.hide_post(post, bob, "civility")
    states.restore_post(post, bob)
    assert done() == own * 3
    work()
    assert done() == []
    new = actions.start_thread(thread.subtheme, ann, "Another one", "About it.")
    assert done() == [{LISTS, of_thread(new.id)}]


def test_whatever_else_is_written_with_it_changes_all(
    app: Flask, thread: Thread, ann: User, subtheme: SubTheme, rows: list[set[int]]
) -> None:
    def rename(_post: Post) -> None:
        subtheme.hue = (subtheme.hue + 1) % 7

    def before(_post: Post) -> None:
        db.session.connection().execute(text("DELETE FROM flags"))

    for other in (rename, before):
        rows.clear()
        actions.post_reply(thread, ann, f"{other.__name__} is done with it.", also=(other,))
        assert [meant(each) for each in rows] == [{ALL}]
    rows.clear()
    with transaction():
        subtheme.hue = (subtheme.hue + 1) % 7
        db.session.flush()
        actions.post_reply(thread, ann, "And when that was before.")
    assert [meant(each) for each in rows] == [{ALL}]


def test_a_post_that_goes_elsewhere_changes_all(app: Flask, thread: Thread, ann: User, rows: list[set[int]]) -> None:
    post = actions.post_reply(thread, ann, "In the wrong place.")
    elsewhere = actions.start_thread(thread.subtheme, ann, "Another one", "About it.")
    rows.clear()
    with transaction() as session:
        session.get_one(Post, post.id).thread_id = elsewhere.id
        session.get_one(Post, post.id).position = 900
    assert [meant(each) for each in rows] == [{ALL}]


def test_several_threads_are_some_and_many_are_all(
    app: Flask, thread: Thread, ann: User, subtheme: SubTheme, rows: list[set[int]]
) -> None:
    threads = [actions.start_thread(subtheme, ann, f"The {number}. thread", "About it.") for number in range(17)]
    for number, reached in ((3, {LISTS, *(of_thread(one.id) for one in threads[:3])}), (17, {ALL})):
        rows.clear()
        with transaction():
            for one in threads[:number]:
                actions.post_reply(one, ann, f"Said in {number} threads.")
        assert [meant(each) for each in rows] == [reached]


def test_what_one_transaction_knows_of_posts_the_next_does_not(
    app: Flask, thread: Thread, rows: list[set[int]]
) -> None:
    post_id = db.session.scalars(select(Post.id).limit(1)).one()
    statement = Post.__table__.update().where(Post.__table__.c.id == post_id).values(body="x")  # type: ignore[attr-defined]

    def write(connection: Connection, *, told: bool) -> None:
        if told:
            versions.stands_in(connection, post_id, thread.id)
        connection.execute(statement)

    thread_id = thread.id
    for told, reached in ((True, {LISTS, of_thread(thread_id)}), (False, {ALL})):
        rows.clear()
        with transaction() as session:
            write(session.connection(), told=told)
        assert [meant(each) for each in rows] == [reached]


def test_writers_that_change_the_same_scopes_do_not_wait_in_a_ring(app: Flask) -> None:
    """Of threads that share their rows, each writer names them in another order; nothing else is locked."""
    statement = Thread.__table__.update().where(Thread.__table__.c.id == bindparam("row")).values(reply_count=1)  # type: ignore[attr-defined]
    scopes = [of_thread(number) for number in range(4)]

    def write(number: int) -> int:
        dice = random.Random(number)
        with app.app_context():
            for _ in range(40):
                with transaction() as session:
                    for row in dice.sample(range(4), 3):
                        session.connection().execute(statement, {"row": 1_000_000 * BUCKETS + row})
            db.session.remove()
        return number

    db.session.rollback()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(4))) == [0, 1, 2, 3]
    assert set(db.session.scalars(select(PageVersion.shard).where(PageVersion.shard >= LISTS + SHARDS))) == set(scopes)


def test_the_sum_that_older_releases_read_fits_and_changes(app: Flask, thread: Thread, ann: User) -> None:
    """They read `sum(version)` over all rows, which SQLite holds in 63 bits."""
    full = [PageVersion(shard=0, version=2**versions._BITS_OF_ALL - 1)]
    full += [PageVersion(shard=row, version=2**versions._BITS - 1) for row in range(LISTS, LISTS + SHARDS + BUCKETS)]
    with transaction() as session:
        for row in full:
            session.merge(row)
    seen = set()
    for number in range(5):
        actions.post_reply(thread, ann, f"The {number}. of these.")
        seen.add(int(db.session.execute(text("SELECT sum(version) FROM page_versions")).scalar_one()))
    assert len(seen) == 5


class Reader:
    """A browser, here or at another web process of the same forum."""

    def __init__(self, browser: Client, elsewhere: Neighbour | None = None) -> None:
        self._browser, self._elsewhere = browser, elsewhere
        self.text = ""

    def read(self, path: str) -> bool:
        """Read a page, and say whether it was kept."""
        if self._elsewhere is not None:
            cookies = {cookie.key: cookie.value for cookie in self._browser._cookies.values()}
            was_kept, self.text = self._elsewhere.read(path, cookies)
            return was_kept
        shelf = self._browser.application.extensions["page_cache"].shelf
        found, missed = shelf.found, shelf.missed
        answer = self._browser.get(path, headers=UNNOTED)
        assert answer.status_code == 200, path
        self.text = answer.text
        return (shelf.found - found, shelf.missed - missed) == (1, 0)


@pytest.fixture
def other(app: Flask) -> Iterator[Neighbour]:
    """Another web process of the same forum."""
    names = ("TESTING", "SECRET_KEY", "JOBS", "DATABASE_URL", "SQLALCHEMY_DATABASE_URI", "FORUM_INSTANCE")
    with neighbour({name: app.config[name] for name in names if name in app.config}) as process:
        yield process


def made_anew(reader: Reader, paths: Sequence[str]) -> list[str]:
    """Return those of the pages that were not kept."""
    return [path for path in paths if not reader.read(path)]


def test_a_reply_leaves_the_pages_of_other_threads_in_every_process(
    app: Flask, other: Neighbour, thread: Thread, ann: User, alice: User, person: Any, as_: Any, client: Client,
    work: Any
) -> None:  # fmt: skip
    second = actions.start_thread(thread.subtheme, alice, "Another one", "About it.")
    with app.test_request_context():
        here, there = thread_url(thread), thread_url(second)
    zoe = as_(person("zoe"))
    browsers = (client, LISTED), (zoe, LISTED[:2])
    readers = [(Reader(browser, place), listed) for browser, listed in browsers for place in (None, other)]

    def expect(paths: Sequence[str], *, lists: bool) -> None:
        for reader, listed in readers:
            found = made_anew(reader, (here, there, *listed))
            assert found == [*paths, *(listed if lists else ())]
            assert made_anew(reader, (here, there, *listed)) == []

    def shown(words: str) -> None:
        for reader, _ in readers:
            assert reader.read(here) and words in reader.text

    expect((here, there), lists=True)
    post = actions.post_reply(thread, ann, "It was never enforced.")
    expect((here,), lists=True)
    shown("It was never enforced")
    work()  # notices, the index
    expect((), lists=False)
    actions.edit_post(post, ann, "It was enforced once.")
    expect((here,), lists=True)
    shown("It was enforced once")
    with transaction():
        db.session.get_one(User, alice.id).display_name = "Alice of the South"
    expect((here, there), lists=True)


@pytest.fixture
def read(app: Flask, stage: Stage) -> Any:
    """`read(path)`: the page as each of VIEWERS gets it, made for them."""
    browsers = {viewer: stage.client(app, viewer) for viewer in VIEWERS}

    def page(path: str) -> dict[str, str]:
        found = {name: browser.get(path, headers=UNNOTED | AS_EVER) for name, browser in browsers.items()}
        assert {answer.status_code for answer in found.values()} <= {200, 404}, path
        return {name: plain(answer.text) for name, answer in found.items()}

    return page


def _addresses(app: Flask) -> dict[int, list[str]]:
    """Return the pages of every thread of the stage, also of those that not everybody sees."""
    with app.test_request_context():
        found = db.session.scalars(select(Thread).order_by(Thread.id)).all()
        return {
            one.id: [thread_url(one)] + [thread_url(one, experts=1)] * bool(one.expert_answer_count) for one in found
        }


@on_sqlite
def test_no_shared_page_shows_the_columns_that_count_for_nothing(app: Flask, stage: Stage, read: Any) -> None:
    pages = [*LISTED, "/programme/items/1", *(path for paths in _addresses(app).values() for path in paths)]
    before = {path: read(path) for path in pages}
    with transaction() as session:
        for statement in (
            "UPDATE posts SET notified_at = '2020-01-01', correction_told_at = '2020-01-01', "
            "index_version = index_version + 7, indexed_version = indexed_version + 3",
            "UPDATE users SET published_count = 9 - published_count, trust_level = 3 - trust_level, "
            "signed_in_at = '2020-01-01'",
        ):
            assert all(name in statement for table in UNSEEN_COLUMNS for name in _named(statement, table))
            session.execute(text(statement))
    for path in pages:
        assert read(path) == before[path], path


def _named(statement: str, table: str) -> frozenset[str]:
    return UNSEEN_COLUMNS[table] if statement.startswith(f"UPDATE {table} ") else frozenset()


CHANGED: dict[str, str] = {  # "#" stands for a number that is another one each time
    "last_post_at": "datetime(last_post_at, '+3 days')", "last_author_id": "1", "last_position": "last_position + 41",
    "reply_count": "reply_count + 13", "expert_answer_count": "expert_answer_count + 5",
    "is_answered": "NOT is_answered",
    "body": "'Changed #.'", "html": "'<p>Changed #.</p>'", "plain": "'Changed #.'", "render_version": "9",
    "lang": "'zh'",
    "state": "CASE state WHEN 'visible' THEN 'hidden' ELSE 'visible' END", "state_reason": "'civility'",
    "state_at": "created_at", "state_by_id": "1", "position": "coalesce(position, 900 * id) + 300",
    "published_at": "created_at", "edited_at": "datetime(created_at, '+1 day')", "revision": "revision + 1",
    "sources": """'[{"title": "Changed #", "address": "https://changed.example/"}]'""", "correction": "'Changed #.'",
    "corrected_at": "created_at",
}  # fmt: skip


@on_sqlite
def test_no_page_of_a_thread_shows_what_changes_in_others(app: Flask, stage: Stage, read: Any) -> None:
    """Of any two threads, each is changed once while the other one is not."""
    addresses = _addresses(app)
    assert len(addresses) > 9
    numbers = {thread_id: number for number, thread_id in enumerate(addresses)}
    pages = {thread_id: [read(path) for path in paths] for thread_id, paths in addresses.items()}
    lists = [read(path) for path in LISTED]
    shown = 0
    for half in range(2 * len(addresses).bit_length()):
        touched = {one for one, number in numbers.items() if (number >> half // 2) % 2 == half % 2}
        _change(stage, touched, half)
        for thread_id, paths in addresses.items():
            found = [read(path) for path in paths]
            if thread_id in touched:
                shown += found != pages[thread_id]
                pages[thread_id] = found
            assert found == pages[thread_id], f"{paths[0]} shows what stands in one of the threads {touched}"
    assert shown > 2 * len(addresses), "and their own pages show it"
    assert all(read(path) != page for path, page in zip(LISTED[:2], lists, strict=False)), "and lists"


def _change(stage: Stage, thread_ids: set[int], number: int) -> None:
    """Change whatever counts for the pages of these threads and for lists, and begin another thread beside each."""
    with transaction() as session:
        for table, column in (("threads", "id"), ("posts", "thread_id")):
            sets = ", ".join(f"{name} = {CHANGED[name]}" for name in sorted(OF_THREAD[table])).replace("#", str(number))
            here = f"{column} IN ({', '.join(map(str, thread_ids)) or 0})"
            session.execute(text(f"UPDATE {table} SET {sets} WHERE {here}"))
        session.execute(text("UPDATE subthemes SET thread_count = thread_count + 1, post_count = post_count + 9"))
        ann = session.get_one(User, stage.people["ann"])
        for thread_id in thread_ids:
            subtheme = session.get_one(Thread, thread_id).subtheme
            begun = Thread(subtheme=subtheme, author=ann, last_author=ann, title=f"Beside {thread_id}", lang="en")
            begun.state, begun.last_post_at = State.VISIBLE, now()
            session.add(begun)
