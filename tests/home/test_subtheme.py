"""A sub-theme's page: head, experts, pinned threads, own held ones, the others by latest activity."""

import re

from forum.core.database import db, transaction
from forum.subthemes import queries as subthemes
from forum.threads import actions, staff_actions, states
from forum.threads.models import Post, Thread
from tests.home.test_home import make_threads, titles

URL = "/subthemes/data-and-algorithms"
MOST = 9  # statements for somebody signed in


def test_it_says_what_it_is_in_both_languages(client, dr_chen, subtheme):
    page = client.get(URL).text
    assert page.count("<h1") == 1 and "Data and algorithms" in page and "数据与算法" in page
    assert subtheme.description_en in page and "陈博士" in page and "Professor of statistics" in page
    assert "Nothing here yet" in page


def test_an_unknown_one_is_not_there(client, app):
    assert client.get("/subthemes/nowhere").status_code == 404


def test_pinned_ones_stand_apart_and_once(client, alice, bob, subtheme, pinned):
    actions.start_thread(subtheme, alice, "A newer question", "Text")
    page = client.get(URL).text
    assert page.count(f">{pinned.title}<") == 1
    assert page.index(pinned.title) < page.index("Discussions") < page.index("A newer question")
    staff_actions.unpin(pinned, bob)
    page = client.get(URL).text
    assert page.index("A newer question") < page.index(pinned.title)


def test_a_reply_brings_a_thread_to_the_top(client, alice, ann, subtheme, thread):
    actions.start_thread(subtheme, alice, "A newer question", "Text")
    actions.post_reply(thread, ann, "Again")
    page = client.get(URL).text
    assert page.index(thread.title) < page.index("A newer question")


def test_only_its_author_sees_a_held_thread(as_, client, newbie, alice, bob, subtheme):
    thread = actions.start_thread(subtheme, newbie, "My first question", "Text")
    own = as_(newbie).get(URL).text
    assert "My first question" in own and "Held for review" in own
    for reader in (client, as_(alice), as_(bob)):
        assert "My first question" not in reader.get(URL).text
    states.publish_held(db.session.query(Post).filter_by(thread_id=thread.id).one(), bob)
    assert "My first question" in client.get(URL).text and "Held for review" not in as_(newbie).get(URL).text


def test_a_held_thread_stands_in_its_own_sub_theme(as_, newbie, subtheme):
    actions.start_thread(subtheme, newbie, "My first question", "Text")
    assert "My first question" not in as_(newbie).get("/subthemes/law-online").text


def test_pages_follow_each_other(client, alice, subtheme):
    make_threads(alice.id, subtheme.id, 25)
    make_threads(alice.id, subthemes.by_slug("law-online").id, 3)
    first = client.get(URL).text
    address = re.search(r'rel="next" href="([^"]+)"', first)[1]
    second = client.get(address).text
    assert titles(first) + titles(second) == [f"Thread {n}" for n in reversed(range(25))]
    assert 'rel="next"' not in second


def test_an_archived_one_can_be_read_only(as_, alice, thread, subtheme):
    with transaction():
        subtheme.archived_at = subtheme.created_at
    page = as_(alice).get(URL).text
    assert thread.title in page and "archived" in page and "/threads/new" not in page


def test_the_number_of_statements_does_not_grow(as_, client, alice, dr_chen, subtheme, pinned, statements):
    c = as_(alice)
    make_threads(alice.id, subtheme.id, 30)
    with transaction() as session:
        session.query(Thread).filter(Thread.id % 5 == 0).update({"pinned_at": subtheme.created_at})
    with statements() as seen:
        assert c.get(URL).status_code == 200
    assert len(seen) <= MOST, seen
    with statements() as seen:
        assert client.get(URL).status_code == 200
    assert len(seen) <= MOST - 3, seen
