"""Two accounts of one person become one: everything moves or is thought of, counters stay right, names lead on."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.accounts import records, ties
from forum.accounts.models import NameChange, Tie, User
from forum.admin import belongings, merging, moving
from forum.admin.fates import Fate
from forum.answers.models import ExpertInvitation
from forum.core import audit
from forum.core.database import db, now, transaction
from forum.core.errors import Forbidden, Refused
from forum.credentials import actions as applications
from forum.credentials.models import Application
from forum.entry.models import Identity
from forum.experts import actions as experts
from forum.experts.actions import Claim
from forum.experts.models import Credential
from forum.mail.actions import owe
from forum.mail.composing import message_of
from forum.mail.models import Mail
from forum.messages import actions as messages
from forum.messages.models import Member, Message
from forum.notifications.models import Watch
from forum.subthemes import queries as subthemes
from forum.subthemes.models import SubTheme
from forum.threads import actions
from forum.threads.models import Post, Thread
from forum.threads.recount import recount
from forum.trust.models import ReadingDay, ThreadRead
from moderation import flags
from moderation.models import Case, Flag
from moderation.reports import actions as reports
from moderation.reports.models import MessageReport


@pytest.fixture
def twin(person: Any) -> User:
    """Alice's second account."""
    return person("twin", published_count=10)


def test_every_column_that_names_a_person_is_thought_of(app: Flask) -> None:
    assert set(moving.columns()) - set(belongings.KINDS) == set()


def test_what_both_may_have_once_is_known(app: Flask) -> None:
    """A unique key that holds the person needs its other columns in `unless`, or two rows collide."""
    for name, column in moving.columns().items():
        kind = belongings.KINDS[name]
        if kind.fate != Fate.MOVES:
            continue
        keys = [set(one.columns.keys()) for one in column.table.constraints if getattr(one, "columns", None)
                and type(one).__name__ in ("PrimaryKeyConstraint", "UniqueConstraint")]  # fmt: skip
        keys += [set(index.columns.keys()) for index in column.table.indexes if index.unique]
        for key in keys:
            if column.name in key:
                assert key - {column.name} == set(kind.unless), name


def test_what_ends_a_row_is_a_column(app: Flask) -> None:
    for name, column in moving.columns().items():
        kind = belongings.KINDS[name]
        assert {*kind.unless, *(kind.also or {})} <= set(column.table.columns.keys()), name


def test_all_that_somebody_wrote_moves_and_counters_are_right(
    alice: User, twin: User, ann: User, carol: User, subtheme: SubTheme, work: Any
) -> None:
    opened = actions.start_thread(subtheme, twin, "A thread of the twin", "With a text.")
    answered = actions.start_thread(subtheme, ann, "A thread of ann", "With a text, @twin.")
    reply = actions.post_reply(answered, twin, "From the twin.")
    actions.edit_post(reply, twin, "From the twin, better.")
    assert list(recount(fix=True))
    work()
    merging.merge(twin, alice, by=carol)
    assert list(recount()) == []
    post, thread = db.session.get(Post, reply.id), db.session.get(Thread, opened.id)
    last = db.session.get(Thread, answered.id)
    assert post and thread and last
    assert (post.author_id, thread.author_id, last.last_author_id) == (alice.id, alice.id, alice.id)
    assert post.index_version > post.indexed_version
    work()
    for name, kind in belongings.KINDS.items():
        if kind.fate != Fate.STAYS:
            column = moving.columns()[name]
            assert not db.session.scalar(select(func.count()).where(column == twin.id)), name


def test_the_other_account_is_closed_and_its_name_leads_on(
    as_: Any, client: Any, alice: User, twin: User, carol: User
) -> None:
    browser = as_(twin)
    merging.merge(twin, alice, by=carol)
    assert browser.get("/settings/profile").status_code == 303
    led = client.get("/people/twin")
    assert led.status_code == 301 and led.location.endswith("/people/alice")
    db.session.refresh(twin)
    assert twin.is_closed and twin.email_key is None
    entries = db.session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.seq)).all()
    assert [(entry.act, entry.target, entry.facts) for entry in entries] == [
        ("person.merged", f"person:{alice.id}", {}),
        ("account.merged", f"person:{twin.id}", {}),
    ], "no number of a person stands in facts, which are published"


