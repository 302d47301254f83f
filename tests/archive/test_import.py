"""An import brings discussions in as they were, once, and tells nobody."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from forum.accounts.models import Role, User
from forum.archive.importing import Broken, Progress, import_file
from forum.core import chain
from forum.core.audit import AuditEntry
from forum.core.database import db, now
from forum.experts import actions as experts
from forum.experts.models import Credential
from forum.notifications.models import Notification
from forum.subthemes import queries as subthemes
from forum.subthemes.models import SubTheme
from forum.threads import actions, states
from forum.threads.models import Post, Thread
from tests.archive.discussions import SMALL, START, at, many, person, post, rows, subtheme, thread, write

pytestmark = pytest.mark.usefixtures("app")


def bring(folder: Path, lines: list[Any], **options: Any) -> Any:
    report = import_file(write(folder, lines), **options)
    db.session.rollback()
    db.session.expire_all()
    return report


def found(source_id: str) -> Post:
    row = db.session.scalar(select(Post).where(Post.source_id == source_id))
    assert row
    return row


def found_thread(source_id: str) -> Thread:
    row = db.session.scalar(select(Thread).where(Thread.source_id == source_id))
    assert row
    return row


def someone(source_id: str) -> User:
    row = db.session.scalar(select(User).where(User.source_id == source_id))
    assert row
    return row


def assert_counted() -> None:
    """Compare every counter with what the rows say, as forum/threads/counters.py describes them."""
    for one in db.session.scalars(select(Thread)):
        posts = db.session.scalars(select(Post).where(Post.thread_id == one.id).order_by(Post.position)).all()
        visible = [each for each in posts if each.state == "visible"]
        replies = [each for each in visible if each.position != 1]
        assert one.reply_count == len(replies)
        assert one.expert_answer_count == sum(each.credential_id is not None for each in replies)
        assert one.last_position == posts[-1].position == len(posts)
        assert (one.last_post_at, one.last_author_id) == (visible[-1].published_at, visible[-1].author_id)
    for place in db.session.scalars(select(SubTheme)):
        shown = select(func.count()).where(Thread.subtheme_id == place.id, Thread.state == "visible")
        assert place.thread_count == db.session.scalar(shown.select_from(Thread))
        posts_shown = select(func.count()).select_from(Post).join(Post.thread).where(Post.state == "visible")
        posts_shown = posts_shown.where(Thread.subtheme_id == place.id, Thread.state == "visible")
        assert place.post_count == db.session.scalar(posts_shown)
    for who in db.session.scalars(select(User).where(User.source_id.is_not(None))):
        written = select(func.count()).select_from(Post).where(Post.author_id == who.id, Post.state == "visible")
        assert who.published_count == db.session.scalar(written)


def test_a_discussion_is_there_as_it_was(tmp_path: Path):
    lines = [
        person(name="Zoë", bio="I *read*."),
        person("u2", "yan"),
        subtheme(),
        thread(title="法律问题", pinned=True, locked=True, views=12),
        post(body="Is **that** so?", lang="en", score=-2, edited=at(90)),
        post("p2", author="u2", minute=5, parent="p1", body="是的。"),
    ]
    report = bring(tmp_path, lines)
    assert report.added == {"person": 2, "subtheme": 0, "thread": 1, "post": 2}
    opening, reply, one = found("p1"), found("p2"), found_thread("t1")
    assert (opening.body, opening.html.strip()) == ("Is **that** so?", "<p>Is <strong>that</strong> so?</p>")
    assert (opening.plain, opening.lang, opening.score) == ("Is that so?", "en", -2)
    assert opening.edited_at == START + timedelta(minutes=90)
    assert opening.created_at == opening.published_at == START
    assert (reply.parent_id, reply.lang, reply.position) == (opening.id, "zh", 2)
    assert (one.subtheme.slug, one.title, one.lang, one.views) == ("law-online", "法律问题", "zh", 12)
    assert one.is_pinned
    assert one.is_locked
    assert one.last_author_id == someone("u2").id
    zoe = someone("u1")
    assert (zoe.username, zoe.display_name, zoe.bio_html.strip()) == ("zoe", "Zoë", "<p>I <em>read</em>.</p>")
    assert (zoe.email, zoe.password_hash) == (None, "")
    assert_counted()


def test_importing_again_changes_nothing(tmp_path: Path):
    lines = many(threads=8, replies=9)
    bring(tmp_path, lines, trust_roles=True)
    before = rows()
    assert len(before["posts"]) == 80
    report = bring(tmp_path, lines, trust_roles=True)
    assert set(report.added.values()) == {0}
    assert rows() == before


def test_what_was_changed_here_stays_changed(tmp_path: Path, bob: User):
    bring(tmp_path, SMALL)
    states.hide_post(found("p2"), by=bob, rule="abuse")
    before = rows()
    bring(tmp_path, [{**line, "title": "Another"} if line["kind"] == "thread" else line for line in SMALL])
    assert rows() == before


def test_places_follow_the_time_and_then_the_line(tmp_path: Path):
    posts = [post("late", minute=9), post("b", minute=3), post("c", minute=3), post("first", minute=0)]
    bring(tmp_path, [person(), subtheme(), thread(), *posts])
    assert [found(each).position for each in ("first", "b", "c", "late")] == [1, 2, 3, 4]


def test_a_parent_may_stand_later_in_the_file_and_in_time(tmp_path: Path):
    posts = [post("child", minute=1, parent="parent"), post("parent", minute=2, parent="root"), post("root")]
    bring(tmp_path, [person(), subtheme(), thread(), *posts])
    assert found("child").parent_id == found("parent").id
    assert found("parent").parent_id == found("root").id


def test_a_later_file_goes_on_where_the_first_ended(tmp_path: Path):
    bring(tmp_path, SMALL)
    more = [person("u3", "xin"), post("p3", author="u3", minute=9, parent="p2"), post("p4", minute=2)]
    report = bring(tmp_path, more)
    assert report.added == {"person": 1, "subtheme": 0, "thread": 0, "post": 2}
    assert [found(each).position for each in ("p1", "p2", "p4", "p3")] == [1, 2, 3, 4]
    assert found("p3").parent_id == found("p2").id
    assert_counted()


def test_posts_join_a_thread_that_is_hidden_here_without_being_counted(tmp_path: Path, bob: User):
    bring(tmp_path, SMALL)
    states.hide_post(found("p1"), by=bob, rule="abuse")
    bring(tmp_path, [*SMALL, post("p3", author="u2", minute=9)])
    law = subthemes.by_slug("law-online")
    assert law
    assert (law.thread_count, law.post_count) == (0, 0)
    assert_counted()


def test_counters_are_those_of_the_rows(tmp_path: Path):
    bring(tmp_path, many(threads=30, replies=20))  # more posts than one batch holds
    assert_counted()


def test_nobody_is_told_and_search_owes_every_post(tmp_path: Path, alice: User, work: Any):
    lines = [person(), subtheme(), thread(), post(body="@alice, look"), post("p2", minute=1, parent="p1")]
    bring(tmp_path, lines)
    owed = db.session.execute(select(Post.notified_at, Post.index_version - Post.indexed_version)).all()
    assert all(notified is not None and versions == 1 for notified, versions in owed)
    assert 'href="/people/alice"' in found("p1").html
    work()
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 0
    assert found("p1").indexed_version == found("p1").index_version


def answer(id: str, **facts: Any) -> dict[str, Any]:
    """Return an expert's answer that was chosen as *the* answer."""
    return {**post(id, minute=9, expert=True, chosen=at(20), chosen_by="u1"), **facts}


