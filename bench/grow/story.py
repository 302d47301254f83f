"""Eight years of a forum, post by post in the order of their time, as rows of all tables that grow with it.

What the forum derives is derived here by the same rules (forum/threads/counters.py, states.settle, notifications
`tell_of_post`, moderation/scoring.py): tests/bench/test_grow.py lets the forum recount all of it.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.grow import shape
from bench.grow.cast import BUSY, ORDINARY, READER, Cast
from bench.grow.flagging import CASES, Flagging, Write
from bench.grow.opened import LONGEST, PINNED_ANSWERS, PINNED_POSTS, PLANTED_POSTS, REPLIED, Open
from bench.grow.words import RARE_POSTS, Text, coded, titled, titles
from forum.core.text import guess_language, skeleton

ORDINARY_POSTS, ORDINARY_NOTICES = 40, 30
NOTICES_FROM = 0.8  # of the time: notices are of its last fifth
UNREAD_FROM = 0.995
READER_READ = 2_000  # threads that the reader has opened, the latest
CIRCLE = 300  # people who write in planted threads, so that their pages are alike in every forum
QUESTIONS = 100  # one thread in so many is put to the experts, and answered by one in its second post


class Story:
    """One forum of `posts` posts that ends then."""

    def __init__(self, posts: int, cast: Cast, stock: list[Text], ends: datetime) -> None:
        self.posts, self.cast = posts, cast
        self.writes: dict[str, Write] = {}
        self.people = max(CIRCLE, posts // shape.POSTS_A_PERSON)
        self.counts: Counter[int] = Counter()  # visible posts by person
        self.places: Counter[tuple[int, str]] = Counter()  # visible threads and posts by sub-theme
        self.threads = 0
        self._chance, self._stock = random.Random(posts), stock
        self._titles = titles()
        self._began, self._step = shape.began_of(ends), (ends - shape.began_of(ends)).total_seconds() / (posts + 1)
        self._naive = self._began.astimezone(UTC).replace(tzinfo=None)
        self._first_id = cast.last_id  # of those who come with the rows: one more than this and their rank
        self._slugs = dict(cast.subthemes)
        self._names = {user_id: name for name, user_id in cast.people.items()}
        self._names |= {holder: f"expert-{place}" for place, (holder, _) in enumerate(cast.experts.values(), 1)}
        self._every = max(1, posts // CASES)
        self._rare = [posts * (2 * n + 1) // (4 * RARE_POSTS) for n in range(2 * RARE_POSTS)]
        self._codes = random.Random(posts + 1)
        self._planted = [self._plant(number) for number in range(1, 4 + len(cast.subthemes))]
        self._latest: deque[int] = deque(maxlen=READER_READ)  # threads, in the order in which they ended
        self._left_ordinary = min(ORDINARY_POSTS, posts // 20)

    def tell(self, writes: dict[str, Write]) -> Iterator[int]:
        """Write every row by its table's function (see tables.TABLES); yield how many posts are written by then."""
        chance, self.writes = self._chance, writes
        self._flagging = Flagging(self._began.astimezone(UTC), writes)
        usual = [self._new() for _ in range(min(shape.OPEN_AT_ONCE, max(2, self.posts // 40)))]
        left = {thread.id: thread.posts for thread in self._planted}
        for number in range(1, self.posts + 1):
            thread = self._planted_turn(left, self.posts - number + 1)
            if thread is None:
                place = int(chance.random() * len(usual))
                thread = usual[place]
                if thread.position >= thread.posts:
                    self._close(thread)
                    thread = usual[place] = self._new()
            self._post(number, thread)
            if number % 20_000 == 0:
                yield number
        for thread in [*self._planted, *usual]:
            if thread.position:
                self._close(thread)
        self._reader()
        self._write_people()
        if self.posts % 20_000:
            yield self.posts

    def _plant(self, number: int) -> Open:
        pinned = number > REPLIED
        if number == LONGEST:
            posts = min(shape.LONG_THREAD, self.posts // 2)
        else:
            posts = min(PINNED_POSTS if pinned else PLANTED_POSTS[number], self.posts // 20)
        thread = self._new(posts)
        thread.is_pinned = pinned
        if pinned:
            thread.subtheme = self.cast.subthemes[number - 4][0]
        return thread

    def _planted_turn(self, left: dict[int, int], remaining: int) -> Open | None:
        """Return the planted thread whose turn it is: spread over all the time, and each of them whole in the end."""
        drawn = self._chance.random() * remaining
        for thread in self._planted:
            drawn -= left[thread.id]
            if drawn < 0:
                left[thread.id] -= 1
                return thread
        return None

    def _new(self, posts: int = 0) -> Open:
        self.threads += 1
        subtheme = self.cast.subthemes[self.threads % len(self.cast.subthemes)][0]
        posts = posts or shape.thread_posts(self._chance, max(1, self.posts // 20))
        return Open(self.threads, subtheme, posts, is_question=self.threads > 10 and self.threads % QUESTIONS == 0)

    def moment(self, number: float) -> str:
        """Return when the post of this number was written, as both databases take it (UTC)."""
        return self._time(number).isoformat(" ") + ".000000"

    def _time(self, number: float) -> datetime:
        return self._naive + timedelta(seconds=int(number * self._step))

    def _post(self, number: int, thread: Open) -> None:
        chance, at = self._chance, self.moment(number)
        author, credential = self._author(thread, number)
        text = self._text(number, thread)
        is_opening, is_planted = thread.position == 0, thread.is_planted
        if is_opening:
            thread.title = f"{self._titles[number % len(self._titles)]} {thread.id}"
            thread.lang = guess_language(thread.title) or text.lang
            thread.author, thread.created, thread.opening = author, at, number
        parent, parent_author = (None, 0) if is_opening else self._parent(thread)
        thread.position += 1
        is_deleted = not (is_opening or is_planted or credential) and chance.random() < shape.DELETED_SHARE
        state, version = ("deleted", 3) if is_deleted else ("visible", 2)
        self.writes["posts"]((
            number, thread.id, author, thread.position, parent, credential, text.body, text.html, text.plain,
            text.version, text.lang, state, "", at, author if is_deleted else None, at, at, 1, 0, version, version, at,
        ))  # fmt: skip
        if is_deleted:
            return
        thread.last_at, thread.last_author = at, author
        thread.recent.append((number, author))
        self.counts[author] += 1
        self.places[thread.subtheme, "posts"] += 1
        thread.replies += not is_opening
        thread.answers += credential is not None
        self._search(number, thread, text, author, at, is_opening=is_opening, is_expert=credential is not None)
        self._tell(number, thread, author, parent_author, at)
        if number % self._every == 0 and self._flagging.cases < CASES:
            self._flag(number, thread, text, author)

    def _author(self, thread: Open, number: int) -> tuple[int, int | None]:
        place = thread.position + 1
        answers = thread.is_pinned and 1 < place <= 1 + PINNED_ANSWERS
        if answers or (thread.is_question and place == 2):
            return self.cast.experts[thread.subtheme]
        if thread.is_planted:
            chosen = shape.rank(self._chance, CIRCLE)
        elif self._chance.random() * (self.posts - number + 1) < self._left_ordinary:
            self._left_ordinary -= 1
            return self.cast.people[ORDINARY], None
        else:
            chosen = shape.rank(self._chance, self.people)
        return self._id(chosen), None

    def _id(self, rank: int) -> int:
        return self.cast.people[BUSY] if rank == 1 else self._first_id + rank

    def _text(self, number: int, thread: Open) -> Text:
        if thread.is_planted:  # the pages that are measured show the same texts in every forum
            from_middle = thread.position - thread.posts // 2 if thread.id == LONGEST else thread.position
            return self._stock[(thread.id * 997 + from_middle) % (len(self._stock) - 2)]
        if self._rare and number >= self._rare[0]:
            self._rare.pop(0)
            return self._stock[-1 - len(self._rare) % 2]
        text = self._stock[int(self._codes.random() * (len(self._stock) - 2))]
        if self._codes.random() >= shape.CODED_SHARE:
            return text
        return coded(text, *(shape.rank(self._codes, self.posts) for _ in range(2)))

    def _parent(self, thread: Open) -> tuple[int | None, int]:
        drawn = self._chance.random()
        if drawn < shape.TO_OPENING:
            return thread.opening, thread.author
        if drawn < shape.TO_OPENING + shape.TO_RECENT and thread.recent:
            return thread.recent[int(self._chance.random() * len(thread.recent))]
        return None, 0

    def _search(
        self, number: int, thread: Open, text: Text, author: int, at: str, *, is_opening: bool, is_expert: bool
    ) -> None:
        if (write := self.writes.get("search_documents")) is None:
            return
        tokens, length = text.vector, text.length
        if is_opening:
            tokens, length = titled(text, thread.title)
        place, created = self._slugs[thread.subtheme], int(self._began.timestamp()) + int(number * self._step)
        write((number, tokens, length, place, self.name(author), text.lang, is_expert, created))

    def name(self, user_id: int) -> str:
        """Return somebody's user name."""
        return self._names.get(user_id) or f"reader-{user_id}"

    def _tell(self, number: int, thread: Open, author: int, parent_author: int, at: str) -> None:
        """Who is concerned is told, and the author follows the thread and has read it."""
        if author not in thread.voices:
            thread.voices.add(author)
            self.writes["watches"]((author, thread.id, False, at))
            if self._chance.random() < 1 / 3 or author == self.cast.people[ORDINARY]:
                self.writes["thread_reads"]((author, thread.id, thread.position, at))
        if number < self.posts * NOTICES_FROM:
            return
        told = {thread.author, parent_author} - {author, 0, self.cast.people[ORDINARY]}
        read_at = None if number > self.posts * UNREAD_FROM else at
        for user_id in sorted(told):
            self.writes["notifications"]((user_id, "reply", f"post:{number}", author, number, "{}", at, read_at))

    def _flag(self, number: int, thread: Open, text: Text, author: int) -> None:
        flaggers = {self._id(shape.rank(self._chance, self.people)) for _ in range(1 + number % 3)} - {author}
        flaggers = flaggers or {self._first_id + 2 + (author == self._first_id + 2)}
        frozen = text.lang, thread.title, self.name(author), text.body, text.html
        self._flagging.open((number, author, thread.subtheme), frozen, flaggers, self._time(number))

    def _close(self, thread: Open) -> None:
        """Write a thread's row, when nobody writes in it any more."""
        self.places[thread.subtheme, "threads"] += 1
        self._latest.append(thread.id)
        pinned = thread.created if thread.is_pinned else None
        asked = thread.created if thread.is_question else None
        pinned_by = next(iter(self.cast.people.values())) if pinned else None
        self.writes["threads"]((
            thread.id, thread.subtheme, thread.author, thread.title, thread.lang, "visible", thread.created,
            thread.last_at, thread.last_author, thread.position, thread.replies, thread.answers, thread.replies * 7,
            pinned, pinned_by, asked, thread.author if asked else None,
        ))  # fmt: skip

    def _reader(self) -> None:
        """The reader has opened the latest threads; the one of ordinary interest was told of some things."""
        now, reader, ordinary = self.moment(self.posts), self.cast.people[READER], self.cast.people[ORDINARY]
        for thread in self._latest:
            self.writes["thread_reads"]((reader, thread, 1, now))
        other = self.cast.people[BUSY]
        told = [(ordinary, ORDINARY_NOTICES, now), (reader, ORDINARY_NOTICES, None)]
        for user_id, notices, read_at in told:
            for post in range(1, notices + 1):
                self.writes["notifications"]((user_id, "watch", f"post:{post}", other, post, "{}", now, read_at))

    def _write_people(self) -> None:
        for rank in range(2, self.people + 1):
            user_id = self._id(rank)
            name, joined = self.name(user_id), self.moment(0)
            self.writes["users"]((
                user_id, name, skeleton(name), "", "netizen", False, "", "", "", 0, "", "", joined,
                self.counts[user_id], 1,
            ))  # fmt: skip
