"""Messages, names and profiles are screened too: there nothing can wait, so it is refused; what stood there stays."""

import pytest

from forum.accounts import actions as accounts
from forum.accounts import name_actions, profile_actions
from forum.accounts.models import User
from forum.accounts.profiles import About
from forum.accounts.refusals import BadField
from forum.core.database import db
from forum.core.errors import Refused
from forum.messages import actions as messages
from moderation.screens import actions as screens
from moderation.screens.actions import Wanted
from moderation.screens.models import Screen


@pytest.fixture
def watched(bob):
    """bob refuses "casino", holds "roulette" and the domain evil.example."""
    for kind, words, action in (
        ("en", "casino", "refuse"),
        ("en", "roulette", "hold"),
        ("domain", "evil.example", "hold"),
    ):
        screens.add(Wanted(kind, words, action, "spam"), bob)


def profile(user, **said):
    about = About(links=tuple(said.pop("links", ())), place=said.pop("place", ""))
    facts = {"display_name": user.display_name, "bio": user.bio, "language": "", "timezone": "", **said}
    profile_actions.edit_profile(user, about=about, **facts)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("display_name", {"display_name": "Casino"}),
        ("display_name", {"display_name": "R o u l e t t e"}),
        ("bio", {"bio": "I run a **casino**."}),
        ("bio", {"bio": "See https://www.evil.example."}),
        ("link_1", {"links": ["https://evil.example/me"]}),
        ("place", {"place": "the casino"}),
    ],
)
def test_a_profile_says_nothing_that_is_watched(alice, watched, field, said):
    with pytest.raises(BadField) as refusal:
        profile(alice, **said)
    assert refusal.value.field == field and "Spam" in str(refusal.value.message)
    profile(alice, bio="I like tea.", links=["https://not-evil.example/"])
    assert max(one.hits for one in db.session.query(Screen)) == 1


def test_what_stood_there_stays_and_moderators_may(alice, bob):
    profile(alice, bio="I was at a casino.")
    screens.add(Wanted("en", "casino", "refuse", "spam"), bob)
    profile(alice, bio="I was at a casino.", place="Lakeside")
    profile(bob, bio="I keep casinos away.")
    kept = [db.session.get(User, each.id, populate_existing=True) for each in (alice, bob)]
    assert [each.bio for each in kept] == ["I was at a casino.", "I keep casinos away."] and alice.place == "Lakeside"


def test_user_names_are_screened(app, alice, watched):
    with pytest.raises(BadField) as refusal:
        accounts.register("casino", "c@example.org", "a bridge of seven arches")
    assert refusal.value.field == "username"
    with pytest.raises(BadField):
        name_actions.change_name(alice, "roulette")
    assert accounts.register("teahouse", "t@example.org", "a bridge of seven arches").id


def test_messages_are_refused_by_watched_words_and_domains(person, ann, watched, as_):
    tom = person("tom", trust_level=1)
    for title, body in (("Casino", "Hello."), ("Hello", "A casino."), ("Hello", "See https://evil.example/x")):
        with pytest.raises(Refused, match="Spam"):
            messages.start(tom, [ann], title, body)
    first = messages.start(tom, [ann], "Hello", "I like roulette.")  # held in posts; a message can't wait
    with pytest.raises(Refused):
        messages.reply(first.conversation_id, ann, "To the casino!")
    answer = as_(ann).send(f"/messages/{first.conversation_id}", body="To the casino!")
    assert answer.status_code == 422 and "To the casino!" in answer.text and "Spam or advertising" in answer.text


def test_many_conversations_at_once_are_too_many(person, ann):
    tom, member = person("tom", trust_level=1), person("max", trust_level=2)
    for number in range(5):
        messages.start(tom, [ann], f"Hello {number}", "How are you?")
        messages.start(member, [ann], f"Hello {number}", "How are you?")
    with pytest.raises(Refused, match="few minutes"):
        messages.start(tom, [ann], "One more", "How are you?")
    assert messages.start(member, [ann], "One more", "How are you?").id
