"""A forum with one thing of every kind and state, for tests that walk through all routes.

It is built once for each engine through the real acts, kept as rows, and put back whenever something was written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from forum.accounts import confirmations, guardians, invitations, links, sessions
from forum.accounts.models import Invitation, NameChange, OneTimeLink, Role, Session, User
from forum.answers import actions as questions
from forum.asking import clock as session_clock
from forum.asking import planning, transitions
from forum.core.database import Clock, db, now, transaction
from forum.core.text import skeleton
from forum.credentials import actions as applications
from forum.entry.models import Identity, Passkey
from forum.experts import actions as experts
from forum.experts.models import Credential
from forum.experts.queries import in_force_of
from forum.leaving import making
from forum.leaving.models import DataExport
from forum.mail import actions as mail
from forum.mail import unsubscribing
from forum.mail.actions import owe
from forum.mail.models import Mail
from forum.messages import actions as messages
from forum.notifications.actions import tell
from forum.notifications.models import Notification
from forum.programme import actions as programme
from forum.programme import own_calendar, seats
from forum.subthemes import actions as subthemes
from forum.subthemes import moderators
from forum.subthemes import queries as subtheme_queries
from forum.subthemes.models import SubTheme
from forum.threads import actions, drafts, staff_actions, states, visiting
from forum.threads.models import Post, Thread
from moderation import cases, flags
from moderation import queries as moderation
from moderation.appeals import actions as appeals
from moderation.appeals import links as appeal_links
from moderation.bulk import actions as bulk
from moderation.decisions import decide
from moderation.message_appeals import actions as message_appeals
from moderation.message_appeals import links as message_appeal_links
from moderation.models import Flag
from moderation.presets import actions as presets
from moderation.reports import actions as reports
from moderation.screens import actions as screens
from moderation.second.drawing import monday
from moderation.second.models import SecondLook
from moderation.visitors import actions as visitors
from moderation.visitors import links as visitor_links
from moderation.visitors.actions import Sender
from moderation.visitors.models import VisitorFlag
from tests.discussions import opening_of
from tests.keeping import WRITES, Kept, untouched, wrote
from tests.people import make_person
from tests.plugins.application import Client, _empty

HERE, ELSEWHERE, ARCHIVED = "data-and-algorithms", "law-online", "online-content"
Rows = dict[str, list[dict[str, Any]]]
# Who looks on, by the name of the column in the tables. `None` is nobody; sam's suspension came after he signed in.
VIEWERS: dict[str, str | None] = {
    "anonymous": None,
    "netizen": "mallory",
    "author": "alice",
    "expert": "dr_wu",  # of another sub-theme
    "expert_here": "dr_chen",
    "moderator": "bea",  # holds no case
    "holder": "bob",  # holds the claimed case
    "admin": "carol",
    "suspended": "sam",
}


# Moderators of one sub-theme: of the one where everything happens, and of another
THEME_MODERATORS = {"theme_here": "thea", "theme_elsewhere": "theo"}
SILENCED = {"silenced": "tess"}  # a netizen who may read and not write


@dataclass
class Stage:
    """Ids by what the thing is. Threads, posts and cases are about alice's words unless their name says otherwise."""

    people: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    signed_in: dict[str, int] = field(default_factory=dict)
    subthemes: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    decisions: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)  # of the programme
    credentials: dict[str, int] = field(default_factory=dict)
    applications: dict[str, int] = field(default_factory=dict)
    drafts: dict[str, int] = field(default_factory=dict)  # of dr_chen's answers
    notices: dict[str, int] = field(default_factory=dict)
    talks: dict[str, int] = field(default_factory=dict)  # conversations, by the messages below
    messages: dict[str, int] = field(default_factory=dict)
    reports: dict[str, int] = field(default_factory=dict)
    flags: dict[str, int] = field(default_factory=dict)
    screens: dict[str, int] = field(default_factory=dict)
    presets: dict[str, int] = field(default_factory=dict)
    bulk_acts: dict[str, int] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)
    appeals: dict[str, int] = field(default_factory=dict)
    message_appeals: dict[str, int] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)
    unsubscribe: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)  # tokens
    invitations: dict[str, int] = field(default_factory=dict)
    passkeys: dict[str, int] = field(default_factory=dict)
    exports: dict[str, int] = field(default_factory=dict)
    identities: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)  # with experts, by the state that they are in
    questions: dict[str, int] = field(default_factory=dict)  # of alice in each of them
    answers: dict[str, int] = field(default_factory=dict)  # of dr_chen to another question there

    def client(self, app: Flask, viewer: str) -> Client:
        """Return a fresh browser of the viewer."""
        return self.browser(app, (VIEWERS | THEME_MODERATORS | SILENCED)[viewer])

    def browser(self, app: Flask, name: str | None) -> Client:
        """Return a fresh browser of the person with that name, or of nobody."""
        client = app.test_client()
        assert isinstance(client, Client)
        if name:
            client.set_cookie("signin", self.tokens[name])
        return client


