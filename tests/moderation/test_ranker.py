"""The ranker on a forum: off below 200 decisions, what it learns from, how it orders the queue, who chooses what."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from bench.decided_texts import decided_texts
from forum.core import jobs
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Forbidden, Refused
from forum.threads import actions as threads
from moderation import decisions, flags, policy, queue, scoring
from moderation.appeals import actions as appeals
from moderation.effects.shape import Details
from moderation.models import Case, Decision
from moderation.profiles.actions import flag_profile
from moderation.queue import Filter
from moderation.ranker import actions, queries
from moderation.ranker.learners import examples, learned
from moderation.ranker.models import RankerModel
from moderation.ranker.queries import Choices
from tests.moderation.decided import decide_all

SPAM = "Buy cheap followers online, 50% off today only: https://shop42.example/?ref=42"
HONEST = "My question is whether the court may keep the data for 30 days without telling us."


@pytest.fixture
def taught(thread, bob):
    """A forum with 240 decisions from which the worker has learned."""
    decide_all(decided_texts(200), thread, bob)
    assert actions.learn_now() and queries.mind() is not None


def models():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(RankerModel))


def test_it_is_off_with_199_decisions_and_on_with_200(thread, bob, ann, alice, work, as_, fresh):
    texts = decided_texts(200)
    decide_all(texts[:199], thread, bob)
    flagged = db.session.get(Case, flags.flag_post(threads.post_reply(thread, ann, SPAM), alice, "offtopic").case_id)
    work()
    assert models() == 0 and queries.mind() is None and fresh(flagged).learned is None
    page = as_(bob).get("/moderation/ranker").text
    assert "1 is still missing" in page and "Decided against" not in page
    before = fresh(flagged).score
    decide_all(texts[199:], thread, bob)
    jobs.sweep()
    assert models() == 0, "what is due this minute does not wait for it"
    work()
    assert models() == 1 and queries.mind().id == 1
    case = fresh(flagged)
    assert case.learned > 0.8 and case.learned_by == 1
    assert case.score == pytest.approx(before + scoring.LEARNED_POINTS * case.learned, abs=0.001)
    page = as_(bob).get("/moderation/ranker").text
    assert "In use." in page and "Measured on the newest 40" in page
    work()
    assert models() == 1, "and does not learn again before more was decided"


def test_it_learns_what_became_of_decisions(thread, ann, alice, bob, bea, carol, elsewhere):
    """An overturned removal was fine; an overturned "keep" is what the new decision says; an undone one is nothing.

    Nor does it say anything about a text that its thread was slowed down, moved or locked.
    """

    def case_on(words):
        return flags.flag_post(threads.post_reply(thread, ann, words), alice, "spam").case_id

    kept, removed, restored, condemned = (case_on(f"Text number {n}.") for n in range(4))
    decisions.decide(kept, bob, "keep", "Fine.")
    decisions.decide(removed, bob, "remove", "Shoes.", rule="spam")
    wrongly = decisions.decide(restored, bob, "remove", "Shoes.", rule="spam")
    appeals.decide(appeals.file(wrongly.id, ann, "I sell nothing.").id, carol, "overturn", "Right, sorry.")
    missed = decisions.decide(condemned, bob, "keep", "Fine.")
    appeal = appeals.file(missed.id, alice, "It does sell.")
    appeals.decide(appeal.id, carol, "remove", "You are right.", rule="spam", reason="It sells shoes.")
    undone, changed, blank, *heated = (case_on(f"Text number {n}.") for n in range(4, 10))
    for case_id, outcome in zip(heated, reversed(policy.ABOUT_THREAD), strict=True):
        details = Details(subtheme_id=elsewhere.id if outcome == "move" else None, minutes=15)
        decisions.decide(case_id, bob, outcome, "It boils.", rule="abuse", details=details)
    decisions.reverse(decisions.decide(undone, bob, "remove", "Shoes.", rule="spam"), bob, decisions.Cause.UNDO)
    decisions.decide(changed, bob, "keep", "Fine now.")
    decisions.decide(blank, bob, "remove", "Shoes.", rule="spam")
    with transaction() as session:
        session.execute(update(Case).where(Case.id == changed).values(decided_revision=2))
        session.execute(update(Case).where(Case.id == blank).values(frozen_body=""))
    said = [(each.text, each.rule) for each in queries.decided()]
    assert sorted(said) == [
        ("Text number 0.", ""), ("Text number 1.", "spam"), ("Text number 2.", ""), ("Text number 3.", "spam"),
    ]  # fmt: skip
    assert queries.usable() == 4 and queries.usable(3) == 3


def test_nothing_is_read_again_while_nothing_is_behind(taught, reply, flagged, alice, ann, bob, fresh, statements):
    """Cases that another model has read are found along an index, on both sides of the model in use."""
    person = flag_profile(ann, alice, "spam").case_id
    actions.keep_up()
    assert fresh(flagged).learned_by == 1 and db.session.get(Case, person).learned_by == 0
    with statements() as seen:
        actions.keep_up()
    assert len([each for each in seen if "FROM cases" in each]) == 2 and not any("UPDATE" in each for each in seen)
    with transaction() as session:  # read by a model to come, which another worker knows already
        session.execute(update(Case).where(Case.id == flagged.id).values(learned_by=7, learned=None))
    actions.keep_up()
    assert fresh(flagged).learned_by == 1 and fresh(flagged).learned is not None
    for side in queries.sides_of(1) if db.engine.dialect.name == "sqlite" else ():
        query = queries.behind(side, (-1, 0)).compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = [row[-1] for row in db.session.execute(db.text(f"EXPLAIN QUERY PLAN {query}"))]
        assert "SEARCH cases USING INDEX ix_cases_learned_by (learned_by" in plan[0], plan


def test_the_title_is_read_with_the_opening_alone_and_many_batches_follow_each_other(thread, ann, bob, alice, subtheme):
    ids = decide_all(decided_texts(queries.AT_ONCE * 2 + 3), thread, bob)
    found = list(queries.decided())
    assert len(found) == len(ids) == queries.usable(9999)
    assert all(thread.title not in each.text for each in found)
    opened = threads.start_thread(subtheme, ann, "Cheap watches", "Write to me.")
    opening = db.session.scalar(select(queries.Post).where(queries.Post.thread_id == opened.id))
    decisions.decide(flags.flag_post(opening, alice, "spam").case_id, bob, "remove", "Shoes.", rule="spam")
    newest = next(queries.decided())
    assert newest.text == "Cheap watches\nWrite to me."


def test_what_it_kept_equals_what_the_pure_part_makes_of_it(taught, bob, as_):
    """The page's figures are those of a model that never saw the cases they are counted on."""
    made = learned(examples(queries.decided()), queries.ordinary())
    row = queries.newest()
    assert row.is_useful and row.texts == len(made.examples)
    assert row.against == sum(each.is_against for each in made.examples)
    assert row.figures["ask"] == made.figures["ask"] and row.figures["area"] == made.figures["area"]
    assert queries.mind().against == made.against and queries.mind().rule == made.rule == "abuse"
    _percent, met, right = row.figures["ask"][0]
    text = as_(bob).get("/moderation/ranker").text
    assert f"{right} of {met} ({round(100 * right / met)}\u00a0%)" in text
    assert row.figures["ordinary"]["texts"] == 3, "the thread itself; what was decided about is no ordinary post"


