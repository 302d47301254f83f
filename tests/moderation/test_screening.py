"""Held posts: only author and moderators see them, each has its case, and a moderator publishes or refuses it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

import wsgi
from forum.accounts.models import User
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Refused
from forum.notifications.models import Notification
from forum.threads import actions, screening
from forum.threads.models import Post, State, Thread
from moderation import decisions, queue
from moderation.models import Case, Strike
from moderation.queue import Filter

LINKS = "[a](https://a.example) [b](https://b.example) [c](https://c.example)"


@pytest.fixture
def held(thread, newbie):
    return actions.post_reply(thread, newbie, "Hello, I am new here.")


def case_of(post):
    db.session.rollback()
    return db.session.scalar(select(Case).where(Case.post_id == post.id))


def test_a_newcomers_post_is_held_with_a_case(held, newbie):
    assert held.state == State.HELD and held.state_reason == "newcomer"
    case = case_of(held)
    assert (case.source, case.held_reason, case.flag_count) == ("screening", "newcomer", 0)
    assert case.frozen_body == "Hello, I am new here."
    assert [row.case.id for row in queue.page(Filter(source="screening")).items] == [case.id]


def test_a_newcomers_thread_is_held_with_a_case(newbie, subtheme):
    thread = actions.start_thread(subtheme, newbie, "My first thread", "Is anybody here?")
    opening = db.session.scalar(select(Post).where(Post.thread_id == thread.id))
    assert thread.state == State.HELD and case_of(opening).frozen_title == "My first thread"


def test_many_links_from_a_young_account_are_held(thread, person, alice):
    young = person("yara", created_at=now() - timedelta(hours=2))
    assert actions.post_reply(thread, young, LINKS).state_reason == "links"
    assert actions.post_reply(thread, young, "[a](https://a.example) [b](https://b.example)").is_visible
    assert actions.post_reply(thread, alice, LINKS).is_visible, "an older account"


def test_what_established_people_write_is_published_at_once(thread, alice, bob):
    for person in (alice, bob):
        post = actions.post_reply(thread, person, "Good morning.")
        assert post.is_visible and case_of(post) is None


def test_a_post_that_is_not_written_has_no_case(thread, newbie):
    with pytest.raises(Refused):
        actions.post_reply(thread, newbie, "   ")
    assert db.session.scalar(select(Case)) is None


def test_publishing_shows_it_and_tells_the_author(held, thread, newbie, bob, client):
    assert "I am new here" not in client.get(f"/threads/{thread.id}/{thread.slug}").text
    decisions.decide(case_of(held).id, bob, "keep", "")
    post = db.session.get(Post, held.id, populate_existing=True)
    assert post.state == State.VISIBLE and post.position == 4 and post.notified_at is None
    assert db.session.get(User, newbie.id, populate_existing=True).published_count == 1
    told = db.session.scalars(
        select(Notification).where(Notification.user_id == newbie.id).order_by(Notification.id)
    ).all()
    assert [notice.kind for notice in told] == ["published"]
    assert db.session.scalar(select(AuditEntry.act)) == "post.approved"
    assert db.session.scalar(select(Strike)) is None
    assert "I am new here" in client.get(f"/threads/{thread.id}/{thread.slug}").text


def test_refusing_it_leaves_no_trace_in_public_and_says_why(held, thread, newbie, bob, client):
    decision = decisions.decide(case_of(held).id, bob, "remove", "This sells shoes.", rule="spam")
    post = db.session.get(Post, held.id, populate_existing=True)
    assert post.state == State.REMOVED and post.position is None
    assert db.session.get(User, newbie.id, populate_existing=True).published_count == 0
    (notice,) = db.session.scalars(
        select(Notification).where(Notification.user_id == newbie.id).order_by(Notification.id)
    ).all()
    assert notice.kind == "decision" and notice.facts["decision"] == decision.id
    assert db.session.get(Thread, thread.id, populate_existing=True).reply_count == 2
    assert "I am new here" not in client.get(f"/threads/{thread.id}/{thread.slug}").text


def test_hiding_or_warning_means_nothing_for_a_held_post(held, bob, as_):
    case = case_of(held)
    for outcome in ("hide", "warn"):
        with pytest.raises(Refused):
            decisions.decide(case.id, bob, outcome, "Because.", rule="spam")
    page = as_(bob).get(f"/moderation/cases/{case.id}").text
    assert 'value="keep"' in page and 'value="hide"' not in page and 'value="warn"' not in page
    assert "first posts of a new account" in page


def test_nobody_approves_their_own_held_post(held, newbie, thread):
    case = case_of(held)
    with transaction():
        db.session.get(User, newbie.id).role = "moderator"
    with pytest.raises(Refused) as refusal:
        decisions.decide(case.id, db.session.get(User, newbie.id), "keep", "")
    assert refusal.value.status == 403


def test_after_three_published_posts_nothing_is_held(thread, newbie, bob):
    for number in range(3):
        post = actions.post_reply(thread, newbie, f"Hello number {number}.")
        assert post.state == State.HELD
        decisions.decide(case_of(post).id, bob, "keep", "")
        newbie = db.session.get(User, newbie.id, populate_existing=True)
    assert actions.post_reply(thread, newbie, "Hello again.").is_visible


def test_a_second_application_plugs_in_once(app, tmp_path):
    before = list(screening.screeners), list(screening.on_held)
    wsgi.create_app({"TESTING": True, "FORUM_INSTANCE": str(tmp_path), "JOBS": "memory"})
    assert (list(screening.screeners), list(screening.on_held)) == before
    assert len(set(before[0])) == len(before[0]) >= 2


def test_what_was_held_of_somebody_who_left_is_not_offered_for_publishing(held, newbie, bob, as_):
    desk, address = as_(bob), f"/moderation/cases/{case_of(held).id}"
    assert 'value="keep"' in desk.get(address).text and 'value="suspend"' in desk.get(address).text
    with transaction():
        db.session.get(User, newbie.id).standing = "closed"
    page = desk.get(address).text
    assert 'value="keep"' not in page and 'value="suspend"' not in page and 'value="remove"' in page
    assert "no account here any more" in page
    with pytest.raises(Conflict):
        decisions.decide(case_of(held).id, bob, "keep", "")
