"""Unread marks: on the home page, in a sub-theme, inside a thread; for nobody who is not signed in."""

import re
from datetime import timedelta

from sqlalchemy import update

from forum.core.database import db, now, transaction
from forum.threads import actions, states
from forum.threads.models import Post, Thread
from tests.threads.test_reading import grow

DOT = "unread-dot"
SUBTHEME = "/subthemes/data-and-algorithms"


def dots(page: str) -> list[str]:
    """Return the titles of the threads marked unread in the lists."""
    rows = re.findall(r'<li class="thread-row.*?</li>', page, re.DOTALL)
    return [re.search(r'dir="auto">([^<]*)</a>', row)[1] for row in rows if DOT in row]


def active(thread: Thread, **ago: float) -> None:
    with transaction() as session:
        session.execute(update(Thread).where(Thread.id == thread.id).values(last_post_at=now() - timedelta(**ago)))


def test_a_dot_until_it_was_opened_and_again_after_a_reply(as_, thread, ann, bob, work, open_page):
    browser = as_(bob)
    for place in ("/", SUBTHEME):
        assert dots(browser.get(place).text) == [thread.title]
    open_page(browser, thread)
    for _ in ("from memory", "from the rows"):
        assert dots(browser.get("/").text) == dots(browser.get(SUBTHEME).text) == []
        work()
    actions.post_reply(thread, ann, "News.")
    assert dots(browser.get("/").text) == [thread.title]


def test_pinned_and_answered_threads_have_it_too(as_, pinned, bob):
    page = as_(bob).get("/").text
    assert DOT in page[page.index("waiting-list") : page.index("subtheme-list")]
    assert dots(as_(bob).get(SUBTHEME).text) == [pinned.title]


def test_strangers_have_no_marks(client, thread, open_page):
    for page in (client.get("/").text, client.get(SUBTHEME).text, open_page(client, thread)):
        assert DOT not in page and "new-mark" not in page and "Mark all as read" not in page


def test_an_old_thread_never_opened_is_not_marked(as_, thread, bob):
    active(thread, days=15)
    assert dots(as_(bob).get("/").text) == []
    active(thread, days=13)
    assert dots(as_(bob).get("/").text) == [thread.title]


def test_what_was_said_before_somebody_came_is_not_new(as_, thread, person):
    active(thread, hours=2)
    late = person("late", created_at=now() - timedelta(hours=1))
    assert dots(as_(late).get("/").text) == []


def test_a_known_thread_stays_marked_however_old(as_, thread, ann, bob, work, open_page):
    browser = as_(bob)
    open_page(browser, thread)
    work()
    actions.post_reply(thread, ann, "News.")
    active(thread, days=40)
    assert dots(browser.get("/").text) == [thread.title]


def test_one_person_marks_nothing_for_another(as_, thread, ann, bob, mallory, open_page, work):
    open_page(as_(bob), thread)
    work()
    assert dots(as_(mallory).get("/").text) == [thread.title]


def test_the_thread_leads_to_the_first_new_post(as_, thread, ann, bob, work, open_page):
    browser = as_(bob)
    first = open_page(browser, thread)
    assert "new-mark" not in first and "thread-new" not in first, "all of it is new"
    work()
    grow(thread, ann.id, 25)
    new = db.session.query(Post).filter_by(thread_id=thread.id, position=4).one()
    page = open_page(browser, thread, "?page=2")
    assert re.search(rf'thread-new"><a href="/threads/{thread.id}/[^"?]*#post-{new.id}"', page)
    assert "new-mark" not in page, "the first new post stands on the page before"


def test_the_mark_stands_before_the_first_new_post(as_, thread, ann, bob, work, open_page):
    browser = as_(bob)
    open_page(browser, thread)
    work()
    gone = actions.post_reply(thread, ann, "To be removed.")
    post = actions.post_reply(thread, ann, "News.")
    states.remove_post(gone, bob, "abuse")
    page = open_page(browser, thread)
    assert f"#post-{post.id}" in re.search(r'thread-new"><a href="([^"]*)"', page)[1]
    assert page.index("new-mark") < page.index(f'id="post-{post.id}"') < page.index("News.")
    assert page.index(f'id="post-{gone.id}"') < page.index("new-mark")
    assert "new-mark" not in open_page(browser, thread), "now it was read"


def test_a_far_new_post_is_led_to_with_its_page(as_, thread, ann, bob, work, open_page):
    grow(thread, ann.id, 22)
    browser = as_(bob)
    open_page(browser, thread, "?page=2")
    work()
    post = actions.post_reply(thread, ann, "News.")
    href = re.search(r'thread-new"><a href="([^"]*)"', open_page(browser, thread))[1]
    assert href.endswith(f"?page=2#post-{post.id}")


def test_mark_all_as_read_in_one_sub_theme(as_, thread, alice, ann, bob, work, open_page, read_rows):
    from forum.subthemes.queries import by_slug

    elsewhere = actions.start_thread(by_slug("law-online"), alice, "Elsewhere", "Text")
    known = actions.start_thread(by_slug("data-and-algorithms"), alice, "Known", "Text")
    browser = as_(bob)
    open_page(browser, known)
    work()
    actions.post_reply(known, ann, "News.")
    assert "Mark all as read" in browser.get(SUBTHEME).text
    assert browser.send(f"{SUBTHEME}/read").location == SUBTHEME
    page = browser.get(SUBTHEME).text
    assert dots(page) == [] and "Mark all as read" not in page and "is marked as read" in page
    assert dots(browser.get("/").text) == [elsewhere.title]
    assert read_rows(bob) == {thread.id: 3, known.id: 2}
    actions.post_reply(thread, ann, "News.")
    assert dots(browser.get(SUBTHEME).text) == [thread.title]
    assert browser.send(f"{SUBTHEME}/read").status_code == 303 and read_rows(bob)[thread.id] == 4


def test_marking_is_not_reading(as_, thread, bob, work, open_page, numbers, clock):
    from forum.trust import queries

    as_(bob).send(f"{SUBTHEME}/read")
    record = queries.records([bob.id], now(), numbers)[bob.id]
    assert (record.ever.threads, record.lately.threads) == (0, 0)
    open_page(as_(bob), thread)
    clock.move(minutes=1)
    work()
    record = queries.records([bob.id], now(), numbers)[bob.id]
    assert (record.ever.threads, record.lately.threads) == (1, 1)


def test_a_moderators_view_of_a_held_thread_is_no_mark(as_, newbie, bob, subtheme, open_page, read_rows, work):
    held = actions.start_thread(subtheme, newbie, "A held one", "Text")
    open_page(as_(bob), held)
    work()
    assert read_rows(bob) == {}
