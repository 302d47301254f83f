"""Close an account for spam: posts, held ones and flags go in steps, one row of the log, and all of it comes back."""

import contextvars
import itertools
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from forum.accounts import profile_actions
from forum.accounts.models import User
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden
from forum.mail.composing import words_of
from forum.mail.models import Mail
from forum.notifications.models import Notification
from forum.threads import actions, states
from forum.threads.models import Post, State, Thread
from moderation import decisions, flags, queries, targets, undoing
from moderation.appeals import actions as appeals
from moderation.bulk.models import BulkAct
from moderation.closures import actions as closures
from moderation.closures.diagnosing import closure_faults
from moderation.closures.models import ClosedPost, Closure
from moderation.models import Case, Decision, Flag, Strike
from moderation.profiles.actions import flag_profile


@pytest.fixture
def spammer(person):
    return person("spammer", trust_level=2)


@pytest.fixture
def posts(thread, subtheme, spammer, bob):
    """Nine posts: a thread with somebody's reply, replies, a hidden one, and a held one."""
    own = actions.start_thread(subtheme, spammer, "Cheap pears", "Buy cheap pears.")
    actions.post_reply(own, bob, "No.")
    replies = [actions.post_reply(thread, spammer, f"Buy pear number {number}, cheap.") for number in range(5)]
    states.hide_post(replies[0], by=bob, rule="spam")
    with transaction():
        spammer.published_count, spammer.trust_level = 0, 0
    return [*replies, actions.post_reply(thread, spammer, "A held one.")]


def close(case, by):
    return decisions.decide(case.id, by, "close", "Nothing but advertising.", "spam")


def rows(model, *columns):
    db.session.rollback()
    return db.session.execute(select(*columns or [model.__table__]).order_by(model.id)).all()


STANDING = (Post.id, Post.state, Post.state_reason, Post.state_by_id, Post.position, Post.body)


def test_everything_goes_and_comes_back(posts, thread, spammer, alice, ann, bob, bea, as_, clock, monkeypatch, work):
    monkeypatch.setattr(closures, "STEP", 3)
    case = flags.flag_post(posts[2], alice, "spam").case
    other = flags.flag_post(posts[3], ann, "spam").case
    theirs = flags.flag_post(actions.post_reply(thread, bob, "A post of bob."), spammer, "spam")
    before, counts = rows(Post, *STANDING), rows(Thread, Thread.reply_count, Thread.state)
    urgency = theirs.case.score
    browser = as_(spammer)
    decision = close(case, bob)
    assert browser.get("/notifications").status_code == 303, "signed out at once"
    assert "0" not in {str(each.asked) for each in db.session.scalars(select(Closure))}
    assert (
        closures.step(1)
        and "of 7 posts of the account are removed" in as_(bob).get(f"/moderation/cases/{case.id}").text
    )
    work()
    hers = db.session.scalars(select(Post).where(Post.author_id == spammer.id)).all()
    assert len(hers) == 7 and {post.state for post in hers} == {State.REMOVED}
    assert db.session.scalar(select(Closure.is_due)) is False and db.session.scalar(select(Closure.done)) == 6
    assert not queries.open_case_of(posts[3].id) and not queries.open_case_of(posts[-1].id), "held and flagged ones too"
    assert "the post was removed" in as_(ann).get("/flags").text
    flag = db.session.get(Flag, theirs.id, populate_existing=True)
    assert flag.weight == 0 and flag.case.score < urgency
    log = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.seq)).all()
    acts = [act for act in log if act.startswith(("post.re", "person."))]
    assert acts == ["person.closed"], "one row of the log"
    assert db.session.scalars(select(Strike.user_id)).all() == [spammer.id]
    letter = db.session.scalar(select(Mail))
    assert letter.template == "suspended" and "further notice" in as_(bob).get(f"/moderation/cases/{case.id}").text
    said = words_of(letter)
    assert said.subject == "Your account was closed" and "You can still read everything" in said.html
    assert "Until the suspension ends" not in said.html
    clock.move(days=19)
    appeals.decide(appeals.file(decision.id, spammer, "These are my pears.").id, bea, "overturn", "So they are.")
    assert db.session.get(User, spammer.id, populate_existing=True).suspended_until is None
    work()
    assert rows(Post, *STANDING) == before and rows(Thread, Thread.reply_count, Thread.state) == counts
    assert not rows(ClosedPost) and queries.open_case_of(posts[3].id).id == other.id
    assert queries.open_case_of(posts[-1].id), "the held one waits again"
    flag = db.session.get(Flag, theirs.id, populate_existing=True)
    assert flag.weight > 0 and flag.case.score == urgency
    assert db.session.scalars(select(Flag.upheld).where(Flag.case_id == other.id)).all() == [None]


