"""How urgent a case is, and that the stored score sorts as the urgency does, at any moment."""

from datetime import timedelta

import pytest
from flask import current_app

from forum.core.database import db, now, transaction
from forum.threads import actions
from moderation import decisions, flags, scoring
from moderation.models import Case, Flag, Source
from moderation.scoring import Sum


def weight_of(person):
    return scoring.worth_of(person, 1, current_app.config["HIDING"]).weight


def test_a_record_counts_from_the_fifth_decided_flag():
    assert scoring.weight_by_record([False] * 4) == 1.0
    assert scoring.weight_by_record([False] * 5) == scoring.WEIGHT_NEVER_RIGHT
    assert scoring.weight_by_record([True] * 5) == scoring.WEIGHT_ALWAYS_RIGHT
    assert scoring.weight_by_record([True, False] * 10) == pytest.approx(1.125)


def test_a_flag_of_a_fresh_account_weighs_little_and_a_moderators_much(reply, newbie, mallory, bob):
    weights = [flags.flag_post(reply, person, "spam").weight for person in (newbie, mallory, bob)]
    assert weights == [0.2, 1.0, scoring.STAFF_WEIGHT]


def test_a_flaggers_record_is_made_by_decisions(thread, ann, bob, mallory):
    for number in range(5):
        post = actions.post_reply(thread, ann, f"Reply number {number}.")
        case_id = flags.flag_post(post, mallory, "spam").case_id
        decisions.decide(case_id, bob, "keep", "No advertising.")
    assert weight_of(mallory) == scoring.WEIGHT_NEVER_RIGHT


def test_the_table_adds_up_to_the_urgency_that_sorts(reply, flagged, fresh, mallory, clock):
    flags.flag_post(reply, mallory, "minors")
    clock.move(hours=36)
    case = fresh(flagged)
    moment = now()
    sums = [Sum("abuse", 1, 1.0, 1), Sum("minors", 1, 1.0, 1)]
    explained = scoring.explain(case.source, case.opened_at, sums, moment)
    assert explained.total == pytest.approx(1.5 + 3.0 + 1.5 * scoring.POINTS_A_DAY, abs=0.01)
    assert scoring.urgency(case, moment) == pytest.approx(explained.total)


def test_a_crowd_can_not_bury_a_case_that_has_waited(app):
    crowd = scoring.explain(Source.FLAGS, now(), [Sum("minors", 5000, 5000.0, 5000)], now())
    assert crowd.total == pytest.approx(scoring.POINTS_MOST)
    patient = scoring.explain(Source.FLAGS, now() - timedelta(days=5, hours=1), [Sum("offtopic", 1, 0.2, 1)], now())
    assert patient.total > crowd.total


def test_what_waits_longer_stands_higher_without_a_row_being_touched(reply, thread, ann, alice, mallory, clock):
    early = db.session.get(Case, flags.flag_post(reply, alice, "spam").case_id)
    clock.move(days=1)
    later = db.session.get(Case, flags.flag_post(actions.post_reply(thread, ann, "Another."), alice, "spam").case_id)
    assert early.score == pytest.approx(later.score + scoring.POINTS_A_DAY)


def test_only_the_latest_fifty_flags_count(reply, mallory, alice):
    flag = flags.flag_post(reply, alice, "spam")
    with transaction() as session:
        for number in range(80):  # eighty decided flags: thirty refused long ago, then fifty upheld
            session.add(_decided_flag(flag, mallory, reply, upheld=number >= 30))
    assert weight_of(mallory) == scoring.WEIGHT_ALWAYS_RIGHT


def _decided_flag(like, flagger, post, *, upheld):
    first = db.session.get(Case, like.case_id)
    case = Case(
        post_id=post.id,
        author_id=first.author_id,
        subtheme_id=first.subtheme_id,
        source="flags",
        frozen_revision=1,
        frozen_title="",
        frozen_author="",
        frozen_body="",
        frozen_html="",
        decided_at=now(),
    )
    db.session.add(case)
    db.session.flush()
    return Flag(case_id=case.id, flagger_id=flagger.id, reason="spam", weight=1.0, upheld=upheld)
