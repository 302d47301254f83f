"""Pages that people who are signed in share in pieces: each is as it would be made for its reader alone."""

from __future__ import annotations

import os
import random
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import brotli
import pytest
from flask import Flask, template_rendered
from sqlalchemy import delete, select

from forum.accounts import ties
from forum.accounts.models import Session, User
from forum.accounts.standing_in import Row, StandIn
from forum.core.database import db, now, transaction
from forum.core.pagecache import Alone, Personal, making, marks
from forum.notifications.actions import tell
from forum.subthemes.models import SubTheme
from forum.threads import actions, states
from forum.threads.addresses import thread_url
from forum.threads.models import Post, State, Thread
from tests.core.readers_play import Play

SUBTHEME = "/subthemes/data-and-algorithms"
AS_EVER = {"Authorization": "none"}  # such a request is never answered from what is kept
UNNOTED = {"Sec-Purpose": "prefetch"}  # and this one is no reading
CHANGES = int(os.environ.get("PLAYED", "24"))
OF_THE_MOMENT = (
    (re.compile(r'(name="(?:csrf_token|form_token)"[^>]*value=")[^"]+'), r"\1"),
    (re.compile(r"(<time[^>]*>)[^<]*"), r"\1"),  # "3 minutes ago"
)


@pytest.fixture
def rendered(app: Flask) -> Iterator[list[str]]:
    """The names of the templates that were rendered; a portrait has none."""
    names: list[str] = []

    def note(_sender: Any, template: Any, **_: Any) -> None:
        names.extend([template.name] if template.name else [])

    with template_rendered.connected_to(note, app):
        yield names


@pytest.fixture
def long(app: Flask, thread: Thread, bob: User, person: Any) -> str:
    """The address of alice's thread, which is two pages long."""
    authors = [bob, *(person(f"writer{number}", trust_level=2) for number in range(3))]
    for number in range(22):
        actions.post_reply(thread, authors[number % len(authors)], f"The {number}. of many things to say about it.")
    with app.test_request_context():
        return thread_url(thread)


def plain(page: str) -> str:
    """Return a page without what is another at every request."""
    for found, instead in OF_THE_MOMENT:
        page = found.sub(instead, page)
    return page


def test_one_page_is_made_for_all_of_a_kind_and_names_each_reader(
    long: str, person: Any, as_: Any, rendered: list[str]
) -> None:
    zoe, yan = person("zoe", display_name="Zoë <b>&"), person("yan")
    tell(yan.id, "reply", "one", zoe.id, db.session.scalars(select(Post.id).limit(1)).one())
    first, second = as_(zoe), as_(yan)
    for path in ("/", SUBTHEME, long, f"{long}?page=2"):
        rendered.clear()
        of_zoe = first.get(path, headers=UNNOTED).text
        assert rendered, path
        rendered.clear()
        of_yan = second.get(path, headers=UNNOTED).text
        assert not rendered, f"{path}: made for zoe, and yan is like her"
        assert "Zoë &lt;b&gt;&amp;" in of_zoe and "/people/zoe" in of_zoe and "zoe" not in of_yan
        assert "/people/yan" in of_yan and 'class="unread-count">1<' in of_yan and "unread-count" not in of_zoe
        assert not marks.is_marked(of_zoe + of_yan)
        assert plain(of_yan) == plain(second.get(path, headers=AS_EVER | UNNOTED).text) != plain(of_zoe)
    answer = second.get(long, headers=UNNOTED | {"Accept-Encoding": "br"})
    assert answer.headers["Cache-Control"] == "no-store" and "ETag" not in answer.headers
    assert answer.headers["Content-Security-Policy"] and "Accept-Encoding" in answer.headers["Vary"]
    assert plain(brotli.decompress(answer.data).decode()) == plain(second.get(long, headers=UNNOTED).text)
    probed = second.get(long, headers={"Accept-Encoding": "br", "Sec-Fetch-Site": "cross-site"})
    assert "Content-Encoding" not in probed.headers


def test_a_kept_page_costs_two_statements_at_most_one_more(
    app: Flask, long: str, person: Any, as_: Any, statements: Any
) -> None:
    reader = as_(person("zoe"))
    with statements() as seen:
        for path, most in (("/", 2), (SUBTHEME, 2), (long, 3), (f"{long}?page=2", 3)):
            reader.get(path)
            seen.clear()
            assert reader.get(path).status_code == 200
            assert 0 < len(seen) <= most, path