class TestABrokenFile:
    def test_nothing_of_it_is_kept_and_every_wrong_line_is_named(self, tmp_path: Path):
        before = rows()
        lines = [*SMALL, "{", post("p9", thread="nowhere"), post("p8", author="nobody", minute=3)]
        with pytest.raises(Broken) as caught:
            bring(tmp_path, lines)
        assert [fault.number for fault in caught.value.faults] == [7, 8, 9]
        assert "'thread' names 'nowhere'" in str(caught.value.faults[1])
        assert rows() == before

    def test_keep_going_leaves_the_wrong_lines_out_with_all_that_needs_them(self, tmp_path: Path):
        lines = [
            *SMALL[:3],  # two people, one sub-theme
            thread(),
            thread("t2", author="nobody"),
            post(),
            post("p2", minute=2, stars=1),
            post("p3", minute=3, parent="p2"),
            post("p4", minute=4, parent="p3"),
            post("p5", thread="t2"),
            post("p6", minute=6, parent="p1"),
        ]
        report = bring(tmp_path, lines, keep_going=True)
        assert [fault.number for fault in report.faults] == [5, 7, 8, 9, 10]
        assert report.added == {"person": 2, "subtheme": 0, "thread": 1, "post": 2}
        assert (found("p6").position, found("p6").parent_id) == (2, found("p1").id)
        assert_counted()

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ([person("u9", "late")], "a person stands after a post"),
            ([post()], "the post id 'p1' is there twice"),
            ([post("a", minute=1, parent="a")], "'parent' names 'a'"),
            ([answer("a", chosen_by="nobody")], "'chosen_by' names 'nobody'"),
            ([answer("a")], "'chosen' stands in the thread 't1', which was not 'asked'"),
            ([post("a", minute=1, parent="b"), post("b", minute=2, parent="a")], "'parent' names 'b'"),
            ([post("a", minute=1, parent="nothing")], "'parent' names 'nothing'"),
        ],
    )
    def test_what_lines_say_about_each_other(self, tmp_path: Path, more: list[Any], reason: str):
        with pytest.raises(Broken) as caught:
            bring(tmp_path, [*SMALL, *more])
        assert reason in str(caught.value.faults[0])

    def test_one_answer_at_most_is_chosen(self, tmp_path: Path):
        lines = [person(), subtheme(), thread(asked=at(1)), post(), answer("a"), answer("b")]
        report = bring(tmp_path, lines, keep_going=True)
        assert "'chosen' stands at another post of the thread 't1' already" in str(report.faults[0])
        chosen = found("a").thread.chosen
        assert len(report.faults) == 1 and chosen.post_id == found("a").id and found("a").thread.is_answered

    def test_a_thread_needs_a_post_and_a_parent_its_thread(self, tmp_path: Path):
        with pytest.raises(Broken) as caught:
            bring(
                tmp_path, [person(), subtheme(), thread(), thread("t2"), post(), post("p2", thread="t2", parent="p1")]
            )
        assert [str(fault) for fault in caught.value.faults] == [
            "line 4: the thread 't2' has no post",
            "line 6: 'parent' names 'p1', which is no sound post of the same thread",
        ]

    def test_a_parent_of_an_earlier_import_is_of_the_same_thread_too(self, tmp_path: Path):
        bring(tmp_path, SMALL)
        with pytest.raises(Broken, match="2 wrong lines"):
            bring(tmp_path, [*SMALL[:3], thread("t2"), post("p7", thread="t2", parent="p1")])

    def test_a_subtheme_stands_in_the_file(self, tmp_path: Path):
        with pytest.raises(Broken) as caught:
            bring(tmp_path, [person(), thread(), post()])
        assert "'subtheme' names 's1', which is no sub-theme of this file" in str(caught.value.faults[0])


