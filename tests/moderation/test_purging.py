"""P-1: after a purge a word that stood in a removed post stands in no table and in no file of the instance."""

import sqlite3
from pathlib import Path

import pytest

from forum.accounts.models import Role
from forum.core import audit
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Forbidden, Refused
from forum.leaving import actions as leaving
from forum.leaving.models import DataExport
from forum.notifications.models import Notification
from forum.search.index import current_index
from forum.threads import actions, redaction
from forum.threads.models import Post, State, Thread
from moderation import decisions, flags, undoing
from moderation.appeals import actions as appeals
from moderation.effects.shape import Details
from moderation.models import Case, Decision
from moderation.notes import actions as notes
from moderation.purging import actions as purging
from moderation.purging import sweeping
from moderation.purging.actions import is_quoted
from moderation.purging.models import Purge
from search_index.interface import Query

WORD = "quetzalwortle"
STEM = "quetzalwort"  # as the search index has it
TEXT = f"The {WORD} lives at twelve, Sycamore Lane, behind the mill. " * 40


@pytest.fixture
def dora(person):
    """Another admin."""
    return person("dora", role=Role.ADMIN)


def files_with(folder, word):
    """Return the names of the files below the folder that hold the word, as plain bytes."""
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*")
                  if path.is_file() and word.encode() in path.read_bytes())  # fmt: skip


def rows_with(word):
    """Return the tables in which a column of any row holds the word."""
    found = set()
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                if any(word in str(value) for value in row):
                    found.add(table.name)
    return sorted(found)


@pytest.fixture
def planted(app, subtheme, ann, alice, bob, carol, work):
    """The opening of ann's thread, edited, flagged, noted, decided about and in her archive, among others' texts."""
    for number in range(30):  # neighbours on the pages of the database, so that rows move when this one grows
        actions.start_thread(subtheme, alice, f"Neighbour {number}", f"Neighbour {number} has words of its own. " * 20)
    thread = actions.start_thread(subtheme, ann, f"About the {WORD}", TEXT)
    post = db.session.scalar(db.select(Post).where(Post.thread_id == thread.id))
    for number in range(3):
        actions.edit_post(post, ann, f"{TEXT * (number + 2)} Edit {number}.", title=f"About the {WORD}, {number}")
        actions.start_thread(subtheme, alice, f"Later neighbour {number}", "Other words again. " * 60)
    actions.post_reply(thread, alice, "A reply that says nothing of it.")
    case_id = flags.flag_post(post, alice, "privacy", f"It says where the {WORD} lives!").case_id
    notes.write(case_id, bob, f"The {WORD} lives at twelve, indeed.")
    work()
    export = leaving.ask_for_archive(ann)
    work()
    made = decisions.decide(case_id, bob, "remove", f"You wrote where the {WORD} lives.", rule="privacy")
    work()
    return post, made, db.session.get(DataExport, export.id, populate_existing=True)


def purged(post, by):
    return purging.purge(post.id, by, "privacy", "She has asked for it.")


def test_after_a_purge_the_word_stands_in_no_table_and_in_no_file(
    app, planted, ann, carol, dora, work, client, as_, clock
):
    post, made, export = planted
    folder, sqlite = app.config["FORUM_INSTANCE"], db.engine.dialect.name == "sqlite"
    assert {"cases", "decisions", "flags", "posts", "revisions", "threads", "case_notes"} <= set(rows_with(WORD))
    assert export.state == "ready" and list((Path(folder) / "exports").iterdir())
    if sqlite:
        assert any(name.startswith("forum.db") for name in files_with(folder, STEM))
        assert any(name.startswith("search/") for name in files_with(folder, STEM)), "dropped, and still in a segment"
    chain = audit.head()[0]
    purge = purged(post, carol)
    assert rows_with(WORD) == [], "at once"
    assert not list(sweeping.purge_faults())
    clock.move(hours=2)
    assert "may still hold" in next(sweeping.purge_faults())
    work()
    assert db.session.get(Purge, purge.id, populate_existing=True).swept_at and not list(sweeping.purge_faults())
    assert files_with(folder, STEM) == [] and not list((Path(folder) / "exports").iterdir())
    assert current_index().find(Query(WORD)).hits == () and current_index().find(Query("neighbour")).hits
    if sqlite:
        with sqlite3.connect(db.engine.url.database) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    kept = db.session.get(Post, post.id, populate_existing=True)
    assert (kept.state, kept.author_id, kept.body, kept.position) == (State.REMOVED, ann.id, "", 1)
    assert db.session.get(Thread, kept.thread_id).title == "–" and audit.first_fault() is None
    row = db.session.scalar(db.select(AuditEntry).where(AuditEntry.seq == chain + 1))
    assert (row.act, row.target, row.facts) == ("post.purged", f"post:{post.id}", {"ground": "privacy"})
    assert "She has asked" not in client.get("/moderation/log").text
    told = db.session.scalars(db.select(Notification.user_id).where(Notification.kind == "post_purged")).all()
    assert told == [dora.id], "all admins but the one who did it"
    text = as_(dora).get("/admin/acts").text
    assert "She has asked for it." in text and "private data" in text and "/people/carol" in text
    for path in (
        f"/moderation/cases/{made.case_id}",
        f"/moderation/decisions/{made.id}",
        f"/admin/posts/{post.id}/purge",
    ):
        page = as_(dora).get(path)
        assert page.status_code == 200 and ("kept no more" in page.text or "were purged" in page.text), path
    assert db.session.get(Case, made.case_id).frozen_title == "–", "what heads the page of the case"
    assert purged(post, dora).by_id == carol.id, "a second time is the first"


