"""The public log: what everybody may read of what moderators do, and what stands in no row of it."""

from datetime import timedelta

import pytest

from forum.core import audit
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.threads import staff_actions
from moderation import decisions, flags
from moderation.appeals import actions as appeals
from moderation.appeals import queries as appeal_queries
from moderation.notes import actions as notes
from moderation.transparency import queries
from moderation.transparency.choosing import Choice


def test_everybody_reads_acts_with_rule_role_and_place(flagged, reply, bob, client):
    decisions.decide(flagged.id, bob, "warn", "Mind the tone, dear kumquat.", rule="abuse")
    text = client.get("/moderation/log").text
    for words in (
        "Somebody was warned",
        "Insults or harassment",
        "Moderator",
        "Data and algorithms",
        "Flagged · rules, version 1",
    ):
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


def test_each_row_shows_the_beginning_of_its_hash_and_the_page_the_last_one_whole(flagged, bob, client):
    decisions.decide(flagged.id, bob, "keep", "Fine.")
    entry = db.session.scalars(db.select(AuditEntry)).one()
    text = client.get("/moderation/log").text
    assert f">{entry.hash[:12]}<" in text and f">{entry.hash}<" in text


def shown(client, query):
    """Return the numbers of the rows that a page shows, as they stand."""
    text = client.get(f"/moderation/log?{query}").text
    return [int(piece.partition('"')[0]) for piece in text.split('id="row-')[1:]]


@pytest.fixture
def acts(flagged, thread, reply, bob, carol, alice, clock):
    """Rows 1 to 5: pinned by bob, a post kept; two days later unpinned by carol, somebody warned, a sub-theme made."""
    from forum.subthemes import actions as subthemes

    staff_actions.pin(thread, by=bob)
    decisions.decide(flagged.id, bob, "keep", "Fine.")
    clock.move(days=2)
    staff_actions.unpin(thread, by=carol)
    again = flags.flag_post(reply, alice, "hate", "")
    warned = decisions.decide(again.case_id, carol, "warn", "Mind it.", rule="hate")
    subthemes.create(slug="new-one", name_en="New", name_zh="新", by=carol)
    return {"first": flagged.id, "second": again.case_id, "decision": warned.id}


def test_it_is_filtered_by_what_a_reader_chooses(acts, thread, reply, client):
    today = now().date()
    for query, rows in {
        "act=thread": [3, 1],
        "act=thread.pinned": [1],
        "act=nonsense": [5, 4, 3, 2, 1],
        "rule=hate": [4],
        "rule=zzz": [5, 4, 3, 2, 1],
        "subtheme=data-and-algorithms": [4, 3, 2, 1],
        "subtheme=new-one": [5],
        "subtheme=nowhere": [],
        "role=moderator": [2, 1],
        "act=thread&role=admin": [3],
        "act=post&role=admin&rule=hate": [],
        f"from={today}": [5, 4, 3],
        f"to={today - timedelta(days=1)}": [2, 1],
        f"from={today - timedelta(days=2)}&to={today}": [5, 4, 3, 2, 1],
        f"from={today + timedelta(days=1)}": [],
        "from=9999-12-31&to=9999-12-31": [],
        "to=9999-12-31": [5, 4, 3, 2, 1],
        "from=2026-13-77&to=x": [5, 4, 3, 2, 1],
        "kind=row&number=3": [3],
        f"kind=thread&number={thread.id}": [3, 1],
        f"kind=post&number={reply.id}": [2],
        f"kind=post&number={reply.id}&role=admin": [],
        f"kind=case&number={acts['first']}": [2],
        f"kind=case&number={acts['second']}": [],
        f"kind=decision&number={acts['decision']}": [4],
        "kind=case&number=4711": [],
        "kind=decision&number=99999999999": [5, 4, 3, 2, 1],
        "before=3&role=moderator": [2, 1],
    }.items():
        assert shown(client, query) == rows, query
    text = client.get("/moderation/log?subtheme=nowhere").text
    assert "Nothing fits" in text and "Nothing has been decided yet" not in text
    text = client.get("/moderation/log?act=thread&from=2026-01-01").text
    assert '<option value="thread" selected>' in text and 'name="from" type="date" value="2026-01-01"' in text
    assert 'href="/feeds/moderation-log.atom?act=thread&amp;from=2026-01-01"' in text


def test_no_number_joins_a_sanction_to_a_post(flagged, reply, ann, bob, bea, carol, client, as_):
    """One row of the case names the post, and its author is only warned: nobody can put the two together."""
    notes.open_notes(flagged, carol)
    made = decisions.decide(flagged.id, bob, "warn", "Mind the tone.", rule="abuse")
    appeals.file(made.id, ann, "It was no insult.")
    appeals.decide(appeal_queries.of_decision(made.id).id, bea, "uphold", "It was one.")
    rows = {row.act: row for row in db.session.scalars(db.select(AuditEntry))}
    read, warned, upheld = (rows[act] for act in ("notes.read", "person.warned", "appeal.upheld"))
    assert read.facts["case"] == flagged.id and "case" not in warned.facts and "case" not in upheld.facts
    with transaction() as session:  # a row of before knows its case
        session.execute(db.update(AuditEntry).where(AuditEntry.seq == warned.seq).values(facts={"case": flagged.id}))
    for query, found in {
        f"kind=case&number={flagged.id}": [read.seq],
        f"kind=post&number={reply.id}": [read.seq],
        f"kind=decision&number={made.id}": [upheld.seq, warned.seq],
    }.items():
        assert shown(client, query) == found, query
        assert query[5:9] != "deci" or f"case {flagged.id}" not in client.get(f"/moderation/log?{query}").text
    page = as_(ann).get(f"/moderation/decisions/{made.id}").text
    assert f'href="/moderation/log?kind=row&amp;number={warned.seq}"' in page, "whom it concerns finds the row"


