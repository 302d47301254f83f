"""Whoever a decision goes against gets reasons: facts, rule, scope, duration, programs, how to appeal; no names."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core.database import db, now, transaction
from forum.threads import actions
from forum.threads.models import Thread
from moderation import decisions, flags, rules, statement
from moderation.appeals import actions as appeals
from moderation.conduct import actions as conduct
from moderation.effects.shape import Details
from moderation.models import Case, Decision

DAY = timedelta(days=1)


@pytest.fixture
def decide(thread, ann, alice, bob):
    """`decide(outcome)`: a decision of bob's about another post of ann's."""
    count = iter(range(100))

    def made(outcome, **more):
        post = actions.post_reply(thread, ann, f"Something number {next(count)}.")
        case = flags.flag_post(post, alice, "abuse", "she means me").case
        return decisions.decide(case.id, bob, outcome, "It insults a neighbour.", "abuse", **more)

    with transaction():
        ann.trust_level = 2
    return made


def main_of(answer):
    return answer.text.split("<main")[1].split("</main>")[0]


def said(decision):
    return dict(statement.facts(decision))


@pytest.fixture
def work(work):
    """The worker's sweep twice: what the first one owes, the second one sends."""
    return lambda: (work(), work())


def plain(letter):
    return " ".join(letter.get_body(("plain",)).get_content().split())


def test_the_page_says_all_of_it_and_names_nobody(decide, ann, bob, as_):
    decision = decide("hide")
    page = main_of(as_(ann).get(f"/moderation/decisions/{decision.id}"))
    number = list(rules.current()).index("abuse") + 1
    for words in (
        "Statement of reasons",
        f"{number}. Insults or harassment",
        "Version 1 of the rules",
        str(rules.current()["abuse"].text),
        "It was flagged, the first time on",
        "This post, for everybody. The account can write as before. Sub-theme:",
        "For good, unless it is overturned after an appeal.",
        "It counts until",
        "None took part: a moderator decided.",
        "Once, in writing, on the page of the decision, until",
    ):
        assert words in page, words
    for private in ("Alice", "alice", "bob", "Bob", "she means me"):
        assert private not in page, private
    assert "Statement of reasons" in main_of(as_(bob).get(f"/moderation/decisions/{decision.id}"))


def test_each_outcome_says_what_it_reaches_and_for_how_long(decide, ann, bea, clock):
    assert said(decide("warn"))["Reaches"].startswith("The account’s record")
    removed = decide("remove")
    appeal = appeals.file(removed.id, ann, "It was a quotation.")
    appeals.decide(appeal.id, bea, "overturn", "So it was.")
    over = said(db.session.get(Decision, removed.id))
    assert over["Lasts"].startswith("It was taken back on") and over["In the record"] == "It counts no more."
    assert over["Appeal"] == "There is nothing left to appeal against."
    assert said(decide("keep")) == {}
    slowed = said(decide("slow", details=Details(minutes=15)))
    assert "One post in 15 minutes" in slowed["Lasts"] and "no account" in slowed["Reaches"]
    assert slowed["In the record"] == "It does not count against the account."
    clock.move(minutes=16)
    silenced = said(decide("silence", until=now() + DAY))
    assert "can’t write" in silenced["Reaches"] and "The silence ends on" in silenced["Lasts"]


def test_programs_are_named_by_what_they_did(thread, newbie, reply, alice, mallory, bob, clock):
    held = db.session.scalar(select(Case).where(Case.post_id == actions.post_reply(thread, newbie, "Buy shoes.").id))
    refused = said(decisions.decide(held.id, bob, "remove", "An advertisement.", "spam"))
    assert "It was held before it was published" in refused["Looked at because"]
    assert refused["Programs"] == "A program held it before publication. A moderator decided."
    case = flags.flag_post(reply, alice, "abuse").case
    with transaction():
        case.hidden_at, case.learned = now(), 0.7
    decision = decisions.decide(case.id, bob, "hide", "An insult.", "abuse")
    hidden = said(decision)["Programs"]
    assert "A program had hidden it since" in hidden and "in the order in which cases are read" in hidden
    clock.move(days=21)
    assert "It was possible until" in said(decision)["Appeal"]


def test_a_decision_keeps_the_version_that_it_went_by(decide, carol, ann, as_):
    decision = decide("hide")
    written = conduct.wordings()
    written[0], written[1] = written[1], written[0]
    renamed = [
        each if each.code != "abuse" else type(each)(**{**vars(each), "text_en": "Quite another text."})
        for each in written
    ]
    assert conduct.publish(renamed, rules.version(), carol) == 2
    assert "Quite another text." in statement.rule_of("abuse", 2)
    page = main_of(as_(ann).get(f"/moderation/decisions/{decision.id}"))
    assert "Quite another text." not in page and "Version 1 of the rules" in page
    assert statement.number_of("abuse", 1) != 0 and statement.number_of("no such", 1) == 0


def test_the_mails_carry_it(decide, ann, bob, alice, work, with_smtp, clock):
    decision = decide("remove")
    clock.move(minutes=16)
    work()
    (told,) = [plain(letter) for letter in with_smtp.letters if letter["To"] == ann.email]
    for words in ("Your post was removed", "It insults a neighbour.", "in version 1 of the rules", "None took part",
                  f"/moderation/decisions/{decision.id}"):  # fmt: skip
        assert words in told, words
    assert "Alice" not in told and "bob" not in told
    suspended = decide("suspend", until=now() + 3 * DAY)
    clock.move(seconds=11)
    work()
    letter = plain(with_smtp.letters[-1])
    assert "Your post was removed and you were suspended" in letter
    assert "in version 1 of the rules" in letter and "The suspension ends on" in letter and "/appeals/" in letter
    assert suspended.rules_version == 1 and "Alice" not in letter


def test_kept_the_mail_says_no_more_than_the_sentence(flagged, ann, bob, work, with_smtp, clock):
    decisions.decide(flagged.id, bob, "keep", "It says what happened.")
    clock.move(minutes=16)
    work()
    (told,) = [plain(letter) for letter in with_smtp.letters if letter["To"] == ann.email]
    assert "kept it" in told and "version" not in told and "Rule" not in told


def test_a_mail_speaks_the_readers_language_and_no_title_that_is_gone(decide, thread, ann, bob, work, with_smtp, clock):
    with transaction():
        ann.language = "zh_Hans"
    decide("hide")
    with transaction():
        db.session.get(Thread, thread.id).state = "removed"
    clock.move(minutes=16)
    work()
    (told,) = [plain(letter) for letter in with_smtp.letters if letter["To"] == ann.email]
    assert "年" in told, "moments as Chinese has them"
    assert thread.title not in told