def test_the_tokens_of_a_kept_page_are_the_readers_own(long: str, person: Any, as_: Any) -> None:
    zoe, yan = as_(person("zoe")), as_(person("yan"))
    pages = [client.get(long).text for client in (zoe, yan, zoe)]
    found = [re.findall(r'name="(csrf_token|form_token)"[^>]*value="([^"]+)', page) for page in pages]
    csrf = [{value for name, value in each if name == "csrf_token"} for each in found]
    form = [next(value for name, value in each if name == "form_token") for each in found]
    assert [len(each) for each in csrf] == [1, 1, 1] and csrf[0] != csrf[1]
    assert len(set(form)) == 3, "each page has its own, or a second reply would pass for the first"
    action = re.search(r'class="composer[^>]*action="([^"]+)', pages[1])
    assert action
    fields = {"body": "A reply from a kept page.", "form_token": form[1], "csrf_token": csrf[1].pop()}
    assert zoe.post(action[1], data=fields).status_code == 400, "not zoe's token"
    assert yan.post(action[1], data=fields).status_code == 303
    assert "A reply from a kept page." in zoe.get(f"{long}?page=2").text


def compare(client: Any, path: str, why: Any, **headers: str) -> str:
    """Read a page as it is kept and as it is made for the reader alone; they are the same. Return it."""
    kept = client.get(path, headers=UNNOTED | headers)
    made = client.get(path, headers=UNNOTED | headers | AS_EVER)
    assert kept.status_code == made.status_code == 200
    assert not marks.is_marked(kept.text)
    assert plain(kept.text) == plain(made.text), (why, path)
    return str(kept.text)


def test_whoever_is_special_gets_a_page_of_their_own(
    app: Flask, pinned: Thread, long: str, alice: User, ann: User, bob: User, carol: User, dr_chen: User, newbie: User,
    subtheme: SubTheme, person: Any, as_: Any
) -> None:  # fmt: skip
    usual = [person("zoe"), person("xia")]
    mia, ben, tom = person("mia"), person("ben"), person("tom", published_count=0)
    ties.keep(ann, "mute", by=mia), ties.keep(alice, "block", by=ben)
    held = actions.post_reply(pinned, newbie, "It waits for review.")
    thread = actions.start_thread(subtheme, tom, "A thread that waits", "For review.")
    assert held.state == thread.state == State.HELD
    special = [
        mia, ben, tom, newbie, alice, ann, bob, carol, dr_chen, person("theo", moderates=(subtheme.id,)),
        person("lan", language="zh_Hans", timezone="Asia/Shanghai"), person("yan", age_band="young"),
        person("una", standing="unconfirmed"), person("sil", silenced_until=now() + timedelta(days=1)),
        person("leo", leaving_at=now() + timedelta(days=1)), person("old", agreed=""),
    ]  # fmt: skip
    clients = {user.username: as_(user) for user in (*usual, *special)}
    last = f"{long}?page=2"
    for name in (*clients, "zoe"):
        text = {path: compare(clients[name], path, name) for path in ("/", SUBTHEME, long, last)}
        assert ("It waits for review." in text[last]) is (name in ("newbie", "bob", "carol", "theo"))
        assert ("A thread that waits" in text[SUBTHEME]) is (name == "tom")
        assert ("post-kept-away" in text[long]) is (name in ("mia", "ben"))


def test_every_page_is_as_if_made_for_its_reader_alone_whatever_is_done(
    app: Flask, thread: Thread, long: str, alice: User, ann: User, bob: User, carol: User, dr_chen: User, person: Any,
    as_: Any
) -> None:  # fmt: skip
    dice = random.Random(f"{CHANGES} changes")
    people = [alice, ann, dr_chen, person("zoe"), person("yan", age_band="young"), person("xia")]
    second = actions.start_thread(thread.subtheme, ann, "Another one", "Beside it.")  # which has versions of its own
    with app.test_request_context():
        beside = thread_url(second)
    plays = [Play(dice, each, people, bob, carol) for each in (thread, second)]
    clients = {user.username: as_(user) for user in (*people, bob, carol)} | {"": app.test_client()}
    pages = app.extensions["page_cache"].shelf
    found = pages.found
    for _ in range(CHANGES):
        act = dice.choice(plays).act()
        for name in dice.sample(sorted(clients), 2):
            path = dice.choice(("/", SUBTHEME, long, f"{long}?page=2", beside))
            with_language = {"Accept-Language": dice.choice(("en", "zh-CN"))}
            if dice.random() < 0.5:
                clients[name].get(path)  # which is noted as reading
            once, again = (compare(clients[name], path, (act, name), **with_language) for _ in range(2))
            assert plain(once) == plain(again), (act, name, path)
    assert len(plays[0].done | plays[1].done) > 10, [play.done for play in plays]
    assert pages.found - found > CHANGES // 2, "and many of them were kept"


