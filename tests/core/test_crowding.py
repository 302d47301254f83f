"""A robot that reads everything uses up its network's time; neighbours, people signed in and the doors don't notice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from forum.accounts.models import User
from forum.core import crowding
from forum.core.crowding import MOST_NETWORKS, Budget, FairShare
from forum.threads.addresses import thread_url
from forum.threads.models import Thread

ROBOT, NEIGHBOUR, ELSEWHERE = "8.8.4.7", "8.8.4.250", "8.8.5.7"  # the first two of one network
MINUTE = 15.0


class Watch:
    """The clocks of the budget, moved by the test."""

    moment = spent = 100.0

    def monotonic(self) -> float:
        return self.moment

    def thread_time(self) -> float:
        return self.spent


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(crowding, "time", watch)
    return watch


@pytest.fixture
def budget(app: Flask, watch: Watch) -> Iterator[Budget]:
    """The forum's own, as when it has just started."""
    budget: Budget = app.extensions["visitor_budget"]
    budget.__init__(MINUTE)  # type: ignore[misc]
    yield budget
    budget.__init__(MINUTE)  # type: ignore[misc]


def ask(client: Any, path: str, address: str = ROBOT, **more: Any) -> Any:
    return client.get(path, environ_overrides={"REMOTE_ADDR": address}, **more)


def test_whoever_has_used_it_up_waits_until_some_has_come_back(client: Any, budget: Budget, watch: Watch) -> None:
    assert ask(client, "/about").status_code == 200
    budget.charge("8.8.4.0/24", MINUTE + 2)  # 15 a minute: 2 of them are back after 8 seconds
    refused = ask(client, "/about?1", NEIGHBOUR)
    assert refused.status_code == 429 and 8 <= int(refused.headers["Retry-After"]) <= 10
    assert refused.headers["Cache-Control"] == "no-store" and "Content-Security-Policy" in refused.headers
    assert ask(client, "/about", ELSEWHERE).status_code == 200
    watch.moment += 7
    assert ask(client, "/about").status_code == 429
    watch.moment += 3
    assert ask(client, "/about").status_code == 200
    assert budget.refused == 2


def test_its_page_is_in_both_languages_and_leads_to_the_door(client: Any, budget: Budget) -> None:
    budget.charge("8.8.4.0/24", 99)
    page = LexborHTMLParser(ask(client, "/members/alice").text)
    english, chinese = page.css("section.message-page")
    assert "Very much is being read" in english.text() and english.attributes["lang"] == "en"
    assert chinese.attributes["lang"] == "zh-Hans" and "Very much" not in chinese.text()
    assert [link.attributes["href"] for link in page.css("main a")] == ["/login", "/login"]


def test_what_is_made_is_charged_and_what_is_kept_is_not(
    app: Flask, client: Any, budget: Budget, watch: Watch, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.test_request_context():
        address = thread_url(thread)

    def render(*_: Any) -> None:
        watch.spent += 4.0

    monkeypatch.setitem(app.before_request_funcs, None, [*app.before_request_funcs[None], render])
    assert ask(client, address).status_code == 200
    assert budget._accounts["8.8.4.0/24"].left == MINUTE - 4
    budget.charge("8.8.4.0/24", 99)
    assert ask(client, address).status_code == 200  # from memory
    assert ask(client, address + "?page=1").status_code == 429


def test_people_who_are_signed_in_are_neither_charged_nor_refused(
    app: Flask, client: Any, budget: Budget, watch: Watch, ann: User, as_: Any
) -> None:
    reader = as_(ann)
    assert ask(reader, "/").status_code == 200
    assert "8.8.4.0/24" not in budget._accounts
    budget.charge("8.8.4.0/24", 99)
    assert ask(reader, "/").status_code == 200
    pretends = app.test_client()
    pretends.set_cookie("signin", "made-up")
    assert ask(pretends, "/").status_code == 429


@pytest.mark.parametrize("path", ["/login", "/register", "/forgot", "/robots.txt", "/health/live"])
def test_the_doors_stay_open(client: Any, budget: Budget, path: str) -> None:
    budget.charge("8.8.4.0/24", 99)
    assert ask(client, path).status_code == 200


def test_forms_have_limits_of_their_own(client: Any, budget: Budget) -> None:
    budget.charge("8.8.4.0/24", 99)
    sent = client.post("/login", data={}, environ_overrides={"REMOTE_ADDR": ROBOT})
    assert sent.status_code != 429


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "192.168.3.4", "fd00::1", "", "not an address"])
def test_a_proxy_nobody_counted_is_not_taken_for_a_robot(
    client: Any, budget: Budget, watch: Watch, address: str
) -> None:
    assert ask(client, "/about", address).status_code == 200
    assert not budget._accounts


def test_what_is_remembered_is_bounded_and_what_came_lately_stays(watch: Watch) -> None:
    budget = Budget(MINUTE)
    for number in range(MOST_NETWORKS + 5):
        budget.charge("robot", 1)
        budget.charge(f"network {number}", 1)
    assert len(budget._accounts) == MOST_NETWORKS
    assert budget.seconds_to_wait("robot") > 0


def test_nothing_is_bounded_with_0(tmp_path: Any) -> None:
    import wsgi

    app = wsgi.create_app({"FORUM_INSTANCE": str(tmp_path), "VISITOR_SECONDS": 0, "TESTING": True})
    assert "visitor_budget" not in app.extensions and not isinstance(app.wsgi_app, FairShare)
