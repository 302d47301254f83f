"""Claiming: one moderator works on a case; the claim runs out by itself."""

import pytest

from forum.core.errors import Conflict, Forbidden, NotFound
from forum.threads import actions
from moderation import cases, decisions, flags


def test_a_claim_keeps_others_off(flagged, fresh, bob, bea):
    assert cases.claim(flagged.id, bob) is True
    assert fresh(flagged).holder_id == bob.id
    with pytest.raises(Conflict):
        cases.claim(flagged.id, bea)
    with pytest.raises(Conflict):
        decisions.decide(flagged.id, bea, "keep", "It is fine.")
    assert fresh(flagged).is_open


def test_claiming_again_is_harmless_and_starts_the_time_anew(flagged, fresh, bob, bea, clock):
    cases.claim(flagged.id, bob)
    clock.move(minutes=20)
    assert cases.claim(flagged.id, bob) is False
    clock.move(minutes=20)
    with pytest.raises(Conflict):
        cases.claim(flagged.id, bea)


def test_a_claim_runs_out(flagged, fresh, bob, bea, clock):
    cases.claim(flagged.id, bob)
    clock.move(minutes=31)
    assert cases.claim(flagged.id, bea) is True
    assert fresh(flagged).holder_id == bea.id


def test_a_released_case_is_free(flagged, fresh, bob, bea):
    cases.claim(flagged.id, bob)
    assert cases.release(flagged.id, bea) is False, "not hers to give"
    assert fresh(flagged).holder_id == bob.id
    assert cases.release(flagged.id, bob) is True
    assert cases.release(flagged.id, bob) is False
    assert fresh(flagged).holder_id is None


def test_nobody_claims_their_own_post_or_flag(thread, ann, alice, bob, reply):
    own = flags.flag_post(actions.post_reply(thread, bob, "I am bob."), alice, "abuse")
    flagged_by_bob = flags.flag_post(reply, bob, "abuse")
    for flag in (own, flagged_by_bob):
        with pytest.raises(Forbidden):
            cases.claim(flag.case_id, bob)


def test_only_moderators_claim(flagged, mallory):
    with pytest.raises(Forbidden):
        cases.claim(flagged.id, mallory)


def test_what_does_not_exist_or_is_decided_is_not_claimed(flagged, bob, bea):
    with pytest.raises(NotFound):
        cases.claim(999_999, bob)
    decisions.decide(flagged.id, bob, "keep", "It is fine.")
    with pytest.raises(Conflict):
        cases.claim(flagged.id, bea)


def test_by_the_buttons(flagged, fresh, bob, bea, mallory, as_):
    url = f"/moderation/cases/{flagged.id}"
    assert as_(mallory).send(f"{url}/claim").status_code == 403
    assert as_(bob).send(f"{url}/claim").status_code == 303
    refused = as_(bea).send(f"{url}/claim")
    assert refused.status_code == 409 and "working on this case" in refused.text
    assert 'name="outcome"' not in as_(bea).get(url).text
    assert as_(bob).send(f"{url}/release").status_code == 303
    assert fresh(flagged).holder_id is None