def test_likely_cases_come_first_but_never_before_what_must(taught, thread, ann, alice, carol, clock):
    """A day and a half of waiting is the most that it is worth; the young and the hidden stand where they stood."""
    actions.choose(Choices(asks_from=0), carol)
    honest = flags.flag_post(threads.post_reply(thread, ann, HONEST), alice, "spam").case_id
    spam = flags.flag_post(threads.post_reply(thread, ann, SPAM), alice, "spam").case_id
    assert [row.case.id for row in queue.page(Filter()).items] == [spam, honest]
    first, second = (db.session.get(Case, case_id) for case_id in (spam, honest))
    gap = first.score - second.score
    assert 2 < gap < scoring.LEARNED_POINTS, "without it the older one would stand first"
    assert queue.OVERDUE / timedelta(days=1) > scoring.LEARNED_POINTS / scoring.POINTS_A_DAY
    worst = scoring.explain("flags", now(), [], now(), learned=1.0)
    assert worst.total == pytest.approx(scoring.LEARNED_POINTS, abs=0.01)
    crowd = scoring.Sum("minors", 50, 50.0, 50)
    assert scoring.explain("flags", now(), [crowd], now(), learned=1.0).total == pytest.approx(scoring.POINTS_MOST)
    for precedence in ({"first": True}, {"hidden": True}):
        assert scoring.explain("flags", now(), [], now(), learned=0.0, **precedence).total > worst.total
    clock.move(hours=37)
    late = flags.flag_post(threads.post_reply(thread, ann, SPAM.replace("42", "77")), alice, "spam").case_id
    assert [row.case.id for row in queue.page(Filter()).items][-1] == late, "an old case never starves"


def test_the_case_says_which_words_made_it(taught, thread, ann, alice, bob, carol, as_, statements):
    actions.choose(Choices(asks_from=0), carol)
    case_id = flags.flag_post(threads.post_reply(thread, ann, f"<b>{SPAM}"), alice, "spam").case_id
    desk = as_(bob)
    page = desk.get(f"/moderation/cases/{case_id}").text
    assert "Looks like removed posts" in page and "What the ranker sees in it" in page and "Speaks against it" in page
    assert "shop42.example" in page.split("Speaks against it")[1] and "<b>Buy" not in page
    with statements() as seen:
        desk.get(f"/moderation/cases/{case_id}")
    with_it = len(seen)
    actions.choose(Choices(orders=False, asks_from=0), carol)
    actions.keep_up()
    with statements() as seen:
        page = desk.get(f"/moderation/cases/{case_id}").text
    assert len(seen) == with_it and "What the ranker sees" not in page and "Looks like removed posts" not in page
    assert db.session.get(Case, case_id, populate_existing=True).learned is None