def test_what_both_have_is_had_once(alice: User, twin: User, ann: User, carol: User, thread: Thread) -> None:
    ties.keep(ann, "mute", by=alice)
    ties.keep(ann, "block", by=twin)
    ties.keep(twin, "mute", by=ann)
    with transaction() as session:
        session.query(Watch).delete()
        session.add_all([Watch(user_id=user.id, thread_id=thread.id) for user in (alice, twin)])
    merging.merge(twin, alice, by=carol)
    found = {(tie.user_id, tie.other_id): tie.kind for tie in db.session.scalars(select(Tie))}
    assert found == {(alice.id, ann.id): "mute", (ann.id, alice.id): "mute"}
    assert db.session.scalars(select(Watch.user_id)).all() == [alice.id]


def test_a_suspension_stays(alice: User, sam: User, carol: User) -> None:
    until = sam.suspended_until
    merging.merge(sam, alice, by=carol)
    db.session.refresh(alice)
    assert alice.suspended_until == until


def test_a_large_one_is_finished_by_the_worker(
    monkeypatch: pytest.MonkeyPatch, alice: User, twin: User, carol: User, thread: Thread, work: Any
) -> None:
    for number in range(7):
        actions.post_reply(thread, twin, f"Reply {number}.")
    assert list(recount(fix=True))
    monkeypatch.setattr(moving, "STEP", 3)
    merging.merge(twin, alice, by=carol)
    left = select(func.count()).where(Post.author_id == twin.id)
    assert db.session.scalar(left) == 4
    assert {fault.counter for fault in recount()} <= {"last_author_id"}  # of threads whose last post moves later
    work()
    assert db.session.scalar(left) == 0
    assert list(recount()) == []
    db.session.refresh(twin)
    assert twin.merging_into_id is None


def test_a_second_time_changes_nothing(as_: Any, alice: User, twin: User, carol: User) -> None:
    admin = as_(carol)
    for _ in range(2):
        answer = admin.send("/admin/people/twin/merge", into="alice", name="twin")
        assert answer.status_code == 303 and answer.location.endswith("/admin/people/alice")
    assert db.session.scalar(select(func.count()).select_from(NameChange)) == 1
    assert db.session.scalar(select(func.count()).select_from(audit.AuditEntry)) == 2


def test_the_page_says_what_would_move_and_wants_the_name(
    as_: Any, alice: User, twin: User, carol: User, thread: Thread
) -> None:
    actions.post_reply(thread, twin, "One.")
    admin = as_(carol)
    assert "<dt>posts</dt><dd>1</dd>" in admin.get("/admin/people/twin/merge?into=alice").text
    assert admin.get("/admin/people/twin/merge?into=nobody").status_code == 422
    for typed in ("", "alice", "TWIN"):
        assert admin.send("/admin/people/twin/merge", into="alice", name=typed).status_code == 422
    db.session.refresh(twin)
    assert not twin.is_closed


@pytest.mark.parametrize("who", ["alice", "bob", "dr_chen"])
def test_nobody_else_merges(request: pytest.FixtureRequest, alice: User, twin: User, who: str) -> None:
    with pytest.raises(Forbidden):
        merging.merge(twin, alice, by=request.getfixturevalue(who))
    db.session.refresh(twin)
    assert not twin.is_closed


def test_staff_oneself_and_the_same_are_refused(alice: User, bob: User, carol: User, person: Any) -> None:
    ada = person("ada", role="admin")
    for gone, kept in (
        (bob, alice),
        (ada, alice),
        (alice, bob),
        (alice, ada),
        (carol, alice),
        (alice, carol),
        (alice, alice),
    ):
        with pytest.raises(Refused):
            merging.merge(gone, kept, by=carol)
        db.session.refresh(gone)
        assert not gone.is_closed


def test_two_credentials_for_one_subtheme_are_refused(alice: User, twin: User, carol: User, subtheme: SubTheme) -> None:
    for user in (alice, twin):
        experts.grant(user, subtheme, "Judge", "Northern Court", None, by=carol)
    with pytest.raises(Refused, match="credential"):
        merging.merge(twin, alice, by=carol)


