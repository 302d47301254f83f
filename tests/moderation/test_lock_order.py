"""Two writers at once who both change the author, the sub-theme and the log: they take turns; nobody is sent away."""

import contextvars
import threading
from datetime import timedelta
from functools import partial

import pytest

from forum.accounts.models import User
from forum.core import chain
from forum.core.database import db, now, transaction
from forum.threads import actions, states
from forum.threads.models import BY_FLAGS, Post
from moderation import decisions, flags, hiding, queries, undoing
from moderation.appeals import actions as appeals
from moderation.closures import actions as closures
from moderation.closures import queries as closings
from moderation.models import Case, Decision


@pytest.fixture
def rounds(app):
    """Where rows are locked, about every second round made a deadlock; SQLite has one writer at a time anyway."""
    return range(5 if db.engine.dialect.name == "postgresql" else 1)


@pytest.fixture
def other(subtheme, alice):
    return actions.start_thread(subtheme, alice, "Another thread", "Its thread is locked by nobody else.")


def at_once(app, *acts):
    """Do all acts at the same moment, each in its own connection; return what they raised."""
    start, raised = threading.Barrier(len(acts)), []

    def run(act):
        with app.app_context():
            start.wait()
            try:
                act()
            except Exception as error:  # whatever it is: the test shows it
                raised.append(error)

    workers = [threading.Thread(target=contextvars.Context().run, args=(run, act)) for act in acts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    return raised


def user(user_id):
    return db.session.get(User, user_id)


def test_an_answer_to_an_appeal_and_a_decision(app, rounds, thread, other, ann, alice, bob, bea, carol):
    """Overturning a "keep" writes the log before the outcome; it has taken people and sub-theme by then."""
    here = [actions.post_reply(thread, ann, f"Reply number {number}.") for number in rounds]
    there = [actions.post_reply(other, ann, f"Word number {number}.") for number in rounds]
    kept = [decisions.decide(flags.flag_post(post, alice, "abuse").case_id, bob, "keep", "No.") for post in here]
    filed = [appeals.file(each.id, alice, "It is an insult.").id for each in kept]
    case_ids = [flags.flag_post(post, alice, "abuse").case_id for post in there]
    bea_id, carol_id = bea.id, carol.id
    raised = []
    for appeal_id, case_id in zip(filed, case_ids, strict=True):
        raised += at_once(
            app,
            lambda: appeals.decide(appeal_id, user(bea_id), "remove", "Right.", rule="abuse", reason="An insult."),  # noqa: B023
            lambda: decisions.decide(case_id, user(carol_id), "remove", "So.", "abuse"),  # noqa: B023
        )
    assert not raised
    db.session.rollback()
    ids = [post.id for post in (*here, *there)]
    assert {post.state for post in db.session.query(Post).filter(Post.id.in_(ids))} == {"removed"}
    assert chain.first_fault() is None


def test_what_flags_have_hidden_and_a_suspension(app, rounds, thread, other, person, alice, bob):
    """Lifting what the program did counts for author and sub-theme; both people are taken before that."""
    one, two = person("one", trust_level=2), person("two", trust_level=2)
    here = [actions.post_reply(thread, one, f"Reply number {number}.") for number in rounds]
    there = [actions.post_reply(other, two, f"Word number {number}.") for number in rounds]
    first, second = ([flags.flag_post(post, alice, "abuse").case_id for post in posts] for posts in (here, there))
    with transaction():
        for case_id, post in zip(first, here, strict=True):
            case = db.session.get(Case, case_id)
            case.hidden_at, case.before_hiding = now(), hiding._standing(post)
            states.hide_post(post, by=None, rule=BY_FLAGS)
    bob_id, until, raised = bob.id, now() + timedelta(days=3), []
    for pair in zip(first, second, strict=True):
        raised += at_once(
            app,
            *(partial(decide, case_id, bob_id, "suspend", until=until) for case_id in pair),
        )
    assert not raised
    db.session.rollback()
    assert db.session.query(Decision).count() == 2 * len(rounds) and chain.first_fault() is None


def test_a_closure_and_its_reversal(app, rounds, thread, other, person, alice, bob, work):
    """The worker takes a post away while the decision is taken back: both change author and sub-theme."""
    spammer = person("spammer", trust_level=2)
    flagged = actions.post_reply(thread, spammer, "Buy pears.")
    gone = actions.post_reply(other, spammer, "Buy more pears.")
    bob_id, raised = bob.id, []
    for _ in rounds:
        case = queries.open_case_of(flagged.id) or flags.flag_post(flagged, alice, "spam").case
        decision_id = decide(case.id, bob_id, "close").id
        db.session.rollback()
        closure_id = closings.of_decision(decision_id).id
        db.session.rollback()
        raised += at_once(app, lambda: undoing.undo(decision_id, user(bob_id)), lambda: closures.step(closure_id))  # noqa: B023
        work()
    assert not raised
    db.session.rollback()
    assert {db.session.get(Post, post.id, populate_existing=True).state for post in (flagged, gone)} == {"visible"}


def decide(case_id, by_id, outcome, **more):
    return decisions.decide(case_id, user(by_id), outcome, "Advertising.", "spam", **more)
