"""Pages that are kept for visitors: fresh after every change, nobody's but a visitor's, and bounded."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
from flask import Flask, template_rendered
from sqlalchemy import delete, select

from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.core.pagecache.layer import PageCache
from forum.core.pagecache.shelf import Kept, Shelf
from forum.core.pagecache.versions import UNSEEN, PageVersion, is_shown
from forum.experts.models import Credential
from forum.experts.queries import in_force_of
from forum.notifications.models import Watch
from forum.subthemes.models import SubTheme
from forum.threads import actions, states
from forum.threads.addresses import thread_url
from forum.threads.models import State, Thread
from forum.trust.flushing import flush
from tests.stage import Stage


@pytest.fixture
def cache(app: Flask) -> PageCache:
    """The kept pages of the application."""
    found = app.extensions["page_cache"]
    assert isinstance(found, PageCache)
    return found


@pytest.fixture
def address(app: Flask, thread: Thread) -> str:
    """Where alice's thread is."""
    with app.test_request_context():
        return thread_url(thread)


@pytest.fixture
def rendered(app: Flask) -> Iterator[list[str]]:
    """The names of the templates that were rendered."""
    names: list[str] = []

    def note(_sender: Any, template: Any, **_: Any) -> None:
        names.append(template.name)

    with template_rendered.connected_to(note, app):
        yield names


def is_kept(client: Any, rendered: list[str], address: str) -> bool:
    """Whether the page comes without being rendered."""
    rendered.clear()
    assert client.get(address).status_code == 200
    return not rendered


def test_a_second_visitor_gets_what_the_first_got(client: Any, address: str, rendered: list[str]) -> None:
    for path in ("/", "/subthemes/data-and-algorithms", address):
        first = client.get(path)
        assert first.status_code == 200 and rendered, path
        rendered.clear()
        second = client.get(path)
        assert not rendered, path
        assert second.data == first.data
        assert {*second.headers} == {*first.headers}
        assert second.headers["Content-Security-Policy"] and second.headers["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= {
            one.strip() for one in second.headers["Vary"].split(",")
        }


def test_every_change_is_seen_by_the_next_request(
    client: Any, address: str, thread: Thread, ann: User, bob: User
) -> None:
    def page() -> str:
        once, again = client.get(address).text, client.get(address).text
        assert once == again
        return str(again)

    assert "It has never been enforced" not in page()
    reply = actions.post_reply(thread, ann, "It has never been enforced.")
    assert "It has never been enforced" in page()
    actions.edit_post(reply, ann, "It was enforced once.")
    assert "It was enforced once" in page() and "never been enforced" not in page()
    states.hide_post(reply, bob, "civility")
    assert "It was enforced once" not in page()
    states.restore_post(reply, bob)
    assert "It was enforced once" in page()
    with transaction():
        db.session.get_one(User, ann.id).display_name = "Ann of the North"
    assert "Ann of the North" in page()


def test_what_visitors_do_not_see_leaves_pages_kept(
    app: Flask, client: Any, address: str, thread: Thread, ann: User, as_: Any, rendered: list[str]
) -> None:
    reader = as_(ann)
    client.get(address)
    assert reader.get(address).status_code == 200
    flush(app.extensions["reading"])
    with transaction() as session:
        session.add(Watch(user_id=ann.id, thread_id=thread.id))
    assert is_kept(client, rendered, address), "reading and notices change nothing that visitors see"


