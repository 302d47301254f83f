"""A decision counts for a time and lapses; what was taken back is gone; the record suggests a next step and no more."""

from datetime import timedelta

import pytest

from forum.config import UnsafeSetting
from forum.config.numbers import strikes as strikes_of
from forum.core.database import db, now
from forum.messages import actions as messages
from forum.threads import actions
from forum.trust.queries import records
from moderation import decisions, flags, queries
from moderation.appeals import actions as appeals
from moderation.models import Outcome
from moderation.record import steps as course
from moderation.record.queries import record_of
from moderation.reports import actions as reports

DAY = timedelta(days=1)


@pytest.fixture
def against(thread, ann, alice, bob):
    """`against(outcome)`: a decision of bob's against another post of ann's."""

    def decide(outcome="warn", **more):
        post = actions.post_reply(thread, ann, f"Something about {now().isoformat()}.")
        case = flags.flag_post(post, alice, "abuse").case
        return decisions.decide(case.id, bob, outcome, "It insults a neighbour.", "abuse", **more)

    return decide


def main_of(answer):
    return answer.text.split("<main")[1].split("</main>")[0]


def test_it_counts_for_its_time_and_then_nowhere(against, flagged, ann, bob, as_, app, clock):
    against("hide")
    assert queries.strikes_since([ann.id], now() - 400 * DAY) == {ann.id: 1}
    mine, desk = main_of(as_(ann).get("/settings/record")), main_of(as_(bob).get(f"/moderation/cases/{flagged.id}"))
    assert "Your post was hidden" in mine and "counts until" in mine and "lapsed" not in mine
    assert "silence for 1 day." in desk and "1 decision of the last 180 days counts" in desk
    clock.move(days=180, seconds=1)
    assert queries.strikes_since([ann.id], now() - 400 * DAY) == {}
    long = {**app.config["TRUST"], "3_WINDOW_DAYS": 400}
    assert records([ann.id], now(), long)[ann.id].strikes == 0, "a longer window of trust doesn't call it back"
    assert [each.counts for each in record_of(ann.id).entries] == [False]
    mine, desk = main_of(as_(ann).get("/settings/record")), main_of(as_(bob).get(f"/moderation/cases/{flagged.id}"))
    assert 'class="notice soft"' in mine and "counts no more" in mine and "Nothing counts against you" in mine
    assert "lapsed, counts no more" in desk and "No decision of the last 180 days" in desk
    assert "Usual next step: a warning" in desk


def test_taken_back_it_is_gone_and_a_lock_never_was(against, ann, bea, as_):
    warned = against()
    against("lock")
    assert [each.decision.id for each in record_of(ann.id).entries] == [warned.id]
    appeal = appeals.file(warned.id, ann, "It was a quotation.")
    appeals.decide(appeal.id, bea, "overturn", "So it was.")
    assert record_of(ann.id).entries == []
    page = main_of(as_(ann).get("/settings/record"))
    assert "You were warned" not in page and "Nothing counts against you" in page


def test_messages_count_too_and_others_see_no_page_of_mine(alice, ann, bob, as_, client, person):
    ann.trust_level = alice.trust_level = 1
    db.session.commit()
    talk = messages.start(ann, [alice], "You", "You fool.")
    report = reports.report_messages(talk.conversation_id, [talk.id], alice, "abuse")
    reports.decide(report.id, bob, "warn", "An insult.", "abuse")
    (entry,) = record_of(ann.id).entries
    assert entry.report and entry.counts
    page = main_of(as_(ann).get("/settings/record"))
    assert "You were warned because of messages" in page and f"/moderation/messages/{report.id}/decision" in page
    assert "You were warned" not in main_of(as_(alice).get("/settings/record")), "who flagged has a record of their own"
    assert client.get("/settings/record").status_code == 303


def test_the_table_grows_harder_and_decides_nothing(against, ann, app, monkeypatch):
    steps = [(step.outcome, step.days) for step in map(course.next_step, range(7))]
    silence, suspend = Outcome.SILENCE, Outcome.SUSPEND
    assert steps[:5] == [(Outcome.WARN, 0), (silence, 1), (silence, 7), (suspend, 7), (suspend, 30)]
    assert steps[5] == steps[6] == steps[4]
    for _ in range(3):
        against()
    assert course.next_step(len(record_of(ann.id).borne)).outcome == suspend
    assert ann.suspended_until is None and ann.silenced_until is None
    monkeypatch.setitem(app.config["STRIKES"], "SILENCE_FIRST_DAYS", 3)
    assert course.next_step(1).days == 3


def test_who_may_not_take_the_step_is_told_and_it_is_chosen_for_nobody(against, flagged, thea, as_):
    against()
    page = main_of(as_(thea).get(f"/moderation/cases/{flagged.id}"))
    assert "silence for 1 day" in page and "You may not do that yourself" in page
    assert 'value="silence"' not in page and "checked" not in page


def test_a_record_costs_two_statements_however_long_it_is(against, ann, statements):
    for _ in range(3):
        against()
    db.session.expunge_all()
    with statements() as seen:
        record = record_of(ann.id, 2)
        assert [each.decision.case.post.state for each in record.entries] and record.is_cut
    assert len(seen) == 2, "\n\n".join(seen)


@pytest.mark.parametrize("name", ["STRIKE_DAYS", "STRIKE_SILENCE_FIRST_DAYS"])
def test_a_number_that_no_decision_could_follow_is_refused(name):
    with pytest.raises(UnsafeSetting):
        strikes_of({name: "0"})
    with pytest.raises(UnsafeSetting):
        strikes_of({name: "99999"})
