"""Edit out: the words are nowhere for others, the author sees them and appeals, and they come back byte for byte."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Refused
from forum.leaving import closing
from forum.leaving.actions import REMOVE_POSTS
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


def test_the_title_of_an_opening_and_two_cuts_of_one_post(thread, alice, ann, bob, bea):
    opening = db.session.scalar(select(Post).where(Post.thread_id == thread.id, Post.position == 1))
    title, words = thread.title, opening.body.split()
    first = edit_out(flags.flag_post(opening, ann, "abuse").case, bob, " ".join(words[1:]), " ".join(title.split()[1:]))
    assert present(thread).title == "[…] " + " ".join(title.split()[1:])
    second_case = flags.flag_post(present(opening), ann, "abuse").case
    second = edit_out(second_case, bob, " ".join(present(opening).body.split()[:-1]))
    appeals.decide(appeals.file(first.id, alice, "No.").id, bea, "overturn", "Right.")
    assert present(opening).redacted_revision == second.undo["redacted"], "the other one still stands"
    appeals.decide(appeals.file(second.id, alice, "No.").id, bea, "overturn", "Right.")
    assert present(opening).redacted_revision is None and present(opening).body.startswith("[…]")


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
