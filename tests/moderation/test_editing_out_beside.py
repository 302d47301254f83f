"""Edit out reaches what stands beside an expert's answer: a source or the correction note, and comes back exactly."""

import pytest
from sqlalchemy import select

from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Refused
from forum.experts.queries import in_force_of
from forum.threads import actions, redaction
from forum.threads.models import Post, Revision
from moderation import decisions, flags, undoing
from moderation.appeals import actions as appeals
from moderation.appeals import evidence
from moderation.effects.shape import Details
from moderation.models import Case, Decision

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no rule of a database

GOOD, BAD = ("The rule", "https://law.example.org/rule"), ("Buy kumquats", "https://pills.example.org/kumquat")
NOTE = "It was four, said the kumquat."


@pytest.fixture
def post(pinned, dr_chen, clock):
    made = actions.post_reply(pinned, dr_chen, "In three steps.", in_force_of(dr_chen)[0], listed=[BAD, GOOD])
    clock.move(minutes=11)
    actions.edit_post(made, dr_chen, "In four steps.", note=NOTE)
    return made


@pytest.fixture
def case(post, alice):
    return flags.flag_post(post, alice, "spam").case


def present(row):
    db.session.rollback()
    return db.session.get(type(row), row.id, populate_existing=True)


def stands(post):
    post = present(post)
    return post.body, post.html, post.sources, post.correction


def cut(case, by, left=None, **beside):
    found = present(case).post
    details = Details(cut=redaction.prepared(found, left or found.body, **beside))
    return decisions.decide(case.id, by, "edit_out", "An advertisement.", "spam", details=details)


def overturn(decision, author, by):
    appeals.decide(appeals.file(decision.id, author, "No.").id, by, "overturn", "Right.")


def test_by_the_form_a_source_and_the_note_are_nowhere_for_others(
    post, case, pinned, dr_chen, bob, bea, mallory, as_, client
):
    before = stands(post)
    desk = as_(bob).get(f"/moderation/cases/{case.id}").text
    assert "Buy kumquats" in desk and NOTE in desk and 'name="cut_sources"' in desk and 'name="cut_note"' in desk
    fields = {"outcome": "edit_out", "rule": "spam", "reason": "An advertisement.", "version": 1, "revision": 2}
    url = f"/moderation/cases/{case.id}/decisions"
    nothing = as_(bob).send(url, **fields, body="In four steps.")
    assert nothing.status_code == 422 and "Take away what breaks the rule" in nothing.text
    assert as_(bob).send(url, **fields, body="In four steps.", cut_sources="7").status_code == 422
    assert as_(bob).send(url, **fields, body="In four steps.", cut_sources="0", cut_note="y").status_code == 303
    assert present(post).sources == [{"title": "[…]", "address": ""}, {"title": GOOD[0], "address": GOOD[1]}]
    for reader in (client, as_(mallory)):
        page = reader.get(f"/threads/{pinned.id}/{pinned.slug}").text
        assert "Edited by moderation" in page and "cut out by a moderator" in page and "The rule" in page
        for where in (f"/threads/{pinned.id}/{pinned.slug}", f"/posts/{post.id}/revisions", "/moderation/log"):
            assert "kumquat" not in reader.get(where).text, where
    assert "Buy kumquats" in as_(dr_chen).get(f"/posts/{post.id}/revisions").text, "who wrote it sees what was cut"
    decision = db.session.scalars(select(Decision)).one()
    assert "Buy kumquats" in as_(dr_chen).get(f"/moderation/decisions/{decision.id}").text
    assert "Buy kumquats" in as_(bob).get(f"/moderation/cases/{case.id}").text
    assert db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first().act == "post.redacted"
    overturn(decision, dr_chen, bea)
    assert stands(post) == before and not present(post).is_redacted
    assert "kumquat" not in str(present(decision).undo), "a decision stays for ever, so it keeps no words"


@pytest.mark.parametrize("order", ["the first", "the last"])
def test_two_cuts_come_back_in_either_order(post, case, alice, dr_chen, bob, bea, clock, order):
    before = stands(post)
    first = cut(case, bob, sources=[0], note=True)
    clock.move(minutes=1)
    second = cut(flags.flag_post(present(post), alice, "spam").case, bob, "In four.", sources=[1])
    assert [each["address"] for each in present(post).sources] == ["", ""]
    for decision in (first, second) if order == "the first" else (second, first):
        overturn(decision, dr_chen, bea)
    assert stands(post) == before
    again = cut(flags.flag_post(present(post), alice, "spam").case, bob, note=True)
    assert present(post).correction == "[…]" and undoing.undo(again.id, bob) and stands(post) == before


def test_the_author_changes_nothing_by_saving_and_cannot_bring_it_back(post, case, dr_chen, bob, bea, as_, clock):
    decision = cut(case, bob, sources=[0], note=True)
    c, url = as_(dr_chen), f"/posts/{post.id}/edit"
    assert "kumquat" not in c.get(url).text
    rows = {"listed-title": ["The rule"], "listed-address": [GOOD[1]]}
    same = {"body": "In four steps.", "revision": "3", "note": "Nothing."}
    assert c.send(url, **same, **rows).status_code == 303 and present(post).revision == 3
    for added in ({"listed-title": ["Look", "The rule"], "listed-address": [BAD[1], GOOD[1]]}, rows | {"note": NOTE}):
        refused = c.send(url, **{**same, "body": "In five steps.", "note": "Five.", **added})
        assert refused.status_code == 422 and "your text says it again" in refused.text, added
    assert actions.edit_post(present(post), dr_chen, "In five steps.", listed=[("Another", GOOD[1])], note="Five.")
    assert [each["title"] for each in present(post).sources] == ["[…]", "Another"]
    overturn(decision, dr_chen, bea)
    assert present(post).body == "In five steps.", "what its author has changed since stays"
    assert actions.edit_post(present(post), dr_chen, "In five steps.", listed=[("Another", GOOD[1])], note="Done.")
    assert [each["title"] for each in present(post).sources] == ["Another"]


def test_when_nobody_can_appeal_any_more_the_words_are_gone(post, case, dr_chen, bob, clock):
    cut(case, bob, sources=[0], note=True)
    clock.move(days=21)
    evidence.forget_due()
    for table in (Case, Decision, Post, Revision):
        for row in db.session.execute(select(table.__table__)).mappings():
            assert "kumquat" not in str(dict(row)), table


def test_what_is_not_there_cannot_be_cut(post, alice, thread, bob, as_):
    plain = actions.post_reply(thread, alice, "It is alice's kumquat.")
    found = flags.flag_post(plain, bob, "spam").case
    with pytest.raises(Refused):
        redaction.prepared(plain, plain.body, sources=[0], note=True)
    assert 'name="cut_sources"' not in as_(bob).get(f"/moderation/cases/{found.id}").text
