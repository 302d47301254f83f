"""Pages that are kept for visitors: fresh after every change, nobody's but a visitor's, and bounded."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import brotli
import pytest
from flask import Flask, template_rendered
from sqlalchemy import StaticPool, create_engine, delete, make_url, select
from sqlalchemy.exc import OperationalError

from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.core.pagecache import asking_postgres
from forum.core.pagecache.asking import versions_of
from forum.core.pagecache.changes import UNSEEN
from forum.core.pagecache.layer import PageCache
from forum.core.pagecache.scopes import LISTS, Version, of_thread
from forum.core.pagecache.shelf import Kept, Key, Shelf
from forum.core.pagecache.versions import PageVersion
from forum.core.patience import Bounded
from forum.core.web import asset
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
        assert second.headers["Content-Security-Policy"] and second.headers["Cache-Control"] == "public, no-cache"
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


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/", ["forum", "home-show"]),
        ("/subthemes/law-online", ["forum", "subthemes-show", "subthemes-law-online"]),
        ("/threads/{}", ["forum", "threads-show", "thread-{}"]),
    ],
)
def test_a_cache_in_front_can_purge_a_page_by_its_names(
    client: Any, address: str, thread: Thread, ann: User, as_: Any, path: str, keys: list[str]
) -> None:
    path = address if path == "/threads/{}" else path
    for _made_then_kept in range(2):
        page = client.get(path)
        wanted = [key.format(thread.id) for key in keys]
        assert page.headers["Surrogate-Key"].split() == page.headers["Cache-Tag"].split(",") == wanted
        assert page.headers["Cache-Control"] == "public, no-cache" and "Cookie" in page.headers["Vary"]
    mine = as_(ann).get(path)
    assert "Cache-Tag" not in mine.headers and mine.headers["Cache-Control"] == "no-store"


def test_files_do_not_vary_by_who_asks(app: Flask, ann: User, as_: Any) -> None:
    with app.test_request_context():
        address = asset("css/site.css")
    for browser in (app.test_client(), as_(ann)):
        answer = browser.get(address, buffered=True)
        assert answer.headers["Vary"] == "Accept-Encoding" and "immutable" in answer.headers["Cache-Control"]


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


ONE, TWO = Version(LISTS, 1, 1), Version(LISTS, 2, 1)  # before and after a change of what may stand on any page


def key(number: int) -> Key:
    """Return the key of some page."""
    return Key("http", "forum.example", f"/{number}", "", "en", "auto")


def test_the_shelf_is_bounded() -> None:
    shelf = Shelf(200_000)
    assert not shelf.find(key(0), ONE)
    for number in range(100):
        shelf.put(key(number), Kept(ONE, 1e12, [], b"x" * 6000))
        assert shelf.size <= 200_000
    assert shelf.find(key(99), ONE) and not shelf.find(key(0), ONE)
    shelf.put(key(100), Kept(ONE, 1e12, [], b"x" * 50_000))
    assert not shelf.find(key(100), ONE), "one page may not push out all others"
    shelf.put(key(99), Kept(ONE, 0.0, [], b"x"))
    assert not shelf.find(key(99), ONE), "its time is over"
    shelf.clear()
    assert shelf.size == 0 and not shelf.find(key(98), ONE)
    shelf.put(key(7)._replace(host="x" * 5000), Kept(ONE, 1e12, [], b""))
    assert shelf.size > 5000, "long names take memory too"


def test_what_is_gone_from_the_forum_does_not_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(100_000)
    shelf.find(key(0), ONE)
    for number in range(3):
        shelf.put(key(number), Kept(ONE, time.monotonic() + 20 + number, [], b"words"))
    assert not shelf.find(key(5), TWO), "somebody asks for another page after a change"
    assert shelf.size == 0 and not shelf.holds(key(0)), "and nothing of before is left"
    shelf.put(key(1), Kept(ONE, 1e12, [], b"words"))
    assert shelf.size == 0, "a page that was begun before the change comes too late"
    for number in range(3):
        shelf.put(key(number), Kept(TWO, time.monotonic() + (2 if number else 200), [], b"words"))
    present = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: present + 100)
    shelf.tidy()
    assert [shelf.holds(key(number)) for number in range(3)] == [True, False, False]


def test_what_changes_in_a_scope_leaves_the_others_on_the_shelf() -> None:
    shelf, scopes = Shelf(100_000), (LISTS, of_thread(3), of_thread(4))
    for scope in scopes:
        assert not shelf.find(key(scope), Version(scope, 1, 5))
        shelf.put(key(scope), Kept(Version(scope, 1, 5), 1e12, [], b"words"))
    assert [shelf.scope(key(scope)) for scope in (*scopes, 99)] == [*scopes, None]
    size = shelf.size
    assert not shelf.find(key(99), Version(scopes[1], 1, 6)), "somebody asks for another page of that scope"
    assert [shelf.holds(key(scope)) for scope in scopes] == [True, False, True], "what was there is gone from memory"
    assert shelf.size == size * 2 // 3
    shelf.put(key(98), Kept(Version(scopes[1], 1, 5), 1e12, [], b"words"))
    assert not shelf.holds(key(98)), "it was begun before the change"
    assert shelf.find(key(scopes[0]), Version(scopes[0], 1, 5)) and shelf.find(key(scopes[2]), Version(scopes[2], 1, 5))
    assert not shelf.find(key(99), Version(scopes[1], 2, 6)), "and now it may stand on any page"
    assert shelf.size == 0 and not any(shelf.holds(key(scope)) for scope in scopes)
    shelf.put(key(scopes[0]), Kept(Version(scopes[0], 1, 5), 1e12, [], b"words"))
    assert shelf.size == 0, "of no scope there is a version now that is not newer"


def test_nobody_waits_in_turn_for_a_page_that_is_not_kept() -> None:
    shelf, inside, gate = Shelf(100_000), threading.Semaphore(0), threading.Event()

    def first() -> None:
        with shelf.alone(key(1)) as give_up:
            inside.release()
            assert gate.wait(5)
            give_up()

    def later() -> None:
        with shelf.alone(key(1)):
            inside.release()
            everybody.wait(5)  # all at the same time, or it is broken

    everybody = threading.Barrier(4)
    with ThreadPoolExecutor(5) as pool:
        made = [pool.submit(first)]
        assert inside.acquire(timeout=5)
        made += [pool.submit(later) for _ in range(4)]
        gate.set()
        for done in made:
            done.result()
    with pytest.raises(ZeroDivisionError), shelf.alone(key(1)):
        _ = 1 / 0
    with shelf.alone(key(1)):
        pass


def test_strange_wishes_make_no_further_copies(client: Any, cache: PageCache, address: str) -> None:
    first = client.get(address)
    for theme in ("auto", "sepia", "x" * 2000, "light; dark", "\xff"):
        client.set_cookie("theme", theme)
        assert client.get(address).data == first.data
    client.set_cookie("language", "tlh")
    assert client.get(address, headers={"Accept-Language": "en;q=0.3, " + "x" * 3000}).data == first.data
    assert len(cache.shelf._pages) == 1
    client.get(address, headers={"Host": f"localhost:{'0' * 300}80"})
    assert len(cache.shelf._pages) == 1, "nor does a long name"


def test_what_is_never_kept_does_not_wait_for_the_database(
    app: Flask, client: Any, cache: PageCache, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_scope: int) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(cache.versions, "present", away)
    for path in ("/health/live", "/static/css/site.css", "/login", "/feeds/none"):
        client.get(path).close()
    with pytest.raises(AssertionError, match="asked"):
        app.test_client().get(address)


@pytest.mark.parametrize(("seconds", "asked"), [(2, 1), (0, 5)])
def test_a_server_that_is_silent_is_not_asked_by_every_visitor(
    monkeypatch: pytest.MonkeyPatch, seconds: int, asked: int
) -> None:
    """One that refuses at once costs nothing, and may be there in a moment."""
    calls, connect, moment = [], Bounded.connect, [time.monotonic()]

    def counted(*given: Any, **named: Any) -> Any:
        calls.append(given)
        moment[0] += seconds
        return connect(*given, **named)

    monkeypatch.setattr(Bounded, "connect", counted)
    monkeypatch.setattr(asking_postgres, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    versions = versions_of(make_url("postgresql+psycopg://nobody@/none?host=/nowhere/at/all"))
    assert [versions.present() for _ in range(5)] == [None] * 5
    assert len(calls) == asked
    moment[0] += 6
    assert versions.present() is None and len(calls) == asked + 1, "but again after a while"


def test_a_fault_at_the_last_statement_is_like_any_other() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE page_versions (shard INTEGER PRIMARY KEY, version INTEGER)")
        connection.exec_driver_sql("CREATE TABLE posts (id INTEGER)")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE page_versions")
        connection.exec_driver_sql("CREATE VIEW page_versions AS SELECT 1 AS shard, 2 AS version")
        with pytest.raises(OperationalError):  # which the forum answers as "busy", with a new connection
            connection.commit()
        connection.rollback()


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
    monkeypatch.setattr(cache.versions, "present", lambda _scope: None)  # as while the database is away
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