_built: dict[str, tuple[Stage, Kept, datetime]] = {}


@pytest.fixture
def stage(app: Flask) -> Iterator[Stage]:
    """The stage as it was built, in this test's database, and at that moment.

    It stands for as long as the tests run, and a claim, a proof or a sign-in on it must not grow old meanwhile.
    """
    engine = db.engine.dialect.name
    if engine not in _built:
        _empty()
        _built[engine] = _build(), Kept(), now()
    elif engine not in untouched:
        _built[engine][1].put_back(counting_on=True)
    untouched.add(engine)
    _lay_down_its_file()
    Clock.offset = _built[engine][2] - datetime.now(UTC)
    yield _built[engine][0]
    Clock.offset = timedelta(0)


def put_stage_back() -> None:
    """Undo whatever was written since the stage was set."""
    engine = db.engine.dialect.name
    if engine not in untouched:
        _built[engine][1].undo()
        untouched.add(engine)
    _lay_down_its_file()


def changed_tables() -> set[str]:
    """Return the tables that were written to since the stage was set or put back."""
    return set(_built[db.engine.dialect.name][1].changed)


def all_rows(of: Collection[str] = ()) -> Rows:
    """Return every row of every table (`of`: of these alone), oldest first: what a row points at stands before it."""
    db.session.rollback()
    return {
        table.name: [dict(row) for row in db.session.execute(select(table).order_by(*table.primary_key)).mappings()]
        for table in db.metadata.sorted_tables
        if not of or table.name in of
    }


