"""Two decisions about one thing: whichever is taken back first, the other one holds; without both it is as before."""

import pytest
from sqlalchemy import select

from forum.core.database import db, now, transaction
from forum.core.errors import Conflict
from forum.subthemes import queries as subthemes
from forum.threads import actions, staff_actions, states
from forum.threads.models import BY_FLAGS, Post, State, Thread
from moderation import decisions, flags, queries, targets
from moderation.appeals import actions as appeals
from moderation.bulk import actions as bulk
from moderation.decisions import Cause
from moderation.effects.shape import Details
from moderation.models import Case, Decision, Source, Strike

sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # nothing of it depends on the engine


@pytest.fixture
def opening(thread):
    return queries.opening_of(thread.id)


@pytest.fixture
def cases(thread, opening, ann):
    """The open cases about alice's opening and about her thread."""
    return {
        "post": flags.flag_post(opening, ann, "spam").case_id,
        "thread": flags.flag_thread(thread, ann, "spam").case_id,
    }


def present(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


def reverse(decision, by):
    decisions.reverse(present(decision), present(by), Cause.APPEAL)


@pytest.mark.parametrize("order", [("post", "thread"), ("thread", "post")])
@pytest.mark.parametrize("overturned", ["first", "second"])
def test_the_opening_stays_out_of_sight_for_the_other_case(thread, opening, cases, bob, bea, order, overturned):
    first = decisions.decide(cases[order[0]], bob, "remove", "Sells.", "spam")
    second = decisions.decide(cases[order[1]], bea, "hide", "Sells.", "abuse")
    one, other = (first, second) if overturned == "first" else (second, first)
    reverse(one, bea)
    stands = {"first": (State.HIDDEN, "abuse", bea.id), "second": (State.REMOVED, "spam", bob.id)}[overturned]
    post = present(opening)
    assert (post.state, post.state_reason, post.state_by_id) == stands
    assert present(thread).state == stands[0]
    reverse(other, bea)
    post = present(opening)
    assert (post.state, post.state_reason, post.state_by_id) == (State.VISIBLE, "", None)
    assert present(thread).state == State.VISIBLE


@pytest.mark.parametrize("outcome", ["hide", "remove"])
def test_what_the_program_hid_stays_hidden_for_the_thread(thread, opening, cases, bob, bea, outcome):
    with transaction():
        case = db.session.get(Case, cases["post"])
        case.hidden_at, case.before_hiding = now(), {"state": "visible", "reason": "", "at": None, "by": None}
        states.hide_post(db.session.get(Post, opening.id), by=None, rule=BY_FLAGS)
    of_thread = decisions.decide(cases["thread"], bob, outcome, "Sells.", "spam")
    decisions.decide(cases["post"], bob, "keep", "Fine as a post.")
    assert not present(opening).is_visible and present(thread).state != State.VISIBLE
    reverse(of_thread, bea)
    assert present(opening).is_visible and present(thread).state == State.VISIBLE


def test_what_is_not_offered_is_not_done_one_by_one_nor_in_bulk(thread, opening, cases, alice, bob, ann):
    actions.delete_post(opening, alice)
    case = db.session.get(Case, cases["thread"])
    with pytest.raises(Conflict):
        decisions.decide(case.id, bob, "hide", "Sells.", "spam")
    act = bulk.decide_many([(case.id, case.version)], bob, "hide", "Sells.", "spam")
    assert [line[1] for line in act.lines] == ["changed"] and present(case).is_open
    assert db.session.scalar(select(Strike)) is None and db.session.scalar(select(Decision)) is None


@pytest.mark.parametrize("first_back", ["removal", "closing"])
def test_a_post_of_a_closed_account_stays_away_when_an_older_decision_falls(
    thread, person, alice, bob, bea, work, first_back
):
    spammer = person("spammer", trust_level=2)
    posts = [actions.post_reply(thread, spammer, f"Buy pear number {number}.") for number in range(3)]
    older = [
        decisions.decide(flags.flag_post(post, alice, "spam").case_id, bob, outcome, "Sells.", "spam")
        for post, outcome in zip(posts, ("hide", "remove"), strict=False)
    ]
    closing = decisions.decide(flags.flag_post(posts[2], alice, "spam").case_id, bob, "close", "All.", "spam")
    work()
    taken_back = [*older, closing] if first_back == "removal" else [closing, *older]
    for number, decision in enumerate(taken_back):
        reverse(decision, bea)
        work()
        states_now = [present(post).state for post in posts]
        if first_back == "removal" and number < 2:
            assert states_now == [State.REMOVED] * 3, "the account is still closed"
        if first_back == "closing" and number == 0:
            assert states_now == [State.HIDDEN, State.REMOVED, State.VISIBLE]
    assert [present(post).state for post in posts] == [State.VISIBLE] * 3
    assert present(spammer).suspended_until is None


COLUMNS = ("locked_at", "locked_by_id", "slow_minutes", "slow_at", "slow_by_id", "subtheme_id")


@pytest.mark.parametrize("outcome", ["slow", "move"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_thread_ends_where_it_was_before_both(
    thread, opening, ann, alice, bob, bea, elsewhere, as_, clock, outcome, order
):
    third = next(each for each in subthemes.open_subthemes() if each.id not in (thread.subtheme_id, elsewhere.id))
    ways = {
        "slow": (Details(minutes=15), Details(minutes=60)),
        "move": (Details(subtheme_id=elsewhere.id), Details(subtheme_id=third.id)),
    }[outcome]
    was, made = staff_actions.standing(thread, COLUMNS), []
    for details in ways:
        case = flags.flag_post(present(opening), ann, "abuse").case
        made.append(decisions.decide(case.id, bob, outcome, "It boils.", "abuse", details=details))
        clock.move(minutes=1)
    for index in order:
        appeals.decide(appeals.file(made[index].id, alice, "It was calm.").id, bea, "overturn", "So it was.")
    assert staff_actions.standing(present(db.session.get(Thread, thread.id)), COLUMNS) == was
    page = as_(alice).get(f"/moderation/decisions/{made[order[1]].id}").text
    assert "The thread is as it was before." in page


@sqlite
@pytest.mark.parametrize("order", [("post", "thread"), ("thread", "post")])
def test_one_text_is_one_strike_however_many_cases_were_about_it(cases, thread, opening, alice, ann, bob, bea, order):
    first = decisions.decide(cases[order[0]], bob, "warn", "Sells.", "spam")
    second = decisions.decide(cases[order[1]], bea, "remove", "Sells.", "spam")
    assert borne() == [first.id]
    reverse(first, bea)
    assert borne() == [second.id], "it counts by the other one now"
    reverse(second, bob)
    assert borne() == []
    actions.edit_post(present(opening), alice, "Now I sell pears.", title=thread.title)
    third = decisions.decide(flags.flag_post(present(opening), ann, "spam").case_id, bob, "warn", "Sells.", "spam")
    assert borne() == [third.id], "another text counts by itself"


def borne():
    db.session.rollback()
    return db.session.scalars(select(Strike.decision_id).where(Strike.overruled_at.is_(None))).all()


@sqlite
def test_two_locks_with_an_unlock_between_and_two_moves_with_a_way_back(cases, thread, opening, bob, bea):
    """Taking the first back leaves what the second did; without both it is as before."""
    there, here = subthemes.by_slug("law-online"), present(thread).subtheme
    for outcome, details, undo, stands in (
        ("lock", Details(), lambda: staff_actions.unlock(present(thread), bob), lambda: present(thread).is_locked),
        (
            "move",
            Details(subtheme_id=there.id),
            lambda: staff_actions.move(present(thread), here, bob),
            lambda: present(thread).subtheme_id == there.id,
        ),
    ):
        first = decisions.decide(
            flag_again(cases, thread, opening, "post"), bob, outcome, "No.", "spam", details=details
        )
        undo()
        assert not stands()
        second = decisions.decide(
            flag_again(cases, thread, opening, "thread"), bea, outcome, "No.", "spam", details=details
        )
        reverse(first, bea)
        assert stands(), "the second one holds it"
        reverse(second, bob)
        assert not stands()


def flag_again(cases, thread, opening, kind):
    """Return an open case about the post or the thread, opened anew where it was decided."""
    db.session.rollback()
    case = db.session.get(Case, cases[kind])
    if not case.is_open:
        case = targets.open_another(case, targets.subject_of(case), Source.FLAGS)
        db.session.commit()
        cases[kind] = case.id
    return case.id
