"""`python bench/corpora.py OUT.jsonl`: the public discussions of CORPORA as one file in the interchange format.

CORPORA (default ../shared/data) is a folder of collections that are no part of the project; each has a SOURCE.md with
its origin and licence. About 44,000 posts in two languages. The same input gives the same file.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, this folder would be searched instead

from bench.markdown import escaped, from_html, line_starts  # noqa: E402
from bench.people import Names, display_name, draw  # noqa: E402
from forum.core.text import TITLE_LIMIT  # noqa: E402
from forum.subthemes.seven import SEVEN  # noqa: E402

CORPORA = Path(os.environ.get("CORPORA", ROOT.parent / "shared" / "data"))
SITE = "https://history.meta.stackexchange.com"
# Where the source has no times: from the end of the conference on, in the order of the file.
FIRST_DAY = datetime(2021, 11, 20, tzinfo=UTC)
READERS = 400  # invented people of each collection that names nobody
DOCTORS = 3  # of each department


@dataclass
class Author:
    """Somebody in a source: their id there, the name they go by, what to call them when it can't be a user name."""

    id: str
    name: str
    otherwise: str
    role: str = ""
    created: datetime | None = None


@dataclass
class Entry:
    """One post of a discussion; ids are unique in the collection. `typed` is the source's text where that is plain."""

    id: str
    author: Author
    body: str
    created: datetime
    parent: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    typed: str = ""


@dataclass
class Discussion:
    """One thread; `theme` decides on the sub-theme."""

    id: str
    title: str
    posts: list[Entry]
    theme: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Corpus:
    """A collection: its folder, its file, the start of its ids here, its language, and how its lines are read."""

    folder: str
    file: str
    prefix: str
    lang: str
    read: Callable[[Corpus, list[dict[str, Any]]], Iterator[Discussion]]

    def discussions(self) -> Iterator[Discussion]:
        """Return the threads of the collection, in the order of its file."""
        return self.read(self, lines_of(CORPORA / self.folder / self.file))


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _irc(_corpus: Corpus, threads: list[dict[str, Any]]) -> Iterator[Discussion]:
    for thread in threads:
        posts = [
            Entry(
                id=f"{thread['thread_id']}/{post['id']}",
                author=Author(post["author"], post["author"], "irc-reader"),
                body=escaped(post["body"]),
                created=_utc(post["created"]),
                parent=_of(thread, post["parent"]),
                typed=post["body"],
            )
            for post in thread["posts"]
        ]
        yield Discussion(thread["thread_id"], thread["title"], posts, thread["thread_id"])


def _stackexchange(corpus: Corpus, threads: list[dict[str, Any]]) -> Iterator[Discussion]:
    users = {
        user["id"]: user for user in lines_of(CORPORA / corpus.folder / corpus.file.replace(".jsonl", ".users.jsonl"))
    }
    for thread in threads:
        posts = []
        for post in thread["posts"]:
            user = users.get(post.get("author_id"))
            author = Author(str(user["id"]) if user else post["author"], post["author"], "se-reader")
            author.created = _utc(user["created"]) if user else None
            facts = {"score": post["score"], "edited": _z(_utc(post["edited"])) if post.get("edited") else None}
            # Comments are written in a small Markdown of their own, which reads the same here.
            body = from_html(post["body_html"], SITE) if "body_html" in post else line_starts(post["body_text"])
            posts.append(Entry(post["id"], author, body, _utc(post["created"]), post["parent"], facts))
        facts = {"views": thread["views"], "tags": thread["tags"], "locked": bool(thread["closed"])}
        yield Discussion(thread["thread_id"], thread["title"], posts, thread["thread_id"], facts)


def _dialogue(corpus: Corpus, threads: list[dict[str, Any]]) -> Iterator[Discussion]:
    """Two people without names take turns; a stable draw gives them two of the collection's readers."""
    for number, thread in enumerate(threads):
        first = draw(thread["thread_id"], READERS)
        second = (first + 1 + draw(f"{thread['thread_id']}/B", READERS - 1)) % READERS
        reader = {"A": first, "B": second}
        moment = FIRST_DAY + timedelta(hours=7 * number, minutes=draw(f"{thread['thread_id']}/t", 300))
        posts = []
        for post in thread["posts"]:
            key = f"{thread['thread_id']}/{post['id']}"
            author, parent = _reader(corpus, reader[post["author"]]), _of(thread, post["parent"])
            posts.append(Entry(key, author, escaped(post["body"]), moment, parent, typed=post["body"]))
            moment += timedelta(seconds=40 + draw(key, 1500))
        yield Discussion(thread["thread_id"], thread["title"], posts, thread["thread_id"])


def _medical(corpus: Corpus, threads: list[dict[str, Any]]) -> Iterator[Discussion]:
    """A question by a reader and an answer by one of the department's doctors."""
    for number, thread in enumerate(threads):
        key, theme = thread["thread_id"], thread["theme"]
        asked = FIRST_DAY + timedelta(hours=4 * number, minutes=draw(f"{key}/t", 200))
        answered = asked + timedelta(minutes=10 + draw(f"{key}/a", 2000))
        which = draw(key, DOCTORS) + 1
        doctor = Author(f"{theme}/{which}", f"{theme}医生{which}", "zh-doctor", role="expert")
        asker = _reader(corpus, draw(f"{key}/q", READERS))
        asks, says = thread["question"], thread["expert_answer"]
        question = Entry(f"{key}/q", asker, escaped(asks), asked, typed=asks)
        answer = Entry(f"{key}/a", doctor, escaped(says), answered, question.id, {"expert": True}, typed=says)
        yield Discussion(key, thread["title"], [question, answer], theme)


