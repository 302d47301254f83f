"""Repeats, copies, bursts, speed, hidden text, crowds: held with what was found, never refused; not for experts."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import Clock, db, now, transaction
from forum.core.text import cleaned
from forum.leaving import closing
from forum.threads import actions, seals
from moderation import decisions
from moderation.models import Case
from moderation.screens import repeats
from moderation.screens.models import Fingerprint
from moderation.screens.sketches import share, sketch_of

AD = "Lose ten kilograms in two weeks with our natural tea, order today and pay later: call 555-0101 for a free sample."
AD_AGAIN = (
    "Lose 10 kilograms in two weeks with our natural tea! Order today, and pay later. Call 555-0199 for a free sample"
)
NOTICE = "本店长期代办各类证件,速度快、价格低、保密性好,需要的朋友请联系客服,电话一三八零零零零,二十四小时在线。"
NOTICE_AGAIN = "本店長期代辦各類證件、速度快、價格低、保密性好。需要的朋友请联系客服,电话一三八零零零零,二十四小时在线!"
HONEST = "I changed my diet last spring and lost ten kilograms in a year, but tea had nothing to do with it at all."


@pytest.fixture
def young(person):
    """`young("yara")`: an account of two hours whose posts are not held for being the first."""
    return lambda name: person(name, created_at=now() - timedelta(hours=2))


def found(post):
    db.session.rollback()
    case = db.session.scalar(select(Case).where(Case.post_id == post.id))
    return [finding["screen"] for finding in case.findings] if case else []


@pytest.mark.parametrize(("one", "other"), [(AD, AD_AGAIN), (NOTICE, NOTICE_AGAIN), (AD, AD.upper())])
def test_alike_texts_are_known_again_and_others_are_not(one, other):
    first, second, honest = sketch_of(one, 20), sketch_of(other, 20), sketch_of(HONEST, 20)
    assert share(first.sketch, second.sketch) >= 0.8 and set(first.bands) & set(second.bands)
    assert share(first.sketch, honest.sketch) < 0.5
    assert sketch_of("Thank you!", 20) is None


def test_the_same_text_again_is_held_and_told(thread, alice, ann):
    assert actions.post_reply(thread, alice, AD).is_visible
    again = actions.post_reply(thread, alice, AD_AGAIN)
    assert (again.state, again.state_reason, found(again)) == ("held", "repeat", ["repeat"])
    assert actions.post_reply(thread, ann, AD).is_visible, "another old account may quote it"
    assert actions.post_reply(thread, alice, "Thank you!").is_visible
    assert actions.post_reply(thread, alice, "Thank you!").is_visible, "too short to be compared"


def test_an_hour_later_it_is_not(thread, alice, monkeypatch):
    actions.post_reply(thread, alice, AD)
    monkeypatch.setattr(Clock, "offset", timedelta(minutes=61))
    assert actions.post_reply(thread, alice, AD).is_visible


def test_new_accounts_with_one_text_are_held(thread, young, alice):
    assert actions.post_reply(thread, young("yara"), NOTICE).is_visible
    copy = actions.post_reply(thread, young("yuri"), NOTICE_AGAIN)
    assert (copy.state_reason, found(copy)) == ("automatic", ["copies"])
    assert actions.post_reply(thread, young("yola"), HONEST).is_visible


def test_thirty_new_accounts_of_one_network_are_all_held(thread, person):
    """SP-1: each is a newcomer, and the case of each but the first says that it is a copy."""
    for number in range(30):
        bot = person(f"bot{number}", created_at=now(), published_count=0, signup_address="203.0.113.9")
        post = actions.post_reply(thread, bot, f"{AD} {number}")
        assert post.state == "held" and found(post) == (["copies"] if number else [])


def test_a_burst_of_a_new_account_is_held(thread, young, alice):
    yara = young("yara")
    for number in range(8):
        assert actions.post_reply(thread, yara, f"Number {number}.").is_visible
        assert actions.post_reply(thread, alice, f"Number {number}.").is_visible
    ninth = actions.post_reply(thread, yara, "And more.")
    assert (ninth.state_reason, found(ninth)) == ("burst", ["burst"])
    assert actions.post_reply(thread, alice, "And more.").is_visible, "an old account talks as it likes"


def test_what_comes_faster_than_people_type_is_held(thread, young, alice, monkeypatch):
    yara, token = young("yara"), seals.form_token()
    quick = actions.post_reply(thread, yara, "Good morning.", form_token=token)
    assert (quick.state_reason, found(quick)) == ("automatic", ["quick"])
    assert actions.post_reply(thread, alice, "Good morning.", form_token=seals.form_token()).is_visible
    later = seals.form_token()
    monkeypatch.setattr(Clock, "offset", timedelta(seconds=4))
    assert actions.post_reply(thread, yara, "Good evening.", form_token=later).is_visible
    assert actions.post_reply(thread, yara, "Good night.", form_token="made up").is_visible


@pytest.mark.parametrize(
    ("text", "screen"),
    [
        ("".join(letter + "\u0351\u036b\u0343" for letter in "Zalgo") + "!", "marks"),
        ("Look here" + "\u2800" * 80 + "down there", "wall"),
        ("Above" + "\n\u3164" * 20 + "\nbelow", "wall"),
        ("Ask [https://bank.example](https://evil.example/login) first", "hidden_link"),
        ("An honest text[.](https://evil.example/)", "hidden_link"),
        ("Hello @ann @alice @mallory @bob @carol @bea", "mentions"),
    ],
)
def test_what_hides_or_calls_a_crowd_is_held(
    thread, person, young, ann, mallory, bob, carol, bea, dr_chen, text, screen
):
    post = actions.post_reply(thread, young("yara"), text)
    assert post.state == "held" and found(post) == [screen]
    assert actions.post_reply(thread, dr_chen, text).is_visible
    assert actions.post_reply(thread, person("tom", trust_level=2), text).is_visible


@pytest.mark.parametrize(
    "text",
    [
        "Tiếng Việt có nhiều dấu: ế ộ ữ ẫ ặ, và không có gì lạ.",
        "ภาษาไทยก็มีสระและวรรณยุกต์ ที่นี่ ผู้ใหญ่ น้ำแข็ง",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\n" + "    indented\n" * 30 + "```",
        "See [1](https://a.example/) and <https://b.example/>, 或者[这里](https://c.example/)。",
    ],
)
def test_honest_texts_hide_nothing(thread, young, alice, text):
    assert actions.post_reply(thread, alice, text).is_visible


def test_invisible_characters_never_arrive(thread, alice):
    """They are taken out of every text before it is screened, so that nothing can hide behind them."""
    assert cleaned("pay\u200b\u202epal\u2066\u00ad\ufeff") == "paypal"


def test_a_false_hold_costs_one_look(thread, alice, bob):
    actions.post_reply(thread, alice, AD)
    again = actions.post_reply(thread, alice, AD)
    case = db.session.scalar(select(Case).where(Case.post_id == again.id))
    decisions.decide(case.id, bob, "keep", "")
    assert db.session.get(type(again), again.id, populate_existing=True).is_visible


def test_fingerprints_are_kept_some_days_and_leave_with_the_person(app, thread, alice, ann, monkeypatch):
    actions.post_reply(thread, alice, AD)
    actions.post_reply(thread, ann, HONEST)
    with transaction():
        for forget in closing.forgetters:
            forget(ann.id, "name")
    assert set(db.session.scalars(select(Fingerprint.author_id))) == {alice.id}
    repeats.prune()
    assert db.session.scalar(select(Fingerprint.id))
    monkeypatch.setattr(Clock, "offset", timedelta(days=8))
    repeats.prune()
    assert db.session.scalar(select(Fingerprint.id)) is None


def test_a_trusted_persons_reply_costs_no_statement_more(thread, person, statements):
    """One look and one row for those whose texts are compared, nothing for others."""
    member = person("tom", trust_level=2)
    with statements() as seen:
        actions.post_reply(thread, member, HONEST)
    assert not any("fingerprints" in each for each in seen)
    with statements() as seen:
        actions.post_reply(thread, db.session.get(User, thread.author_id), HONEST)
    assert sum("fingerprints" in each for each in seen) == 2
