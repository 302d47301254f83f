"""A frozen clock drives a session through its five states: what may be written in each, and every refusal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forum.asking import planning, queries, transitions, triage
from forum.asking.models import Phase, Question, Status
from forum.asking.supporting import support
from forum.core.database import db, now
from forum.core.errors import Conflict, Forbidden, Refused
from forum.experts import actions as experts
from forum.experts.queries import in_force_of
from forum.subthemes.queries import by_slug
from forum.threads import actions, states
from forum.threads.models import Post
from tests.asking.conftest import answer, present, the_plan
from tests.discussions import opening_of

EVERY = ("announced", "collecting", "answering", "closed", "archived")
# what is tried: what is said in each of the five states where it is refused, "" where it is done
TABLE = {
    "question": ("not taken yet", "", "experts are answering now", "closed: no more questions", "archived"),
    "support": ("no questions yet", "", "", "closed: no more questions", "archived"),
    "answer": ("only been announced", "still being collected", "", "closed: no more answers", "archived"),
    "answer of a stranger": ("Only the experts",) * 5,
    "answer in the open": ("only been announced", "still being collected", "under a question", "closed", "archived"),
    "comment": ("", "", "", "", "archived"),
    "reply to a question": ("Only the named experts",) * 4 + ("archived",),
    "summary": ("not taken yet", "", "experts are answering now", "", "archived"),
    "merge": ("Questions are sorted", "", "", "Questions are sorted", "Questions are sorted"),
    "decline": ("Questions are sorted", "", "", "Questions are sorted", "Questions are sorted"),
    "change": ("", "", "", "", "archived"),
    "edit": ("while questions are collected", "", "while questions are collected", "while questions", "archived"),
    "route": ("Questions are sorted", "", "", "Questions are sorted", "Questions are sorted"),
    "take out": ("Questions are sorted", "", "", "Questions are sorted", "Questions are sorted"),
    "take up": ("Questions are sorted", "", "", "Questions are sorted", "Questions are sorted"),
    "advance by a stranger": ("Only moderators of its sub-theme",) * 5,
    **dict.fromkeys(
        (f"{act} by a host of another sub-theme" for act in ("advance", "change", "merge", "route", "decline")),
        ("Only moderators of its sub-theme",) * 5,
    ),
    "summary by a host of another sub-theme": (
        "not taken yet", "", "experts are answering now", "closed: no more questions", "archived",
    ),
}  # fmt: skip


@pytest.fixture
def tried(session, at, ask, alice, ann, mallory, dr_chen, bob, carol, person):
    """What is tried in each state, on two questions of alice and an answer to the first; all undone afterwards."""
    at("collecting")
    first, second = ask(alice), ask(alice, "And who checks the checkers?")
    at("answering")
    answered = answer(session, dr_chen, first)
    dr_wu, theo = person("dr_wu"), person("theo", moderates=(by_slug("law-online").id,))
    experts.grant(dr_wu, session.thread.subtheme, "Reader", "Hill University", None, by=carol)
    db.session.refresh(dr_wu)
    thread = session.thread
    question, plan = db.session.get(Post, second.post_id), the_plan([dr_chen.id], now())

    def in_the_open():
        return actions.post_reply(thread, dr_chen, "Generally", in_force_of(dr_chen)[0], opening_of(thread))

    def changed(by):
        one = present(session)
        times = {name: getattr(one, name) for name in plan.times}
        return planning.change(one.id, planning.Plan(**{**vars(plan), "times": times, "capacity": 5}), one.version, by)

    def acts_of(host):
        return {
            "advance": lambda: transitions.advance(session.id, present(session).state, host),
            "change": lambda: changed(host),
            "merge": lambda: triage.merge([second.post_id], first.post_id, host),
            "route": lambda: triage.route(second.post_id, dr_chen.id, host),
            "decline": lambda: triage.decline(second.post_id, "It is about another theme.", host),
            "summary": lambda: actions.post_reply(thread, host, "What we learned."),
        }

    return {
        "question": lambda: actions.post_reply(thread, ann, "May I ask as well?"),
        "support": lambda: support(second.post_id, mallory),
        "answer": lambda: answer(session, dr_chen, second),
        "answer of a stranger": lambda: answer(session, dr_wu, second),
        "answer in the open": in_the_open,
        "comment": lambda: actions.post_reply(thread, mallory, "Thank you.", parent=answered),
        "reply to a question": lambda: actions.post_reply(thread, mallory, "I know it.", parent=question),
        **{act: done for act, done in acts_of(bob).items() if act != "advance"},
        **{f"{act} by a host of another sub-theme": done for act, done in acts_of(theo).items()},
        "take out": lambda: triage.unmerge(second.post_id, bob),
        "take up": lambda: triage.reopen(second.post_id, bob),
        "edit": lambda: actions.edit_post(db.session.get(Post, second.post_id), alice, "Who checks those?"),
        "advance by a stranger": lambda: transitions.advance(session.id, "announced", mallory),
    }


class Undo(Exception):
    """Leaves a transaction behind as if nothing had happened."""


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_every_act_in_every_state(app, tried, at):
    from forum.core.database import Clock, transaction

    for number, phase in enumerate(EVERY):
        Clock.offset = Clock.offset * 0
        at(phase)
        for act, expected in TABLE.items():
            with pytest.raises(Exception) as found, transaction():
                tried[act]()
                raise Undo
            said = "" if isinstance(found.value, Undo) else str(getattr(found.value, "message", found.value))
            assert (expected[number] in said) if expected[number] else said == "", f"{act} while {phase}: {said!r}"
            assert expected[number] == "" or isinstance(found.value, Refused), found.value


def test_the_worker_carries_out_what_is_due_once_and_in_order(session, work, at, statements, dr_chen, bob, bea):
    at("closed")  # it was away for three steps
    work()
    assert present(session).state == "closed"
    steps = [(step.state, step.by_id) for step in queries.steps(session.id)]
    assert steps == [("announced", bob.id), ("collecting", None), ("answering", None), ("closed", None)]
    with statements() as seen:
        transitions.carry_out_what_is_due()
    assert not any(each.startswith(("INSERT", "UPDATE")) for each in seen)
    at("archived")
    work()
    assert present(session).thread.pinned_at is None and not transitions.carry_out(session.id)


def test_a_host_is_earlier_than_the_plan(session, bob, mallory, person, dr_chen, subtheme):
    assert transitions.advance(session.id, "announced", bob) == Phase.COLLECTING
    assert queries.steps(session.id)[-1].is_early and present(session).opens_at <= now()
    with pytest.raises(Conflict):  # a second press, or another host who saw the old page
        transitions.advance(session.id, "announced", bob)
    for phase in ("collecting", "answering", "closed"):
        transitions.advance(session.id, phase, bob)
    with pytest.raises(Conflict):
        transitions.advance(session.id, "archived", bob)


def test_a_summary_goes_out_of_sight_and_comes_back(session, at, bob):
    at("closed")
    written = actions.post_reply(session.thread, bob, "What we learned.")
    states.hide_post(written, bob, "other")
    assert present(session).summary_id is None
    states.restore_post(written, bob)
    assert present(session).summary_id == written.id
    states.hide_post(written, bob, "other")
    another = actions.post_reply(session.thread, bob, "What we learned, again.")
    states.restore_post(written, bob)
    assert present(session).summary_id == another.id
    opening = opening_of(session.thread)
    states.hide_post(another, bob, "other")
    states.hide_post(opening, bob, "other")
    states.restore_post(opening, bob)
    assert present(session).summary_id is None


def test_a_plan_that_cannot_be_kept_is_refused(bob, alice, mallory, dr_chen, subtheme):
    good = the_plan([dr_chen.id], now())
    late = {**good.times, "answers_at": good.times["closes_at"]}
    for changed in (
        {"times": late}, {"times": {**good.times, "opens_at": now().replace(year=2020)}}, {"expert_ids": []},
        {"expert_ids": [alice.id]}, {"capacity": 99}, {"description_zh": ""},
    ):  # fmt: skip
        with pytest.raises(Refused):
            planning.plan(subtheme, bob, planning.Plan(**{**vars(good), **changed}))
    with pytest.raises(Forbidden):
        planning.plan(subtheme, mallory, good)
    assert not db.session.query(Question).count() and not queries.live()


def test_words_are_changed_with_the_plan_or_not_at_all(session, bob, dr_chen):
    written = the_plan([dr_chen.id], session.created_at, title="Ask about feeds", description_en="How feeds are made.")
    with pytest.raises(Conflict):  # from a page that another host has changed meanwhile
        planning.change(session.id, written, present(session).version - 1, bob)
    with pytest.raises(Refused):
        planning.change(session.id, replace(written, capacity=99), present(session).version, bob)
    was = present(session)
    assert (was.thread.title, opening_of(was.thread).revision) == ("Ask about rankings", 1)
    assert planning.change(session.id, written, was.version, bob)
    assert not planning.change(session.id, written, present(session).version, bob)
    now_is = present(session)
    assert (now_is.thread.title, now_is.description_en) == ("Ask about feeds", "How feeds are made.")
    assert opening_of(now_is.thread).body.startswith(now_is.description_en)


def test_a_question_has_at_most_1000_characters_and_one_person_asks_two(session, at, ask, alice):
    at("collecting")
    with pytest.raises(Refused, match="1000"):
        ask(alice, "x" * 1001)
    ask(alice, "x" * 1000)
    second = ask(alice, "A second one")
    with pytest.raises(Forbidden, match="as many questions"):
        ask(alice, "A third one")
    with pytest.raises(Refused, match="1000"):
        actions.edit_post(db.session.get(Post, second.post_id), alice, "x" * 1001)
    actions.delete_post(db.session.get(Post, second.post_id), alice)
    assert ask(alice, "In its place").status == Status.OPEN and present(session).question_count == 2