class TestNames:
    def test_a_taken_name_is_changed_and_reported(self, tmp_path: Path, alice: User):
        lines = [person("u1", "Alice"), person("u2", "a1ice"), person("u3", "Zoe"), person("u4", "zoé")]
        report = bring(tmp_path, [*lines, subtheme(), thread(), post()])
        assert report.renamed == [("Alice", "Alice-2"), ("a1ice", "a1ice-3"), ("zoé", "zoé-2")]
        assert found("p1").author.username == "Alice-2"

    def test_a_long_name_stays_within_its_limit(self, tmp_path: Path):
        names = ["a.very.long.name.of.thirty.let", "A.very.long.name.of.thirty.let"]
        report = bring(tmp_path, [person("u1", names[0]), person("u2", names[1])])
        assert report.renamed == [(names[1], "A.very.long.name.of.thirt-2")]

    def test_nobody_comes_in_under_the_forums_own_name(self, tmp_path: Path):
        assert bring(tmp_path, [person("u1", "admin")]).renamed == [("admin", "admin-2")]

    def test_people_with_posts_here_and_there_are_two(self, tmp_path: Path, thread: Thread):
        bring(tmp_path, [person("u1", "alice"), *SMALL[1:]])
        assert someone("u1").published_count == 1


class TestRoles:
    LINES = [person(role="moderator"), person("u2", "yan", role="admin"), person("u3", "xin", role="expert")]

    def test_a_file_makes_no_staff(self, tmp_path: Path):
        bring(tmp_path, self.LINES)
        assert [someone(each).role for each in ("u1", "u2", "u3")] == ["netizen"] * 3

    def test_unless_it_is_trusted_and_then_not_in_silence(self, tmp_path: Path):
        bring(tmp_path, self.LINES, trust_roles=True)
        assert [someone(each).role for each in ("u1", "u2", "u3")] == [Role.MODERATOR, Role.ADMIN, Role.NETIZEN]
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
        assert [(entry.act, entry.actor_role, entry.facts["role"]) for entry in entries] == [
            ("role.changed", "system", "moderator"),
            ("role.changed", "system", "admin"),
        ]
        assert chain.first_fault() is None


