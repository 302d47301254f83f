"""R-2: one form sent twice: a double click, a retry after a cut answer, four at the same moment to two processes."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bench.faults import checker
from bench.faults.forums import Forum
from bench.faults.stage import Stage
from tests.servers.robot import Robot

AT_ONCE = 4
WAIT = re.compile(r"still being worked on")

Send = Callable[[Robot, int], tuple[int, str]]


def play(stage: Stage) -> None:
    """Send the same form again, for replies and new threads, on both kinds of database."""
    rounds = stage.times(40, 5)
    for kind in ("sqlite", "postgres"):
        with stage.forum(kind, web_workers=2) as forum:
            robot = forum.person()
            thread = forum.thread(robot)
            reply, begin = _reply(thread), _begin
            waited = 0
            for number in range(rounds):
                for send in (reply, begin):
                    waited += _together(stage, robot, send, 3 * number, kind)
                    _after_a_cut(stage, robot, send, 3 * number + 1, kind)
                    _twice(stage, robot, send, 3 * number + 2, kind)
            _each_once(stage, forum, 3 * rounds, kind)
            stage.did(
                f"{kind}: {rounds} rounds of {AT_ONCE} at once to two processes, a cut answer, a double click, "
                "for a reply and for a new thread"
            )
            stage.found(f"{kind}: one row each; {waited} answers asked to wait for the other request (429)")
            checker.settled(stage, forum, kind)
            checker.healthy(stage, forum, kind)


def _reply(thread: str) -> Send:
    address = thread.rpartition("/")[0] + "/posts"
    return lambda robot, number: robot.send(address, body=f"Reply {number}.", form_token=f"reply-{number}")


def _begin(robot: Robot, number: int) -> tuple[int, str]:
    fields = {"title": f"Thread {number}", "body": f"Opening {number}.", "form_token": f"thread-{number}"}
    return robot.send("/subthemes/law-online/threads/new", **fields)


def _together(stage: Stage, robot: Robot, send: Send, number: int, kind: str) -> int:
    start = threading.Barrier(AT_ONCE)

    def act(_: int) -> tuple[int, str]:
        browser = robot.copied()
        start.wait()
        return send(browser, number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(act, range(AT_ONCE)))
    busy = sum(status == 429 and bool(WAIT.search(page)) for status, page in answers)
    taken = {where for status, where in answers if status == 303}
    statuses = Counter(status for status, _ in answers)
    stage.check(len(taken) == 1 and statuses[303] + busy == AT_ONCE, f"{kind}: four at once got {statuses}, {taken}")
    return busy


def _after_a_cut(stage: Stage, robot: Robot, send: Send, number: int, kind: str) -> None:
    class Leaving(Robot):
        def send(self, path: str, **fields: str) -> tuple[int, str]:
            self.hang_up(path, **fields)
            return 0, ""

    leaving = Leaving(robot.url)
    leaving.take_over(robot)
    send(leaving, number)
    time.sleep(stage.dice.uniform(0.0, 0.05))
    answers = _patiently(lambda: send(robot, number)), _patiently(lambda: send(robot, number))
    stage.check(answers[0] == answers[1] and answers[0][0] == 303, f"{kind}: after a cut answer: {answers}")


def _twice(stage: Stage, robot: Robot, send: Send, number: int, kind: str) -> None:
    first, second = _patiently(lambda: send(robot, number)), _patiently(lambda: send(robot, number))
    stage.check(first == second and first[0] == 303, f"{kind}: a double click: {first}, {second}")


def _patiently(act: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    """Do as the page says that asks to wait for the request before."""
    for _ in range(50):
        status, where = act()
        if status != 429 or not WAIT.search(where):
            break
        time.sleep(0.1)
    return status, where


def _each_once(stage: Stage, forum: Forum, many: int, kind: str) -> None:
    for word in ("Reply", "Opening"):
        bodies = forum.count("SELECT count(*) FROM posts WHERE body LIKE :like", like=f"{word} %")
        different = forum.count("SELECT count(DISTINCT body) FROM posts WHERE body LIKE :like", like=f"{word} %")
        stage.check((bodies, different) == (many, many), f"{kind}: {bodies} rows of {different} texts, not {many}")
