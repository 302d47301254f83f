"""An expert keeps an unfinished answer on the server: theirs alone, found on the desk, gone once it is sent."""

import pytest
from sqlalchemy import select

from forum.accounts.models import KEEP_POSTS
from forum.admin import merging
from forum.core import expiry
from forum.core.database import db
from forum.core.errors import Forbidden, NotFound, Refused
from forum.experts import actions as experts
from forum.experts.models import Credential
from forum.leaving import closing
from forum.leaving.parts import all_parts
from forum.threads import actions, drafts, staff_actions, states, unquoting
from forum.threads.models import AnswerDraft, Post

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no rule of a database

TEXT = "In three steps, the last of which I have to look up."
ROWS = {"listed-title": ["The rule", ""], "listed-address": ["https://law.example.org/", "half an addr"]}


@pytest.fixture
def credential(dr_chen):
    return db.session.scalars(select(Credential).where(Credential.user_id == dr_chen.id)).one()


def kept():
    db.session.rollback()
    return [(row.user_id, row.parent_id, row.body) for row in db.session.scalars(select(AnswerDraft))]


def test_dr_chen_saves_goes_on_and_sends_without_a_script(as_, client, alice, bob, dr_chen, credential, pinned):
    place, c = f"/threads/{pinned.id}/{pinned.slug}", as_(dr_chen)
    assert "Save as draft" in c.get(place).text
    assert "Your drafts" not in c.get("/experts/desk").text
    saved = c.send(f"/threads/{pinned.id}/drafts", body=TEXT, credential=str(credential.id), **ROWS)
    assert saved.status_code == 303 and saved.location == "/experts/desk#drafts"
    desk = c.get("/experts/desk").text
    draft = db.session.scalars(select(AnswerDraft)).one()
    assert "Your drafts" in desk and TEXT in desk and f"/drafts/{draft.id}" in desk
    for other in (client, as_(alice), as_(bob)):
        assert TEXT not in other.get(place).text and "Save as draft" not in other.get(place).text
        assert other.get(f"/drafts/{draft.id}").status_code != 200
        other.send(f"/drafts/{draft.id}/discard")
    page = c.get(f"/drafts/{draft.id}").text
    assert TEXT in page.split('name="body"')[1] and 'value="half an addr"' in page and 'value="The rule"' in page
    fields = {"body": f"{TEXT} So.", "credential": str(credential.id), "draft": str(draft.id)}
    refused = c.send(f"/threads/{pinned.id}/posts", **fields, **ROWS)
    assert refused.status_code == 422 and "Source 2 has no title" in refused.text and len(kept()) == 1
    assert f'name="draft" type="hidden" value="{draft.id}"' in refused.text
    assert c.send(f"/threads/{pinned.id}/posts", **fields).status_code == 303
    assert kept() == [] and "Your drafts" not in c.get("/experts/desk").text


def test_one_for_each_post_answered_and_gone_with_the_one_that_it_became(dr_chen, credential, pinned, ann):
    reply = actions.post_reply(pinned, ann, "And how is it trained?")
    drafts.save(pinned, dr_chen, "One.")
    drafts.save(pinned, dr_chen, "One, two.")
    drafts.save(pinned, dr_chen, "To ann.", reply)
    assert [body for _user, _post, body in kept()] == ["One, two.", "To ann."]
    actions.post_reply(pinned, dr_chen, "As you ask.", credential, reply)
    assert [body for _user, _post, body in kept()] == ["One, two."]
    taken_up = db.session.scalars(select(AnswerDraft)).one().id
    actions.post_reply(pinned, dr_chen, f"> **@ann** · #{reply.id}\n>\n> how\n\nWell.", credential,
                       also=(lambda post: drafts.forget_sent(post, taken_up),))  # fmt: skip
    assert kept() == [], "it quotes another post now and is the same answer"