def test_an_appeal_after_a_purge_clears_the_record_and_brings_nothing_back(planted, ann, bea, bob, carol, as_, work):
    post, made, _export = planted
    page = as_(carol).get(f"/admin/posts/{post.id}/purge").text
    assert "may appeal until" in page and "is open" not in page
    filed = appeals.file(made.id, ann, "It was my own address.")
    page = as_(carol).get(f"/admin/posts/{post.id}/purge").text
    assert f'href="/moderation/appeals/{filed.id}"' in page and "may appeal until" not in page
    purged(post, carol)
    assert "kept no more" in as_(bea).get(f"/moderation/appeals/{filed.id}").text
    appeals.decide(filed.id, bea, "overturn", "It was yours.")
    kept = db.session.get(Post, post.id, populate_existing=True)
    assert (kept.state, kept.body) == (State.REMOVED, "") and db.session.get(Decision, made.id).reversed_at
    assert "taken away for good" in as_(ann).get(f"/moderation/decisions/{made.id}").text


def test_what_was_cut_out_before_is_purged_too(subtheme, alice, ann, bob, carol):
    thread = actions.start_thread(subtheme, ann, "About the lane", f"The {WORD} lives there. Nothing else.")
    post = db.session.scalar(db.select(Post).where(Post.thread_id == thread.id))
    case_id = flags.flag_post(post, alice, "privacy", "").case_id
    details = Details(cut=redaction.prepared(post, "The lives there. Nothing else.", "About the lane"))
    cut = decisions.decide(case_id, bob, "edit_out", "No addresses.", "privacy", details=details)
    again = flags.flag_post(db.session.get(Post, post.id), alice, "privacy", "").case_id
    decisions.decide(again, bob, "remove", "Not even so.", rule="privacy")
    assert "decisions" in rows_with(WORD)
    purged(post, carol)
    assert rows_with(WORD) == []
    decisions.reverse(db.session.get(Decision, cut.id), carol, decisions.Cause.APPEAL)
    assert rows_with(WORD) == [] and not db.session.get(Post, post.id).body


def test_what_was_purged_cannot_be_decided_anew(planted, bob, carol):
    post, made, _export = planted
    purged(post, carol)
    with pytest.raises(Refused):
        undoing.take_back(db.session.get(Decision, made.id), bob)
    assert db.session.get(Decision, made.id).reversed_at is None


def test_only_admins_and_only_what_is_out_of_sight(flagged, reply, ann, bob, carol, dora):
    for person in (ann, bob):
        with pytest.raises(Forbidden):
            purged(reply, person)
    with pytest.raises(Refused):
        purged(reply, carol)
    decisions.decide(flagged.id, bob, "hide", "Enough.", rule="abuse")
    with pytest.raises(Refused):
        purged(reply, carol)
    for ground, reason in (("whim", "So."), ("order", ""), ("", "So."), ("order", "x" * 2001)):
        with pytest.raises(Refused):
            purging.purge(reply.id, carol, ground, reason)
    assert not db.session.scalars(db.select(Purge)).all() and db.session.get(Post, reply.id).body


def test_nobody_purges_ones_own_post_while_another_admin_is_there(subtheme, alice, carol, person):
    thread = actions.start_thread(subtheme, carol, "An admin's own", "Words of an admin.")
    post = db.session.scalar(db.select(Post).where(Post.thread_id == thread.id))
    actions.delete_post(post, carol)
    dora = person("dora", role=Role.ADMIN)
    with pytest.raises(Forbidden):
        purged(post, carol)
    dora_alone = purged(post, dora)
    assert dora_alone.by_id == dora.id


def test_the_page_asks_who_it_is_and_for_a_reason(planted, alice, carol, as_, clock):
    post, _made, _export = planted
    client, path = as_(carol), f"/admin/posts/{post.id}/purge"
    assert WORD in client.get(path).text
    fields = {"ground": "order", "reason": "The court of the town.", "certain": "y"}
    for missing in fields:
        answer = client.send(path, **{name: value for name, value in fields.items() if name != missing})
        assert answer.status_code == 422, missing
    clock.move(minutes=20)
    assert client.send(path, **fields).status_code != 303 and not db.session.scalars(db.select(Purge)).all()
    fresh = as_(carol)
    assert fresh.send(path, **fields).status_code == 303
    assert db.session.scalars(db.select(Purge.reason)).all() == ["The court of the town."]
    assert as_(carol).get("/admin/posts/999999/purge").status_code == 404


def test_what_counts_as_a_quotation():
    assert is_quoted("He says: lives AT  twelve, Syc…", [TEXT]) and is_quoted("about kumquats!", ["kumquat"])
    assert not is_quoted("An address, rule 4.", [TEXT]) and not is_quoted("", [TEXT]) and not is_quoted("x", [""])
    assert is_quoted("他住在磨坊后面的梧桐巷十二号哦", ["他住在磨坊后面的梧桐巷十二号"])
