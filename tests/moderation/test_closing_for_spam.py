"""Close an account for spam: posts, held ones and flags go in steps, one row of the log, and all of it comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Forbidden
from forum.mail.models import Mail
from forum.threads import actions, states
from forum.threads.models import Post, State, Thread
from moderation import decisions, flags, queries, undoing
from moderation.appeals import actions as appeals
from moderation.closures import actions as closures
from moderation.closures.models import ClosedPost, Closure
from moderation.models import Case, Decision, Flag, Strike


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
    clock.move(days=19)
    appeals.decide(appeals.file(decision.id, spammer, "These are my pears.").id, bea, "overturn", "So they are.")
    assert db.session.get(User, spammer.id, populate_existing=True).suspended_until is None
    work()
    assert rows(Post, *STANDING) == before and rows(Thread, Thread.reply_count, Thread.state) == counts
    assert not rows(ClosedPost) and queries.open_case_of(posts[3].id).id == other.id
    assert queries.open_case_of(posts[-1].id), "the held one waits again"
    flag = db.session.get(Flag, theirs.id, populate_existing=True)
    assert flag.weight > 0 and flag.case.score == urgency
    assert db.session.get(Flag, other.flags[0].id, populate_existing=True).upheld is None


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
