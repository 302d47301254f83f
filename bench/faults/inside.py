"""A forum inside this process, and what people do in it, so that any step of it can be made to fail."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

import wsgi
from bench.faults.pictures import picture
from bench.faults.stage import Stage
from forum.accounts import sessions
from forum.accounts.models import Role, User
from forum.avatars.actions import ORPHANED_AFTER, remove_orphans
from forum.avatars.store import avatars
from forum.core import chain, jobs
from forum.core.database import Clock, db
from forum.core.errors import Refused
from forum.core.extensions import limiter
from forum.notifications.models import Notification
from forum.search.comparison import differences
from forum.subthemes import queries
from forum.threads import actions
from forum.threads.models import Post, Thread
from forum.threads.recount import recount
from moderation import decisions, flags
from moderation.models import Case, Decision
from tests.people import make_person
from tests.plugins.application import Client


@dataclass
class Inside:
    """The forum, with somebody who writes, somebody who is told of it, and a moderator."""

    app: Flask
    thread: int
    opening: int
    browser: Client
    edition: int = 1
    revision: int = 1
    pictures: dict[int, bytes] = field(default_factory=dict)

    def reply(self, number: int) -> int:
        """Post a reply that mentions somebody; the same number is the same form again."""
        body = f"@ann, this is reply {number}."
        return self._send(f"/threads/{self.thread}/posts", body=body, form_token=f"reply-{number}")

    def begin(self, number: int) -> int:
        """Begin a thread."""
        words = {"title": f"Thread {number}", "body": f"Opening {number}.", "form_token": f"thread-{number}"}
        return self._send("/subthemes/law-online/threads/new", **words)

    def edit(self, number: int) -> int:
        """Change the opening post of the first thread; sent again after it was taken, it is a conflict (409)."""
        fields = {"title": "What survives?", "body": f"Edition {number}.", "reason": "on"}
        return self._send(f"/posts/{self.opening}/edit", **fields, revision=str(self.revision))

    def show(self, number: int) -> int:
        """Upload a picture."""
        data = self.pictures.setdefault(1, picture())
        mark, token = "border", self.browser.csrf_token()
        head = f'--{mark}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        head += f'--{mark}\r\nContent-Disposition: form-data; name="picture"; filename="{number}.png"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{mark}--\r\n".encode()
        answer = self.browser.post("/settings/avatar", data=body, content_type=f"multipart/form-data; boundary={mark}")
        return int(answer.status_code)

    def decide(self, number: int) -> int:
        """Let the moderator hide a flagged post of this number; done already, it is a conflict (409)."""
        body = f"Insult {number}."
        case = db.session.scalars(select(Case).join(Post, Post.id == Case.post_id).where(Post.body == body)).first()
        bob = db.session.scalars(select(User).where(User.username == "bob")).one()
        assert case is not None
        try:
            decisions.decide(case.id, bob, "hide", "An insult.", rule="abuse")
        except Refused as refused:
            return refused.status
        return 303

    def flagged(self, number: int) -> None:
        """Write the post that `decide` of this number is about, and flag it."""
        thread = db.session.get_one(Thread, self.thread)
        users = {user.username: user for user in db.session.scalars(select(User))}
        post = actions.post_reply(thread, users["ann"], f"Insult {number}.")
        flags.flag_post(post, users["alice"], "abuse", "She means me.")

    def work(self) -> None:
        """Let the worker do what is owed."""
        contextvars.Context().run(self._sweep)
        db.session.rollback()

    def _sweep(self) -> None:
        with self.app.app_context():
            jobs.sweep()

    def _send(self, path: str, **fields: str) -> int:
        return int(self.browser.send(path, **fields).status_code)


@contextmanager
def inside(stage: Stage, kind: str) -> Iterator[Inside]:
    """Set up a forum of this kind of database in this process, with its people and a thread."""
    settings = {
        "TESTING": True,
        "FORUM_INSTANCE": str(stage.new_folder(kind)),
        "SECRET_KEY": "k" * 40,
        "JOBS": "memory",
    }
    url = stage.new_database(kind)
    app = wsgi.create_app({**settings, **({"DATABASE_URL": url} if url else {})})
    app.test_client_class = Client
    done = app.test_cli_runner().invoke(args=["setup"])
    if done.exit_code:
        raise RuntimeError(done.output)
    with app.app_context():
        limiter.enabled = False
        try:
            yield entered(app)
        finally:
            db.session.remove()
            db.engine.dispose()
            app.extensions["page_cache"].versions.close()


def entered(app: Flask) -> Inside:
    """Bring people and a thread into an empty forum."""
    alice = make_person("alice", trust_level=3, published_count=0)
    make_person("ann", trust_level=3, published_count=0)
    make_person("bob", role=Role.MODERATOR, published_count=0)
    subtheme = queries.by_slug("law-online")
    assert subtheme
    thread = actions.start_thread(subtheme, alice, "What survives?", "Edition 1.")
    browser = app.test_client()
    assert isinstance(browser, Client)
    browser.set_cookie("signin", sessions.start(alice, "faults"))
    opening = db.session.scalars(select(Post.id).where(Post.thread_id == thread.id)).one()
    house = Inside(app, thread.id, opening, browser)
    house.work()
    return house


def wrong(house: Inside) -> list[str]:
    """Return what is wrong once the worker has done its work: counters, chain, index, texts, notices, files."""
    house.work()
    db.session.expire_all()
    found = [str(fault) for fault in recount(fix=False)]
    found += [f"the chain: {fault}"] if (fault := chain.first_fault()) else []
    compared = differences()
    found += [f"the index: {compared}"] if compared or compared.owed else []
    for model, column, what in ((Post, Post.body, "posts"), (Decision, Decision.case_id, "decisions")):
        twice = select(column).group_by(column).having(func.count() > 1)
        found += [f"{what} twice: {value}" for value in db.session.scalars(twice.select_from(model))]
    keys = select(Notification.user_id, Notification.key).group_by(Notification.user_id, Notification.key)
    found += [f"told twice: {row}" for row in db.session.execute(keys.having(func.count() > 1))]
    shown = {name for name in db.session.scalars(select(User.avatar)) if name}
    kept = {each.name.partition("-")[0] for each in avatars().entries()}
    return found + ([f"a picture without its files: {shown - kept}"] if shown - kept else [])


def drafts() -> list[str]:
    """Return the names of files that nobody finished writing."""
    return [each.name for each in avatars().entries() if each.name.startswith("draft")]


def drafts_after_the_sweep() -> list[str]:
    """Return those that are still there when an hour has passed and the sweep has come: a death may leave some."""
    Clock.offset += ORPHANED_AFTER + timedelta(minutes=1)
    try:
        remove_orphans()
        return drafts()
    finally:
        Clock.offset -= ORPHANED_AFTER + timedelta(minutes=1)
