"""An export holds everything public and nothing else, and an empty forum that imports it is the same."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from forum.accounts.models import User
from forum.answers import actions as questions
from forum.archive.exporting import export
from forum.archive.importing import import_file
from forum.core.database import db, transaction
from forum.subthemes import queries as subthemes
from forum.threads import actions, staff_actions, states
from forum.threads.models import Post, Thread
from tests.archive.discussions import content, many, rows, write
from tests.people import make_person
from tests.plugins.application import _empty


def exported() -> list[dict[str, Any]]:
    out = io.StringIO()
    counts = export(out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert sum(counts.values()) == len(lines)
    return lines


def of(kind: str) -> list[dict[str, Any]]:
    return [line for line in exported() if line["kind"] == kind]


def moved(folder: Path, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Import the lines into an empty forum and return its own export."""
    _empty()
    import_file(write(folder, lines), trust_roles=True)
    return exported()


@pytest.fixture
def answered(pinned: Thread, dr_chen: User, ann: User) -> Post:
    """dr_chen's answer in the pinned thread, to ann's post."""
    from forum.experts import queries

    credential = queries.usable(dr_chen, pinned.subtheme_id)[0]
    parent = db.session.query(Post).filter_by(thread_id=pinned.id, position=2).one()
    return actions.post_reply(pinned, dr_chen, "An answer with *weight*.", credential=credential, parent=parent)


def test_an_empty_forum_that_imports_it_is_the_same(answered: Post, bob: User, alice: User, tmp_path: Path):
    thread = answered.thread
    actions.edit_post(db.session.query(Post).filter_by(position=1).one(), alice, "Changed since.")
    staff_actions.lock(thread, by=bob)
    first = exported()
    assert moved(tmp_path, first) == first
    answer = db.session.query(Post).filter_by(body="An answer with *weight*.").one()
    assert answer.parent_id == db.session.query(Post).filter_by(position=2).one().id
    assert answer.credential is not None
    assert answer.credential.status == "ended"
    assert answer.thread.is_locked
    assert answer.thread.is_pinned


def test_marks_sources_corrections_and_the_choice_travel(
    answered: Post, dr_chen: User, alice: User, bob: User, tmp_path: Path, clock: Any
):
    rows = [("The rule itself", "https://law.example.org/rule"), ("数据报告", "https://data.example.org/")]
    clock.move(minutes=11)
    actions.edit_post(answered, dr_chen, answered.body, listed=rows, note="The sources were missing.")
    questions.ask(answered.thread, alice)
    questions.choose(answered, bob)
    first = exported()
    (line,) = [line for line in first if line.get("expert")]
    assert [each["title"] for each in line["sources"]] == ["The rule itself", "数据报告"]
    assert line["correction"] == "The sources were missing." and line["corrected"] and line["chosen"]
    assert moved(tmp_path, first) == first
    post = db.session.query(Post).filter_by(body="An answer with *weight*.").one()
    assert post.thread.is_answered and post.thread.chosen.post_id == post.id
    assert db.session.get_one(User, post.thread.chosen.chosen_by_id).username == "bob"
    assert post.correction_told_at == post.corrected_at, "nobody is told of it again"
    out = io.StringIO()
    export(out, plain=True)
    plain = [json.loads(one) for one in out.getvalue().splitlines()]
    ours = {"asked", "sources", "correction", "corrected", "chosen", "chosen_by"}
    assert plain == [{key: value for key, value in one.items() if key not in ours} for one in first]


def test_an_import_comes_out_with_the_ids_it_came_with(app: Flask, tmp_path: Path):
    lines = many(threads=6, replies=7)
    import_file(write(tmp_path, lines))
    first = exported()
    assert {line["id"] for line in first if line["kind"] == "post"} == {
        line["id"] for line in lines if line["kind"] == "post"
    }
    before = content()
    assert moved(tmp_path, first) == first
    assert content() == before


def test_ones_own_export_changes_nothing(answered: Post, tmp_path: Path):
    """A row written here is known again by the forum's own name for it."""
    lines = exported()
    before = rows()
    report = import_file(write(tmp_path, lines))
    assert set(report.added.values()) == {0}
    assert rows() == before


