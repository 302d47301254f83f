"""The expert's desk: pinned threads that wait for an answer in my sub-themes, oldest first."""

from typing import Any

from forum.accounts.models import User
from forum.experts import actions, queries
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug
from forum.threads import actions as thread_actions
from forum.threads import staff_actions
from forum.threads.models import Thread
from tests.plugins.application import Client


def pinned_thread(title: str, subtheme: SubTheme, author: User, by: User) -> Thread:
    thread = thread_actions.start_thread(subtheme, author, title, "A question for an expert.")
    staff_actions.pin(thread, by=by)
    return thread


def test_a_pinned_thread_waits_until_an_expert_answers(as_: Any, dr_chen: User, pinned: Thread) -> None:
    desk = as_(dr_chen)
    assert "Who checks the ranking?" in desk.get("/experts/desk").text
    credential = queries.in_force_of(dr_chen)[0]
    answer = thread_actions.post_reply(pinned, dr_chen, "An auditor does.", credential=credential)
    page = desk.get("/experts/desk").text
    assert "Nothing waits for you" in page
    assert f'href="/posts/{answer.id}"' in page, "it moves to what I have answered"


def test_a_reply_without_the_credential_is_no_answer(as_: Any, dr_chen: User, pinned: Thread) -> None:
    thread_actions.post_reply(pinned, dr_chen, "Just my opinion.")
    page = as_(dr_chen).get("/experts/desk").text
    assert "Nothing waits for you" not in page and "Answered lately" not in page


def test_only_pinned_open_threads_of_my_sub_themes(as_: Any, dr_chen: User, thread: Thread, bob: User) -> None:
    law, data = by_slug("law-online"), by_slug("data-and-algorithms")
    assert law and data
    pinned_thread("Not mine", law, bob, bob)
    locked = pinned_thread("Locked", data, bob, bob)
    staff_actions.lock(locked, by=bob)
    unpinned = pinned_thread("No longer pinned", data, bob, bob)
    staff_actions.unpin(unpinned, by=bob)
    page = as_(dr_chen).get("/experts/desk").text
    assert "Nothing waits for you" in page
    for title in ("Not mine", "Locked", "No longer pinned", "Who checks the ranking?"):
        assert title not in page


def test_the_oldest_waits_first_and_the_list_is_paged(
    as_: Any, dr_chen: User, bob: User, subtheme: SubTheme, clock: Any
) -> None:
    for number in range(22):
        pinned_thread(f"Question {number:02}", subtheme, bob, bob)
        clock.move(minutes=5)
    desk = as_(dr_chen)
    first = desk.get("/experts/desk").text
    assert first.index("Question 00") < first.index("Question 01") < first.index("Question 19")
    assert "Question 20" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = desk.get(following).text
    assert "Question 20" in second and "Question 21" in second and "Question 19" not in second


def test_a_long_desk_costs_the_same(as_: Any, dr_chen: User, bob: User, subtheme: SubTheme, statements: Any) -> None:
    desk = as_(dr_chen)
    with statements() as empty:
        desk.get("/experts/desk")
    for number in range(5):
        pinned_thread(f"Question {number}", subtheme, bob, bob)
    with statements() as full:
        assert "Question 4" in desk.get("/experts/desk").text
    assert len(full) == len(empty) <= 8


def test_it_is_for_experts_whose_credential_is_in_force(
    as_: Any, client: Client, alice: User, carol: User, dr_chen: User
) -> None:
    assert client.get("/experts/desk").location == "/login?next=/experts/desk"
    for stranger in (alice, carol):
        refused = as_(stranger).get("/experts/desk")
        assert refused.status_code == 403
        assert "You can apply for a credential" in refused.text
    desk = as_(dr_chen)
    assert desk.get("/experts/desk").status_code == 200
    actions.revoke(queries.in_force_of(dr_chen)[0], "Left the university.", by=carol)
    assert desk.get("/experts/desk").status_code == 403


def test_a_damaged_cursor_starts_anew(as_: Any, dr_chen: User, pinned: Thread) -> None:
    for cursor in ("x", "9" * 50, "AAAA"):
        answer = as_(dr_chen).get(f"/experts/desk?after={cursor}")
        assert answer.status_code == 200
