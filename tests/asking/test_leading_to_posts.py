"""/posts/N of a session leads to the session's page, where it shows the post; so do notices and letters."""

from __future__ import annotations

import pytest

from forum.asking import triage
from forum.asking.models import Question, Status
from forum.core.database import db
from forum.notifications.models import Notification
from forum.threads import actions, states
from forum.threads.models import Post
from tests.asking.conftest import answer, put_down

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def address(session):
    return f"/sessions/{session.id}/{session.thread.slug}"


def leads(browser, post_id):
    """Return where /posts/N leads, once it was seen that a session's page there has the post."""
    location = browser.get(f"/posts/{post_id}").location
    assert location.endswith(f"#post-{post_id}")
    if location.startswith("/sessions/"):
        assert f'id="post-{post_id}"' in browser.get(location).text, location
    return location.partition("#")[0]


def test_a_question_its_answer_and_a_comment_stand_on_the_sessions_page(
    session, at, ask, alice, ann, mallory, dr_chen, bob, client, as_, address, fill
):
    at("collecting")
    one, same, other = ask(alice), ask(ann, "The same in other words"), ask(ann, "Off the point")
    assert leads(client, one.post_id) == f"{address}?from={one.post_id}"
    triage.merge([same.post_id], one.post_id, bob)
    triage.decline(other.post_id, "Not about rankings.", bob)
    assert leads(client, same.post_id) == f"{address}?from={one.post_id}&merged=0"
    assert leads(client, other.post_id).startswith("/threads/"), "the page does not list what was declined"
    at("answering")
    given = answer(session, dr_chen, one)
    assert leads(client, given.id) == f"{address}?from={one.post_id}"
    comment = actions.post_reply(session.thread, ann, "Thank you.", parent=given)
    assert leads(client, comment.id) == f"{address}?from={one.post_id}&comments={given.id}.0"
    far = fill(30, mallory, "Word", parent_id=given.id)[-1]
    leads(client, far)
    late = fill(30, dr_chen, "Reply", parent_id=one.post_id, credential_id=given.credential_id)[-1]
    leads(client, late)
    leads(client, fill(1, mallory, "Word", parent_id=late)[0])
    merged = fill(30, ann, "Source")
    put_down(session, merged, status=Status.MERGED, merged_into_id=one.post_id)
    leads(client, merged[-1])
    states.hide_post(db.session.get(Post, one.post_id), bob, "r2")
    for post_id in (one.post_id, given.id, comment.id):
        assert leads(client, post_id).startswith("/threads/"), "the session's page shows them no more"
    states.hide_post(db.session.get(Post, given.id), bob, "r2")
    assert leads(as_(bob), given.id).startswith("/threads/")


def test_the_opening_leads_to_the_thread_and_the_summary_to_the_session(session, at, bob, client, address):
    opening = db.session.query(Post).filter_by(thread_id=session.thread_id).one()
    assert leads(client, opening.id).startswith("/threads/")
    at("closed")
    summary = actions.post_reply(session.thread, bob, "What we learned.")
    assert leads(client, summary.id) == address
    assert db.session.get(Question, summary.id) is None


def test_posts_of_ordinary_threads_pay_nothing_for_it(session, thread, ann, client, statements):
    post = actions.post_reply(thread, ann, "A reply.")
    with statements() as seen:
        assert client.get(f"/posts/{post.id}").location.startswith("/threads/")
    assert len(seen) == 1, seen


def test_the_letter_of_a_declined_question_leads_where_its_notice_leads(
    session, at, ask, alice, bob, with_smtp, work, clock, as_
):
    at("collecting")
    question = ask(alice)
    work()
    triage.decline(question.post_id, "Not about rankings.", bob)
    clock.move(minutes=16)
    for _ in range(3):
        work()
    (letter,) = [one for one in with_smtp.letters if "declined" in one["Subject"]]
    text = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert f"http://127.0.0.1:8000/sessions/{session.id}#mine\n" in text
    notice = db.session.query(Notification).filter_by(kind="ask_question").one()
    assert as_(alice).send("/notifications/read", id=notice.id).location == f"/sessions/{session.id}#mine"


def test_the_letter_of_a_merged_question_leads_to_the_one_it_went_into(
    session, at, ask, alice, ann, bob, with_smtp, work, clock, as_
):
    at("collecting")
    one, two = ask(alice), ask(ann, "Checked by whom?")
    work()
    triage.merge([two.post_id], one.post_id, bob)
    clock.move(minutes=16)
    for _ in range(3):
        work()
    (letter,) = [each for each in with_smtp.letters if "merged" in each["Subject"]]
    text = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
    place = f"/sessions/{session.id}?from={one.post_id}#post-{one.post_id}"
    assert f"http://127.0.0.1:8000{place}\n" in text
    notice = db.session.query(Notification).filter_by(kind="ask_question").one()
    assert as_(ann).send("/notifications/read", id=notice.id).location == place
