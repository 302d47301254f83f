"""Who may start a conversation with whom, and go on in one: a table, and that every refusal sounds the same."""

import pytest

from forum.accounts import ties
from forum.accounts.models import Role
from forum.core.database import now
from forum.core.errors import Forbidden
from forum.messages import actions, policy, queries
from tests.messages.conftest import change

WHO = {
    "newcomer": {},
    "member": {"trust_level": 1},
    "young": {"trust_level": 1, "age_band": "young"},
    "adult": {"trust_level": 1, "age_band": "adult"},
    "expert": {"is_expert": True},
    "moderator": {"role": Role.MODERATOR},
    "admin": {"role": Role.ADMIN},
    "waiting": {"trust_level": 1, "standing": "waiting"},
    "unconfirmed": {"trust_level": 1, "standing": "unconfirmed"},
    "suspended": {"trust_level": 1, "suspended_until": now().replace(year=2999)},
    "closed": {"trust_level": 1, "standing": "closed"},
    "choosing none": {"trust_level": 1, "private": ["bio", "messages"]},
    "suspended moderator": {"role": Role.MODERATOR, "suspended_until": now().replace(year=2999)},
}
# who starts           newcomer member young adult expert moderator admin waiting unconfirmed suspended closed none
TABLE = """
newcomer               no       no     no    no    no     no        no    no      no          no        no     no
member                 yes      yes    no    yes   yes    yes       yes   no      no          no        no     no
young                  yes      yes    yes   yes   yes    yes       yes   no      no          no        no     no
adult                  yes      yes    no    yes   yes    yes       yes   no      no          no        no     no
expert                 yes      yes    no    yes   yes    yes       yes   no      no          no        no     no
moderator              yes      yes    yes   yes   yes    yes       yes   yes     yes         yes       no     yes
admin                  yes      yes    yes   yes   yes    yes       yes   yes     yes         yes       no     yes
waiting                no       no     no    no    no     no        no    no      no          no        no     no
suspended              no       no     no    no    no     no        no    no      no          no        no     no
choosing_none          no       no     no    no    no     no        no    no      no          no        no     no
suspended_moderator    no       no     no    no    no     no        no    no      no          no        no     no
"""
TO = [name for name in WHO if name != "suspended moderator"]
ROWS = [line.split() for line in TABLE.strip().splitlines()]
sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no rule of a database


@sqlite
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_who_may_start_with_whom(person, row):
    by = person("by", **WHO[row[0].replace("_", " ")])
    for name, expected in zip(TO, row[1:], strict=True):
        other = person(f"to_{name.replace(' ', '_')}", **WHO[name])
        assert policy.may_start(by, other, ()) == (expected == "yes"), name
        assert (policy.why_not_start(by, [other], ()) is None) == (expected == "yes"), name


@sqlite
def test_a_visitor_may_not(alice):
    from forum.accounts.models import Visitor

    assert not policy.may_start(Visitor(), alice, ())
    assert policy.why_not_start(Visitor(), [alice], ()) is not None


def test_nobody_writes_to_themselves_or_to_nobody(alice):
    for to in ([], [alice]):
        with pytest.raises(Forbidden):
            actions.start(alice, to, "Me", "Hello.")


def test_the_blocked_read_the_same_as_whoever_meets_a_closed_door(app, alice, ann, mallory, person):
    """No oracle: block, choice, age and suspension sound the same, and the page shows no button for any of them."""
    change(mallory, trust_level=1)
    ties.keep(ann, "none", by=mallory)
    reasons = {
        "block": person("b1"),
        "choice": person("b2", private=["messages"]),
        "age": person("b3", age_band="young"),
        "suspended": person("b4", suspended_until=now().replace(year=2999)),
        "closed": person("b5", standing="closed"),
    }
    ties.keep(mallory, "block", by=reasons["block"])
    said = set()
    for other in reasons.values():
        blocks = ties.blocks_among([mallory.id, other.id])
        said.add(str(policy.why_not_start(mallory, [other], blocks)).replace(other.name, "X"))
        assert not policy.may_start(mallory, other, blocks)
    assert said == {"X takes no messages from you."}


def test_who_blocks_cannot_write_either_and_is_told_why(alice, ann):
    ties.keep(ann, "block", by=alice)
    with pytest.raises(Forbidden, match="You have blocked"):
        actions.start(alice, [ann], "Hello", "There.")
    ties.keep(ann, "mute", by=alice)
    actions.start(alice, [ann], "Hello", "There.")


