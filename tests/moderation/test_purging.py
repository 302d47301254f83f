"""P-1: after a purge a word that stood in a removed post stands in no table and in no file of the instance."""

import contextlib
import contextvars
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import JSON, LargeBinary, String

from forum.accounts.models import Role
from forum.core import audit, chain
from forum.core.audit import AuditEntry
from forum.core.database import db, transaction
from forum.core.diagnosis import Fact
from forum.core.errors import Forbidden, Refused
from forum.core.markup.quoting import quote
from forum.core.markup.unquoting import without_quotes
from forum.leaving import actions as leaving
from forum.leaving import making
from forum.leaving.models import DataExport
from forum.notifications.models import Notification
from forum.search.index import current_index
from forum.threads import actions, redaction
from forum.threads.models import AnswerDraft, Post, State, Thread
from moderation import decisions, flags, undoing
from moderation.appeals import actions as appeals
from moderation.bulk import actions as bulk
from moderation.effects.shape import Details
from moderation.models import Case, Decision
from moderation.notes import actions as notes
from moderation.purging import actions as purging
from moderation.purging import sweeping
from moderation.purging.models import Purge
from search_index.interface import Query

WORD = "quetzalwo"  # a name as short as many a one, which the search index has as it is
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


def problems():
    """Return what is wrong with purges, without the facts."""
    return [each for each in sweeping.purge_faults() if not isinstance(each, Fact)]


@pytest.fixture
def planted(subtheme, ann, alice, bob):
    """The opening of ann's thread, edited, flagged, noted and removed: the word stands alone in all of that."""
    thread = actions.start_thread(subtheme, ann, f"About the {WORD}", TEXT)
    post = db.session.scalar(db.select(Post).where(Post.thread_id == thread.id))
    actions.edit_post(post, ann, f"{TEXT * 2} Edited.", title=f"About the {WORD}, anew")
    case_id = flags.flag_post(post, alice, "privacy", f"Says {WORD}!").case_id
    notes.write(case_id, bob, f"So {WORD} it is.")
    return post, decisions.decide(case_id, bob, "remove", f"No {WORD} here.", rule="privacy")


def purged(post, by):
    return purging.purge(post.id, by, "privacy", "She has asked for it.")


def archives_made(app, owed):
    """What the worker does, without all that it does beside it."""
    with app.app_context():
        for export_id in owed:
            making.make_archive(export_id)


@pytest.fixture
def spread(app, planted, subtheme, ann, alice, mallory, bob, bea, carol, work):
    """The word, in addition: in quotes and what became of them, a bulk reason, an appeal, and everybody's archive."""
    post = planted[0]
    for number in range(10):  # neighbours on the pages of the database, so that rows move when this one grows
        actions.start_thread(subtheme, alice, f"Neighbour {number}", f"Neighbour {number} has words of its own. " * 20)
    thread = actions.start_thread(subtheme, ann, "About a lane", f"Where {WORD} lives.")
    again = db.session.scalar(db.select(Post).where(Post.thread_id == thread.id))
    quoting = actions.post_reply(
        thread, alice, quote("ann", again.id, again.body) + f"Words of mine.\n\n> {WORD}, even"
    )
    actions.edit_post(quoting, alice, quoting.body + "\n\nAnd a kumquat.")
    with transaction() as session:
        session.add(AnswerDraft(user_id=bea.id, parent_id=again.id, body=f"As {WORD} says", sources=[[WORD, ""]]))
    frozen = flags.flag_post(quoting, mallory, "abuse", "Unkind.").case_id
    cases = [flags.flag_post(again, mallory, "privacy", f"{WORD}!").case_id, frozen]
    work()  # they are in the index
    seen = [(each, db.session.get(Case, each).version) for each in cases]
    act = bulk.decide_many(seen, bob, "remove", f"Both: {WORD}.", "privacy")
    filed = appeals.file(act.lines[0][2], ann, f"But {WORD} is me.")
    appeals.decide(filed.id, bea, "uphold", f"No {WORD}.")
    owed = [leaving.ask_for_archive(person).id for person in (ann, alice, bob, bea)]
    contextvars.Context().run(archives_made, app, owed)
    return post, again, quoting, frozen


