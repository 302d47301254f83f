"""The public log: what everybody may read of what moderators do, and what stands in no row of it."""

from datetime import timedelta

from sqlalchemy import update

from forum.core import audit
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.threads import staff_actions
from moderation import decisions


def test_everybody_reads_acts_with_rule_role_and_place(flagged, reply, bob, client):
    decisions.decide(flagged.id, bob, "warn", "Mind the tone, dear kumquat.", rule="abuse")
    text = client.get("/moderation/log").text
    for words in ("Somebody was warned", "Insults or harassment", "Moderator", "Data and algorithms"):
        assert words in text, words
    for private in ("bob", "alice", "安安", "kumquat", f"/posts/{reply.id}", "/people/"):
        assert private not in text, private


def test_a_target_is_linked_only_while_everybody_sees_it(flagged, reply, thread, bob, client):
    staff_actions.pin(thread, by=bob)
    decisions.decide(flagged.id, bob, "keep", "Fine.")
    text = client.get("/moderation/log").text
    assert f'href="/posts/{reply.id}"' in text and f'href="/threads/{thread.id}/' in text
    with transaction():
        reply.state = "removed"
    text = client.get("/moderation/log").text
    assert f'href="/posts/{reply.id}"' not in text and "A post was kept" in text


def test_each_row_shows_the_beginning_of_its_hash(flagged, bob, client):
    decisions.decide(flagged.id, bob, "keep", "Fine.")
    entry = db.session.scalars(db.select(AuditEntry)).one()
    assert entry.hash[:12] in client.get("/moderation/log").text


def test_it_is_filtered_by_act_and_paged(thread, bob, client):
    for _ in range(15):
        staff_actions.pin(thread, by=bob)
        staff_actions.unpin(thread, by=bob)
    text = client.get("/moderation/log").text
    assert text.count('id="row-') == 20 and 'id="row-30"' in text and 'rel="next"' in text
    second = client.get("/moderation/log?before=11").text
    assert second.count('id="row-') == 10 and 'id="row-1"' in second and 'rel="next"' not in second
    pins = client.get("/moderation/log?act=thread.pinned").text
    assert pins.count('id="row-') == 15 and "<td>A thread was unpinned" not in pins
    for odd in ("before=x", "before=-1", "before=99999999999999", "act=nonsense"):
        assert client.get(f"/moderation/log?{odd}").status_code == 200


def test_it_costs_the_same_however_long_it_is(thread, bob, client, statements):
    counts = []
    for _ in range(2):
        for _ in range(12):
            staff_actions.pin(thread, by=bob)
            staff_actions.unpin(thread, by=bob)
        with statements() as seen:
            client.get("/moderation/log")
        counts.append(len(seen))
    assert counts == [3, 3]  # entries, sub-themes, threads


def test_a_suspension_is_in_the_log_without_a_name(flagged, ann, bob, client):
    decisions.decide(flagged.id, bob, "suspend", "Enough.", rule="abuse", until=now() + timedelta(days=3))
    text = client.get("/moderation/log").text
    assert "Somebody was suspended" in text and "/people/ann" not in text


def test_a_changed_row_is_found(flagged, bob):
    decisions.decide(flagged.id, bob, "keep", "Fine.")
    assert audit.first_fault() is None
    with transaction() as session:
        session.execute(update(AuditEntry).values(rule="spam"))
    assert audit.first_fault().seq == 1


def test_an_empty_log_says_so(client):
    assert "Nothing has been decided yet" in client.get("/moderation/log").text