def test_of_applications_one_waits_and_those_decided_stay(
    alice: User, twin: User, bob: User, carol: User, subtheme: SubTheme
) -> None:
    wanted = applications.Wanted("Judge", "Court", Claim("government", "", "en"), "I sit there.")
    applications.decline(applications.apply(subtheme, wanted, twin).id, "evidence", "No.", by=bob)
    applications.apply(subtheme, wanted, twin)
    applications.apply(subtheme, wanted, alice)
    merging.merge(twin, alice, by=carol)
    rows = db.session.scalars(select(Application.state).where(Application.user_id == alice.id))
    assert sorted(rows) == ["declined", "open"]


def test_what_was_between_the_two_is_nobodys_act_and_no_invitation(
    alice: User, twin: User, carol: User, subtheme: SubTheme, thread: Thread
) -> None:
    elsewhere = subthemes.by_slug("law-online")
    assert elsewhere
    for gone, kept, place in ((twin, alice, subtheme), (alice, twin, elsewhere)):
        with transaction():  # each moderated once, and granted and declined the other's
            gone.moderates = (place.id,)
        wanted = applications.Wanted("Judge", "Court", Claim("government", "", "en"), "I sit there.")
        applications.decline(applications.apply(place, wanted, kept).id, "evidence", "No.", by=gone)
        experts.grant(kept, place, "Judge", "Northern Court", None, by=gone)
        with transaction():
            gone.moderates = ()
    with transaction() as session:
        session.add(ExpertInvitation(thread_id=thread.id, inviter_id=alice.id, expert_id=twin.id))
    merging.merge(twin, alice, by=carol)
    rows = db.session.execute(select(Credential.user_id, Credential.granted_by_id)).all()
    assert sorted(map(tuple, rows), key=str) == [(alice.id, None)] * 2
    assert set(db.session.scalars(select(Application.decided_by_id))) == {None}
    assert db.session.scalars(select(ExpertInvitation)).all() == []


def test_an_open_case_between_them_is_refused(alice: User, twin: User, carol: User, thread: Thread) -> None:
    post = actions.post_reply(thread, alice, "Flag me.")
    flags.flag_post(post, twin, "abuse", "")
    for gone, kept in ((twin, alice), (alice, twin)):
        with pytest.raises(Refused, match="flagged"):
            merging.merge(gone, kept, by=carol)
    db.session.rollback()
    assert db.session.scalar(select(Post.author_id).where(Post.id == post.id)) == alice.id


def test_a_case_that_both_flagged_counts_one_flag(
    alice: User, twin: User, ann: User, mallory: User, carol: User, thread: Thread
) -> None:
    posts = [actions.post_reply(thread, ann, f"Flag me, {number}.") for number in range(2)]
    for post in posts:
        flags.flag_post(post, alice, "abuse", "")
    alone = dict(db.session.execute(select(Case.post_id, Case.score)).all())
    for flagger in (twin, mallory):
        flags.flag_post(posts[0], flagger, "abuse", "")
    flags.flag_post(posts[1], twin, "abuse", "")
    merging.merge(twin, alice, by=carol)
    db.session.expire_all()
    for case in db.session.scalars(select(Case)):
        assert case.flag_count == db.session.scalar(select(func.count()).where(Flag.case_id == case.id))
    counts = dict(db.session.execute(select(Case.post_id, Case.flag_count)).all())
    assert counts == {posts[0].id: 2, posts[1].id: 1}
    now = dict(db.session.execute(select(Case.post_id, Case.score)).all())
    assert now[posts[1].id] == pytest.approx(alone[posts[1].id])
    assert now[posts[0].id] > alone[posts[0].id], "of the others' flags nothing is lost"


@pytest.fixture
def talk(alice: User, twin: User, ann: User) -> tuple[int, list[int]]:
    """A conversation of three in which ann was rude to both, twice: its number and those of her messages."""
    with transaction():
        ann.trust_level = 1
    talk = messages.start(ann, [alice, twin], "To both", "You are fools.").conversation_id
    messages.reply(talk, ann, "And cowards.")
    messages.reply(talk, twin, "Are we?")
    hers = select(Message.id).where(Message.author_id == ann.id).order_by(Message.id)
    return talk, list(db.session.scalars(hers))


def test_messages_that_both_flagged_are_flagged_once(
    alice: User, twin: User, carol: User, talk: tuple[int, list[int]]
) -> None:
    number, hers = talk
    kept = reports.report_messages(number, hers, alice, "abuse").id
    reports.report_messages(number, hers[:1], twin, "abuse")
    merging.merge(twin, alice, by=carol)
    assert db.session.execute(select(MessageReport.id, MessageReport.reporter_id)).all() == [(kept, alice.id)]