@contextlib.contextmanager
def written(*, tried: bool = False) -> Iterator[list[str]]:
    """`with written() as seen:`: every statement that wrote rows, on any connection; `tried`: or could have."""
    seen: list[str] = []

    def note(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if wrote(cursor, statement) or (tried and WRITES.match(statement)):
            seen.append(statement)

    event.listen(db.engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "after_cursor_execute", note)


# -- how it is built -------------------------------------------------------------------------------------------------


def _build() -> Stage:
    stage, people = Stage(), _people()
    stage.people = {name: person.id for name, person in people.items()}
    _places(stage, people)
    _threads(stage, people)
    _posts(stage, people)
    _asking(stage, people)
    _cases(stage, people)
    _appeals(stage, people)
    for key, post in (("visible", stage.posts["visible"]), ("hidden", stage.posts["hidden"])):
        tell(people["alice"].id, "reply", f"stage:{key}", actor_id=people["ann"].id, post_id=post)
        stage.notices[key] = _only(select(Notification.id).where(Notification.key == f"stage:{key}"))
    _belongings(stage, people)
    _messages(stage, people)
    for name, person in people.items():
        stage.tokens[name] = sessions.start(person, "pytest")
        stage.signed_in[name] = _only(select(Session.id).where(Session.user_id == person.id))
    act = bulk.decide_many([(stage.cases["hidden_decided"], 1)], people["bob"], "keep", "They are fine.")
    stage.bulk_acts["bobs"] = act.id
    with transaction() as session:
        look = SecondLook(decision_id=stage.decisions["hidden"], first_decider_id=people["bob"].id, week=monday(now()))
        session.add(look)
    stage.looks["bobs"] = look.id
    _letters(stage, people["alice"])
    _visitors(stage, people["carol"])
    _programme(stage, people)
    _newcomers(stage, people)
    with transaction() as session:
        passkey = Passkey(
            user_id=stage.people["alice"], user_handle="a", credential_id="a", public_key=b"a", name="A key"
        )
        elsewhere = Identity(
            user_id=stage.people["alice"], provider="acme", subject="a", label="alice@elsewhere.example"
        )
        session.add_all([passkey, elsewhere])
    stage.passkeys["authors"], stage.identities["authors"] = passkey.id, elsewhere.id
    with transaction():
        people["sam"].suspended_until = now().replace(year=now().year + 1)
    return stage


def _messages(stage: Stage, people: dict[str, User]) -> None:
    """Conversations of alice and of bea with ann, and what was flagged in them."""
    alice, ann, bea = people["alice"], people["ann"], people["bea"]
    with transaction():
        alice.trust_level = 1
    made = {"alices": messages.start(alice, [ann], "Between us", "Can you keep it?")}
    with transaction():
        alice.trust_level = 0
    made["anns"] = messages.reply(made["alices"].conversation_id, ann, "I can.")
    made["beas"] = messages.start(bea, [ann], "On duty", "Please read the rules.")
    made["to_bea"] = messages.reply(made["beas"].conversation_id, ann, "I have.")
    stage.messages = {word: message.id for word, message in made.items()}
    stage.talks = {word: message.conversation_id for word, message in made.items()}
    flagged = {"open": (alice, "anns"), "decided": (ann, "alices"), "by_bea": (ann, "beas"), "for_bea": (bea, "to_bea")}
    for word, (by, which) in flagged.items():
        report = reports.report_messages(stage.talks[which], [stage.messages[which]], by, "abuse", "It is rude.")
        stage.reports[word] = report.id
    for word in ("on", "off"):
        wanted = screens.Wanted("phrase", f"qxz {word}", "hold", "spam")
        stage.screens[word] = screens.add(wanted, people["bob"]).id
    screens.switch(stage.screens["off"], people["bob"], on=False)
    advert = presets.Written("Advertisement", "It advertises.", "这是广告。", "spam", "remove")
    stage.presets["spam"] = presets.add(advert, people["bob"]).id
    reports.decide(stage.reports["decided"], people["bob"], "warn", "It insults a neighbour.", "abuse")
    _message_appeals(stage, people)
    stage.talks["crossed"], stage.messages["crossed"] = stage.talks["alices"], stage.messages["beas"]


def _message_appeals(stage: Stage, people: dict[str, User]) -> None:
    """bob warned alice for two more messages and dismissed a flag of hers; bea upheld one of the warnings."""
    alice, ann, bob = (people[name] for name in ("alice", "ann", "bob"))
    talk = stage.talks["alices"]
    for word in ("open", "decided"):
        rude = messages.reply(talk, alice, f"You are {word}.")
        stage.reports[f"warned_{word}"] = number = reports.report_messages(talk, [rude.id], ann, "abuse").id
        reports.decide(number, bob, "warn", "It insults a neighbour.", "abuse")
        stage.message_appeals[word] = message_appeals.file(number, alice, "It insults nobody.").id
    message_appeals.decide(stage.message_appeals["decided"], people["bea"], "uphold", "It names a neighbour.")
    harmless = messages.reply(talk, ann, "How do you do?")
    number = reports.report_messages(talk, [harmless.id], alice, "abuse").id
    stage.reports["dismissed"] = reports.decide(number, bob, "dismiss", "").id
    stage.links["to_decided_messages"] = message_appeal_links.token(stage.reports["decided"], alice)


def _belongings(stage: Stage, people: dict[str, User]) -> None:
    """What alice has of her own: an address that waits for its link, and a name that she bore before."""
    with transaction() as session:
        link = links.make(people["alice"], "email_change", "alice@elsewhere.example", timedelta(days=1))
        session.add(
            NameChange(user_id=people["alice"].id, former="al1ce_before", former_key=skeleton("al1ce_before"),
                       changed_at=now() - timedelta(days=90))
        )  # fmt: skip
    stage.exports["alices"] = _archive(people["alice"])
    stage.links["new_address"] = links.token_of(link)


def _archive(person: User) -> int:
    """An archive that can be fetched."""
    _lay_down_its_file()
    with transaction() as session:
        export = DataExport(user_id=person.id, state="ready", file="stage.zip", size=2, done=2, total=2)
        export.ready_at, export.expires_at = now(), now() + timedelta(hours=48)
        session.add(export)
        session.flush()
        return export.id


def _lay_down_its_file() -> None:
    """Another test's sweep may have taken it for one that nobody needs."""
    making.archives().put("stage.zip", b"PK")


def _people() -> dict[str, User]:
    people = {
        name: make_person(name) for name in ("alice", "ann", "mallory", "dr_wu", "dr_chen", "sam", "thea", "theo")
    }
    people |= {name: make_person(name, silenced_until=now() + timedelta(days=30)) for name in SILENCED.values()}
    people |= {name: make_person(name, role=Role.MODERATOR) for name in ("bob", "bea", "ben")}
    return people | {name: make_person(name, role=Role.ADMIN) for name in ("carol", "claire")}


def _newcomers(stage: Stage, people: dict[str, User]) -> None:
    """Put in somebody who waits for a moderator's yes, somebody with a link to confirm, and an open invitation."""
    stage.people["wen"] = make_person("wen", standing="waiting", application="I teach.").id
    una = make_person("una", standing="unconfirmed", email_key=None)
    stage.people["una"] = una.id
    stage.links["open"] = links.token_of(links.make(una, confirmations.PURPOSE, str(una.email), confirmations.LIFETIME))
    kid = make_person("kid", standing="unconfirmed", email_key=None, age_band="child")
    with transaction():
        guardians.ask(kid, "parent@example.org")
    asked = db.session.scalars(select(OneTimeLink).where(OneTimeLink.purpose == guardians.PURPOSE)).one()
    stage.links["guardians"] = links.token_of(asked)
    invitations.invite(people["mallory"], "A neighbour")
    stage.invitations["mallorys"] = _only(select(Invitation.id))


def _places(stage: Stage, people: dict[str, User]) -> None:
    for word, slug in (("here", HERE), ("elsewhere", ELSEWHERE), ("archived", ARCHIVED)):
        stage.subthemes[word] = _place(slug).id
    for name, slug in (("thea", HERE), ("theo", ELSEWHERE)):
        moderators.appoint(people[name], _place(slug), by=people["carol"])
    for word, name, slug in (("here", "dr_chen", HERE), ("elsewhere", "dr_wu", ELSEWHERE)):
        granted = experts.grant(
            people[name], _place(slug), "Professor", "Lakeside University", None, by=people["carol"]
        )
        stage.credentials[word] = granted.id
    stage.credentials["admins"] = experts.grant(
        people["claire"], _place(HERE), "Auditor", "Harbour", None, by=people["carol"]
    ).id
    soon = (now() + timedelta(days=60)).date()
    ending = experts.grant(people["dr_chen"], _place(HERE), "Auditor", "Town hall", soon, by=people["carol"])
    stage.credentials["ending"] = ending.id
    for word, name in (("decided", "alice"), ("alices", "alice"), ("beas", "bea")):
        wanted = applications.Wanted("Judge", "Northern Court", experts.Claim("government"), "It is so.", ())
        stage.applications[word] = applications.apply(_place(HERE), wanted, by=people[name]).id
        if word == "decided":
            applications.decline(stage.applications[word], "evidence", "It says nothing.", by=people["carol"])


def _threads(stage: Stage, people: dict[str, User]) -> None:
    alice, bob = people["alice"], people["bob"]
    made: dict[str, Thread] = {}
    for word in ("visible", "pinned", "locked", "hidden", "removed", "deleted"):
        made[word] = actions.start_thread(_place(HERE), alice, f"A {word} thread", f"It is {word}.")
    made["archived"] = actions.start_thread(_place(ARCHIVED), alice, "An archived thread", "It is archived.")
    with _as_newcomer(alice):
        made["held"] = actions.start_thread(_place(HERE), alice, "A held thread", "It is held.")
    staff_actions.pin(made["pinned"], by=bob)
    _questions(stage, people, made)
    stage.drafts["chens"] = drafts.save(made["pinned"], people["dr_chen"], "An answer, up to here.").id
    stage.threads = {word: thread.id for word, thread in made.items()}
    for word in ("visible", "pinned", "locked", "archived", "hidden", "removed"):
        stage.posts[f"in_{word}"] = actions.post_reply(made[word], alice, f"A reply in a {word} thread.").id
    staff_actions.lock(made["locked"], by=bob)
    subthemes.archive(_place(ARCHIVED), by=people["carol"])
    states.hide_post(opening_of(made["hidden"]), bob, "abuse")
    states.remove_post(opening_of(made["removed"]), bob, "abuse")
    states.delete(opening_of(made["deleted"]), alice)
    for word in ("visible", "held", "hidden", "removed", "deleted"):
        stage.posts["opening" if word == "visible" else f"opening_{word}"] = opening_of(made[word]).id


def _questions(stage: Stage, people: dict[str, User], made: dict[str, Thread]) -> None:
    """Two questions to the experts: one answered twice, and the first of these is *the* answer; one that waits."""
    alice, dr_chen = people["alice"], people["dr_chen"]
    badge = db.session.get(Credential, stage.credentials["here"])
    for word in ("question", "asked"):
        made[word] = actions.start_thread(_place(HERE), alice, f"A {word} thread", f"What is {word}?", to_experts=True)
    for word in ("chosen", "answer"):
        stage.posts[word] = actions.post_reply(made["question"], dr_chen, f"The {word} one.", badge).id
    questions.choose(db.session.get_one(Post, stage.posts["chosen"]), alice)


def _posts(stage: Stage, people: dict[str, User]) -> None:
    alice, bob = people["alice"], people["bob"]
    thread = db.session.get(Thread, stage.threads["visible"])
    assert thread
    made = {word: actions.post_reply(thread, alice, f"This is {word}.") for word in ("hidden", "removed", "deleted")}
    made["visible"] = db.session.get(Post, stage.posts["in_visible"])  # type: ignore[assignment]
    actions.edit_post(made["visible"], alice, "A reply in a visible thread, edited.")
    for word in ("claimed", "flagged", "flagged_by_bea"):
        made[word] = actions.post_reply(thread, alice, f"This is {word}.")
    made["by_bea"] = actions.post_reply(thread, people["bea"], "This is by a moderator.")
    made["by_carol"] = actions.post_reply(thread, people["carol"], "This is by an admin.")
    with _as_newcomer(alice):
        made["held"] = actions.post_reply(thread, alice, "This is held.")
    stage.posts |= {word: post.id for word, post in made.items()}
    states.delete(made["deleted"], alice)
    for word, outcome in (("hidden", "hide"), ("removed", "remove")):
        case = flags.flag_post(made[word], people["ann"], "abuse", "It is rude.").case_id
        stage.cases[f"{word}_decided"] = case
        decision = decide(case, bob, outcome, "It insults a neighbour.", "abuse")
        with transaction():
            decision.decided_at -= timedelta(minutes=1)  # too late to undo it
        stage.decisions[word] = decision.id


def _asking(stage: Stage, people: dict[str, User]) -> None:
    """A session in each state, hosted by bob: alice asks twice in each, dr_chen answers the second question."""
    bob, alice, dr_chen = people["bob"], people["alice"], people["dr_chen"]
    names = {"announced": "announced", "collecting": "collecting", "answering": "answering", "closed": "closed"}
    for word, state in (names | {"in_archive": "archived"}).items():
        times = {name: now() + timedelta(days=day) for day, name in enumerate(session_clock.TIMES.values(), 1)}
        plan = planning.Plan(f"A {word} session", "In English.", "中文。", 5, times, [dr_chen.id])
        session = planning.plan(_place(HERE), bob, plan)
        stage.sessions[word], stage.threads[f"led_{word}"] = session.id, session.thread_id
        while session.state != state:
            transitions.advance(session.id, session.state, bob)
            db.session.refresh(session)
            if session.state == "collecting":
                asked = [actions.post_reply(session.thread, alice, f"{n} question, {word}?") for n in ("One", "Two")]
                stage.questions[word] = asked[0].id
            elif session.state == "answering":
                worn = in_force_of(dr_chen)[0]
                answer = actions.post_reply(session.thread, dr_chen, f"The answer, {word}.", worn, asked[1])
                stage.answers[word] = answer.id


def _cases(stage: Stage, people: dict[str, User]) -> None:
    for word in ("flagged", "claimed", "by_bea", "by_carol"):
        stage.cases[word] = flags.flag_post(_post(stage, word), people["ann"], "abuse", "It is rude.").case_id
    by_bea = flags.flag_post(_post(stage, "flagged_by_bea"), people["bea"], "spam")
    stage.cases["flagged_by_bea"], stage.flags["beas"] = by_bea.case_id, by_bea.id
    stage.flags["anns"] = _only(select(Flag.id).where(Flag.case_id == stage.cases["flagged"]))
    held = moderation.open_case_of(stage.posts["held"])
    assert held
    stage.cases["held"] = held.id
    cases.claim(stage.cases["claimed"], people["bob"])


def _appeals(stage: Stage, people: dict[str, User]) -> None:
    """bob kept what mallory flagged, warned alice, which bea upheld, and removed a post, which is still open."""
    bob, alice = people["bob"], people["alice"]
    thread = db.session.get(Thread, stage.threads["visible"])
    assert thread
    for word, flagger, outcome, rule in (("kept", "mallory", "keep", ""), ("warned", "ann", "warn", "abuse")):
        post = actions.post_reply(thread, alice, f"This is {word}.")
        stage.posts[word] = post.id
        stage.cases[f"{word}_decided"] = case = flags.flag_post(post, people[flagger], "abuse").case_id
        stage.decisions[word] = decide(case, bob, outcome, "So it was judged.", rule).id
    for word, which in (("open", "removed"), ("decided", "warned")):
        stage.appeals[word] = appeals.file(stage.decisions[which], alice, "It insults nobody.").id
    appeals.decide(stage.appeals["decided"], people["bea"], appeals.UPHOLD, "It names a neighbour.")
    stage.links["to_hidden"] = appeal_links.token(stage.decisions["hidden"], alice)


def _letters(stage: Stage, alice: User) -> None:
    for word in ("owed", "failed"):
        owe("trial", "alice@example.org", f"stage:{word}", user_id=alice.id, facts={"by": "carol"})
        stage.letters[word] = _only(select(Mail.id).where(Mail.key == f"stage:{word}"))
    mail.failed(stage.letters["failed"], "550 nobody of that name")
    stage.unsubscribe["alices"] = unsubscribing.token(alice.id, "notices")


def _programme(stage: Stage, people: dict[str, User]) -> None:
    """An edition around today with an item of tomorrow for which alice has signed up, and a cancelled one."""
    today, bob = now().date(), people["bob"]
    words = {"name_en": "Conference", "name_zh": "大会", "place_en": "", "place_zh": "", "timezone": "Asia/Shanghai"}
    days = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=4)}
    edition = programme.make_edition("online", {**words, **days}, people["carol"])
    begins = now() + timedelta(hours=26)
    fields = {
        "kind": "talk", "lang": "", "title_en": "A talk", "title_zh": "演讲", "description_en": "",
        "description_zh": "", "place_en": "", "place_zh": "", "stream_url": "", "capacity": 2, "session_id": None,
        "starts_at": begins, "ends_at": begins + timedelta(hours=1),
        "speakers": [],
    }  # fmt: skip
    for word in ("here", "cancelled"):
        stage.items[word] = programme.add_item(edition.id, stage.subthemes["here"], fields, bob).id
    programme.cancel(stage.items["cancelled"], "The hall is closed.", bob)
    seats.sign_up(stage.items["here"], people["alice"])
    stage.links["alices_calendar"] = own_calendar.key_of(own_calendar.make(people["alice"]))