def test_a_suspension_is_found_by_its_decision_without_the_post(flagged, bob, client):
    until = now() + timedelta(days=3)
    made = decisions.decide(flagged.id, bob, "suspend", "Enough.", rule="abuse", until=until)
    removed, suspended = (db.session.scalar(db.select(AuditEntry.seq).where(AuditEntry.act == act))
                          for act in ("post.removed", "person.suspended"))  # fmt: skip
    assert shown(client, f"kind=decision&number={made.id}") == [suspended] == [made.log_seq]
    assert shown(client, f"kind=case&number={flagged.id}") == [removed]


def test_what_a_reader_types_is_no_markup(client):
    for name in ("act", "rule", "subtheme", "role", "from", "to", "kind", "number", "before"):
        for path in ("/moderation/log", "/feeds/moderation-log.atom"):
            answer = client.get(path, query_string={name: '"><script>alert(1)</script>'})
            assert answer.status_code == 200 and "<script>alert" not in answer.text


def test_it_is_paged(thread, bob, client):
    for _ in range(15):
        staff_actions.pin(thread, by=bob)
        staff_actions.unpin(thread, by=bob)
    text = client.get("/moderation/log").text
    assert text.count('id="row-') == 20 and 'id="row-30"' in text and 'rel="next"' in text
    second = client.get("/moderation/log?before=11").text
    assert second.count('id="row-') == 10 and 'id="row-1"' in second and 'rel="next"' not in second
    assert shown(client, "act=thread.pinned") == list(range(29, 0, -2))
    assert shown(client, "act=thread") == list(range(30, 10, -1))
    assert shown(client, "act=thread&before=11") == list(range(10, 0, -1))
    for odd in ("before=x", "before=-1", "before=99999999999999", "act=nonsense"):
        assert client.get(f"/moderation/log?{odd}").status_code == 200


def test_several_filters_at_once_look_through_a_bounded_piece_of_the_log(thread, bob, carol, client, monkeypatch):
    monkeypatch.setattr(queries, "WINDOW", 10)
    staff_actions.pin(thread, by=carol)
    staff_actions.unpin(thread, by=carol)
    for _ in range(12):
        staff_actions.pin(thread, by=bob)
        staff_actions.unpin(thread, by=bob)
    first = queries.entries(Choice(acts=("thread.pinned",), role="admin"))
    assert (first.entries, first.before, first.looked_down_to) == ([], 17, 17)
    assert "Nothing among these rows" in client.get("/moderation/log?act=thread.pinned&role=admin").text
    second = queries.entries(Choice(acts=("thread.pinned",), role="admin"), first.before)
    third = queries.entries(Choice(acts=("thread.pinned",), role="admin"), second.before)
    assert [row.seq for row in third.entries] == [1] and third.before is None


def test_it_costs_the_same_however_long_it_is(thread, bob, client, statements):
    counts = []
    for _ in range(2):
        for _ in range(12):
            staff_actions.pin(thread, by=bob)
            staff_actions.unpin(thread, by=bob)
        with statements() as seen:
            client.get("/moderation/log")
        counts.append(len(seen))
        with statements() as seen:
            client.get("/moderation/log?act=thread&role=moderator&from=2020-01-01&to=2099-01-01")
        counts.append(len(seen))
    # where it ends (twice: page and foot), the rules in force, entries, sub-themes, threads; two more for the days
    assert counts == [6, 8, 6, 8]


PLANS = (
    (Choice(rule="hate"), "ix_audit_entries_rule_seq"),
    (Choice(scope="law-online"), "ix_audit_entries_scope_seq"),
    (Choice(role="admin"), "ix_audit_entries_actor_role_seq"),
    (Choice(acts=("post.kept",)), "ix_audit_entries_act_seq"),
    (Choice(acts=("post.hidden", "post.kept")), "ix_audit_entries_act_seq"),
    (Choice(kind="post", number=3), "ix_audit_entries_target_seq"),
)


@pytest.mark.parametrize(("choice", "index"), PLANS)
def test_every_filter_walks_along_an_index(app, choice, index):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("EXPLAIN QUERY PLAN is SQLite's")
    branches = queries._branches(choice, [queries._target(choice)])
    for branch in branches:
        walk = queries._walk(branch, 0, 999, 21).compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = " ".join(row[-1] for row in db.session.execute(db.text(f"EXPLAIN QUERY PLAN {walk}")))
        assert index in plan and "TEMP B-TREE" not in plan, plan


def test_a_suspension_is_in_the_log_without_a_name(flagged, ann, bob, client):
    decisions.decide(flagged.id, bob, "suspend", "Enough.", rule="abuse", until=now() + timedelta(days=3))
    text = client.get("/moderation/log").text
    assert "Somebody was suspended" in text and "for 3 days" in text and "/people/ann" not in text
    row = db.session.scalar(db.select(AuditEntry).where(AuditEntry.act == "person.suspended"))
    assert row.target == f"person:{ann.id}" and audit.public_target(row) not in (row.target, f"person:{ann.id}")


def test_an_empty_log_says_so(client):
    assert "Nothing has been decided yet" in client.get("/moderation/log").text
    assert "Nothing has been decided yet" in client.get("/moderation/log/files").text
