"""What is asked of every forum, and by whom; addresses come from the forum itself."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bench.grow import opened, words
from bench.grow.cast import BUSY, MODERATOR, ORDINARY, READER
from bench.speed import content
from bench.speed.figures import Wrong
from forum.accounts import sessions
from forum.accounts.models import User
from forum.accounts.signin import COOKIE
from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.core.paging import page_of
from forum.leaving import archive
from forum.subthemes.models import SubTheme
from forum.threads.addresses import thread_url
from forum.threads.models import Thread

_FIELD = r'name="{}"[^>]*value="([^"]*)"'


@dataclass(frozen=True)
class Page:
    """Something that is asked: `act` does it once; `is_search` says that its ratio may be 3."""

    name: str
    act: Callable[[], None]
    is_search: bool = False


def pages(app: Flask) -> list[Page]:
    """Return everything that is measured, ready to be asked of this forum."""
    with app.test_request_context():
        clients = {who: _client(app, who) for who in (READER, BUSY, MODERATOR)}
        clients[""] = app.test_client(use_cookies=False)
        ten, longest, replied = (
            db.session.get(Thread, one) for one in (opened.TEN_PAGES, opened.LONGEST, opened.REPLIED)
        )
        slug = db.session.scalars(select(SubTheme.slug).order_by(SubTheme.position, SubTheme.id).limit(1)).one()
        if not (ten and longest and replied):
            raise Wrong("the planted threads are not there")
        last, middle = page_of(ten.last_position, PAGE_SIZE), page_of(longest.last_position // 2, PAGE_SIZE)
        both = {
            "home": "/",
            "sub-theme": f"/subthemes/{slug}",
            "thread, first page": thread_url(ten),
            "thread, middle page": thread_url(ten, page=last // 2),
            "thread, last page": thread_url(ten, page=last),
            "longest thread, middle page": thread_url(longest, page=middle),
            "profile of the busiest": f"/people/{BUSY}",
        }
        reply = f"{thread_url(replied).rpartition('/')[0]}/posts", thread_url(replied, page=page_of(150, PAGE_SIZE))
    found = [
        Page(f"{name}, {'signed in' if who else 'anonymous'}", _getting(clients[who], path))
        for name, path in both.items()
        for who in ("", READER)
    ]
    found.append(Page("notifications of the busiest", _getting(clients[BUSY], "/notifications")))
    found.append(Page("queue of 10,000 cases", _getting(clients[MODERATOR], "/moderation/cases")))
    found.append(Page("reply", _replying(clients[READER], *reply)))
    found.append(Page("export of one person", _exporting(app)))
    asked = {
        "common word": words.COMMON_EN, "rare word": words.RARE_EN, "common, Chinese": words.COMMON_ZH,
        "rare, Chinese": words.RARE_ZH, "common and rare": f"{words.COMMON_EN} {words.RARE_EN}",
        "two common words": f"{words.COMMON_EN} {content.EN[0].split()[0]}",
    }  # fmt: skip
    for name, text in asked.items():
        found.append(Page(f"search, {name}", _getting(clients[""], f"/search?{urlencode({'q': text})}", text), True))
    return found


def _client(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    person = db.session.scalars(select(User).where(User.username == name)).one()
    client.set_cookie(COOKIE, sessions.start(person, "bench"))
    return client


def _getting(client: FlaskClient, path: str, searched: str = "") -> Callable[[], None]:
    def get() -> None:
        answer = client.get(path)
        if answer.status_code != 200 or (searched and "<mark" not in answer.text):
            raise Wrong(f"{path} answers {answer.status_code}")

    return get


def _replying(client: FlaskClient, address: str, page: str) -> Callable[[], None]:
    chance, form = random.Random(), dict[str, str]()

    def reply() -> None:
        said = {"body": _words(chance), "form_token": f"{chance.getrandbits(64):x}"}
        answer = client.post(address, data={**form, **said})
        if answer.status_code != 303:
            raise Wrong(f"a reply is answered with {answer.status_code}")

    shown = client.get(page).text
    form["csrf_token"] = "" if (found := re.search(_FIELD.format("csrf_token"), shown)) is None else found[1]
    return reply


def _words(chance: random.Random) -> str:
    return f"{' '.join(str(chance.randrange(10**6)) for _ in range(8))}. {content.sentence(chance, 20)}"


def _exporting(app: Flask) -> Callable[[], None]:
    def export() -> None:
        with app.test_request_context(), tempfile.TemporaryDirectory() as folder:
            person = db.session.scalars(select(User).where(User.username == ORDINARY)).one()
            path = Path(folder) / "archive.zip"
            archive.total(person.id)
            if archive.write(person, path, lambda _done: None) < 1_000:
                raise Wrong("the export holds too little")

    return export