def test_moderators_cannot_be_kept_away(alice, bob):
    ties.keep(bob, "block", by=alice)
    sent = actions.start(bob, [alice], "Your last post", "Please read rule two.")
    assert queries.membership(sent.conversation_id, alice.id).unread == 1, "it arrives as any other"


# -- small groups: every pair is looked at ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "others", "allowed"),
    [
        ("adult", ["adult", "member"], True),
        ("adult", ["adult", "young"], False),
        ("young", ["young", "young"], True),
        ("young", ["adult", "adult"], True),
        ("young", ["adult", "young"], False),  # the other young person has not started it
        ("young", ["moderator", "young"], True),
        ("moderator", ["adult", "young"], False),  # the two have not chosen each other
        ("moderator", ["young", "young"], True),
        ("member", ["adult", "choosing none"], False),
    ],
)
@sqlite
def test_groups(app, person, by, others, allowed):
    starter = person("starter", **WHO[by])
    people = [person(f"p{number}", **WHO[kind]) for number, kind in enumerate(others)]
    if allowed:
        actions.start(starter, people, "A few of us", "Hello, all.")
    else:
        with pytest.raises(Forbidden):
            actions.start(starter, people, "A few of us", "Hello, all.")


def test_two_of_whom_one_blocks_the_other_are_not_put_together(alice, ann, mallory):
    ties.keep(mallory, "block", by=ann)
    with pytest.raises(Forbidden, match="can't be in one conversation"):
        actions.start(alice, [ann, mallory], "You two", "Make up!")


@sqlite
def test_eight_people_with_the_starter_and_no_more(alice, person):
    people = [person(f"p{number}") for number in range(8)]
    with pytest.raises(Forbidden, match="at most 8"):
        actions.start(alice, people, "Many", "Hello.")
    actions.start(alice, people[:7], "Many", "Hello.")


# -- going on --------------------------------------------------------------------------------------------------------


def test_a_newcomer_answers(talk, ann):
    assert ann.trust_level == 0
    actions.reply(talk.id, ann, "Yes, at noon.")


def test_a_block_closes_the_conversation_between_the_two_for_both(talk, alice, ann):
    ties.keep(alice, "block", by=ann)
    with pytest.raises(Forbidden) as told:
        actions.reply(talk.id, alice, "Why don't you answer?")
    assert str(told.value) == str(policy.CLOSED)
    with pytest.raises(Forbidden, match="You have blocked"):
        actions.reply(talk.id, ann, "Because.")
    ties.keep(alice, "none", by=ann)
    actions.reply(talk.id, ann, "Let us try again.")


def test_choosing_none_reads_as_a_block_does(talk, alice, ann):
    actions.choose(ann, nobody=True)
    with pytest.raises(Forbidden) as told:
        actions.reply(talk.id, alice, "Are you there?")
    assert str(told.value) == str(policy.CLOSED)
    actions.choose(ann, nobody=False)
    actions.reply(talk.id, alice, "Are you there?")


def test_an_adult_goes_on_only_where_the_young_person_began(alice, ann, person):
    yang = person("yang", age_band="young", trust_level=1)
    begun = actions.start(yang, [ann], "A question", "How did you learn it?")
    actions.reply(begun.conversation_id, ann, "From books.")
    other = actions.start(alice, [ann], "Hello", "There.")
    change(ann, age_band="young")  # said only later
    with pytest.raises(Forbidden):
        actions.reply(other.conversation_id, alice, "And?")
    actions.reply(other.conversation_id, ann, "A young person may answer an adult.")


@pytest.mark.parametrize("facts", [{"private": ["messages"]}, {"standing": "waiting"}, {"age_band": "young"}])
def test_moderators_can_always_be_answered(bob, ann, facts):
    first = actions.start(bob, [ann], "Your account", "Tell us something about you.")
    change(ann, **facts)
    actions.reply(first.conversation_id, ann, "I like rivers.")
    actions.reply(first.conversation_id, bob, "Welcome.")
    said = [each.body for each in queries.messages(first.conversation_id).items]
    assert said == ["Tell us something about you.", "I like rivers.", "Welcome."]


def test_the_suspended_write_to_nobody_not_even_to_moderators(bob, ann, talk):
    first = actions.start(bob, [ann], "Your account", "Tell us something about you.")
    change(ann, suspended_until=now().replace(year=2999))
    for conversation_id in (first.conversation_id, talk.id):
        with pytest.raises(Forbidden, match="suspended"):
            actions.reply(conversation_id, ann, "Let me in.")
