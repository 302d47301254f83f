"""What is easily forgotten: cut words in a description, questions nobody sees, links to one question, and conflicts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from forum.accounts import ties
from forum.asking import planning, queries, triage
from forum.asking.models import AskSession, Question, Status
from forum.asking.supporting import support
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Refused
from forum.experts import actions as experts
from forum.experts.queries import in_force_of
from forum.notifications.models import Notification
from forum.threads import actions, redaction, screening, states
from forum.threads.models import Post, State
from tests.asking.conftest import DAYS, answer, present, the_plan

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


LATER = {"answers_at": 27, "closes_at": 28, "archives_at": 29}


@pytest.fixture
def address(session):
    return f"/sessions/{session.id}/{session.thread.slug}"


def test_words_that_were_cut_out_of_the_opening_are_not_on_the_page(session, client, bob, address):
    assert "How feeds are ranked." in client.get(address).text
    opening = db.session.get(Post, queries.opening_id(session.thread_id))
    cut = redaction.prepared(opening, opening.body.replace("are ranked", ""))
    with transaction():
        redaction.redact(opening, cut, bob, "r2")
    page = client.get(address).text
    assert "are ranked" not in page and "How feeds" in page


def test_nothing_is_merged_with_what_nobody_sees(session, at, ask, alice, ann, bob):
    at("collecting")
    one, two = ask(alice, "Who checks?"), ask(ann, "Checked by whom?")
    states.hide_post(db.session.get(Post, two.post_id), bob, "r2")
    for into, what in ((one, two), (two, one)):
        with pytest.raises(Conflict):
            triage.merge([what.post_id], into.post_id, bob)
    assert db.session.get(Question, one.post_id).status == Status.OPEN


def test_a_link_to_a_question_shows_it_wherever_it_stands(session, at, ask, alice, ann, bob, as_, address, dr_chen):
    at("collecting")
    first, last = ask(alice, "Who checks the ranking?"), ask(ann, "When are elections?")
    support(first.post_id, ann)
    page = as_(alice).get(f"{address}?from={last.post_id}").text
    assert f'id="post-{last.post_id}"' in page and f'id="post-{first.post_id}"' not in page and "I ask this too" in page
    triage.merge([last.post_id], first.post_id, bob)
    assert f'id="post-{first.post_id}"' in as_(alice).get(f"{address}?from={last.post_id}").text
    at("answering")
    answer(session, dr_chen, first)
    assert "We do, every year." in as_(alice).get(f"{address}?from={last.post_id}").text
    assert as_(alice).get(f"{address}?from=999999999").status_code == 200


def test_whoever_asked_it_too_reads_why_it_was_declined(session, at, ask, alice, ann, mallory, bob, as_, address):
    at("collecting")
    one = ask(alice)
    support(one.post_id, ann)
    triage.decline(one.post_id, "Asked and answered last year.", bob)
    for person, reads in ((alice, True), (ann, True), (mallory, False)):
        assert ("Asked and answered last year." in as_(person).get(address).text) is reads
    states.hide_post(db.session.get(Post, one.post_id), bob, "r2")
    assert "Asked and answered last year." not in as_(ann).get(address).text


def test_a_refused_change_leaves_the_words_and_a_conflict_lets_one_send_again(session, bob, dr_chen, as_):
    wrong = the_plan([dr_chen.id], now(), title="Other words", times={**the_plan([], now()).times, "opens_at": now()})
    with pytest.raises(Refused):
        planning.change(session.id, wrong, 1, bob)
    assert present(session).thread.title == "Ask about rankings"
    url = f"/sessions/{session.id}/change"
    page = as_(bob).get(url).text
    times = {n: re.search(f'name="{n}"[^>]*value="([^"]+)"', page)[1] for n in planning.clock.TIMES.values()}
    fields = {"title": "Ask about rankings", "description_en": "How feeds are ranked.", "experts": dr_chen.id,
              "description_zh": "信息流如何排序。", "capacity": 3, **times}  # fmt: skip
    assert as_(bob).send(url, **fields, seen=1).status_code == 303
    refused = as_(bob).send(url, **{**fields, "capacity": 5}, seen=1)
    seen = re.search('name="seen"[^>]*value="([^"]+)"', refused.text)[1]
    assert refused.status_code == 409 and as_(bob).send(url, **{**fields, "capacity": 5}, seen=seen).status_code == 303
    assert present(session).capacity == 5
    for far in ("9999-12-31T23:59", "0001-01-01T00:00"):
        assert as_(bob).send(url, **{**fields, "archives_at": far}, seen=3).status_code == 422


@pytest.mark.parametrize("changed", [{}, {"capacity": 5}, {"title": "Ask about feeds"}, {"description_zh": "别的。"}])
def test_a_change_that_is_sent_again_is_saved_once(session, bob, dr_chen, as_, changed):
    url = f"/sessions/{session.id}/change"
    page = as_(bob).get(url).text
    names = (*planning.clock.TIMES.values(), "form_token", "seen", "revision")
    kept = {n: re.search(f'name="{n}"[^>]*value="([^"]+)"', page)[1] for n in names}
    fields = {"title": "Ask about rankings", "description_en": "How feeds are ranked.", "experts": dr_chen.id,
              "description_zh": "信息流如何排序。", "capacity": 3, **kept, **changed}  # fmt: skip
    sent = [as_(bob).send(url, **fields) for _ in range(2)]
    assert [each.status_code for each in sent] == [303, 303] and sent[0].location == sent[1].location
    after = present(session)
    assert after.version == 2 and after.capacity == fields["capacity"]
    assert db.session.query(AuditEntry).filter_by(act="asking.changed").count() == 1
    for other in ({"capacity": 10}, {"title": "Other words"}, {"experts": []}):
        assert as_(bob).send(url, **{**fields, **other}).status_code in (409, 422)
    assert present(session).version == 2


def test_a_change_that_is_sent_again_is_known_as_the_rewriters_left_it(session, bob, dr_chen, monkeypatch):
    monkeypatch.setattr(screening, "rewriters", [lambda words, _author: words.replace("damn", "d***")])
    wanted = the_plan([dr_chen.id], now(), description_en="All that damn ranking.")
    revision = queries.opening(session.thread_id).revision
    for _ in range(2):
        planning.change(session.id, wanted, 1, bob, revision=revision)
    assert present(session).version == 2 and "d***" in queries.opening(session.thread_id).body


def test_a_form_that_is_refused_shows_the_desk_to_hosts_alone(session, at, ask, alice, mallory, bob, as_):
    at("collecting")
    one = ask(alice)
    triage.decline(one.post_id, "Asked and answered last year.", bob)
    url = f"/questions/{one.post_id}/triage?show=declined&question={one.post_id}"
    refused = as_(mallory).send(url, act="decline", reason="x" * 1001)
    assert refused.status_code == 403 and "last year" not in refused.text
    his = as_(bob).send(url, act="decline", reason="x" * 1001)
    assert his.status_code == 422 and "last year" in his.text


def test_after_a_refused_summary_there_can_be_another_one(session, at, bob, carol, as_):
    at("closed")
    held = actions.post_reply(session.thread, bob, "What we learned.")
    states.hide_post(db.session.get(Post, held.id), carol, "r2")
    assert present(session).summary_id is None
    with transaction():
        post, thread = db.session.get(Post, held.id), present(session).thread
        db.session.get(type(session), session.id).summary_id = post.id
        post.state = State.HELD
        states.settle(thread, post, State.REMOVED, by=carol, reason="r2")
    assert present(session).summary_id is None


def test_a_host_who_is_asked_about_a_word_can_say_it_all_the_same(subtheme, session, bob, dr_chen, as_, monkeypatch):
    def nudge(draft):
        if "nonsense" not in draft.body or draft.answer == "same":
            return screening.Verdict()
        return screening.ask("Is that how you want to say it?")

    monkeypatch.setattr(screening, "screeners", [nudge])
    url = f"/sessions/{session.id}/change"
    pages = {url: as_(bob).get(url).text}
    url = f"/subthemes/{subtheme.slug}/sessions/new"
    pages[url] = as_(bob).get(url).text
    for url, page in pages.items():
        names = ("opens_at", "answers_at", "closes_at", "archives_at", "form_token", "seen", "revision")
        kept = {n: re.search(f'name="{n}"[^>]*value="([^"]*)"', page)[1] for n in names}
        fields = {"title": "Ask about it", "description_en": "All that nonsense.", "experts": dr_chen.id,
                  "description_zh": "信息流如何排序。", "capacity": 3, **kept}  # fmt: skip
        refused = as_(bob).send(url, **fields)
        assert refused.status_code == 422 and "Is that how you want to say it?" in refused.text
        asked = re.search('name="asked"[^>]*value="([^"]+)"', refused.text)[1]
        assert as_(bob).send(url, **fields, asked=asked).status_code == 303
    assert present(session).description_en == "All that nonsense." and db.session.query(AskSession).count() == 2


def test_the_words_of_whom_one_keeps_away_are_not_under_a_merged_question(
    session, at, ask, alice, ann, mallory, bob, as_, address
):
    at("collecting")
    one, two = ask(alice, "Who checks the ranking?"), ask(ann, "Checked by whom?")
    triage.merge([two.post_id], one.post_id, bob)
    assert "Checked by whom?" in as_(mallory).get(address).text
    ties.keep(ann, ties.Kind.BLOCK, by=mallory)
    assert "Checked by whom?" not in as_(mallory).get(address).text


def test_notices_of_a_merger_go_with_the_question_that_is_gone(session, at, ask, alice, ann, bob):
    at("collecting")
    one, two = ask(alice, "Who checks the ranking?"), ask(ann, "Checked by whom?")
    triage.merge([two.post_id], one.post_id, bob)
    told = db.session.query(Notification).filter_by(kind="ask_question", user_id=ann.id)
    assert told.count() == 1
    states.delete(db.session.get(Post, one.post_id), alice)
    db.session.rollback()
    assert told.count() == 0 and db.session.get(Question, two.post_id).status == Status.OPEN


def test_who_is_named_no_more_has_no_question_to_answer(session, at, ask, alice, bob, carol, dr_chen, person, subtheme):
    wu = person("dr_wu")
    experts.grant(wu, subtheme, "Lecturer", "Lakeside University", None, by=carol)
    times = {name: getattr(session, name) for name in DAYS}
    planning.change(session.id, the_plan([dr_chen.id, wu.id], now(), times=times), 1, bob)
    at("collecting")
    one, two = ask(alice, "Who checks?"), ask(alice, "When are elections?")
    triage.route(one.post_id, wu.id, bob)
    triage.route(two.post_id, dr_chen.id, bob)
    planning.change(session.id, the_plan([dr_chen.id], now(), times=times), present(session).version, bob)
    assert [db.session.get(Question, each.post_id).routed_to_id for each in (one, two)] == [None, dr_chen.id]


def test_whose_credential_was_revoked_is_shown_so_and_offered_no_box(
    session, at, ask, alice, carol, dr_chen, as_, client, address
):
    at("collecting")
    box = f"{address}?under={ask(alice).post_id}"
    at("answering")
    assert box in as_(dr_chen).get(address).text and "revoked since" not in client.get(address).text
    assert 'id="write"' in as_(dr_chen).get(box).text
    experts.revoke(in_force_of(dr_chen)[0], "Never held that chair.", by=carol)
    assert box not in as_(dr_chen).get(address).text and 'id="write"' not in as_(dr_chen).get(box).text
    assert "revoked since" in client.get(address).text


def test_an_hour_that_comes_twice_stays_the_one_that_was_planned(session, bob, dr_chen, as_):
    second = datetime(2036, 10, 26, 1, 30, tzinfo=UTC)  # half past two in Berlin, an hour after the first one
    with transaction():
        bob.timezone = "Europe/Berlin"
    times = {name: second + timedelta(days=days) for name, days in zip(DAYS, (0, 1, 2, 3), strict=True)}
    planning.change(session.id, the_plan([dr_chen.id], now(), times=times), 1, bob)
    shown = {"opens_at": "2036-10-26T02:30", **{name: f"2036-10-{day}T02:30" for name, day in LATER.items()}}
    words = {
        "title": "Ask about rankings",
        "description_en": "How feeds are ranked.",
        "description_zh": "信息流如何排序。",
    }
    facts = {"experts": str(dr_chen.id), "capacity": "5", "seen": "2", **words, **shown}
    assert as_(bob).send(f"/sessions/{session.id}/change", **facts).status_code == 303
    after = present(session)
    assert (after.capacity, after.opens_at, after.answers_at) == (5, second, second + timedelta(days=1))