def test_the_advertisement_on_the_profile_goes_too(posts, spammer, alice, bob, as_, client, clock, work):
    with transaction():
        spammer.bio = spammer.bio_html = "Buy pears at pears.example."
        spammer.links = ["https://pears.example/buy"]
    seen_by = {"a visitor": client, "alice": as_(alice), "bob": as_(bob)}
    decision = close(flags.flag_post(posts[2], alice, "spam").case, bob)
    work()
    shown = {who: "pears.example" in browser.get("/people/spammer").text for who, browser in seen_by.items()}
    assert shown == {"a visitor": False, "alice": False, "bob": True}
    undoing.undo(decision.id, bob)
    assert "pears.example" in client.get("/people/spammer").text


def test_undone_halfway_and_what_was_decided_meanwhile_stays(posts, alice, bob, bea, monkeypatch, work):
    monkeypatch.setattr(closures, "STEP", 2)
    before = rows(Post, *STANDING)
    case = flags.flag_post(posts[2], alice, "spam").case
    decision = close(case, bob)
    assert closures.step(1)
    case = undoing.undo(decision.id, bob)
    work()
    assert rows(Post, *STANDING) == before and case.is_open and case.id != decision.case_id
    again = close(case, bob)
    work()
    with transaction():
        states.restore_post(db.session.get(Post, posts[4].id), by=bea)
        states.remove_post(db.session.get(Post, posts[4].id), by=bea, rule="abuse")
    decisions.reverse(db.session.get(Decision, again.id), bea, decisions.Cause.APPEAL)
    work()
    after = {row.id: row.state for row in rows(Post, *STANDING)}
    assert after == {row.id: row.state for row in before} | {posts[4].id: "removed"}


def test_who_may_close_whose(posts, thread, alice, bob, thea, dr_chen, as_):
    case = flags.flag_post(posts[2], alice, "spam").case
    with pytest.raises(Forbidden):
        close(case, thea)
    experts = flags.flag_post(actions.post_reply(thread, dr_chen, "Read my book."), alice, "spam").case
    with pytest.raises(Forbidden):
        close(experts, bob)
    page = as_(bob).get(f"/moderation/cases/{case.id}").text
    assert "All posts of the account are removed, 0 published ones among them" in page and 'value="close"' in page
    assert 'value="close"' not in as_(thea).get(f"/moderation/cases/{case.id}").text
    assert case.opened_at > now() - timedelta(hours=1) and db.session.get(Case, case.id).is_open


