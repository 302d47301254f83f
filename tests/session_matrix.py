"""Who may do what in each of the five states of a session, by every door: tests/test_authorization.py asks each cell.

A cell has a letter for each state, in their order: announced, collecting, answering, closed, archived. `y` it is done,
`.` it is refused with a sentence (or the way to sign in), and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from forum.accounts.models import User
from forum.asking.models import AskSession, Question, QuestionSupport, Status
from forum.core.database import db, now, transaction
from forum.experts import actions as experts
from forum.experts.queries import in_force_of
from forum.subthemes.queries import by_slug
from forum.threads.models import Post
from tests.authorization import PLAN, _times
from tests.stage import HERE, Stage

PHASES = {"announced": "announced", "collecting": "collecting", "answering": "answering", "closed": "closed",
          "archived": "in_archive"}  # fmt: skip
# `host` moderates the whole forum and planned the session; the unnamed expert is one of this sub-theme
PEOPLE = {"visitor": None, "netizen": "mallory", "asker": "alice", "named": "dr_chen", "unnamed": "dr_wu",
          "host": "bob", "elsewhere": "theo", "admin": "carol"}  # fmt: skip
TABLE = """
what              visitor netizen asker named unnamed host  elsewhere admin
# a text alone: a question while they are collected, a host's summary once the session is closed
text              .....   .y...   .y... .y... .y...   .y.y. .y...     .y.y.
text+thread       .....   .y...   .y... .y... .y...   .y.y. .y...     .y.y.
support           .....   .yy..   .yy.. .yy.. .yy..   .yy.. .yy..     .yy..
withdraw          .....   .yy..   ..... .yy.. .yy..   .yy.. .yy..     .yy..
answer            .....   .....   ..... ..y.. .....   ..... .....     .....
answer+thread     .....   .....   ..... ..y.. .....   ..... .....     .....
# under an answer, from the moment when there is one; nobody replies to a question without being named
comment           .....   yyyy.   yyyy. yyyy. yyyy.   yyyy. yyyy.     yyyy.
comment+thread    .....   yyyy.   yyyy. yyyy. yyyy.   yyyy. yyyy.     yyyy.
reply             .....   .....   ..... ..... .....   ..... .....     .....
# one's own words: a question while nothing hangs on it, an answer until the archive
edit+question     .....   .....   .y... ..... .....   ..... .....     .....
edit+answer       .....   .....   ..... yyyy. .....   ..... .....     .....
edit+opening      .....   .....   ..... ..... .....   yyyy. .....     .....
merge             .....   .....   ..... ..... .....   .yy.. .....     .yy..
unmerge           .....   .....   ..... ..... .....   .yy.. .....     .yy..
route             .....   .....   ..... ..... .....   .yy.. .....     .yy..
decline           .....   .....   ..... ..... .....   .yy.. .....     .yy..
reopen            .....   .....   ..... ..... .....   .yy.. .....     .yy..
advance           .....   .....   ..... ..... .....   yyyy. .....     yyyy.
change            .....   .....   ..... ..... .....   yyyy. .....     yyyy.
"""


@dataclass(frozen=True)
class Cell:
    """One act of one person in one state."""

    what: str
    person: str
    phase: str
    is_done: bool


def cells() -> list[Cell]:
    """Return every cell of the table."""
    head, *rows = [line.split() for line in TABLE.strip().splitlines() if not line.startswith("#")]
    assert head[1:] == list(PEOPLE) and all(len(row) == len(head) for row in rows)
    return [cell for what, *letters in rows for cell in _of_row(what, letters)]


def _of_row(what: str, row: list[str]) -> Iterator[Cell]:
    for person, letters in zip(PEOPLE, row, strict=True):
        assert len(letters) == len(PHASES) and set(letters) <= {"y", "."}
        for phase, letter in zip(PHASES, letters, strict=True):
            yield Cell(what, person, phase, letter == "y")


@dataclass
class Things:
    """Of each session: the post ids of what is acted on, also where its state could not have brought it about."""

    ids: dict[str, dict[str, int]] = field(default_factory=dict)
    badges: dict[str, int] = field(default_factory=dict)


def prepare(stage: Stage) -> Things:
    """Put into each session of the stage a question that waits, one merged into it, one declined, and an answer."""
    wu, alice, ann, chen = (stage.people[name] for name in ("dr_wu", "alice", "ann", "dr_chen"))
    things = Things()
    here = by_slug(HERE)
    assert here
    experts.grant(_person(wu), here, "Reader", "Hill University", None, by=_person(stage.people["carol"]))
    for name, user_id in (("dr_wu", wu), ("dr_chen", chen)):
        worn = next(one for one in in_force_of(_person(user_id)) if one.subtheme.slug == HERE)
        things.badges[name] = worn.id
    with transaction():
        for phase, word in PHASES.items():
            session_id, thread_id = stage.sessions[word], stage.threads[f"led_{word}"]
            names = ("open", "merged", "declined", "other")
            new = {name: _post(thread_id, ann, number) for number, name in enumerate(names)}
            new["open"].author_id = alice
            for name, post in new.items():
                status = {"merged": Status.MERGED, "declined": Status.DECLINED}.get(name, Status.OPEN)
                into = new["open"].id if name == "merged" else None
                db.session.add(Question(post_id=post.id, session_id=session_id, status=status, merged_into_id=into))
                db.session.flush()
                db.session.add(QuestionSupport(question_id=post.id, user_id=post.author_id))
            answer = _post(thread_id, chen, 9, parent_id=new["other"].id, credential_id=things.badges["dr_chen"])
            opening = db.session.scalars(select(Post.id).where(Post.thread_id == thread_id, Post.position == 1)).one()
            things.ids[phase] = {name: one.id for name, one in new.items()} | {"answer": answer.id, "opening": opening}
    return things


def _person(user_id: int) -> Any:
    return db.session.get_one(User, user_id)


def _post(thread_id: int, author_id: int, number: int, **facts: Any) -> Post:
    words = f"Words number {number} of thread {thread_id}."
    post = Post(
        thread_id=thread_id, author_id=author_id, position=500 + number, body=words, plain=words,
        html=f"<p>{words}</p>", render_version=1, state="visible", published_at=now(), notified_at=now(), **facts,
    )  # fmt: skip
    db.session.add(post)
    db.session.flush()
    return post


def request_of(cell: Cell, stage: Stage, things: Things) -> tuple[str, dict[str, Any]]:
    """Return the address and the fields of the form with which it is tried."""
    word, ids = PHASES[cell.phase], things.ids[cell.phase]
    act, _, more = cell.what.partition("+")
    session_id, thread_id = stage.sessions[word], stage.threads[f"led_{word}"]
    door = f"/threads/{thread_id}/posts" if more == "thread" else f"/sessions/{session_id}/posts"
    words = f"New words of {cell.person} while it is {cell.phase}."
    body = {"body": words, "form_token": "t", "parent": "", "seen": "1"}
    name = PEOPLE[cell.person] or ""
    badge = {"credential": things.badges.get(name, things.badges["dr_chen"])}
    triage, plan = f"/questions/{ids['open']}/triage", {**PLAN, **_times(), "title": f"A {word} session"}
    if act == "edit":
        post_id = ids[{"question": "open", "answer": "answer", "opening": "opening"}[more]]
        edited = {"body": "Other words.", "title": "Another title", "revision": 1, "note": "It was wrong."}
        return f"/posts/{post_id}/edit", edited
    forms: dict[str, tuple[str, dict[str, Any]]] = {
        "text": (door, body),
        "support": (f"/questions/{ids['open']}/support", {}),
        "withdraw": (f"/questions/{ids['open']}/support", {"withdraw": 1}),
        "answer": (door, {**body, "parent": ids["open"], **badge}),
        "comment": (door, {**body, "parent": ids["answer"]}),
        "reply": (door, {**body, "parent": ids["open"]}),
        "merge": (triage, {"act": "merge", "question": ids["other"]}),
        "unmerge": (f"/questions/{ids['merged']}/triage", {"act": "unmerge"}),
        "route": (triage, {"act": "route", "expert": stage.people["dr_chen"]}),
        "decline": (f"/questions/{ids['other']}/triage", {"act": "decline", "reason": "It is about another theme."}),
        "reopen": (f"/questions/{ids['declined']}/triage", {"act": "reopen"}),
        "advance": (f"/sessions/{session_id}/advance", {"state": cell.phase}),
        "change": (f"/sessions/{session_id}/change", {**plan, "experts": stage.people["dr_chen"], "capacity": 10,
                   "seen": _version(session_id)}),
    }  # fmt: skip
    return forms[act]


def _version(session_id: int) -> int:
    return db.session.get_one(AskSession, session_id).version