class TestSubthemes:
    def test_one_that_exists_is_joined_and_keeps_its_name(self, tmp_path: Path):
        bring(tmp_path, SMALL)
        law = subthemes.by_slug("law-online")
        assert law
        assert (law.name_en, law.thread_count, law.post_count) == ("Rule of law online", 1, 2)

    def test_a_new_one_comes_at_the_end_and_into_the_log(self, tmp_path: Path):
        report = bring(tmp_path, [person(), subtheme(slug="open-source", name={"zh": "开源"}), thread(), post()])
        assert report.added["subtheme"] == 1
        new = subthemes.by_slug("open-source")
        assert new
        assert (new.name_en, new.name_zh, new.position, new.post_count) == ("开源", "开源", 8, 1)
        assert db.session.scalar(select(AuditEntry.act)) == "subtheme.created"


class TestExperts:
    LINES = [
        person("u1", "zoe"),
        person("u2", "dr_yu", role="expert"),
        subtheme(),
        thread(pinned=True),
        post(),
        post("p2", author="u2", minute=10, expert=True),
        post("p3", author="u2", minute=3000, expert=True),
    ]

    def test_an_answer_wears_a_credential_that_gives_no_right_today(self, tmp_path: Path):
        bring(tmp_path, self.LINES)
        credential = found("p2").credential
        assert credential
        assert found("p3").credential_id == credential.id
        assert (credential.user_id, credential.subtheme.slug) == (someone("u2").id, "law-online")
        assert (credential.status, credential.valid_until) == ("ended", date(2021, 11, 3))
        assert someone("u2").is_expert
        assert found_thread("t1").expert_answer_count == 2
        assert_counted()

    def test_even_when_it_was_written_today(self, tmp_path: Path):
        fresh = now().isoformat()
        bring(tmp_path, [*self.LINES, post("p4", author="u2", expert=True) | {"created": fresh}])
        credential = found("p4").credential
        assert credential
        assert credential.status == "ended"

    def test_a_later_file_keeps_to_the_same_credential(self, tmp_path: Path):
        bring(tmp_path, self.LINES)
        bring(tmp_path, [*self.LINES, post("p4", author="u2", minute=6000, expert=True)])
        assert db.session.scalar(select(func.count()).select_from(Credential)) == 1
        credential = found("p4").credential
        assert credential
        assert credential.valid_until == date(2021, 11, 5)

    def test_one_that_was_granted_here_is_worn_and_not_changed(self, tmp_path: Path, carol: User):
        bring(tmp_path, self.LINES[:3])
        law = subthemes.by_slug("law-online")
        assert law
        granted = experts.grant(someone("u2"), law, "Judge", "A court", None, by=carol)
        bring(tmp_path, self.LINES)
        assert found("p2").credential_id == granted.id
        assert granted.in_force


def test_a_text_that_is_too_costly_is_kept_as_plain_text(tmp_path: Path):
    deep = "> " * 400 + "<b>still here</b>"
    report = bring(tmp_path, [person(), subtheme(), thread(), post(body=deep), post("p2", minute=1)])
    assert report.as_plain_text == [4]
    assert "&lt;b&gt;still here&lt;/b&gt;" in found("p1").html
    assert found("p1").body == deep


def test_tags_are_reported_as_left_out(tmp_path: Path):
    assert bring(tmp_path, [person(), subtheme(), thread(tags=["a"]), post()]).tags_left_out == 1


def test_progress_is_told(tmp_path: Path):
    read: list[int] = []
    written: list[tuple[int, int]] = []
    lines = many(threads=30, replies=20)
    bring(tmp_path, lines, progress=Progress(read.append, lambda done, of: written.append((done, of))))
    assert sum(read) == (tmp_path / "file.jsonl").stat().st_size
    assert written == [(500, 630), (630, 630)]


def test_postgresql_knows_at_once_how_large_its_tables_are(tmp_path: Path):
    bring(tmp_path, many(threads=30, replies=20))
    if db.engine.dialect.name == "postgresql":
        size = text("SELECT reltuples FROM pg_class WHERE relname = 'posts'")
        assert db.session.scalar(size) == 630


def test_people_go_on_writing_while_an_import_runs(tmp_path: Path, alice: User, thread: Thread):
    """A reply between two batches keeps its place, and the import goes on behind it."""
    lines = many(threads=30, replies=20)

    def reply(done: int, _of: int) -> None:
        if done == 500:
            target = db.session.scalar(select(Thread).where(Thread.source_id == "t29"))
            assert target
            actions.post_reply(target, alice, "I am in between.")

    bring(tmp_path, lines, progress=Progress(write=reply))
    mine = db.session.scalar(select(Post).where(Post.body == "I am in between."))
    assert mine
    assert mine.position not in (None, 1, found_thread("t29").last_position)
    places = db.session.scalars(select(Post.position).where(Post.thread_id == mine.thread_id).order_by(Post.id)).all()
    assert sorted(place or 0 for place in places) == list(range(1, 23))
