"""The list of notices and the number at the bell: one's own, newest first, and nothing of a post that is not shown."""

import pytest

from forum.core.database import db, transaction
from forum.notifications import actions as notices
from forum.notifications import queries
from forum.notifications.models import Notification
from forum.threads import actions, states


@pytest.fixture
def mention(thread, mallory, bob, work):
    """mallory names bob; bob has one unread notice."""
    post = actions.post_reply(thread, mallory, "What does @bob say about the kumquat?")
    work()
    return post


def notice_of(user):
    db.session.rollback()
    return db.session.scalar(db.select(Notification).where(Notification.user_id == user.id))


def test_it_says_who_and_where(mention, bob, as_):
    text = as_(bob).get("/notifications").text
    assert "mallory mentions you in “Who checks the ranking?”." in text
    assert "kumquat" not in text, "a notice carries no text"


def test_reading_one_leads_to_the_post_and_marks_it(mention, bob, as_):
    browser = as_(bob)
    assert "is-unread" in browser.get("/notifications").text
    answer = browser.send("/notifications/read", id=notice_of(bob).id)
    assert answer.status_code == 303 and answer.location.endswith(f"/posts/{mention.id}")
    text = browser.get("/notifications").text
    assert "is-unread" not in text and f'href="/posts/{mention.id}"' in text


def test_reading_all(mention, thread, mallory, bob, as_, work):
    actions.post_reply(thread, mallory, "@bob?")
    work()
    browser = as_(bob)
    assert queries.unread(bob.id) == 2
    assert browser.send("/notifications/read").location.endswith("/notifications")
    assert queries.unread(bob.id) == 0


def test_others_can_not_read_or_mark_mine(mention, bob, mallory, client, as_):
    notice_id = notice_of(bob).id
    assert as_(mallory).send("/notifications/read", id=notice_id).status_code == 404
    assert as_(mallory).send("/notifications/mute", id=notice_id).status_code == 404
    assert client.send("/notifications/read", id=notice_id).status_code == 401
    assert client.get("/notifications").status_code == 303
    for odd in ("x", "-1", "99999999999999"):
        assert as_(bob).send("/notifications/read", id=odd).status_code == 404
    assert notice_of(bob).read_at is None
    as_(mallory).send("/notifications/read")
    assert queries.unread(bob.id) == 1


@pytest.mark.parametrize("act", ["hide", "remove", "delete"])
def test_a_post_that_vanished_leaves_a_quiet_line(mention, mallory, ann, alice, bob, thread, as_, work, act):
    post = actions.post_reply(thread, mallory, "And @ann and @alice?")
    work()
    if act == "delete":
        actions.delete_post(post, mallory)
    else:
        {"hide": states.hide_post, "remove": states.remove_post}[act](post, by=bob, rule="abuse")
    text = as_(ann).get("/notifications").text
    assert "A post that is not shown any more." in text and f"/posts/{post.id}" not in text
    notice = db.session.scalar(
        db.select(Notification).where(Notification.user_id == ann.id, Notification.post_id == post.id)
    )
    assert as_(ann).send("/notifications/read", id=notice.id).location.endswith("/notifications")


def test_the_title_of_a_removed_thread_is_not_told(mention, thread, bob, alice, as_):
    from forum.threads.models import Post

    with transaction():
        thread.title = "A title with a kumquat"
    opening = db.session.scalar(db.select(Post).where(Post.thread_id == thread.id, Post.position == 1))
    states.remove_post(opening, by=bob, rule="spam")
    assert "kumquat" not in as_(alice).get("/notifications").text


def test_pages_and_their_cost(bob, as_, statements):
    browser = as_(bob)
    costs = []
    for start in (0, 30):
        for number in range(start, start + 30):
            notices.tell(bob.id, "mention", f"test:{number}")
        with statements() as seen:
            text = browser.get("/notifications").text
        costs.append(len(seen))
    assert costs == [3, 3], "session, unread, notices"
    assert text.count('class="notice') >= 20 and 'rel="next"' in text
    pages, before = 0, ""
    while True:
        page = queries.page(bob, int(before) if before else None)
        pages += 1
        if not page.next_cursor:
            break
        before = page.next_cursor
    assert pages == 3 and len(page.items) == 20


def test_the_bell_counts_to_a_bound_in_one_statement(bob, as_, statements):
    for number in range(120):
        notices.tell(bob.id, "mention", f"test:{number}")
    bob_id = bob.id
    with statements() as seen:
        assert queries.unread(bob_id) == queries.UNREAD_MOST
    assert len(seen) == 1
    assert "99+" in as_(bob).get("/notifications").text


def test_a_visitor_costs_no_statement_for_the_bell(client, statements):
    with statements() as seen:
        client.get("/rules")
    assert not [statement for statement in seen if "site_settings" not in statement], "only which rules are in force"


def test_muting_by_the_button(thread, mallory, ann, as_, work):
    work()
    post = actions.post_reply(thread, mallory, "Anybody?")
    work()
    notice = notice_of(ann)
    assert notice.kind == "watch" and "Stop following" in as_(ann).get("/notifications").text
    assert as_(ann).send("/notifications/mute", id=notice.id).status_code == 303
    notices.mark_read(ann.id)
    actions.post_reply(thread, mallory, "Really nobody?")
    work()
    assert queries.unread(ann.id) == 0 and post.id == notice.post_id


def test_nothing_yet(bob, as_):
    assert "No notices yet" in as_(bob).get("/notifications").text