def test_nobody_gets_anothers_page(client: Any, address: str, ann: User, as_: Any) -> None:
    visitors = client.get(address).text
    own = as_(ann).get(address)
    assert "/logout" in own.text and own.headers["Cache-Control"] == "no-store"
    assert client.get(address).text == visitors and "/logout" not in visitors
    chinese = client.get(address, headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert 'lang="zh-Hans"' in chinese.split(">", 2)[1]
    client.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in client.get(address).text
    client.set_cookie("theme", "light")
    assert 'data-theme="light"' in client.get(address).text
    client.set_cookie("language", "zh_Hans")
    assert '<html lang="zh-Hans" data-theme="light"' in client.get(address).text
    client.delete_cookie("theme"), client.delete_cookie("language")
    assert client.get(address).text == visitors


def test_only_what_is_read_by_a_visitor_is_kept(app: Flask, client: Any, cache: PageCache, address: str) -> None:
    client.set_cookie("anything", "else")
    client.get(address)
    client.delete_cookie("anything")
    client.get(address, headers={"Authorization": "Basic x"})
    client.get(address, headers={"X-Requested-With": "fetch"})
    client.head(address)
    client.get("/login"), client.get("/threads/999999/none"), client.get(f"{address}x"), client.get("/search?q=rule")
    client.get(f"{address}?{'x' * 300}")
    assert cache.shelf.size == 0
    app.test_client().get(address)
    assert cache.shelf.size > 0


def test_a_browser_that_has_the_page_is_told_so(client: Any, address: str, thread: Thread, ann: User) -> None:
    first = client.get(address)
    tag = first.headers["ETag"]
    same = client.get(address, headers={"If-None-Match": f'"other", {tag}'})
    assert same.status_code == 304 and not same.data and same.headers["ETag"] == tag
    assert "Content-Type" not in same.headers and same.headers["Vary"] == first.headers["Vary"]
    assert client.head(address).headers["ETag"] == tag
    actions.post_reply(thread, ann, "One more.")
    changed = client.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag and "One more." in changed.text


def test_pages_are_compressed_as_the_browser_takes_it(client: Any, address: str) -> None:
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    for accepted, encoding, opened in (
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, *", "gzip", gzip.decompress),
    ):
        packed = client.get(address, headers={"Accept-Encoding": accepted})
        assert packed.headers["Content-Encoding"] == encoding
        assert opened(packed.data) == plain.data
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
        assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": "identity"}).headers


def test_a_page_is_not_kept_longer_than_its_words_hold(
    client: Any, cache: PageCache, address: str, pinned: Thread, dr_chen: User, clock: Any
) -> None:
    def seconds() -> float:
        cache.shelf.clear()
        client.get(address)
        return next(iter(cache.shelf._pages.values())).until - time.monotonic()

    credential = in_force_of(dr_chen)[0]
    assert 29 < seconds() <= 30, "a page says how long ago something was"
    actions.post_reply(pinned, dr_chen, "The rule is enforced.", credential)
    with transaction():
        db.session.get_one(Credential, credential.id).valid_until = now().date()
    midnight = datetime.combine(now().date() + timedelta(days=1), datetime.min.time(), UTC)
    clock.move(seconds=(midnight - now()).total_seconds() - 10)
    assert 5 < seconds() <= 10, "the badge ends at midnight"
    clock.move(seconds=11)
    assert 29 < seconds() <= 30, "and has ended: nothing changes any more"


def test_many_at_once_let_it_be_made_once(app: Flask, address: str, rendered: list[str]) -> None:
    gate = threading.Barrier(8)

    def visit(_number: int) -> bytes:
        gate.wait()
        with app.app_context():
            return app.test_client().get(address).data

    with ThreadPoolExecutor(8) as pool:
        pages = set(pool.map(visit, range(8)))
    assert len(pages) == 1
    assert rendered.count("threads/thread.html") == 1


def test_the_shelf_is_bounded() -> None:
    shelf = Shelf(100_000)
    for number in range(100):
        shelf.put(number, Kept(1, 1e12, [], b"x" * 6000))
        assert shelf.size <= 100_000
    assert shelf.find(99, 1) and not shelf.find(0, 1)
    assert not shelf.find(99, 2), "of another version"
    shelf.put("large", Kept(1, 1e12, [], b"x" * 50_000))
    assert not shelf.find("large", 1), "one page may not push out all others"
    shelf.put(99, Kept(1, 0.0, [], b"x"))
    assert not shelf.find(99, 1), "its time is over"
    shelf.clear()
    assert shelf.size == 0 and not shelf.find(98, 1)


def test_without_an_answer_about_the_version_pages_are_made(
    client: Any, cache: PageCache, address: str, alice: User, rendered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get(address).status_code == 200
    assert is_kept(client, rendered, address)
    with transaction() as session:
        session.execute(delete(PageVersion))  # as in a database that has just been migrated
    assert not is_kept(client, rendered, address) and not is_kept(client, rendered, address)
    with transaction():
        db.session.get_one(User, alice.id).display_name = "Alice of the South"
    client.get(address)
    assert is_kept(client, rendered, address)
    monkeypatch.setattr(cache.versions, "present", lambda: None)  # as while the database is away
    assert not is_kept(client, rendered, address)


def test_a_version_never_comes_again(cache: PageCache, alice: User) -> None:
    seen = set()
    for number in range(20):
        with transaction():
            db.session.get_one(User, alice.id).display_name = f"Alice {number}"
        seen.add(cache.versions.present())
        with transaction() as session:
            session.execute(delete(PageVersion))  # as when a backup takes the place of the database
    assert len(seen) == 20


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("SELECT 1", False),
        ("INSERT INTO notifications (id) VALUES (1)", False),
        ('UPDATE "sessions" SET seen_at = 1', False),
        ("DELETE FROM thread_reads", False),
        ("INSERT INTO posts (id) VALUES (1)", True),
        ("  update posts set state = 1", True),
        ("WITH gone AS (SELECT 1) DELETE FROM posts", True),
        ("INSERT OR REPLACE INTO notifications (id) VALUES (1)", True),  # not one of ours: better once too often
        ("TRUNCATE posts", True),
        ("VACUUM", True),
    ],
)
def test_what_may_be_shown_counts(statement: str, shown: bool) -> None:
    assert is_shown(statement) is shown


def test_shared_pages_show_nothing_of_the_tables_that_do_not_count(app: Flask, stage: Stage, statements: Any) -> None:
    client = app.test_client()
    with statements() as seen, app.test_request_context():
        for path in shared_addresses():
            assert client.get(path).status_code == 200, path
    read = {name for one in seen for name in re.findall(r'\b(?:FROM|JOIN) "?(\w+)', one)}
    assert {"posts", "threads", "users"} <= read
    assert not read & UNSEEN


PROGRAMME = ("/programme", "/programme/online?by=subtheme", "/programme/items/1")


def shared_addresses() -> list[str]:
    """Return the home page, the programme, every sub-theme and every thread of the stage that visitors see."""
    threads = db.session.scalars(select(Thread)).all()
    subthemes = db.session.scalars(select(SubTheme)).all()
    shown = [thread_url(thread) for thread in threads if thread.state == State.VISIBLE]
    assert len(shown) > 3
    return ["/", *(f"/subthemes/{subtheme.slug}" for subtheme in subthemes), *shown, *PROGRAMME]
