"""What looks like removed posts: its author is asked once; what looks like spam is held if an admin chose so."""

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

import pytest
from sqlalchemy import select

from bench.decided_texts import decided_texts
from forum.core.database import db, now
from forum.threads import actions as threads
from forum.threads import screening
from forum.threads.models import Post, State
from forum.threads.seals import asked_about
from moderation.models import Case
from moderation.ranker import actions, queries
from moderation.ranker.learners import examples, learned
from moderation.ranker.measuring import PERCENTS
from moderation.ranker.queries import OFF, Choices, Decided
from moderation.screens.models import NudgeCount
from tests.moderation.decided import decide_all

SPAM = "Buy cheap followers online, 50% off today only: https://shop42.example/?ref=42"
ZH_SPAM = "跟着老师做炒币信号,一周赚4200,加微信 vip4288 免费教"
INSULT = "You are an idiot, and everybody here knows it. Shut up, pathetic liar."
ZH_INSULT = "你就是个白痴,大家都看得出来。闭嘴吧废物,没人问你。"
HONEST = "My question is whether the court may keep the data for 30 days without telling us."


@lru_cache(maxsize=1)
def made():
    """What is learned from 300 decisions; the tests of the ranker show how a forum comes by it."""
    rows = [Decided(each.text, each.lang, each.rule, now()) for each in decided_texts(300)]
    return learned(examples(reversed(rows)))


@pytest.fixture
def taught(app):
    """A forum that has learned."""
    assert actions.keep(made(), 0, 0, 0.1)


@pytest.fixture
def chosen(taught, carol):
    """`chosen(holds_from=90)`: what an admin chose, on a forum that has learned."""

    def choose(**wanted):
        actions.choose(Choices(**wanted), carol)

    return choose


@pytest.fixture
def yara(person):
    """A new account whose posts need no yes any more."""
    return person("yara", created_at=now() - timedelta(days=3))


def asked(thread, author, words, **given):
    with pytest.raises(screening.Asked) as question:
        threads.post_reply(thread, author, words, **given)
    return question.value


def counts():
    db.session.rollback()
    found = db.session.scalar(select(NudgeCount))
    return (found.asked_learned, found.reworded_learned, found.insisted_learned) if found else (0, 0, 0)


def test_before_anything_is_learned_nobody_is_asked_or_held(thread, alice, carol, yara, bob):
    actions.choose(Choices(asks_from=50, holds_from=50), carol)
    decide_all(decided_texts(199), thread, bob)
    actions.learn_when_due()
    assert threads.post_reply(thread, alice, INSULT).is_visible
    assert threads.post_reply(thread, yara, SPAM).is_visible


def test_the_author_is_asked_once_and_what_they_do_is_counted(chosen, thread, alice, as_):
    chosen(asks_from=70)
    client, url = as_(alice), f"/threads/{thread.id}/posts"
    page = client.send(url, body=INSULT)
    assert page.status_code == 422 and "This reads like posts" in page.text and "Insults or harassment" in page.text
    assert counts() == (1, 0, 0)
    token = page.text.split('name="asked" type="hidden" value="')[1].split('"')[0]
    assert client.send(url, body=INSULT + " Liar!", asked=token).status_code == 303, "asked once, whatever they write"
    assert counts() == (1, 1, 0)
    assert client.send(url, body=INSULT, asked=token).status_code == 303
    assert counts() == (1, 1, 1)
    words = db.session.scalar(select(NudgeCount))
    assert (words.asked, words.reworded, words.insisted) == (0, 0, 0), "watched words are counted apart"
    assert client.send(url, body=HONEST).status_code == 303, "an honest text is not asked about"
    page = as_(alice).get("/moderation/ranker")
    assert page.status_code == 403