def test_from_a_thread_and_from_a_profile(posts, spammer, alice, bob, as_, work):
    """Whatever the case is about, the same goes, and comes back; an account is closed once at a time."""
    profile_actions.edit_profile(spammer, display_name="Pears", bio="Buy pears.", language="", timezone="")
    before = rows(Post, *STANDING)
    own = db.session.scalar(select(Thread).where(Thread.author_id == spammer.id))
    for flag in (lambda: flags.flag_thread(own, alice, "spam"), lambda: flag_profile(spammer, alice, "spam")):
        case = flag().case
        page = as_(bob).get(f"/moderation/cases/{case.id}").text
        assert 'value="close"' in page and "All posts of the account are removed" in page
        fields = {"outcome": "close", "rule": "spam", "reason": "Nothing but pears.", "version": case.version}
        revision = targets.revision_of(targets.subject_of(case))
        sent = as_(bob).send(f"/moderation/cases/{case.id}/decisions", revision=revision, **fields)
        assert sent.status_code == 303
        decision = db.session.scalar(select(Decision).order_by(Decision.id.desc()))
        assert as_(bob).get(f"/moderation/cases/{case.id}").status_code == 200
        assert "closed for spam" in as_(bob).get(f"/moderation/decisions/{decision.id}").text
        another = flags.flag_post(posts[3], alice, "spam").case
        with pytest.raises(Conflict):
            close(another, bob)
        work()
        db.session.rollback()
        hers = db.session.scalars(select(Post.state).where(Post.author_id == spammer.id)).all()
        person = db.session.get(User, spammer.id, populate_existing=True)
        assert set(hers) == {State.REMOVED} and person.is_suspended
        assert (person.bio == "") == (case.kind == "profile")
        undoing.undo(decision.id, bob)
        work()
        person = db.session.get(User, spammer.id, populate_existing=True)
        assert rows(Post, *STANDING) == before and not person.is_suspended and person.bio == "Buy pears."


def test_several_accounts_as_one_act(person, thread, alice, bob, thea, dr_chen, carol, as_, work):
    crowd = [person(f"pear{number}", trust_level=2) for number in range(3)]
    made = [actions.post_reply(thread, each, f"Cheap pears, offer {each.id}.") for each in (*crowd, dr_chen)]
    more = [actions.post_reply(thread, each, f"More of my pears, {each.id}.") for each in crowd]
    found = [flags.flag_post(post, alice, "spam").case for post in (*made, more[0])]
    fields = {"case": [f"{case.id}-{case.version}" for case in found], "rule": "spam", "reason": "Advertising."}
    assert 'value="close"' not in as_(thea).get("/moderation/bulk").text
    assert as_(thea).send("/moderation/bulk", outcome="close", **fields).status_code == 422
    assert as_(bob).send("/moderation/bulk", outcome="close", **fields).status_code == 303
    act = db.session.scalars(select(BulkAct)).one()
    assert [line[1] for line in act.lines] == ["decided"] * 3 + ["refused", "changed"], "no expert, nobody twice"
    work()
    db.session.rollback()
    ids = [post.id for post in (*made, *more)]
    states_now = db.session.scalars(select(Post.state).where(Post.id.in_(ids)).order_by(Post.id)).all()
    assert states_now == [*["removed"] * 3, "visible", *["removed"] * 3]
    assert as_(carol).send(f"/moderation/bulk/{act.id}/reverse").status_code == 303
    work()
    db.session.rollback()
    assert set(db.session.scalars(select(Post.state).where(Post.id.in_(ids)))) == {"visible"}
    assert not any(db.session.get(User, each.id, populate_existing=True).is_suspended for each in crowd)


class Cut(Exception):
    """The process ends."""


def test_what_ends_in_mid_step_goes_on_and_the_doctor_says_so(posts, alice, bob, clock, work, caplog):
    close(flags.flag_post(posts[2], alice, "spam").case, bob)
    assert [str(line) for line in closure_faults()] == [
        "posts of an account closed for spam have been on their way for 0 s"
    ]
    seen = itertools.count()

    def cut(_connection, _cursor, statement, *_):
        if statement.startswith("INSERT INTO closed_posts") and next(seen) == 2:
            raise Cut

    event.listen(db.engine, "before_cursor_execute", cut)
    try:
        closures.carry_on_all()  # others have their turn all the same
    finally:
        event.remove(db.engine, "before_cursor_execute", cut)
    assert "closures.actions._steps failed for" in caplog.text
    db.session.rollback()
    assert db.session.scalar(select(Closure.done)) == 2 == len(rows(ClosedPost)), "the third is as it was"
    clock.move(days=2)
    assert len(list(closure_faults())) == 2, "now it is wrong"
    work()
    assert db.session.scalar(select(Closure.done)) == 6 and not db.session.scalar(select(Closure.is_due))
    assert not list(closure_faults())