def test_after_a_purge_the_word_stands_in_no_table_and_in_no_file(app, spread, alice, carol, work):
    post, again, quoting, frozen = spread
    folder, sqlite = app.config["FORUM_INSTANCE"], db.engine.dialect.name == "sqlite"
    held = set(rows_with(WORD))
    everywhere = "answer_drafts appeals bulk_acts case_notes cases decisions flags posts revisions threads"
    assert sorted(held) == everywhere.split()
    archives = db.session.scalars(db.select(DataExport).where(DataExport.file != "")).all()
    assert len(archives) == 4
    names = [each.file for each in archives]
    assert all((Path(folder) / "exports" / name).is_file() for name in names)
    if sqlite:
        assert any(name.startswith("forum.db") for name in files_with(folder, WORD))
        assert any(name.startswith("search/") for name in files_with(folder, WORD)), "dropped, and still in a segment"
    for each in (post, again):
        purged(each, carol)
    assert set(rows_with(WORD)) == {"cases", "posts", "revisions"}, "at once: all but the quotes of others"
    work()
    assert rows_with(WORD) == [] == files_with(folder, WORD), "within a minute: nowhere"
    assert not any((Path(folder) / "exports" / name).exists() for name in names) and not problems()
    assert {
        each.state for each in db.session.scalars(db.select(DataExport).execution_options(populate_existing=True))
    } == {"expired"}
    kept = db.session.get(Post, quoting.id, populate_existing=True)
    assert (
        kept.body == (f"> **@ann** · #{again.id}\n>\n> […]\n\nWords of mine.\n\n> […]\n\nAnd a kumquat.")
        and "Words of mine" in kept.html
        and "Words of mine" in db.session.get(Case, frozen).frozen_html
    )
    assert current_index().find(Query(WORD)).hits == () and current_index().find(Query("neighbour")).hits
    if sqlite:
        with sqlite3.connect(db.engine.url.database) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    named = set(sweeping.vacuum_order().removeprefix("VACUUM FULL ").strip(";").split(", "))
    assert held <= named and "search_documents" in named, "what PostgreSQL keeps on its pages"
    assert sweeping.vacuum_order() in Path("docs/operations.md").read_text(), "what operators copy"
    told = "".join(sweeping.purge_faults())
    assert (sweeping.vacuum_order() in told) != sqlite


def test_a_purge_is_told_and_leaves_a_tombstone(planted, ann, carol, dora, client, as_, clock, work):
    post, made = planted
    newest = audit.head()[0]
    purge = purged(post, carol)
    assert rows_with(WORD) == [] and not problems()
    clock.move(hours=2)
    assert "may still hold" in problems()[0]
    work()
    assert db.session.get(Purge, purge.id, populate_existing=True).swept_at and not problems()
    kept = db.session.get(Post, post.id, populate_existing=True)
    assert (kept.state, kept.author_id, kept.body, kept.position) == (State.REMOVED, ann.id, "", 1)
    assert db.session.get(Thread, kept.thread_id).title == "–" and chain.first_fault() is None
    row = db.session.scalar(db.select(AuditEntry).where(AuditEntry.seq == newest + 1))
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


def test_words_that_an_admin_names_go_from_other_cases_too_and_what_came_since_goes_with_another_purge(
    planted, subtheme, alice, bob, carol, dora, mallory, as_, work
):
    post, made = planted
    thread = actions.start_thread(subtheme, alice, "Another lane", f"Nothing of it, or {WORD}?")
    other = db.session.scalar(db.select(Post).where(Post.thread_id == thread.id))
    case_id = flags.flag_post(other, mallory, "abuse", f"About {WORD.upper()}.").case_id
    notes.write(case_id, bob, "Nothing of that.")
    client, path = as_(carol), f"/admin/posts/{post.id}/purge"
    page = client.send(path, words=WORD, look="1")
    assert page.status_code == 200 and "1 text in other cases is emptied" in page.text, page.text
    assert f'href="/moderation/cases/{case_id}"' in page.text and f'href="/posts/{other.id}"' in page.text
    assert client.send(path, words="ab", look="1").status_code == 422 and "flags" in rows_with(WORD.upper())
    fields = {"ground": "privacy", "reason": "She asked.", "words": WORD, "certain": "y"}
    assert client.send(path, **fields | {"reason": f"About {WORD.upper()}."}).status_code == 422
    assert client.send(path, **fields).status_code == 303
    assert rows_with(WORD.upper()) == [] and rows_with("Nothing of that") == ["case_notes"]
    work()
    newest = audit.head()[0]
    assert client.send(path, certain="y").status_code == 303 and audit.head()[0] == newest, "nothing came since"
    notes.write(made.case_id, bob, f"It was {WORD}.")
    assert "came after the purge" in client.get(path).text
    assert as_(dora).send(path, certain="y").status_code == 303 and "case_notes" not in rows_with(WORD)
    again = db.session.scalar(db.select(Purge).execution_options(populate_existing=True))
    assert (again.by_id, again.swept_at, again.reason) == (dora.id, None, "She asked.")
    assert audit.head()[0] == newest + 1


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_reader_that_keeps_the_log_open_leaves_the_rest_to_the_next_sweep_and_nobody_waits_long(planted, carol, work):
    purge = purged(planted[0], carol)
    with contextlib.closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM posts").fetchone()
        work()
        assert db.session.get(Purge, purge.id, populate_existing=True).swept_at is None
    assert db.session.execute(db.text("PRAGMA busy_timeout")).scalar() == 10_000, "writers wait as ever"
    work()
    assert db.session.get(Purge, purge.id, populate_existing=True).swept_at