def _reader(corpus: Corpus, number: int) -> Author:
    return Author(f"reader-{number + 1}", f"{corpus.lang}-{corpus.prefix}-{number + 1}", "reader")


CORPUS = (
    Corpus("en-threads-irc", "ubuntu-threads.jsonl", "irc", "en", _irc),
    Corpus("en-threads-stackexchange", "history-meta.jsonl", "se", "en", _stackexchange),
    Corpus("zh-dialog-lccc", "lccc-toy.jsonl", "chat", "zh", _dialogue),
    Corpus("zh-qa-medical", "internal-medicine-2000.jsonl", "clinic", "zh", _medical),
    Corpus("zh-threads-kdconv", "kdconv-dev.jsonl", "film", "zh", _dialogue),
)


def convert(out: Path, most: int | None = None) -> dict[str, dict[str, int]]:
    """Write the interchange file and return {collection: {people, threads, posts}}.

    `most` bounds the posts of each collection (whole threads, the first ones): a sample for tests.
    """
    found = {corpus: list(_first(corpus.discussions(), most)) for corpus in CORPUS}
    counts: dict[str, dict[str, int]] = {}
    with out.open("w", encoding="utf-8", newline="\n") as file:

        def write(kind: str, **fields: Any) -> None:
            told = {key: value for key, value in fields.items() if value not in (None, "", False)}
            file.write(json.dumps({"kind": kind, **told}, ensure_ascii=False) + "\n")

        names = Names()
        for corpus, discussions in found.items():
            people = _people(discussions)
            for author in people.values():
                username = names.username(author.name, author.otherwise)
                name = display_name(author.name)
                write(
                    "person", id=f"{corpus.prefix}:{author.id}", username=username, role=author.role,
                    name=name if name != username else "", created=_z(author.created or FIRST_DAY),
                )  # fmt: skip
            counts[corpus.folder] = {
                "people": len(people),
                "threads": len(discussions),
                "posts": sum(len(each.posts) for each in discussions),
            }
        for one in SEVEN:
            write("subtheme", id=one.slug, slug=one.slug, name={"en": one.name_en, "zh": one.name_zh})
        for corpus, discussions in found.items():
            for each in discussions:
                write("thread", **_thread(corpus, each))
        for corpus, discussions in found.items():
            for each in discussions:
                for post in each.posts:
                    write("post", **_post(corpus, each, post))
    return counts


def _first(discussions: Iterator[Discussion], most: int | None) -> Iterator[Discussion]:
    posts = 0
    for each in discussions:
        posts += len(each.posts)
        if most is not None and posts > most:
            return
        yield each


def _people(discussions: list[Discussion]) -> dict[str, Author]:
    """Return everybody by their id; an account is an hour older than its first post at least."""
    people: dict[str, Author] = {}
    for post in (post for each in discussions for post in each.posts):
        author = people.setdefault(post.author.id, post.author)
        joined = post.created - timedelta(hours=1)
        author.created = min(author.created or joined, joined)
    return people


def _thread(corpus: Corpus, each: Discussion) -> dict[str, Any]:
    return {
        "id": f"{corpus.prefix}:{each.id}",
        "subtheme": SEVEN[draw(each.theme, len(SEVEN))].slug,
        "author": f"{corpus.prefix}:{each.posts[0].author.id}",
        "title": each.title[:TITLE_LIMIT],
        "created": _z(each.posts[0].created),
        "lang": corpus.lang,
        **each.facts,
    }


def _post(corpus: Corpus, each: Discussion, post: Entry) -> dict[str, Any]:
    return {
        "id": f"{corpus.prefix}:{post.id}",
        "thread": f"{corpus.prefix}:{each.id}",
        "author": f"{corpus.prefix}:{post.author.id}",
        "parent": f"{corpus.prefix}:{post.parent}" if post.parent else None,
        "body": post.body,
        "created": _z(post.created),
        "lang": corpus.lang,
        **post.facts,
    }


def _of(thread: dict[str, Any], post_id: Any) -> str | None:
    return None if post_id is None else f"{thread['thread_id']}/{post_id}"


def _utc(time: str) -> datetime:
    return datetime.fromisoformat(time).replace(tzinfo=UTC)


def _z(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def main() -> int:
    """Convert, and print how much of each collection there is."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    missing = [corpus.folder for corpus in CORPUS if not (CORPORA / corpus.folder / corpus.file).exists()]
    if missing:
        print(f"CORPORA={CORPORA} lacks {', '.join(missing)}", file=sys.stderr)
        return 1
    counts = convert(Path(sys.argv[1]))
    counts["all"] = {kind: sum(each[kind] for each in counts.values()) for kind in ("people", "threads", "posts")}
    for name, each in counts.items():
        print(f"{name:26}", *(f"{count:>7,} {kind}" for kind, count in each.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
