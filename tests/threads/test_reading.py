"""Reading a thread: pages by position, permalinks, a bounded number of statements, and nothing written."""

import pytest
from sqlalchemy import event, insert

from forum.core.database import db, now, transaction
from forum.core.paging import positions
from forum.experts.models import Credential
from forum.threads import actions, queries, staff_actions, states
from forum.threads.models import Post, Thread

MOST = 11  # statements of a thread's page for somebody signed in: what is new, muted authors, an item discussed here


@pytest.fixture
def long_thread(thread, ann) -> Thread:
    """The thread with 45 posts."""
    grow(thread, ann.id, 42)
    return thread


def grow(thread: Thread, author_id: int, number: int, **facts: object) -> None:
    """Put `number` visible posts at the thread's end, past the actions."""
    with transaction() as session:
        first = thread.last_position + 1
        row = {
            "thread_id": thread.id, "author_id": author_id, "body": "b", "plain": "b", "render_version": 1,
            "lang": "en", "state": "visible", "notified_at": now(), "created_at": now(), "published_at": now(), **facts,
        }  # fmt: skip
        places = range(first, first + number)
        session.execute(insert(Post), [{**row, "position": place, "html": f"<p>Post {place}.</p>"} for place in places])
        thread.last_position += number
        thread.reply_count += number


def url(thread: Thread, query: str = "") -> str:
    return f"/threads/{thread.id}/{thread.slug}{query}"


def test_twenty_posts_a_page(client, long_thread):
    first, second, third = (client.get(url(long_thread, f"?page={n}")).text for n in (1, 2, 3))
    assert "Post 20." in client.get(url(long_thread)).text
    assert "Post 20." in first and "Post 21." not in first
    assert 'rel="next"' in first and "?page=2" in first and 'rel="prev"' not in first
    assert "Post 21." in second and "Post 40." in second and "Post 41." not in second and 'rel="prev"' in second
    assert "Post 45." in third and 'rel="next"' not in third


@pytest.mark.parametrize("page", ["4", "0", "-1", "x", "1000000000", "9" * 5000, "", "1.0", "²", "１"])
def test_beyond_the_end_there_is_nothing(client, long_thread, page):
    assert client.get(url(long_thread), query_string={"page": page}).status_code == 404


def test_a_page_keeps_its_posts_whatever_happens_to_them(client, bob, long_thread):
    before = client.get(url(long_thread, "?page=2")).text
    for position in (3, 7, 21):
        states.remove_post(db.session.query(Post).filter_by(position=position).one(), bob, "r2")
    after = client.get(url(long_thread, "?page=2")).text
    assert "Post 22." in after and "Post 40." in after and "Post 41." not in after
    assert before.count("<article") == after.count("<article") == 20


def test_one_h1_and_one_article_a_post(client, thread):
    page = client.get(url(thread)).text
    assert page.count("<h1") == 1
    assert ['<article class="post' in page, 'id="post-1"' in page, 'id="post-3"' in page] == [True] * 3


@pytest.mark.parametrize("address", ["/threads/1", "/threads/1/", "/threads/1/wrong", "/threads/1/wrong?page=2&x=%20y"])
def test_another_address_leads_to_the_right_one(client, long_thread, address):
    answer = client.get(address)
    if address.endswith("/1/"):
        assert answer.status_code == 404
        return
    assert answer.status_code == 301
    query = address.partition("?")[2]
    assert answer.location == url(long_thread) + (f"?{query}" if query else "")


def test_a_title_that_is_the_name_of_another_page(client, alice, subtheme):
    thread = actions.start_thread(subtheme, alice, "Manage!", "How do you?")
    answer = client.get(f"/threads/{thread.id}")
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize("thread_id", ["0", "2", "2147483648", "99999999999999999999999"])
def test_unknown_threads_and_posts(client, thread, thread_id):
    for address in (f"/threads/{thread_id}", f"/threads/{thread_id}/x"):
        assert client.get(address).status_code == 404
    for address in ("", "/revisions", "/quote"):
        assert client.get(f"/posts/{'0' if thread_id == '2' else thread_id}{address}").status_code == 404


def test_a_permalink_leads_to_the_post(client, long_thread):
    post = db.session.query(Post).filter_by(position=21).one()
    answer = client.get(f"/posts/{post.id}")
    assert answer.status_code == 303 and answer.location == url(long_thread, f"?page=2#post-{post.id}")
    assert client.get("/posts/1").location == url(long_thread, "#post-1")