GO = """
    posts.body posts.html posts.plain posts.sources posts.correction threads.title
    revisions.title revisions.body revisions.sources revisions.note answer_drafts.body answer_drafts.sources
    cases.frozen_title cases.frozen_body cases.frozen_html cases.frozen_facts cases.findings decisions.undo
    flags.note visitor_flags.note case_notes.body decisions.reason appeals.words appeals.reply bulk_acts.reason
    ask_sessions.description_en ask_sessions.description_zh questions.decline_reason
"""
STAY = {
    "threads.source_id": "the number of an import", "posts.source_id": "the number of an import",
    "posts.form_token": "a hash", "visitor_flags.form_key": "a hash", "visitor_flags.token_hash": "a hash",
    "visitor_flags.mark": "a hash", "visitor_flags.address": "whom to write to",
    "bulk_acts.lines": "numbers",
    "cases.before_hiding": "a state", "decisions.facts": "numbers", "closures.flags": "numbers",
    "closed_posts.former": "a state", "notifications.key": "numbers", "notifications.facts": "numbers and codes",
    "purges.reason": "the administrator's, who is told not to repeat the words",
    "programme_items.form_token": "a hash", "programme_items.stream_url": "an address",
    "programme_items.recording_url": "an address",
    # an item of the programme is written for itself by moderators, who change it: it quotes no post of its thread
    **dict.fromkeys(
        [
            *(f"programme_items.{part}_{lang}" for part in ("title", "description") for lang in ("en", "zh")),
            *(f"programme_items.{part}" for part in ("agenda", "agenda_html", "notes", "notes_html")),
            *(f"programme_items.{part}" for part in ("place_en", "place_zh", "moments", "cancel_reason")),
            "programme_speakers.words",
        ],
        "the programme's own words",
    ),
}  # fmt: skip


def test_every_column_in_which_words_about_a_post_can_stand_is_known_to_the_purge():
    tied, more = {"posts", "threads"}, {"bulk_acts"}
    while more:
        tied |= more
        more = {table.name for table in db.metadata.sorted_tables if tied & _refers_to(table)} - tied
    held = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if table.name in tied and _holds_words(column.type)
    }
    assert held - set(GO.split()) - set(STAY) == set(), (
        "name it here, and take it in forum/threads or moderation/purging"
    )


def _refers_to(table):
    return {key.column.table.name for key in table.foreign_keys} - {"users"}


def _holds_words(kind):
    is_code = isinstance(kind, String) and (kind.length or 1_000) <= 60
    return isinstance(kind, (String, JSON, LargeBinary)) and not is_code


def test_the_words_of_one_post_go_from_quotes_at_any_depth_and_nobody_elses():
    its, others = "> **@ann** · #12\n>\n> […]", "> **@alice** · #13\n>\n> hers"
    deep = its.replace("\n", "\n> ")
    for source, cut in {
        quote("ann", 12, "it\n\n```\nit\n```")
        + "Mine.\n\n> it, again\n> it\n\nMine.": f"{its}\n\nMine.\n\n> […]\n\nMine.",
        "> **@ann** · #12\n>\n> it\nand it\n\nMine": f"{its}\n\nMine",
        "> **@ann** · #12\n>\n> it\n>\nMine": f"{its}\n\nMine",
        "> **@ann** · #12\n> it\n- Mine": f"{its}\n\n- Mine",
        f"> **@ann** · #12\n>\n> it\n> > it\n\n{others}\n\n> hers": f"{its}\n\n{others}\n\n> hers",
        f"{others}\n>\n> > **@ann** · #12\n> >\n> > it\n>\n> hers": f"{others}\n>\n> {deep}\n>\n> hers",
        "- > **@ann** · #12\n  > it\n- > it\n- Mine": "- > **@ann** · #12\n  >\n  > […]\n\n- Mine",
        "> **@ann** · #123\n> other": "> **@ann** · #123\n> other",
        "> a book\n\nmine · #12": "> a book\n\nmine · #12",
    }.items():
        assert without_quotes(source, 12) == cut == without_quotes(cut, 12), source


def test_an_appeal_after_a_purge_clears_the_record_and_brings_nothing_back(planted, ann, bea, bob, carol, as_, work):
    post, made = planted
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
    post, made = planted
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
    post, _made = planted
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
