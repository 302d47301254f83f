"""AZ-8, P-1: what must not be read stands on no page, in no header, for nobody whose business it is not.

Words that occur nowhere else are planted in everything secret; then all that a reader can reach is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from forum.accounts.models import Role, User
from forum.core.database import db, transaction
from forum.subthemes.queries import by_slug
from forum.threads import actions, staff_actions, states
from forum.threads.models import Post, State, Thread
from moderation import flags, queue
from moderation.cases import claim
from moderation.decisions import decide
from tests.people import PASSWORD, make_person
from tests.plugins.application import Client

STATES = ("held", "hidden", "removed", "deleted")
# Whoever it is about may read it, and the people whose work it is; the others may not.
NOT_FOR = {
    "visitor": {*STATES, "former", "person", "flag", "claim", "decision", "device"},
    "mallory": {*STATES, "former", "person", "flag", "claim", "decision", "device"},
    "dr_chen": {*STATES, "former", "person", "flag", "claim", "decision", "device"},
    "alice": {"removed", "deleted", "person", "flag", "claim", "device"},
    "bob": {"person", "device"},
}
ADDRESS = "203.0.113.77"


@dataclass
class Planted:
    """The secret words by kind, and addresses that a guesser would try."""

    words: dict[str, set[str]] = field(default_factory=dict)
    posts: list[tuple[str, int]] = field(default_factory=list)  # what is to become of which post
    guesses: set[str] = field(default_factory=set)

    def word(self, kind: str, place: str) -> str:
        """Return a new word that occurs nowhere else."""
        word = f"kumquat{kind}{place}"
        self.words.setdefault(kind, set()).add(word)
        return word

    def not_for(self, reader: str) -> list[str]:
        """Return what the reader must not find."""
        return [word for kind in NOT_FOR[reader] for word in self.words.get(kind, ())]


@pytest.fixture
def people(app: Flask, dr_chen: User, carol: User) -> dict[str, User]:
    """Those who act: addresses, a flagger, a claiming and a deciding moderator that bear secret names."""
    made = {  # at level 2, as nearly the same is written again and again here
        name: make_person(name, email=f"{name}@kumquat-mail.example", trust_level=2)
        for name in ("alice", "mallory", "ann")
    }
    made["flagger"] = make_person("kumquatflagname", display_name="kumquatflagshown")
    made["claimer"] = make_person("kumquatclaimname", role=Role.MODERATOR)
    made["decider"] = make_person("kumquatdecisionname", role=Role.MODERATOR)
    made["bob"] = make_person("bob", role=Role.MODERATOR)
    return {**made, "dr_chen": dr_chen, "carol": carol}


@pytest.fixture
def planted(people: dict[str, User], work: Callable[[], None]) -> Planted:
    """Everything secret that the forum can hold, indexed and told while it was still public."""
    secret = Planted()
    secret.words["person"] = {"kumquat-mail.example", "argon2", "@example.org", ADDRESS}
    secret.words["flag"] = {"kumquatflagname", "kumquatflagshown"}
    secret.words["claim"] = {"kumquatclaimname"}
    secret.words["decision"] = {"kumquatdecisionname"}
    public = _thread(people["alice"], "A public thread", "Everybody reads this.")
    for state in STATES:
        _plant_reply(secret, people, public, state)
        _plant_thread(secret, people, state)
    _plant_edit(secret, people, public)
    _plant_flag(secret, people, public)
    work()
    _turn(secret, people)
    return secret


def _thread(author: User, title: str, body: str) -> Thread:
    subtheme = by_slug("data-and-algorithms")
    assert subtheme
    return actions.start_thread(subtheme, author, title, body)


def _plant_reply(secret: Planted, people: dict[str, User], thread: Thread, state: str) -> None:
    """A reply by alice that names mallory, was edited, and answers her: its words stand in several places."""
    mallory = actions.post_reply(thread, people["mallory"], f"What do you say, alice? ({state})")
    body = f"Listen, @mallory: {secret.word(state, 'first')}."
    post = actions.post_reply(thread, people["alice"], body, parent=mallory)
    actions.edit_post(post, people["alice"], f"Listen, @mallory: {secret.word(state, 'last')}.")
    secret.posts.append((state, post.id))


def _plant_thread(secret: Planted, people: dict[str, User], state: str) -> None:
    title = f"About {secret.word(state, 'title')}"
    thread = _thread(people["alice"], title, f"For @mallory and @dr_chen: {secret.word(state, 'opening')}.")
    if state != "deleted":  # with a reply it would stay as a placeholder, and its title with it
        reply = actions.post_reply(thread, people["mallory"], "I answer here.")
        secret.guesses.add(f"/posts/{reply.id}")
    if state == "hidden":
        staff_actions.pin(thread, by=people["bob"])
    opening = db.session.query(Post).filter_by(thread_id=thread.id, position=1).one()
    secret.posts.append((state, opening.id))
    secret.guesses |= {f"/threads/{thread.id}", f"/threads/{thread.id}/{thread.slug}?page=1&experts=1"}


def _plant_edit(secret: Planted, people: dict[str, User], thread: Thread) -> None:
    """Former words of a held post: its history is no more public than itself (that of a public one is)."""
    alice = people["alice"]
    with transaction():
        alice.published_count = alice.trust_level = 0
    held = actions.post_reply(thread, alice, f"I wait: {secret.word('held', 'waiting')}.")
    actions.edit_post(held, alice, f"I still wait: {secret.word('held', 'waited')}.")
    title = _thread(alice, f"Waiting {secret.word('held', 'waitingtitle')}", "It waits.")
    with transaction():
        alice.published_count, alice.trust_level = 10, 2
    secret.guesses |= {f"/posts/{held.id}", f"/threads/{title.id}/{title.slug}"}


def _plant_flag(secret: Planted, people: dict[str, User], thread: Thread) -> None:
    post = actions.post_reply(thread, people["alice"], "This is public and flagged.")
    flag = flags.flag_post(post, people["flagger"], "abuse", secret.word("flag", "note"))
    claim(flag.case_id, people["claimer"])


def _turn(secret: Planted, people: dict[str, User]) -> None:
    """Take what was planted out of sight, each by its own way."""
    for state, post_id in secret.posts:
        post = db.session.get(Post, post_id)
        assert post
        if state == "deleted":
            actions.delete_post(post, people["alice"])
        elif state == "held":
            with transaction():  # as nobody can: it was published, indexed and told before
                states.settle(post.thread, post, State.HELD, by=None, reason="links")
        else:
            case = flags.flag_post(post, people["flagger"], "abuse", secret.word("flag", f"note{post_id}")).case_id
            reason = secret.word("decision", f"reason{post_id}")
            decision = decide(case, people["decider"], {"hidden": "hide", "removed": "remove"}[state], reason, "abuse")
            secret.guesses.add(f"/moderation/decisions/{decision.id}")
        secret.guesses |= {f"/posts/{post_id}{part}" for part in ("", "/quote", "/revisions", "/edit", "/flags")}


# -- reading all that can be reached -----------------------------------------------------------------------------------

LINK = re.compile(r'(?:href|action|src|data-quote-url)="([^"]*)"')


def crawl(client: Client, starts: set[str]) -> dict[str, Any]:
    """Return the answer of every address that can be reached by links from `starts`."""
    answers: dict[str, Any] = {}
    waiting = sorted(starts)
    while waiting:
        address = waiting.pop()
        path = address.partition("#")[0].replace("&amp;", "&")
        if not path.startswith("/") or path.startswith(("/static", "//")) or path in answers or len(answers) > 600:
            continue
        answer = client.get(path)
        answers[path] = answer
        waiting += [*LINK.findall(answer.text), answer.headers.get("Location", "")]
    return answers


def _decisions(planted: Planted) -> set[str]:
    return {path for path in planted.guesses if path.startswith("/moderation/decisions/")}


def _starts(planted: Planted) -> set[str]:
    queries = {f"/search?q={word}" for words in planted.words.values() for word in words if word.isalnum()}
    return {"/", "/search?q=public&author=alice&sort=newest", "/moderation/log", *queries, *planted.guesses}


def _reader(app: Flask, as_: Any, people: dict[str, User], name: str) -> Client:
    client = app.test_client() if name == "visitor" else as_(people[name])
    assert isinstance(client, Client)
    return client


@pytest.mark.parametrize(  # pages are the same on both; what a search finds may differ
    ("app", "reader"),
    [*(("sqlite", name) for name in NOT_FOR), ("postgres", "visitor")],
    indirect=["app"],
)
def test_nothing_secret_is_read(app: Flask, as_: Any, people: dict[str, User], planted: Planted, reader: str) -> None:
    _collect_devices(app, people, planted)
    client, found = _reader(app, as_, people, reader), []
    answers = crawl(client, _starts(planted))
    assert len(answers) > 60
    for path, answer in answers.items():
        text = answer.text + "\n".join(f"{name}: {value}" for name, value in answer.headers)
        if path == "/settings/email":  # one's own address stands there, and nobody else's
            text = text.replace(people[reader].email or "", "")
        found += [(path, answer.status, word) for word in planted.not_for(reader) if word in text]
        if path.startswith("/search?q=kumquat"):
            assert 'class="results"' not in answer.text, path
    # The search form says what was asked; the author reads what a decision was about.
    found = [hit for hit in found if hit[2] not in hit[0]]
    if reader == "alice":
        places = {*_decisions(planted), "/settings/decisions"}
        own = {f"{where} {word}" for where in places for word in planted.words["removed"]}
        found = [hit for hit in found if f"{hit[0]} {hit[2]}" not in own]
    assert found == []


def _collect_devices(app: Flask, people: dict[str, User], planted: Planted) -> None:
    """carol signs in from an address and with a browser that nobody else must learn of."""
    client = app.test_client()
    assert isinstance(client, Client)
    client.post(
        "/login",
        data={"csrf_token": client.csrf_token(), "username": people["carol"].username, "password": PASSWORD},
        headers={"User-Agent": planted.word("device", "browser")},
        environ_overrides={"REMOTE_ADDR": ADDRESS},
    )


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_is_typed_into_a_preview_shows_nothing_of_others(
    as_: Any, people: dict[str, User], planted: Planted
) -> None:
    mallory = as_(people["mallory"])
    ids = sorted(int(path.split("/")[2]) for path in planted.guesses if re.fullmatch(r"/posts/\d+", path))
    body = "\n\n".join(f"#{post_id} and > **@alice** · #{post_id}" for post_id in ids)
    for query in ({"subtheme": "data-and-algorithms"}, {"thread": 1}, *({"post": post_id} for post_id in ids)):
        answer = mallory.post("/preview", query_string=query, data={"csrf_token": mallory.csrf_token(), "body": body})
        assert [word for word in planted.not_for("mallory") if word in answer.text] == [], query
    fragment = mallory.post(
        "/preview",
        data={"csrf_token": mallory.csrf_token(), "body": body},
        headers={"X-Requested-With": "fetch"},
    )
    assert fragment.status_code == 200
    assert [word for word in planted.not_for("mallory") if word in fragment.text] == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_quoting_by_link_shows_nothing(as_: Any, people: dict[str, User], planted: Planted) -> None:
    mallory = as_(people["mallory"])
    for path in planted.guesses:
        if number := re.fullmatch(r"/posts/(\d+)", path):
            text = mallory.get(f"/threads/1/a-public-thread?quote={number[1]}").text
            assert [word for word in planted.not_for("mallory") if word in text] == [], path


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_words_are_really_there(app: Flask, as_: Any, people: dict[str, User], planted: Planted) -> None:
    """Else nothing could be found: moderators read what was taken away, alice what is hers, carol her devices."""
    _collect_devices(app, people, planted)
    desk = crawl(as_(people["bob"]), {"/moderation/cases", *planted.guesses})
    text = "".join(answer.text for answer in desk.values())
    unseen = {
        word for kind in (*STATES, "flag", "claim", "decision") for word in planted.words[kind] if word not in text
    }
    assert unseen == set()
    own = "".join(answer.text for answer in crawl(as_(people["alice"]), {"/", *planted.guesses}).values())
    assert all(word in own for word in planted.words["hidden"])
    assert queue.open_count(queue.Filter()) > 0