def test_of_two_workers_that_learn_at_once_one_is_kept(app, thread, bob):
    decide_all(decided_texts(200), thread, bob)
    made = learned(examples(queries.decided()))
    start, kept = threading.Barrier(2), []

    def keep():
        with app.app_context():
            start.wait()
            kept.append(actions.keep(made, 0, 200, 0.1))

    workers = [threading.Thread(target=keep) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(kept) == [False, True] and models() == 1
    assert actions.keep(made, 0, 200, 0.1) is False, "nor is a late one"


def test_a_worker_that_is_stopped_leaves_the_former_model(taught, thread, bob):
    class Stopped(BaseException):
        pass

    def stop(session, *_):
        if any(isinstance(row, RankerModel) for row in session.new):
            raise Stopped

    decide_all(decided_texts(30, seed=5), thread, bob)
    former = queries.mind()
    event.listen(Session, "before_flush", stop)
    try:
        with pytest.raises(Stopped):
            actions.learn_when_due()
    finally:
        event.remove(Session, "before_flush", stop)
    db.session.rollback()
    assert models() == 1 and queries.mind() == former
    actions.learn_when_due()
    assert queries.mind().id == 2 and models() == 2, "the next sweep learns, since it is due"


def test_it_learns_again_after_a_month_and_is_switched_off_when_too_little_is_left(taught, thread, clock):
    actions.learn_when_due()
    assert queries.mind().id == 1
    clock.move(days=31)
    actions.learn_when_due()
    assert queries.mind().id == 2
    with transaction() as session:  # people left and took their words along
        session.execute(update(Case).where(Case.id > 150).values(frozen_body=""))
    clock.move(days=31)
    actions.learn_when_due()
    actions.learn_when_due()
    assert queries.mind() is None and models() == 2


def test_careless_decisions_teach_nothing_and_the_page_says_so(thread, bob, as_, work):
    ids = decide_all(decided_texts(200), thread, bob)
    with transaction() as session:
        for place, case_id in enumerate(ids):
            said = {"outcome": "remove", "rule": "spam"} if place * 7919 % 10 < 4 else {"outcome": "keep", "rule": ""}
            session.execute(update(Decision).where(Decision.case_id == case_id).values(**said))
    work()
    assert models() == 1 and queries.mind() is None
    assert "no better than chance" in as_(bob).get("/moderation/ranker").text


def test_a_model_holds_nothing_that_anybody_wrote(taught):
    row = db.session.get(RankerModel, 1)
    kept = row.against_weights + row.spam_weights + str(row.figures).encode()
    weights = queries.mind().against.weights.tobytes()
    for words in ("followers", "shop", "court", "减肥茶", "白痴"):
        assert words.encode() not in kept and words.encode() not in weights


def test_the_page_costs_the_same_statements(thread, bob, as_, statements):
    client = as_(bob)
    client.get("/moderation/ranker")
    with statements() as seen:
        client.get("/moderation/ranker")
    before = len(seen)
    decide_all(decided_texts(200), thread, bob)
    actions.learn_now()
    client.get("/moderation/ranker")  # the model is read into the process
    with statements() as seen:
        client.get("/moderation/ranker")
    assert len(seen) == before


def test_only_administrators_choose_and_it_stands_in_the_log(alice, bob, carol, as_):
    for person in (alice, bob):
        with pytest.raises(Forbidden):
            actions.choose(Choices(holds_from=90), person)
    assert "holds_from" not in as_(bob).get("/moderation/ranker").text
    with pytest.raises(Refused):
        actions.choose(Choices(holds_from=1), carol)
    admin = as_(carol)
    assert 'name="holds_from"' in admin.get("/moderation/ranker").text
    assert admin.send("/moderation/ranker", orders="y", asks_from="95", holds_from="7").status_code == 422
    assert admin.send("/moderation/ranker", orders="y", asks_from="95", holds_from="99").status_code == 303
    assert queries.choices() == Choices(True, 95, 99)
    assert actions.choose(Choices(True, 95, 99), carol) is False, "nothing changed"
    (row,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "ranker.chosen")).all()
    assert row.facts == {"orders": True, "asks_from": 95, "holds_from": 99}
    assert "What the learned ranker may do was changed" in as_(alice).get("/moderation/log").text
    assert as_(alice).get("/moderation/ranker").status_code == 403