def test_reports_that_have_a_message_in_common_become_one(
    alice: User, twin: User, carol: User, bob: User, talk: tuple[int, list[int]]
) -> None:
    number, hers = talk
    kept = reports.report_messages(number, hers[:1], alice, "abuse", "The first.").id
    reports.report_messages(number, hers, twin, "spam", "The second.")
    merging.merge(twin, alice, by=carol)
    report = db.session.scalars(select(MessageReport)).one()
    assert (report.id, report.reporter_id, report.broken_rule) == (kept, alice.id, "abuse")
    assert [copy["id"] for copy in report.copies] == hers
    assert report.note == "The first.\n\nThe second."
    reports.decide(kept, bob, "dismiss", "")


def test_what_has_nothing_in_common_and_what_is_decided_stays_apart(
    alice: User, twin: User, carol: User, bob: User, talk: tuple[int, list[int]]
) -> None:
    number, hers = talk
    decided = reports.report_messages(number, hers, alice, "abuse").id
    reports.decide(decided, bob, "dismiss", "")
    for message in hers:
        reports.report_messages(number, [message], twin, "abuse")
    merging.merge(twin, alice, by=carol)
    found = db.session.scalars(select(MessageReport).order_by(MessageReport.id)).all()
    assert [[copy["id"] for copy in report.copies] for report in found] == [hers, hers[:1], hers[1:]]


def test_a_conversation_that_one_of_them_left_goes_on(
    alice: User, twin: User, ann: User, carol: User, talk: tuple[int, list[int]]
) -> None:
    number, _ = talk
    for reader in (twin, ann):
        messages.reply(number, reader, "Still here.")
    messages.leave(number, alice)
    merging.merge(twin, alice, by=carol)
    member = db.session.get(Member, (number, alice.id), populate_existing=True)
    assert member and member.left_at is None
    assert db.session.get(Member, (number, twin.id)) is None
    messages.leave(number, alice)
    assert db.session.scalar(select(Member.left_at).where(Member.user_id == alice.id)) is not None


def test_what_both_read_is_read_once_and_the_higher_level_stays(
    alice: User, twin: User, carol: User, thread: Thread, subtheme: SubTheme
) -> None:
    other = actions.start_thread(subtheme, carol, "Another thread", "With a text.")
    day, before, after = date(2026, 11, 20), now() - timedelta(days=2), now() - timedelta(days=1)
    with transaction() as session:
        alice.trust_level, twin.trust_level = 1, 2
        session.add_all(
            [
                ReadingDay(user_id=alice.id, day=day, threads=3, posts=40, seconds=100),
                ReadingDay(user_id=twin.id, day=day, threads=5, posts=20, seconds=300),
                ReadingDay(user_id=twin.id, day=day + timedelta(days=1), threads=1, posts=1, seconds=1),
                ThreadRead(user_id=alice.id, thread_id=thread.id, position=1, read_at=after),
                ThreadRead(user_id=twin.id, thread_id=thread.id, position=3, read_at=before),
                ThreadRead(user_id=alice.id, thread_id=other.id, position=1, read_at=after),
            ]
        )
    merging.merge(twin, alice, by=carol)
    days = db.session.execute(
        select(ReadingDay.user_id, ReadingDay.threads, ReadingDay.posts, ReadingDay.seconds).order_by(ReadingDay.day)
    ).all()
    assert days == [(alice.id, 5, 40, 300), (alice.id, 1, 1, 1)]
    read = select(ThreadRead.user_id, ThreadRead.position, ThreadRead.read_at).order_by(ThreadRead.thread_id)
    assert db.session.execute(read).all() == [(alice.id, 3, after), (alice.id, 1, after)]
    db.session.refresh(alice)
    assert alice.trust_level == 2


def test_nothing_more_is_sent_to_the_address_that_is_given_up(alice: User, twin: User, ann: User, carol: User) -> None:
    for person in (alice, twin, ann):
        owe("trial", str(person.email), f"trial:{person.id}", user_id=person.id)
    addresses = {person.email: person.id for person in (alice, twin, ann)}
    gone = twin.email
    merging.merge(twin, alice, by=carol)
    states = {
        mail.address: (mail.state, mail.user_id)
        for mail in db.session.scalars(select(Mail).where(Mail.template == "trial"))
    }
    assert states.pop(gone) == ("dropped", alice.id)
    assert states == {address: ("owed", owner) for address, owner in addresses.items() if address != gone}


