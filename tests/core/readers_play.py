"""Random changes by several people, for tests that read pages in between."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from forum.accounts import silences, ties
from forum.accounts.models import User
from forum.answers import actions as questions
from forum.core.database import db, now, transaction
from forum.core.errors import Refused
from forum.experts.queries import usable
from forum.notifications.actions import tell
from forum.notifications.models import Notification
from forum.subthemes.models import SubTheme
from forum.threads import actions, staff_actions, states
from forum.threads.models import Post, State, Thread
from forum.trust.flushing import flush


class Play:
    """One thread, and people of whom `act` lets one do something."""

    def __init__(self, dice: random.Random, thread: Thread, people: list[User], bob: User, carol: User) -> None:
        """`bob` moderates and `carol` administers; nothing is done to them."""
        self.dice = dice
        self._thread_id = thread.id
        self._ids = [user.id for user in people]
        self._bob, self._carol = bob, carol
        self._number = 0
        self.done: dict[str, int] = {}  # how often each was done
        self._acts: list[Callable[[], object]] = [
            self.reply, self.reply, self.answer, self.edit, self.delete, self.hide, self.restore, self.hold, self.tie,
            self.tie, self.rename, self.speak, self.lock, self.pin, self.slow, self.silence, self.moderate,
            self.question, self.choose, self.tell, self.read_notices, self.note_reading, self.begin, self.leave,
        ]  # fmt: skip

    def act(self) -> str:
        """Change something, and return what; a refusal changes nothing."""
        act = self.dice.choice(self._acts)
        name = act.__name__
        try:
            act()
            self.done[name] = self.done.get(name, 0) + 1
        except Refused:
            db.session.rollback()
        return name

    def _thread(self) -> Thread:
        return db.session.get_one(Thread, self._thread_id)

    def _somebody(self) -> User:
        return db.session.get_one(User, self.dice.choice(self._ids))

    def _post(self, *in_states: State) -> Post:
        posts = db.session.scalars(select(Post).where(Post.thread_id == self._thread_id).order_by(Post.id)).all()
        found = [post for post in posts[1:] if post.state in in_states]
        if not found:
            raise Refused("there is none")
        return self.dice.choice(found)

    def _words(self) -> str:
        self._number += 1
        return f"The {self._number}. thing that is said here."

    def reply(self) -> None:
        actions.post_reply(self._thread(), self._somebody(), self._words())

    def answer(self) -> None:
        expert = db.session.scalars(select(User).where(User.is_expert)).first()
        assert expert
        actions.post_reply(self._thread(), expert, self._words(), usable(expert, self._thread().subtheme_id)[0])

    def edit(self) -> None:
        post = self._post(State.VISIBLE, State.HELD)
        actions.edit_post(post, post.author, self._words())

    def delete(self) -> None:
        post = self._post(State.VISIBLE)
        actions.delete_post(post, post.author)

    def hide(self) -> None:
        hide = self.dice.choice((states.hide_post, states.remove_post))
        hide(self._post(State.VISIBLE), self._bob, "civility")

    def restore(self) -> None:
        post = self._post(State.HIDDEN, State.REMOVED, State.HELD)
        (states.publish_held if post.state == State.HELD else states.restore_post)(post, self._bob)

    def hold(self) -> None:
        author = self._somebody()
        with transaction():
            author.published_count, author.trust_level = 0, 0
        actions.post_reply(self._thread(), author, self._words())
        with transaction():
            author.published_count = 10

    def tie(self) -> None:
        kind = self.dice.choice(("mute", "block", "none", "none"))
        ties.keep(self._somebody(), kind, by=self._somebody())

    def rename(self) -> None:
        with transaction():
            self._somebody().display_name = self.dice.choice(("", f"{self._words()} <i>&"))[:40]

    def speak(self) -> None:
        with transaction():
            user = self._somebody()
            user.language, user.timezone = self.dice.choice((("", ""), ("zh_Hans", "Asia/Shanghai"), ("en", "")))

    def lock(self) -> None:
        self.dice.choice((staff_actions.lock, staff_actions.unlock, staff_actions.unlock))(self._thread(), self._bob)

    def pin(self) -> None:
        self.dice.choice((staff_actions.pin, staff_actions.unpin))(self._thread(), self._bob)

    def slow(self) -> None:
        staff_actions.slow(self._thread(), self.dice.choice((0, 0, 15)), self._bob)

    def silence(self) -> None:
        user = self._somebody()
        if user.is_silenced:
            silences.shorten(user, None, self._carol)
        else:
            silences.silence(user, now() + timedelta(days=1), self._carol)

    def moderate(self) -> None:
        with transaction() as session:
            user, thread = self._somebody(), session.get_one(Thread, self._thread_id)
            user.moderates = () if user.moderates else (thread.subtheme_id,)

    def question(self) -> None:
        self.dice.choice((questions.ask, questions.ask, questions.withdraw))(self._thread(), self._bob)

    def choose(self) -> None:
        post = self._post(State.VISIBLE)
        questions.choose(post, self._thread().author)

    def tell(self) -> None:
        post = self._post(State.VISIBLE)
        tell(self._somebody().id, "reply", f"play-{self._words()}", post.author_id, post.id)

    def read_notices(self) -> None:
        with transaction() as session:
            for notice in session.scalars(select(Notification).where(Notification.read_at.is_(None)).limit(3)):
                notice.read_at = now()

    def note_reading(self) -> None:
        flush(current_app.extensions["reading"], all_of_it=True)

    def begin(self) -> None:
        subtheme = db.session.get_one(SubTheme, self._thread().subtheme_id)
        actions.start_thread(subtheme, self._somebody(), self._words(), "About it.")

    def leave(self) -> None:
        with transaction():
            user = self._somebody()
            user.leaving_at = None if user.leaving_at else now() + timedelta(days=3)