def test_they_are_bounded(as_, dr_chen, credential, pinned, ann):
    c = as_(dr_chen)
    posts = [actions.post_reply(pinned, ann, f"Question {number}?") for number in range(drafts.MOST + 1)]
    for post in posts[:-1]:
        drafts.save(pinned, dr_chen, "Well.", post)
    full = c.send(f"/threads/{pinned.id}/drafts", body="One more.", parent=str(posts[-1].id), credential="")
    assert full.status_code == 422 and "You keep 20 drafts already" in full.text and "One more." in full.text
    for wrong in ("", "x" * 32_001):
        assert c.send(f"/threads/{pinned.id}/drafts", body=wrong, credential="").status_code == 422
    with pytest.raises(Refused):
        drafts.save(pinned, dr_chen, "Well.", posts[0], [("Title", "a" * 1_001)])
    drafts.save(pinned, dr_chen, "Better.", posts[0], [("Title", "")])
    assert len(kept()) == drafts.MOST


def test_who_cannot_answer_as_an_expert_there_keeps_none(dr_chen, credential, pinned, thread, alice, bob, carol, as_):
    with pytest.raises(Forbidden):
        drafts.save(pinned, alice, TEXT)
    staff_actions.unpin(thread, bob)
    with pytest.raises(Forbidden):
        drafts.save(thread, dr_chen, TEXT)
    staff_actions.pin(thread, bob)
    draft = drafts.save(pinned, dr_chen, TEXT).id
    c, address = as_(dr_chen), f"/drafts/{draft}"
    staff_actions.lock(pinned, bob)
    assert "has locked this thread" in c.get(address).text and TEXT in c.get(address).text
    staff_actions.unlock(pinned, bob)
    experts.revoke(credential, "Left.", by=carol)
    assert "no credential" in c.get(address).text and TEXT in c.get(address).text, "the words are theirs"
    late = c.send(f"/threads/{pinned.id}/drafts", body="More.", credential=str(credential.id))
    assert late.status_code == 403 and kept()[0][2] == TEXT
    states.remove_post(db.session.get(Post, 1), bob, "spam")
    page = c.get(address).text
    assert pinned.title not in page and TEXT in page and "not shown any more" in page
    with pytest.raises(NotFound):
        drafts.save(pinned, dr_chen, TEXT)
    assert c.send(f"{address}/discard").status_code == 303 and kept() == []


def test_they_are_in_the_archive_and_go_with_time_or_the_account(dr_chen, credential, pinned, clock):
    drafts.save(pinned, dr_chen, TEXT, None, [("The rule", "law.example.org")])
    part = next(part for part in all_parts() if part.name == "answer_drafts")
    assert [item.facts["body"] for item in part.items(dr_chen.id)] == [TEXT]
    clock.move(days=179)
    expiry.forget_what_is_over()
    assert len(kept()) == 1
    clock.move(days=2)
    expiry.forget_what_is_over()
    assert kept() == []
    drafts.save(pinned, dr_chen, TEXT)
    closing.delete_now(dr_chen, KEEP_POSTS, lambda _step: None)
    assert kept() == []


def test_a_merge_takes_them_along_and_a_purge_what_they_quote(dr_chen, credential, pinned, person, carol, thread, ann):
    other = person("dr_chen_old")
    experts.grant(other, pinned.subtheme, "Reader", "Lakeside University", None, by=carol)
    quoted = actions.post_reply(pinned, ann, "The kumquat is mine.")
    drafts.save(pinned, other, f"> **@ann** · #{quoted.id}\n>\n> The kumquat is mine.\n\nIndeed.", quoted)
    drafts.save(pinned, other, "The older one.")
    drafts.save(pinned, dr_chen, "The one that stays.")
    for credential_of_other in db.session.scalars(select(Credential).where(Credential.user_id == other.id)).all():
        experts.revoke(credential_of_other, "One is enough.", by=carol)
    admin = person("ada", role="admin")
    merging.merge(other, dr_chen, by=admin)
    assert sorted((user, post) for user, post, _body in kept()) == [(dr_chen.id, 1), (dr_chen.id, quoted.id)]
    assert "The one that stays." in str(kept())
    assert unquoting.cut(quoted.id)
    assert "kumquat" not in str(kept()) and "Indeed." in str(kept())
