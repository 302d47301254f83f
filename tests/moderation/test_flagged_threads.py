"""A thread is flagged as a whole: one case beside those about its posts, decided by its opening, taken back exactly."""

import pytest
from sqlalchemy import select

from forum.core.audit import AuditEntry
from forum.core.chain import first_fault
from forum.core.database import db
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.notifications.models import Notification
from forum.threads.models import State, Thread
from moderation import decisions, flags, queries, undoing
from moderation.appeals import actions as appeals
from moderation.models import Case, Flag, Kind, Strike


@pytest.fixture
def case(thread, ann, mallory):
    """The case on alice's thread, which ann and mallory have flagged."""
    first = flags.flag_thread(thread, ann, "spam", "the title sells something")
    flags.flag_thread(thread, mallory, "abuse")
    found = db.session.get(Case, first.case_id)
    assert found
    return found


def acts():
    return db.session.execute(select(AuditEntry.act, AuditEntry.target).order_by(AuditEntry.seq)).all()


def test_one_open_case_a_thread_beside_that_of_its_opening(thread, alice, ann, mallory, bob, sam, case, as_):
    db.session.rollback()
    opening = queries.opening_of(thread.id)
    assert (case.kind, case.flag_count, case.version) == ("thread", 2, 2)
    assert (case.frozen_title, case.frozen_author, case.frozen_body) == (thread.title, "Alice", opening.body)
    of_post = flags.flag_post(opening, ann, "spam")
    assert of_post.case_id != case.id, "what is said about the post alone is another matter"
    assert flags.flag_thread(thread, ann, "spam").case_id == case.id and case.flag_count == 2
    for who in (alice, sam):
        with pytest.raises(Forbidden):
            flags.flag_thread(thread, who, "spam")
    with pytest.raises(Refused):
        flags.flag_thread(thread, bob, "no such rule")
    page = as_(bob).get(f"/moderation/cases/{case.id}").text
    assert "Hide the thread" in page and "the title sells something" in page and "Clear what is ticked" not in page
    assert 'value="hide"' in page and 'value="lock"' in page and 'value="edit_out"' not in page
    rows = as_(bob).get("/moderation/cases?kind=thread").text
    assert f"/moderation/cases/{case.id}?" in rows and f"/moderation/cases/{of_post.case_id}?" not in rows


def test_the_button_stands_in_the_head_and_the_form_flags(thread, alice, ann, as_, client):
    browser, href = as_(ann), f"/threads/{thread.id}/flags"
    here = f"/threads/{thread.id}/{thread.slug}"
    head = browser.get(here).text.partition('<header class="thread-head')[2].partition("</header>")[0]
    assert f'href="{href}"' in head and f'href="{href}"' not in as_(alice).get(here).text
    assert "Flag a thread" in browser.get(href).text
    assert browser.send(href, reason="").status_code == 422
    assert browser.send(href, reason="spam", note="sells").status_code == 303
    assert browser.get(href).status_code == 303 and "have flagged this thread already" in browser.get(here).text
    listed = browser.get("/flags").text
    assert "Thread" in listed and thread.title in listed and "Received" in listed
    assert as_(alice).get(href).status_code == 403 and client.get(href).status_code == 303


@pytest.mark.parametrize(("outcome", "state"), [("hide", State.HIDDEN), ("remove", State.REMOVED)])
def test_it_goes_with_its_opening_and_comes_back_exactly(thread, alice, ann, bob, carol, case, as_, outcome, state):
    before = (thread.state, thread.reply_count, thread.last_post_at)
    made = decisions.decide(case.id, bob, outcome, "It only sells.", "spam", version=case.version)
    db.session.rollback()
    present = db.session.get(Thread, thread.id, populate_existing=True)
    assert present.state == state and queries.opening_of(thread.id).state == state
    assert acts()[-1] == (f"thread.{'hidden' if outcome == 'hide' else 'removed'}", f"thread:{thread.id}")
    assert "Your thread was" in as_(alice).get("/notifications").text
    (flag,) = db.session.scalars(select(Flag).where(Flag.flagger_id == ann.id)).all()
    told = as_(ann).get(f"/flags/{flag.id}").text
    assert "Decided: the thread was" in told and "It only sells" not in told
    assert "Your thread was" in as_(alice).get(f"/moderation/decisions/{made.id}").text
    appeal = appeals.file(made.id, alice, "It is a question.")
    appeals.decide(appeal.id, carol, appeals.OVERTURN, "It is one.")
    present = db.session.get(Thread, thread.id, populate_existing=True)
    assert (present.state, present.reply_count, present.last_post_at) == before and first_fault() is None
    assert not db.session.scalars(select(Strike).where(Strike.overruled_at.is_(None))).all()


def test_undone_it_is_open_again_as_a_thread(thread, bob, case):
    made = decisions.decide(case.id, bob, "hide", "Slipped.", "spam")
    again = undoing.undo(made.id, bob)
    assert (again.kind, again.flag_count, again.is_open) == (Kind.THREAD, 2, True)
    assert db.session.get(Thread, thread.id, populate_existing=True).state == State.VISIBLE


def test_kept_it_can_t_be_flagged_again_until_it_changes_and_a_flagger_appeals(thread, ann, bob, carol, case, as_):
    made = decisions.decide(case.id, bob, "keep", "Within the rules.")
    with pytest.raises(Refused, match="this thread after your flag"):
        flags.flag_thread(thread, ann, "spam")
    assert flags.flag_post(queries.opening_of(thread.id), ann, "spam"), "the post by itself was not looked at"
    assert "A thread that you flagged was kept" in as_(ann).get(f"/moderation/decisions/{made.id}/appeal").text
    appeal = appeals.file(made.id, ann, "Look at the title.")
    assert "Overturn it: hide the thread" in as_(carol).get(f"/moderation/appeals/{appeal.id}").text
    appeals.decide(appeal.id, carol, "hide", "Yes.", rule="spam", reason="The title sells.")
    assert db.session.get(Thread, thread.id, populate_existing=True).state == State.HIDDEN
    kinds = db.session.scalars(select(Case.kind).where(Case.source == "appeal")).all()
    assert kinds == ["thread"]
    notices = db.session.scalars(select(Notification).where(Notification.kind == "flag_upheld_later")).all()
    assert notices and all(each.facts["about"] == "thread" for each in notices)


def test_two_can_t_decide_it_and_what_profiles_get_is_refused(thread, bob, carol, case):
    with pytest.raises(Refused):
        decisions.decide(case.id, bob, "clear", "Not for threads.", "spam")
    decisions.decide(case.id, bob, "warn", "Please mind the title.", "spam")
    with pytest.raises(Conflict):
        decisions.decide(case.id, carol, "hide", "Too late.", "spam")
    with pytest.raises(NotFound):
        flags.flag_thread(Thread(id=999_999, author_id=1), carol, "spam")