def test_two_moderators_at_once_close_it_once(app, posts, alice, bob, bea):
    found = [flags.flag_post(post, alice, "spam").case_id for post in posts[2:4]]
    start, results = threading.Barrier(2), []

    def run(case_id, by_id):
        with app.app_context():
            by = db.session.get(User, by_id)
            start.wait()
            try:
                decisions.decide(case_id, by, "close", "Pears.", "spam")
                results.append("closed")
            except Conflict:
                results.append("conflict")

    pairs = zip(found, (bob.id, bea.id), strict=True)
    workers = [threading.Thread(target=contextvars.Context().run, args=(run, *pair)) for pair in pairs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(results) == ["closed", "conflict"] and len(rows(Closure)) == 1


@pytest.mark.parametrize("has_read", [False, True])
def test_whoever_flagged_another_post_learns_that_it_came_back(posts, alice, ann, bob, bea, as_, work, has_read):
    case = flags.flag_post(posts[2], alice, "spam").case
    other = flags.flag_post(posts[3], ann, "spam").case
    decision = close(case, bob)
    work()
    if has_read:
        with transaction() as session:
            session.execute(update(Notification).where(Notification.user_id == ann.id).values(read_at=now()))
    decisions.reverse(db.session.get(Decision, decision.id), bea, decisions.Cause.APPEAL)
    work()
    told = set(db.session.scalars(select(Notification.kind).where(Notification.user_id == ann.id)))
    assert told & {"flag_outcome", "flag_corrected"} == ({"flag_outcome", "flag_corrected"} if has_read else set())
    assert queries.open_case_of(posts[3].id).id == other.id


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # nothing of it depends on the engine
def test_closed_again_while_the_posts_of_the_first_closing_still_come_back(
    posts, thread, spammer, alice, ann, bob, bea, carol, as_, monkeypatch, work
):
    monkeypatch.setattr(closures, "STEP", 2)
    before = rows(Post, *STANDING)
    other = flags.flag_post(posts[3], ann, "spam").case
    theirs = flags.flag_post(actions.post_reply(thread, bob, "A post of bob."), spammer, "spam")
    weight = theirs.weight
    first = close(flags.flag_post(posts[2], alice, "spam").case, bob)
    work()
    sheet = as_(bob).get(f"/moderation/cases/{other.id}").text
    assert "Ended with its author’s account" in sheet and f"/moderation/cases/{first.case_id}" in sheet
    decisions.reverse(first, bea, decisions.Cause.APPEAL)
    one = db.session.scalars(select(Closure.id)).one()
    assert closures.step(one), "two are back, the others are not yet"
    back = db.session.scalars(select(Post).where(Post.author_id == spammer.id, Post.state != State.REMOVED)).first()
    second = close(flags.flag_post(back, ann, "spam").case, carol)
    newer = db.session.scalar(select(Closure.id).where(Closure.decision_id == second.id))
    while closures.step(newer):
        pass  # it is done before the older one comes back to its work
    work()
    hers = db.session.scalars(select(Post).where(Post.author_id == spammer.id)).all()
    assert {post.state for post in hers} == {State.REMOVED} and not queries.open_case_of(posts[3].id)
    assert db.session.get(Flag, theirs.id, populate_existing=True).weight == 0
    assert db.session.scalars(select(ClosedPost.closure_id).distinct()).all() != [one]
    decisions.reverse(db.session.get(Decision, second.id), bea, decisions.Cause.APPEAL)
    work()
    left = [row for row in rows(Post, *STANDING) if row.id in {each.id for each in before}]
    assert left == before and not rows(ClosedPost), "each as it stood before both"
    assert queries.open_case_of(posts[3].id).id == other.id
    assert db.session.get(Flag, theirs.id, populate_existing=True).weight == weight
