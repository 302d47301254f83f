"""Edit out: the words are nowhere for others, the author sees them and appeals, and they come back byte for byte."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.accounts.models import REMOVE_POSTS
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Refused
from forum.leaving import closing
from forum.notifications.models import Notification
from forum.threads import actions, redaction
from forum.threads.models import Post, Revision, Thread
from moderation import decisions, flags, undoing
from moderation.appeals import actions as appeals
from moderation.appeals import evidence
from moderation.effects.shape import Details
from moderation.models import Case, Decision, Strike

DAY = timedelta(days=1)
BEFORE, AFTER = "The rule is old. Only a **kumquat** says otherwise.", "The rule is old. Only a says otherwise."


@pytest.fixture
def post(thread, ann):
    return actions.post_reply(thread, ann, BEFORE)


@pytest.fixture
def case(post, alice):
    return flags.flag_post(post, alice, "abuse").case


def edit_out(case, by, left=AFTER, title=""):
    details = Details(cut=redaction.prepared(case.post, left, title))
    return decisions.decide(case.id, by, "edit_out", "Names people things.", "abuse", details=details)


def present(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


def text_of(post):
    post = present(post)
    return post.body, post.html, post.plain, post.lang, post.edited_at


def test_by_the_form_the_words_are_nowhere_for_others(post, case, thread, ann, alice, bob, mallory, as_, client, work):
    work()
    url = f"/moderation/cases/{case.id}/decisions"
    desk = as_(bob).get(f"/moderation/cases/{case.id}").text
    assert "kumquat" in desk.split('name="body"')[1], "the author's text, to cut"
    fields = {"outcome": "edit_out", "rule": "abuse", "reason": "Names people things.", "version": 1}
    added = as_(bob).send(url, **fields, body="The rule is new.")
    assert added.status_code == 422 and "Only take words away" in added.text and "The rule is new." in added.text
    assert as_(bob).send(url, **fields, body=AFTER).status_code == 303
    work()
    decision = db.session.scalar(select(Decision))
    assert present(post).body == "The rule is old. Only a […] says otherwise."
    place = f"/threads/{thread.id}/{thread.slug}"
    for reader in (client, as_(mallory), as_(alice)):
        page = reader.get(place).text
        assert "kumquat" not in page and "[…]" in page and "Edited by moderation" in page
        assert "A moderator has cut something out. Rule: " in page
        for where in (f"/posts/{post.id}/revisions", "/search?q=kumquat", "/notifications", "/", "/moderation/log"):
            found = reader.get(where).text.replace("q=kumquat", "").replace('value="kumquat"', "")
            assert f"/posts/{post.id}" not in found or "kumquat</" not in found, where
            if "search" not in where:
                assert "kumquat" not in found, where
    assert "kumquat" not in client.get(f"/posts/{post.id}/quote").text
    assert "kumquat" in as_(ann).get(f"/posts/{post.id}/revisions").text, "its author sees what was cut"
    assert "kumquat" in as_(ann).get(f"/moderation/decisions/{decision.id}").text
    assert "kumquat" in as_(bob).get(f"/moderation/cases/{case.id}").text
    row = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert (row.act, row.rule, row.target) == ("post.redacted", "abuse", f"post:{post.id}")
    told = {(each.user_id, each.kind): each.facts for each in db.session.scalars(select(Notification))}
    assert told[ann.id, "decision"]["outcome"] == "edit_out" and told[alice.id, "flag_outcome"]["outcome"] == "edited"
    assert "kumquat" not in str(list(told.values())) and db.session.scalar(select(Strike.user_id)) == ann.id
    receipt = as_(alice).get("/flags").text
    assert "something was cut out" in receipt and "kumquat" not in receipt


@pytest.mark.parametrize("way", ["undone", "overturned"])
def test_it_comes_back_byte_for_byte(post, case, ann, bob, bea, clock, client, way):
    actions.edit_post(post, ann, BEFORE + " So there.")
    before, revision = text_of(post), present(post).revision
    decision = edit_out(present(case), bob, AFTER + " So there.")
    assert "kumquat" not in text_of(post)[0] and present(post).redacted_revision == revision + 1
    history = client.get(f"/posts/{post.id}/revisions").text
    assert "kumquat" not in history and "As a moderator left it" in history, "also not in versions of before"
    if way == "undone":
        assert undoing.undo(decision.id, bob).forget_at is None
    else:
        clock.move(days=19)
        appeals.decide(appeals.file(decision.id, ann, "It is a fruit.").id, bea, "overturn", "So it is.")
    assert text_of(post) == before and present(post).redacted_revision is None
    assert present(post).revision == revision + 2, "no number is used twice"
    assert db.session.scalars(select(Revision.number).where(Revision.post_id == post.id)).all() == [1]
    row = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert (row.target, row.facts["outcome"]) == (f"post:{post.id}", "edit_out")
    assert "Edit out" in client.get("/moderation/log").text, "the row says what was taken back"
    history = client.get(f"/posts/{post.id}/revisions").text
    assert history.count('<section class="revision"') == 2 and "[…]" not in history
    assert present(case).forget_at is None
    assert "kumquat" not in str(present(decision).undo), "a decision stays for ever, so it keeps no words"


def test_what_its_author_has_changed_since_stays_and_that_is_said(post, case, ann, bob, bea, as_, clock):
    decision = edit_out(case, bob)
    clock.move(minutes=1)
    actions.edit_post(present(post), ann, "The rule is old, and good.")
    appeals.decide(appeals.file(decision.id, ann, "It is a fruit.").id, bea, "overturn", "So it is.")
    assert present(post).body == "The rule is old, and good." and present(post).redacted_revision is None
    assert "You have changed the post since" in as_(ann).get(f"/moderation/decisions/{decision.id}").text


def test_the_title_of_an_opening_comes_back_with_its_text(thread, alice, ann, bob, bea):
    opening = db.session.scalar(select(Post).where(Post.thread_id == thread.id, Post.position == 1))
    title, words, before = thread.title, opening.body.split(), text_of(opening)
    first = edit_out(flags.flag_post(opening, ann, "abuse").case, bob, " ".join(words[1:]), " ".join(title.split()[1:]))
    assert present(thread).title == "[…] " + " ".join(title.split()[1:])
    second_case = flags.flag_post(present(opening), ann, "abuse").case
    second = edit_out(second_case, bob, " ".join(present(opening).body.split()[:-1]))
    overturn(first, alice, bea)
    assert present(opening).redacted_revision == second.undo["redacted"], "the other one still stands"
    assert present(opening).body.startswith("[…]")
    overturn(second, alice, bea)
    assert text_of(opening) == before and present(thread).title == title


@pytest.mark.parametrize("order", ["the first", "the last"])
@pytest.mark.parametrize("edited", [False, True])
def test_two_cuts_come_back_in_either_order(post, case, ann, alice, bob, bea, mallory, as_, clock, order, edited):
    before = text_of(post)
    first = edit_out(case, bob)
    if edited:
        clock.move(minutes=1)
        actions.edit_post(present(post), ann, "The rule is old. Nobody […] says otherwise.")
    between = text_of(post)
    clock.move(minutes=1)
    left = between[0].replace("old", "")
    second = edit_out(flags.flag_post(present(post), alice, "abuse").case, bob, left)
    both = text_of(post)
    earlier, later = (first, second) if order == "the first" else (second, first)
    overturn(earlier, ann, bea)
    page, history = as_(ann).get(f"/moderation/decisions/{earlier.id}").text, f"/posts/{post.id}/revisions"
    if order == "the first":
        assert text_of(post) == both and present(post).redacted_revision == second.undo["redacted"]
        assert ("Another cut in it still stands" if edited else "stays as that one left it") in page
    else:
        assert text_of(post) == between and present(post).redacted_revision == first.undo["redacted"]
        assert "Another one, by which something was cut out, still stands" in page
    assert "kumquat" not in as_(mallory).get(history).text and present(post).is_redacted
    overturn(later, ann, bea)
    assert text_of(post) == (between if edited else before) and not present(post).is_redacted
    assert ("kumquat" in as_(mallory).get(history).text) is True, "in the text, or in its history"
    kept = db.session.scalars(select(Revision.number).where(Revision.post_id == post.id)).all()
    assert sorted(kept) == ([1, 2] if edited else []), "nothing of the cuts themselves"
    again = edit_out(flags.flag_post(present(post), alice, "abuse").case, bob, between[0].replace("rule", ""))
    undoing.undo(again.id, bob)
    assert text_of(post) == (between if edited else before)


def overturn(decision, author, by):
    appeals.decide(appeals.file(decision.id, author, "No.").id, by, "overturn", "Right.")


def test_the_author_cannot_write_again_what_was_cut_out(post, case, ann, bob, as_):
    decision = edit_out(case, bob, AFTER)
    url, text = f"/posts/{post.id}/edit", "The rule is old. Only a KUMQUAT, they say."
    refused = as_(ann).send(url, body=text, revision=present(post).revision)
    assert refused.status_code == 422 and "your text says it again" in refused.text and text in refused.text
    assert actions.edit_post(present(post), ann, "The rule is old. Only a kumquats’ friend says otherwise.")
    undoing.undo(decision.id, bob)
    assert actions.edit_post(present(post), ann, text)


@pytest.mark.parametrize(
    ("former", "left", "cut"),
    [
        (
            "> One two.\n>\n> Three four.\n\nMine.",
            "> One > > Three four. Mine.",
            "> One […]\n>\n> Three four.\n\nMine.",
        ),
        ("Look:\n\n    one two\n    three\n\nSo.", "Look:\none\nthree\nSo.", "Look:\n\n    one […]\n    three\n\nSo."),
        ("One\n\nTwo\n\nThree.", "One    Three.", "One\n\n[…]\n\nThree."),
        ("这是坏人的话。", "这是的话。", "这是 […] 的话。"),
    ],
)
def test_spaces_are_the_authors_so_quotations_and_code_stay(thread, ann, former, left, cut):
    post = actions.post_reply(thread, ann, former)
    assert redaction.prepared(post, left).body == cut


def test_when_nobody_can_appeal_any_more_the_words_are_gone(post, case, ann, bob, as_, clock):
    decision = edit_out(case, bob)
    clock.move(days=19)
    evidence.forget_due()
    assert "kumquat" in present(case).frozen_body
    clock.move(days=2)
    evidence.forget_due()
    assert present(case).frozen_body == "" and present(post).body.startswith("The rule is old.")
    for table in (Case, Decision, Post, Revision, Thread):
        for row in db.session.execute(select(table.__table__)).mappings():
            assert "kumquat" not in str(dict(row)), table
    assert "kept no more" in as_(ann).get(f"/moderation/decisions/{decision.id}").text


@pytest.mark.parametrize("days", [0, 25])
def test_nothing_of_an_overturned_cut_stays_when_its_author_leaves_with_the_posts(
    post, case, ann, bob, bea, clock, days
):
    decision = edit_out(case, bob)
    appeals.decide(appeals.file(decision.id, ann, "It is a fruit.").id, bea, "overturn", "So it is.")
    with transaction():
        former = {"html": "<p>kumquat</p>"}  # as decisions that were overturned before have it
        row = db.session.get(Decision, decision.id)
        row.undo = {**row.undo, "former": former}
    clock.move(days=days)  # somebody may still appeal against what was decided, or nobody any more
    closing.delete_now(present(ann), REMOVE_POSTS, lambda _step: None)
    clock.move(days=25)
    evidence.forget_due()
    for table in (Case, Decision, Post, Revision, Thread):
        for row in db.session.execute(select(table.__table__)).mappings():
            assert "kumquat" not in str(dict(row)), table


def test_who_looked_at_another_text_looks_again(post, case, ann, bob):
    cut = redaction.prepared(post, AFTER)
    actions.edit_post(post, ann, "Something else.")
    with pytest.raises(Conflict):
        decisions.decide(case.id, bob, "edit_out", "x", "abuse", details=Details(cut=cut))
    with pytest.raises(Refused):
        decisions.decide(case.id, bob, "edit_out", "x", "abuse")
    assert present(case).is_open and now() - present(case).opened_at < DAY


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # nothing of it depends on the engine
def test_replies_that_quote_the_words_are_the_next_cases(post, case, thread, person, alice, bob, as_, work):
    writers = [person(name, trust_level=2) for name in ("rita", "rolf", "rosa", "rudi")]
    quoted, apart, other, told = (
        actions.post_reply(thread, writer, body)
        for writer, body in zip(
            writers,
            (
                f"> **@ann** · #{post.id}\n>\n> Only a **kumquat** says otherwise.\n\nHow rude.",
                f"> **@ann** · #{post.id}\n>\n> The rule is old.\n\nA kumquat, by the way, is a fruit.",
                f"> **@ann** · #{post.id}0\n>\n> Only a kumquat says otherwise.\n\nNot hers.",
                "Nobody here quotes anybody.",
            ),
            strict=True,
        )
    )
    edit_out(case, bob)
    work()
    work()
    about = db.session.scalars(select(Case).where(Case.decided_at.is_(None))).all()
    assert [(each.post_id, each.source) for each in about] == [(quoted.id, "watched")], "once, and no other"
    assert "quotes words that a moderator has cut out" in as_(bob).get(f"/moderation/cases/{about[0].id}").text
    assert db.session.scalar(select(Decision.facts)) == {"quotes": 1}
    assert all(present(each).is_visible for each in (quoted, apart, other, told)), "a moderator decides"