def test_everybody_is_asked_in_both_languages_and_spam_names_its_rule(chosen, thread, alice, bob, dr_chen):
    chosen(asks_from=70)
    for author, words in ((alice, ZH_INSULT), (bob, INSULT), (dr_chen, ZH_INSULT)):
        question = asked(thread, author, words)
        assert question.verdict.code == "learned" and "Insults" in str(question.message)
    spam = asked(thread, alice, SPAM)
    assert "Spam or advertising" in str(spam.message)
    (finding,) = spam.verdict.findings
    assert finding["screen"] == "learned" and finding["facts"]["percent"] >= 70 and finding["match"] in SPAM


def test_an_edit_is_asked_about_for_what_it_brings_in(chosen, thread, alice):
    chosen(asks_from=70)
    post = threads.post_reply(thread, alice, HONEST)
    with pytest.raises(screening.Asked):
        threads.edit_post(post, alice, INSULT)
    token = asked_about(alice.id, "", INSULT, "learned")
    assert threads.edit_post(post, alice, INSULT, asked=token) and counts() == (1, 0, 1)
    assert threads.edit_post(post, alice, f"{INSULT} Really."), "it stood there before"


def test_holding_is_off_until_an_admin_chooses_it(taught, chosen, thread, yara):
    token = asked_about(yara.id, "", SPAM, "learned")
    assert threads.post_reply(thread, yara, SPAM, asked=token).is_visible
    chosen(asks_from=0, holds_from=80)
    for words in ("Limited offer!!! crypto signals for your friends, message @agent13 now", ZH_SPAM):
        post = threads.post_reply(thread, yara, words)
        assert (post.state, post.state_reason) == (State.HELD, "learned")
        case = db.session.scalar(select(Case).where(Case.post_id == post.id))
        (finding,) = case.findings
        assert finding["screen"] == "learned_spam" and finding["facts"]["percent"] >= 80
        assert finding["match"] in words and case.learned > 0.5


def test_the_moderator_reads_why_it_was_held_and_the_author_too(chosen, thread, yara, bob, as_):
    chosen(asks_from=0, holds_from=80)
    post = threads.post_reply(thread, yara, f"<i>{SPAM}")
    case = db.session.scalar(select(Case).where(Case.post_id == post.id))
    page = as_(bob).get(f"/moderation/cases/{case.id}").text
    assert "It looks like advertisements that were removed here" in page and "<i>Buy" not in page
    assert "What looks like advertisements" in as_(yara).get(f"/threads/{thread.id}/{thread.slug}").text


def test_too_many_false_alarms_in_public_posts_keep_it_from_asking_and_holding(app, thread, alice, carol):
    """An admin's choice is the least: it rises to where honest people are left in peace, or it asks nobody."""
    actions.choose(Choices(asks_from=50, holds_from=50), carol)
    for percents, used in (((), (50, 50)), ((50, 60), (70, 70)), (PERCENTS, (OFF, OFF))):
        found = made()
        alarms = {str(percent): 3 if percent in percents else 2 for percent in PERCENTS}
        ordinary = {"texts": 100, "ask": alarms, "hold": {key: count - 2 for key, count in alarms.items()}}
        former = queries.newest()
        figures = {**found.figures, "ordinary": ordinary}
        assert actions.keep(replace(found, figures=figures), former.id if former else 0, 0, 0.1)
        assert queries.limits() == used
    assert threads.post_reply(thread, alice, INSULT).is_visible


def test_insults_trusted_people_and_changes_are_never_held(chosen, thread, yara, alice, bob, dr_chen, person):
    chosen(asks_from=0, holds_from=50)
    for words in (INSULT, ZH_INSULT, HONEST):
        assert threads.post_reply(thread, yara, words).is_visible
    tried = person("tina", trust_level=2)
    for author in (bob, dr_chen, tried):
        assert threads.post_reply(thread, author, f"{SPAM} {author.id}").is_visible
    post = threads.post_reply(thread, alice, "I have read all of it by now, and I agree with the second half of it.")
    assert post.is_visible and threads.edit_post(post, alice, SPAM)
    assert db.session.get(Post, post.id).is_visible
