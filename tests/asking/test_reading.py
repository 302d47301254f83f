"""In which order a session is read, by whose clock, and who is told of a correction of its answers."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from forum.asking import triage
from forum.asking.supporting import support
from forum.core.database import db, transaction
from forum.core.i18n import zone
from forum.notifications.models import Notification
from forum.threads import actions
from tests.asking.conftest import answer, present

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def asked(at, ask, alice, ann, mallory):
    """Three questions, of which the last has three people and the second two."""
    at("collecting")
    few, some, many = ask(alice, "Who checks?"), ask(ann, "When is it?"), ask(mallory, "How often?")
    for question, people in ((some, [alice]), (many, [alice, ann])):
        for person in people:
            support(question.post_id, person)
    return few, some, many


def order_on(page):
    """Return the numbers of the posts on the page from its top, each once."""
    return list(dict.fromkeys(map(int, re.findall(r'id="post-(\d+)"', page.split("<main")[1]))))


def test_unanswered_ones_by_support_and_answered_ones_after(as_, client, session, asked, at, dr_chen, bob):
    address, ids = f"/sessions/{session.id}/{session.thread.slug}", [each.post_id for each in asked]
    few, some, many = ids
    assert order_on(client.get(address).text) == [many, some, few]
    desk = as_(bob).get(f"/sessions/{session.id}/desk").text
    assert re.findall(r'<a href="[^"]*question=(\d+)"', desk) == [str(each) for each in (many, some, few)]
    at("answering")
    first = answer(session, dr_chen, asked[2])
    page = client.get(address).text
    assert order_on(page) == [some, few, many, first.id]
    assert page.index("Waiting for an answer") < page.index('id="answered"')
    second = answer(session, dr_chen, asked[0], "Three of us.")
    assert order_on(client.get(address).text) == [some, many, first.id, few, second.id]


def test_the_clock_is_the_readers_own(as_, client, session, alice, at):
    address = f"/sessions/{session.id}/{session.thread.slug}"
    with transaction():
        alice.timezone = "America/New_York"
    moment, pages = present(session).answers_at, {"UTC": client.get(address).text}
    pages["America/New_York"] = as_(alice).get(address).text
    for name, page in pages.items():
        rail = page.split('class="session-clock"')[1].split("</ol>")[0]
        assert moment.astimezone(zone(name)).strftime("%-I:%M\u202f%p") in rail, name
    (left,) = re.findall(r"<time[^>]*data-left[^>]*>([^<]+)</time>", pages["UTC"])
    assert left in ("1 day", "23 hours 59 minutes"), "until questions are taken"
    at("collecting")
    (left,) = re.findall(r"<time[^>]*data-left[^>]*>([^<]+)</time>", client.get(address).text)
    assert left in ("23 hours", "22 hours 59 minutes"), "until the experts answer"


def test_whoever_asked_is_told_once_of_a_correction_also_by_way_of_a_merged_question(
    session, asked, at, alice, ann, mallory, bob, dr_chen, work, clock
):
    _few, some, many = asked
    triage.merge([some.post_id], many.post_id, bob)  # alice and ann ask both
    at("answering")
    given = answer(session, dr_chen, many)
    work()
    clock.move(minutes=11)
    actions.edit_post(given, dr_chen, "We do, twice a year.", note="It is twice.")
    for _ in range(2):
        work()
    told = db.session.scalars(select(Notification.user_id).where(Notification.kind == "correction"))
    assert sorted(told) == sorted(each.id for each in (alice, ann, mallory, bob)), "bob began the thread"


def test_on_the_experts_desk_what_waits_longest_stands_first(as_, session, asked, at, dr_chen, bob):
    _few, some, _many = asked
    triage.route(some.post_id, dr_chen.id, bob)
    at("answering")
    desk = as_(dr_chen).get("/experts/desk").text
    given, longest = desk.split('id="routed"')[1].split('id="longest"')
    longest = longest.split('id="my-sessions"')[0]
    assert "When is it?" in given and "Who checks?" not in given
    assert longest.index("Who checks?") < longest.index("When is it?") < longest.index("How often?")
    assert session.thread.title in desk.split('id="my-sessions"')[1]