def test_what_is_hidden_is_gone_and_who_is_signed_out_is_out(
    app: Flask, long: str, thread: Thread, bob: User, person: Any, as_: Any
) -> None:
    zoe = person("zoe")
    reader, post = as_(zoe), db.session.scalars(select(Post).where(Post.position == 5)).one()
    words = post.plain
    assert words in reader.get(long).text and words in reader.get(long).text
    states.hide_post(post, bob, "civility")
    assert words not in reader.get(long).text
    assert words in as_(bob).get(long).text, "moderators see it"
    assert words not in reader.get(long).text
    with transaction():
        db.session.get_one(User, zoe.id).suspended_until = now() + timedelta(days=1)
    assert "/logout" not in reader.get(long).text
    with transaction():
        db.session.get_one(User, zoe.id).suspended_until = None
    assert "/logout" in reader.get(long).text
    with transaction() as session:
        session.execute(delete(Session).where(Session.user_id == zoe.id))
    assert "/logout" not in reader.get(long).text


def test_a_message_is_said_once_and_other_cookies_go_past(
    long: str, person: Any, as_: Any, rendered: list[str]
) -> None:
    reader = as_(person("zoe"))
    reader.get(long)
    with reader.session_transaction() as held:
        held["_flashes"] = [("message", "Said once.")]
    assert "Said once." in reader.get(long).text
    assert "Said once." not in reader.get(long).text
    for further in ({"Authorization": "x"}, {"X-Requested-With": "fetch"}):
        rendered.clear()
        reader.get(long, headers=further)
        assert rendered, further
    reader.set_cookie("half", "x")
    rendered.clear()
    reader.get(long)
    assert rendered


def test_reading_a_kept_page_is_noted_but_not_fetching_ahead(
    app: Flask, long: str, thread: Thread, person: Any, as_: Any
) -> None:
    zoe, memory = person("zoe"), app.extensions["reading"]
    reader = as_(zoe)
    as_(person("yan")).get(long, headers=UNNOTED)  # who makes the page doesn't read it
    reader.get(long, headers=UNNOTED)
    assert not memory.last(zoe.id, thread.id)
    reader.get(long)
    assert memory.last(zoe.id, thread.id) == 20
    assert "?page=2#post-" in reader.get(long).text, "it goes on on the second page"
    assert 'class="new-mark"' in reader.get(f"{long}?page=2", headers=UNNOTED).text


def test_many_at_once_let_it_be_made_once(app: Flask, long: str, person: Any, as_: Any, rendered: list[str]) -> None:
    clients = [as_(person(f"reader{number}")) for number in range(6)]
    gate = threading.Barrier(6)

    def visit(client: Any) -> int:
        gate.wait()
        with app.app_context():
            return int(client.get(long).status_code)

    rendered.clear()
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(visit, clients)) == {200}
    assert rendered.count("threads/thread.html") == 1


def test_a_page_for_many_can_ask_for_nothing_that_is_one_readers(app: Flask, alice: User) -> None:
    row = _row_of(alice)
    many: Any = StandIn(row)
    assert many.is_authenticated and not many.is_admin and many.id != 17 and many.met == {17}
    for personal in ("email", "created_at", "published_count", "display_name", "avatar", "seal", "quiet_hours"):
        with pytest.raises(Personal):
            getattr(many, personal)
    for use in (lambda: many.id == alice.id, lambda: int(many.id), lambda: f"{many.id}", lambda: {many.id}):
        with pytest.raises(Alone):
            use()
    with pytest.raises(Alone):
        db.session.execute(select(User).where(User.id == many.id))
    making_now = making._making.set(True)
    try:
        with pytest.raises(Personal, match="sessions"):
            db.session.scalars(select(Session)).all()
    finally:
        making._making.reset(making_now)


def _row_of(user: User) -> Any:
    own = {name: getattr(user, name) for name in Row._fields if hasattr(user, name)}
    return Row(**{**dict.fromkeys(Row._fields), **own})
