"""Slow mode: one post per person every so many minutes, staff excepted; what is refused keeps its text."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Forbidden, Refused
from forum.subthemes import moderators
from forum.subthemes import queries as subthemes
from forum.threads import actions, slowing, staff_actions


def present(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


def test_one_post_in_a_quarter_of_an_hour(thread, person, mallory, bob, as_, client, clock):
    hers, place = as_(mallory), f"/threads/{thread.id}/{thread.slug}"
    assert as_(bob).send(f"/threads/{thread.id}/slow", minutes="15").status_code == 303
    assert "Slow mode" in client.get(place).text
    page = hers.get(place).text
    assert "at most one post here in 15 minutes" in page and "You can write again" not in page
    assert hers.send(f"/threads/{thread.id}/posts", body="First.").status_code == 303
    assert "You can write again in 15 minutes" in hers.get(place).text
    clock.move(minutes=5)
    refused = hers.send(f"/threads/{thread.id}/posts", body="Second, typed with care.")
    assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 600
    assert "Second, typed with care." in refused.text and "You can write in it again in 10 minutes" in refused.text
    assert actions.post_reply(thread, person("zoe"), "Somebody else may.").position
    for number in range(3):
        assert actions.post_reply(thread, bob, f"Whoever moderates never waits ({number}).").position
    clock.move(minutes=10, seconds=1)
    post = actions.post_reply(thread, mallory, "Third.")
    actions.delete_post(post, mallory)
    with pytest.raises(slowing.TooSoon):
        actions.post_reply(thread, mallory, "Deleting the last one does not help.")
    assert actions.edit_post(actions.post_reply(thread, bob, "Mine."), bob, "Edits are no posts.")
    assert as_(bob).send(f"/threads/{thread.id}/slow", minutes="0").status_code == 303
    assert actions.post_reply(present(thread), mallory, "As often as I like.").position


def test_each_act_is_noted_once_and_needs_a_moderator(thread, mallory, bob, carol, subtheme, person, as_):
    thea, theo = person("thea"), person("theo")
    moderators.appoint(thea, subtheme, by=carol)
    moderators.appoint(theo, subthemes.by_slug("law-online"), by=carol)
    thea, theo = present(thea), present(theo)
    assert staff_actions.slow(thread, 60, thea) and not staff_actions.slow(thread, 60, thea)
    assert (present(thread).slow_minutes, present(thread).slow_by_id) == (60, thea.id) and thread.slow_at
    assert staff_actions.slow(thread, 0, bob) and present(thread).slow_at is None
    for other in (theo, mallory):
        with pytest.raises(Forbidden):
            staff_actions.slow(thread, 5, other)
    with pytest.raises(Refused):
        staff_actions.slow(thread, 7, bob)
    assert as_(bob).send(f"/threads/{thread.id}/slow", minutes="7").status_code == 422
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.act.startswith("thread.")).order_by(AuditEntry.seq))
    assert [(row.act, row.facts) for row in rows] == [("thread.slowed", {"minutes": 60}), ("thread.unslowed", {})]


def test_it_asks_one_more_question_only_in_such_a_thread_and_however_much_somebody_wrote(thread, mallory, statements):
    assert not present(thread).slow_minutes
    with statements() as usual:
        assert slowing.wait(mallory, thread) is None
    assert not usual
    thread.slow_minutes = 5
    db.session.flush()
    with statements() as slow:
        assert slowing.wait(mallory, thread) is None
    assert len(slow) == 1 and "LIMIT" in slow[0]
    spans = {61: "61 seconds", 3_661: "62 minutes", 7_200: "2 hours", 9_000: "3 hours"}
    assert {each: slowing.spoken(timedelta(seconds=each)) for each in spans} == spans, "never less than it is"