def test_the_number_of_statements_is_bounded_and_does_not_grow(as_, alice, dr_chen, bob, long_thread, statements):
    staff_actions.pin(long_thread, by=bob)
    with statements() as few:
        assert as_(dr_chen).get(url(long_thread)).status_code == 200
    grow(long_thread, alice.id, 20, credential_id=1)
    with transaction():
        long_thread.expert_answer_count = 20
    c = as_(dr_chen)
    with statements() as more:
        assert c.get(url(long_thread, "?page=4")).status_code == 200
    assert len(few) <= MOST + 2  # signing in writes the session
    assert len(more) <= MOST + 2, more  # that it is not one for many is found out first


def test_a_reader_without_an_account_costs_less(client, long_thread, statements):
    with statements() as seen:
        client.get(url(long_thread))
    assert len(seen) <= 4, seen


def test_every_author_and_badge_comes_with_the_posts(app, ann, alice, bob, dr_chen, pinned, statements):
    credential = db.session.query(Credential).one()
    for person in (ann, alice, bob):
        actions.post_reply(pinned, person, "Yes")
    actions.post_reply(pinned, dr_chen, "In three steps", credential=credential)
    db.session.expunge_all()
    thread = queries.visible_thread(pinned.id, alice)
    with statements() as seen:
        posts = queries.posts_page(thread, alice, positions(1, 7, 20))
        names = [(post.author.name, post.credential.title if post.credential else "") for post in posts]
    assert len(seen) == 1 and names[-1] == ("陈博士", "Professor of statistics")


def test_reading_writes_nothing(app, as_, alice, thread):
    c = as_(alice)
    wrote = []

    def trap(_connection, _cursor, statement, *_):
        if statement.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            wrote.append(statement)

    event.listen(db.engine, "before_cursor_execute", trap)
    try:
        pages = ["/", "/subthemes/data-and-algorithms", url(thread), url(thread, "?quote=2"), "/people/ann"]
        for address in [*pages, *(f"/posts/1{more}" for more in ("", "/edit", "/delete", "/revisions", "/quote"))]:
            assert c.get(address).status_code in (200, 303)
    finally:
        event.remove(db.engine, "before_cursor_execute", trap)
    assert wrote == []


def test_the_reply_box_is_for_those_who_may_reply(as_, client, alice, bob, thread):
    assert 'name="body"' in as_(alice).get(url(thread)).text
    anonymous = client.get(url(thread)).text
    assert 'name="body"' not in anonymous and "Sign in to reply" in anonymous
    staff_actions.lock(thread, by=bob)
    for reader in (as_(alice), client):
        page = reader.get(url(thread)).text
        assert 'name="body"' not in page and "has locked this thread" in page and "Sign in to reply" not in page


def test_everybody_is_offered_only_what_they_may_do(as_, client, alice, ann, bob, thread):
    def acts(reader, post_id):
        page = reader.get(url(thread)).text
        article = page.partition(f'id="post-{post_id}"')[2].partition("</article>")[0]
        names = {"quote": f"quote={post_id}#", "edit": f"/posts/{post_id}/edit", "delete": f"/posts/{post_id}/delete",
                 "flag": f"/posts/{post_id}/flags"}  # fmt: skip
        return {name for name, address in names.items() if address in article}

    assert acts(client, 2) == set()
    assert acts(as_(ann), 2) == {"quote", "edit", "delete"}
    assert acts(as_(alice), 2) == acts(as_(bob), 2) == {"quote", "flag"}
    assert "/threads/1/manage" in as_(bob).get(url(thread)).text
    assert "/threads/1/manage" not in as_(alice).get(url(thread)).text


def test_the_context_of_a_post(app, bob, newbie, long_thread):
    post = db.session.query(Post).filter_by(position=3).one()
    assert [one.position for one in queries.context_around(post)] == [1, 2, 3, 4, 5]
    opening = db.session.query(Post).filter_by(position=1).one()
    assert [one.position for one in queries.context_around(opening, before=2, after=1)] == [1, 2]
    held = actions.post_reply(long_thread, newbie, "Hello")
    assert [one.position for one in queries.context_around(held)] == [44, 45, None]
