"""Among moderators: who decided how much by week, what has waited longest; nobody else sees it."""

from forum.core.database import db, now
from forum.threads import actions
from moderation import decisions, flags, undoing
from moderation.queries import open_case_of
from moderation.transparency import load


def test_moderators_see_their_load_and_the_oldest_case(flagged, reply, thread, alice, ann, bob, bea, clock, as_):
    decisions.decide(flagged.id, bob, "keep", "Fine.")
    clock.move(weeks=2)
    again = flags.flag_post(reply, alice, "spam", "")
    slip = decisions.decide(again.case_id, bea, "keep", "Fine.")
    undoing.undo(slip.id, bea)  # counts nowhere
    decisions.decide(open_case_of(reply.id).id, bea, "keep", "Fine.")
    other = actions.post_reply(thread, ann, "<script>alert(1)</script>")
    waits = flags.flag_post(other, alice, "hate", "")
    clock.move(hours=1)
    later = flags.flag_post(actions.post_reply(thread, ann, "Later."), alice, "minors", "")
    assert {each.person.username: each.counts for each in load.loads()} == {
        "bob": [0, 0, 0, 0, 0, 1, 0, 0],
        "bea": [0, 0, 0, 0, 0, 0, 0, 1],
    }
    assert load.weeks()[-1] <= now().date() and load.weeks()[0].weekday() == 0
    page = as_(bob).get("/moderation/inside").text
    assert f'href="/moderation/cases/{waits.case_id}"' in page and f"/cases/{later.case_id}" not in page
    assert "bea" in page and "<script>alert" not in page
    clock.move(weeks=9)
    assert load.loads() == [] and "Nobody has decided" in as_(bob).get("/moderation/inside").text


def test_it_costs_the_same_statements(flagged, bob, as_, statements):
    client = as_(bob)
    client.get("/moderation/inside")
    with statements() as seen:
        client.get("/moderation/inside")
    before = len(seen)
    decisions.decide(flagged.id, bob, "keep", "Fine.")
    with statements() as seen:
        client.get("/moderation/inside")
    assert len(seen) == before


def test_the_oldest_case_is_found_by_its_index(app):
    if db.engine.dialect.name == "sqlite":
        line = "EXPLAIN QUERY PLAN SELECT id FROM cases WHERE decided_at IS NULL ORDER BY opened_at, id LIMIT 1"
        plan = " ".join(row[-1] for row in db.session.execute(db.text(line)))
        assert "ix_cases_waiting" in plan and "TEMP" not in plan


def test_nobody_else_sees_it(alice, client, as_):
    assert as_(alice).get("/moderation/inside").status_code == 403
    assert client.get("/moderation/inside").status_code == 303
