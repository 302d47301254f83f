"""What a level lifts: holds of first posts and of links, and the daily limits; staff and experts have it at once."""

import pytest

from forum.accounts.policy import limit_row
from forum.core.database import now, transaction
from forum.threads import actions
from forum.threads.models import State

LINKS = "See https://a.example, https://b.example and https://c.example"


@pytest.mark.parametrize(("level", "state"), [(0, State.HELD), (1, State.VISIBLE), (3, State.VISIBLE)])
def test_first_posts_are_held_until_somebody_has_read_a_while(thread, newbie, level, state):
    with transaction():
        newbie.trust_level = level
    assert actions.post_reply(thread, newbie, "Hello.").state == state


@pytest.mark.parametrize(("level", "state"), [(0, State.HELD), (1, State.VISIBLE)])
def test_links_of_a_young_account(thread, person, level, state):
    young = person("young", created_at=now(), trust_level=level)
    assert actions.post_reply(thread, young, LINKS).state == state


@pytest.mark.parametrize(("level", "row"), [(0, "REPLY"), (1, "REPLY"), (2, "REPLY_MEMBER"), (3, "REPLY_REGULAR")])
def test_the_row_of_a_level(alice, level, row):
    alice.trust_level = level
    assert limit_row("REPLY", alice) == row


def test_staff_and_experts_were_trusted_by_a_person(bob, carol, dr_chen, newbie):
    assert [limit_row("EDIT", one) for one in (bob, carol, dr_chen, newbie)] == ["EDIT_REGULAR"] * 3 + ["EDIT"]
    assert newbie.is_newcomer and not dr_chen.is_newcomer
