"""Somebody about whom something stands in every table, each text with the same word in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from forum.accounts import invitations, links, sessions
from forum.accounts.models import AgeChange, Consent, Guardian, KnownDevice, NameChange, RoleGrant, Tie, User
from forum.answers import actions as questions
from forum.answers.models import ExpertInvitation
from forum.asking import clock, planning, transitions
from forum.asking.supporting import support
from forum.core import audit
from forum.core.database import db, now, transaction
from forum.core.text import skeleton
from forum.credentials import actions as applications
from forum.entry.models import Authenticator, Identity, Passkey, RecoveryCode
from forum.experts import actions as experts
from forum.mail.actions import owe
from forum.messages.models import Conversation, Member, Message
from forum.notifications.actions import tell
from forum.notifications.models import Watch
from forum.programme import actions as programme
from forum.programme import own_calendar, seats
from forum.programme.naming import Named
from forum.subthemes import moderators
from forum.subthemes import queries as subthemes
from forum.subthemes.models import SubTheme
from forum.threads import actions
from forum.threads.models import AnswerDraft, ChosenAnswer, PostMention
from forum.trust.models import ReadingDay, ThreadRead
from moderation.appeals import actions as appeals
from moderation.decisions import decide
from moderation.flags import flag_post
from moderation.models import Case, Flag, FrozenPicture
from moderation.profiles.actions import flag_profile
from tests.people import make_person

WORD = "quincebramble"  # stands in everything of hers


@pytest.fixture
def quince(app: Any, bob: User, carol: User, ann: User) -> User:
    """A netizen with a credential who wrote, flagged, was flagged, and used everything there is."""
    person = make_person(
        WORD, email=f"{WORD}@example.org", email_key=f"{WORD}@example.org", display_name=f"Dr {WORD}",
        bio=f"I am {WORD}.", bio_html=f"<p>I am {WORD}.</p>", place=WORD, speaks=WORD, links=[f"https://{WORD}.example"],
        application=WORD, signup_address="192.0.2.77", age_band="adult", signup_key=WORD, source_id=WORD,
    )  # fmt: skip
    place = subthemes.by_slug("law-online")
    assert place
    moderators.appoint(person, place, by=carol)
    moderators.dismiss(person, place, by=carol)
    _wrote(person, ann, bob, carol)
    _keeps(person, ann)
    _attends(person, carol)
    with transaction() as session:
        session.add(Guardian(user_id=person.id, address=f"elder@{WORD}.example"))
        session.add(AgeChange(user_id=person.id))
        audit.record("role.changed", by=carol, target=f"person:{person.id}", facts={"former": "moderator"})
    claim = experts.Claim("academia", f"Paid by {WORD}.", "en")
    experts.grant(person, place, f"Professor of {WORD}", "Lakeside University", None, by=carol, claim=claim)
    wanted = applications.Wanted(f"Dean of {WORD}", WORD, claim, f"I am {WORD}.", (f"https://{WORD}.example/",))
    applications.decline(applications.apply(place, wanted, by=person).id, "other", f"No {WORD}.", by=carol)
    db.session.refresh(person)
    _in_a_session(person, place, ann, bob)
    return person


def _in_a_session(person: User, place: SubTheme, ann: User, bob: User) -> None:
    """They are named as an expert, and ask too what ann asks."""
    times = {name: now() + timedelta(days=day) for day, name in enumerate(clock.TIMES.values(), 1)}
    plan = planning.Plan("A session", "In English.", "中文。", 2, times, [person.id])
    session = planning.plan(place, bob, plan)
    transitions.advance(session.id, "announced", bob)
    support(actions.post_reply(session.thread, ann, "Who pays?").id, person)


def _wrote(person: User, ann: User, bob: User, carol: User) -> None:
    place = subthemes.by_slug("data-and-algorithms")
    assert place
    alone = actions.start_thread(place, person, f"A lone {WORD}", f"Nobody answers {WORD}.")
    actions.post_reply(alone, person, f"Still {WORD}.")
    shared = actions.start_thread(place, person, f"A shared {WORD}", f"Who reads {WORD}?")
    answer = actions.post_reply(shared, ann, f"I do, @{WORD}.")
    mine = actions.post_reply(shared, person, f"Thanks from {WORD}.")
    actions.edit_post(mine, person, f"Many thanks from {WORD}.")
    questions.ask(shared, person)
    gone = actions.post_reply(shared, person, f"Deleted {WORD}.")
    actions.delete_post(gone, person)
    bad = actions.post_reply(shared, person, f"A bad {WORD}.")
    flag_post(answer, person, "spam", f"Says {WORD}.")
    flag_post(bad, ann, "spam", "Look at it.")
    with transaction() as session:
        case = session.query(Case).filter_by(post_id=bad.id).one()
    made = decide(case.id, by=bob, outcome="hide", rule="spam", reason="It is an advertisement.", version=case.version,
                  revision=1)  # fmt: skip
    appeal = appeals.file(made.id, person, f"It praises {WORD}, and sells nothing.")
    appeals.decide(appeal.id, carol, appeals.UPHOLD, "It names a price.")
    about_her = flag_profile(person, ann, "spam", "All of it.").case_id
    decide(about_her, by=bob, outcome="clear", rule="spam", reason="It advertises.", parts=["place"])
    with transaction() as session:
        session.add(FrozenPicture(user_id=person.id, name="b" * 32, size=48, data=WORD.encode()))
        talk = Conversation(started_by_id=person.id, title=f"About {WORD}")
        session.add(talk)
        session.flush()
        for user_id in (person.id, ann.id):
            session.add(Member(conversation_id=talk.id, user_id=user_id))
        for author, body in ((person, f"Hello from {WORD}."), (ann, "Good day.")):
            session.add(Message(conversation_id=talk.id, author_id=author.id, body=body, html=f"<p>{body}</p>",
                                render_version=1))  # fmt: skip


def _attends(person: User, carol: User) -> None:
    """An item of the programme at which they speak and have a place, and the address of their calendar."""
    days = {"starts_on": now().date(), "ends_on": now().date() + timedelta(days=3), "timezone": "UTC"}
    names = {"name_en": "Conference", "name_zh": "大会", "place_en": "", "place_zh": ""}
    edition = programme.make_edition("online", {**names, **days}, carol)
    place = subthemes.by_slug("law-online")
    assert place
    fields = {
        "kind": "talk", "lang": "", "title_en": "A talk", "title_zh": "演讲", "description_en": "",
        "description_zh": "", "place_en": "", "place_zh": "", "stream_url": "", "capacity": 1, "session_id": None,
        "speakers": [Named(person.id, f"Professor of {WORD}")],
        "starts_at": now() + timedelta(hours=30), "ends_at": now() + timedelta(hours=31),
    }  # fmt: skip
    item = programme.add_item(edition.id, place.id, fields, carol)
    seats.sign_up(item.id, person)
    seats.sign_up(item.id, carol)
    own_calendar.make(person)


def _keeps(person: User, ann: User) -> None:
    mine = {"user_id": person.id}
    sessions.start(person, f"{WORD} browser")
    tell(person.id, "reply", f"x:{WORD}", actor_id=ann.id)
    owe("welcome", str(person.email), f"welcome:{person.id}", user_id=person.id, facts={"username": WORD})
    owe("email_change", f"new-{WORD}@example.org", "email-change:9", facts={"name": WORD, "username": WORD, "link": 9})
    invitations.invite(person, f"For a friend of {WORD}")
    with transaction() as session:
        thread = session.query(PostMention).first()
        assert thread, "ann mentioned her"
        session.add_all([
            links.make(person, "email_change", f"new-{WORD}@example.org", timedelta(days=1)),
            KnownDevice(**mine, token_hash="h" * 64, user_agent=f"{WORD} browser"),
            NameChange(**mine, former=f"{WORD}_before", former_key=skeleton(f"{WORD}_before")),
            Consent(**mine, document="terms", version=1, language="en"),
            Tie(**mine, other_id=ann.id, kind="mute"),
            Tie(user_id=ann.id, other_id=person.id, kind="block"),
            RoleGrant(**mine, former="moderator", role="netizen"),
            Authenticator(**mine, sealed_secret=WORD),
            RecoveryCode(**mine, code_hash="c" * 64),
            Passkey(**mine, user_handle=WORD, credential_id=WORD, public_key=WORD.encode(), name=f"{WORD}'s key"),
            Identity(**mine, provider="lake", subject=WORD, label=f"{WORD}@lake.example"),
            ThreadRead(**mine, thread_id=1, position=1),
            ReadingDay(**mine, day=now().date(), threads=1, posts=2, seconds=30),
        ])  # fmt: skip
        session.add_all([
            ChosenAnswer(thread_id=2, post_id=thread.post_id, chosen_by_id=person.id),
            ExpertInvitation(thread_id=2, inviter_id=person.id, expert_id=ann.id),
            ExpertInvitation(thread_id=1, inviter_id=ann.id, expert_id=person.id),
            AnswerDraft(**mine, parent_id=1, body=f"{WORD} to be continued", sources=[[WORD, ""]]),
        ])  # fmt: skip
        if not session.get(Watch, (person.id, 1)):
            session.add(Watch(**mine, thread_id=1))
    assert db.session.query(Flag).count() == 3
