"""Replies by HTTP, one after the other, each committed durably before it is answered; and searches the same way."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.attacks.browser import Browser
from bench.speed import content
from bench.speed.figures import Wrong
from bench.speed.stage import Stage, counted
from forum.accounts.signin import COOKIE

_FIELD = r'name="{}"[^>]*value="([^"]*)"'


@dataclass(frozen=True)
class Sequence:
    """What was asked one after the other: the milliseconds of each, and the statements of one."""

    milliseconds: list[float]
    statements: int


def replies(stage: Stage, port: int, count: int) -> Sequence:
    """Write `count` replies as a browser does, page and form each time; only the sending is timed."""
    chance, browser = random.Random(), Browser(port, cookies={COOKIE: stage.cookie})
    address, taken = reply_address(stage), []
    for number in range(count):
        page = browser.get(stage.thread)
        said = words(chance, number)
        answer = browser.post(address, body=said, form_token=page.field("form_token"))
        taken.append(answer.seconds * 1000)  # from the first byte sent to the last one here, as of searches
        if answer.status != 303:
            raise Wrong(f"a reply was answered with {answer.status}")
    browser.cookies.clear()
    if said.split(".")[0] not in browser.get(answer.header("Location")).text:
        raise Wrong("the last reply is not there for everybody")
    browser.close()
    return Sequence(taken, _statements_of_a_reply(stage))


def searches(stage: Stage, port: int, count: int) -> Sequence:
    """Search for the content's common word; see `search`."""
    return Sequence(search(port, content.COMMON, count), stage.statements(f"/search?q={content.COMMON}"))


def search(port: int, word: str, count: int) -> list[float]:
    """Search for a word `count` times, on another page of results each time in turn; return the milliseconds."""
    browser, taken = Browser(port), []
    for number in range(count):
        answer = browser.get(f"/search?{urlencode({'q': word, 'page': 1 + number % 3})}")
        taken.append(answer.seconds * 1000)
        if answer.status != 200 or answer.text.count("<mark") < 10:
            raise Wrong(f"the search for {word!r} finds too little ({answer.status})")
    browser.close()
    return taken


def _statements_of_a_reply(stage: Stage) -> int:
    client = stage.app.test_client()
    client.set_cookie(COOKIE, stage.cookie)
    for number in range(2):
        page = client.get(stage.thread).text
        hidden = {name: _found(page, name) for name in ("csrf_token", "form_token")}
        with counted() as seen:
            answer = client.post(reply_address(stage), data={**hidden, "body": words(random.Random(), number)})
        if answer.status_code != 303:
            raise Wrong(f"a reply in this process was answered with {answer.status_code}")
    return len(seen)


def reply_address(stage: Stage) -> str:
    """Return where the replies to its thread are sent."""
    return f"{stage.thread.rpartition('/')[0]}/posts"


def _found(page: str, name: str) -> str:
    found = re.search(_FIELD.format(name), page)
    return found[1] if found else ""


def words(chance: random.Random, number: int) -> str:
    """Return a text as no other reply has."""
    numbers = " ".join(str(chance.randrange(10**6)) for _ in range(12))
    return f"Reply {number} with {numbers}. {content.sentence(chance, 20)}"