def test_an_open_report_between_them_is_refused(
    alice: User, twin: User, carol: User, bob: User, talk: tuple[int, list[int]]
) -> None:
    number, _ = talk
    own = db.session.scalars(select(Message.id).where(Message.author_id == twin.id).order_by(Message.id)).all()
    report = reports.report_messages(number, own, alice, "abuse")
    for gone, kept in ((twin, alice), (alice, twin)):
        with pytest.raises(Refused, match="flagged a message"):
            merging.merge(gone, kept, by=carol)
    db.session.rollback()
    reports.decide(report.id, bob, "dismiss", "")
    merging.merge(twin, alice, by=carol)


def test_no_way_in_is_handed_over(alice: User, twin: User, carol: User) -> None:
    with transaction() as session:
        for user in (alice, twin):
            session.add(Identity(user_id=user.id, provider="court", subject=user.username))
    merging.merge(twin, alice, by=carol)
    assert db.session.scalars(select(Identity.subject)).all() == ["alice"]
    assert db.session.scalars(select(Identity.user_id)).all() == [alice.id]


def test_both_addresses_are_told(alice: User, twin: User, carol: User) -> None:
    addresses = {alice.email, twin.email}
    merging.merge(twin, alice, by=carol)
    owed = db.session.scalars(select(Mail).where(Mail.template == "merged").order_by(Mail.id)).all()
    assert {mail.address for mail in owed} == addresses
    assert all("@twin into @alice" in message_of(mail).as_string() for mail in owed)


def test_ties_between_the_two_end(alice: User, twin: User, ann: User, carol: User) -> None:
    ties.keep(alice, "mute", by=twin)
    ties.keep(twin, "mute", by=alice)
    ties.keep(ann, "mute", by=twin)
    merging.merge(twin, alice, by=carol)
    assert db.session.execute(select(Tie.user_id, Tie.other_id)).all() == [(alice.id, ann.id)]


def test_one_that_is_being_merged_or_deleted_waits(alice: User, twin: User, ann: User, carol: User, work: Any) -> None:
    with transaction():
        ann.leaving_at = now()
    for gone, kept in ((ann, alice), (alice, ann)):
        with pytest.raises(Refused, match="deleted"):
            merging.merge(gone, kept, by=carol)
    with transaction():
        ann.leaving_at = None
    merging.merge(twin, alice, by=carol)
    for gone, kept in ((ann, alice), (alice, ann)):
        with pytest.raises(Refused, match="merged"):
            merging.merge(gone, kept, by=carol)
    work()
    merging.merge(alice, ann, by=carol)
    db.session.refresh(alice)
    assert alice.merging_into_id == ann.id


def test_one_merge_that_fails_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch, alice: User, twin: User, ann: User, person: Any, carol: User
) -> None:
    other = person("other")
    merging.merge(twin, alice, by=carol)
    merging.merge(other, ann, by=carol)
    broken = alice.id

    def fail(kept_id: int) -> None:
        if kept_id == broken:
            raise RuntimeError("broken")

    monkeypatch.setattr(records, "recounters", [*records.recounters, fail])
    merging.finish_merges()
    under_way = select(User.id).where(User.merging_into_id.is_not(None))
    assert db.session.scalars(under_way).all() == [twin.id]
    monkeypatch.undo()
    merging.finish_merges()
    assert db.session.scalars(under_way).all() == []


def test_a_run_takes_no_longer_than_it_may(
    monkeypatch: pytest.MonkeyPatch, alice: User, twin: User, carol: User, thread: Thread
) -> None:
    for number in range(7):
        actions.post_reply(thread, twin, f"Reply {number}.")
    monkeypatch.setattr(moving, "STEP", 2)
    monkeypatch.setattr(merging, "SECONDS", 0.0)
    merging.merge(twin, alice, by=carol)
    left = select(func.count()).where(Post.author_id == twin.id)
    for number in (3, 1, 0):
        merging.finish_merges()
        assert db.session.scalar(left) == number