def test_another_forums_post_of_the_same_number_is_another_post(thread: Thread, tmp_path: Path):
    theirs, number = exported(), thread.id
    _empty()
    law = subthemes.by_slug("law-online")
    assert law
    assert actions.start_thread(law, make_person("zoe"), "Ours", "Written here.").id == number
    import_file(write(tmp_path, theirs))
    bodies = {post["body"] for post in of("post")}
    assert bodies == {"Written here."} | {line["body"] for line in theirs if line["kind"] == "post"}


class TestNotPublic:
    @pytest.mark.parametrize(
        "act",
        [
            lambda post, author, bob: states.hide_post(post, by=bob, rule="abuse"),
            lambda post, author, bob: states.remove_post(post, by=bob, rule="abuse"),
            lambda post, author, bob: actions.delete_post(post, author),
        ],
        ids=["hidden", "removed", "deleted"],
    )
    def test_a_reply_out_of_sight_stays_in(self, thread: Thread, ann: User, bob: User, act: Callable[..., Any]):
        secret = actions.post_reply(thread, ann, "Not for everybody.")
        child = actions.post_reply(thread, ann, "A reply to it.", parent=secret)
        act(secret, ann, bob)
        posts = of("post")
        assert "Not for everybody." not in {post["body"] for post in posts}
        (told,) = [post for post in posts if post["body"] == "A reply to it."]
        assert "parent" not in told
        assert child.parent_id == secret.id

    @pytest.mark.parametrize("act", [states.hide_post, states.remove_post], ids=["hidden", "removed"])
    def test_with_the_opening_goes_the_thread(self, thread: Thread, bob: User, act: Callable[..., Any]):
        act(db.session.query(Post).filter_by(position=1).one(), by=bob, rule="abuse")
        assert of("thread") == of("post") == []

    def test_a_deleted_opening_leaves_the_replies(self, thread: Thread, alice: User, tmp_path: Path):
        actions.delete_post(db.session.query(Post).filter_by(position=1).one(), alice)
        lines = exported()
        assert [line["kind"] for line in lines][-3:] == ["thread", "post", "post"]
        assert moved(tmp_path, lines) == lines

    def test_a_thread_without_a_visible_post_stays_in(self, thread: Thread, alice: User, bob: User):
        for post in db.session.query(Post).order_by(Post.position.desc()):
            if post.position == 1:
                actions.delete_post(post, alice)
            else:
                states.hide_post(post, by=bob, rule="abuse")
        with transaction() as session:  # as if the replies had been hidden after the opening was deleted
            session.execute(update(Thread).values(state="visible"))
        assert of("thread") == of("post") == []

    def test_what_is_held_stays_in_until_it_is_published(self, thread: Thread, newbie: User, ann: User, bob: User):
        held = actions.post_reply(thread, newbie, "My first words.")
        later = actions.post_reply(thread, ann, "After it.")
        assert held.state == "held"
        assert "My first words." not in {post["body"] for post in of("post")}
        states.publish_held(held, by=bob)
        assert [post["body"] for post in of("post")][-2:] == [later.body, "My first words."]

    def test_no_address_password_or_private_setting_leaves(self, answered: Post, alice: User):
        told = json.dumps(exported())
        assert alice.email
        assert "example.org" not in told
        assert alice.password_hash not in told
        assert {key for person in of("person") for key in person} <= {
            "kind", "id", "username", "name", "created", "role", "bio",
        }  # fmt: skip


def test_roles_are_told(answered: Post):
    roles = {person["username"]: person.get("role") for person in of("person")}
    assert roles == {"alice": None, "ann": None, "bob": "moderator", "carol": "admin", "dr_chen": "expert"}


def test_the_number_of_statements_does_not_grow(app: Flask, tmp_path: Path, statements: Callable[[], Any]):
    import_file(write(tmp_path, many(threads=12, replies=7)))
    with statements() as seen:
        exported()
    assert len(seen) <= 12