def _visitors(stage: Stage, carol: User) -> None:
    """carol lets visitors flag: one has not opened the letter yet, of another's flag the decision is known."""
    visiting.change(True, by=carol)
    visitors.ask(_post(stage, "visible"), Sender("visitor@example.org", "203.0.113.0/24", "stage"), "abuse")
    row = db.session.scalars(select(VisitorFlag)).one()
    flag = Flag(case_id=stage.cases["kept_decided"], flagger_id=None, reason="abuse", counts=False)
    with transaction() as session:
        session.add(flag)
    stage.links["visitors_flag"] = visitor_links.token_of(row)
    stage.links["visitors_receipt"] = visitor_links.receipt_token(flag.id)
    stage.links["visitors_letters"] = visitor_links.refusal_token(row.mark)


@contextlib.contextmanager
def _as_newcomer(person: User) -> Iterator[None]:
    """Whatever the person writes inside is held."""
    former = person.published_count
    with transaction():
        person.published_count = 0
    yield
    with transaction():
        person.published_count = former


def _place(slug: str) -> SubTheme:
    found = subtheme_queries.by_slug(slug)
    assert found
    return found


def _post(stage: Stage, word: str) -> Post:
    found = db.session.get(Post, stage.posts[word])
    assert found
    return found


def _only(query: Any) -> int:
    found = db.session.scalar(query)
    assert found is not None
    return int(found)
