"""An expert answers in a pinned thread of the own sub-theme, with the credential worn on that post."""

import pytest

from forum.core.database import db, transaction
from forum.core.errors import Forbidden
from forum.experts import actions as experts
from forum.experts.models import Credential
from forum.subthemes import queries as subthemes
from forum.threads import actions, staff_actions
from forum.threads.models import Post


@pytest.fixture
def credential(dr_chen) -> Credential:
    return db.session.query(Credential).filter_by(user_id=dr_chen.id).one()


def answer_of(thread) -> Post:
    return db.session.query(Post).filter_by(thread_id=thread.id).order_by(Post.id.desc()).first()


def test_dr_chen_is_offered_the_badge_and_wears_it(as_, dr_chen, credential, pinned):
    c = as_(dr_chen)
    assert "Professor of statistics, Lakeside University" in c.get(f"/threads/{pinned.id}/{pinned.slug}").text
    sent = c.send(f"/threads/{pinned.id}/posts", body="In three steps.", credential=str(credential.id))
    assert sent.status_code == 303
    assert answer_of(pinned).credential_id == credential.id and pinned.expert_answer_count == 1
    page = c.get(f"/threads/{pinned.id}/{pinned.slug}").text
    assert "post-expert" in page and "Read the experts' answers alone" in page


@pytest.mark.parametrize("sent", [{}, {"credential": ""}])
def test_she_may_answer_as_herself(as_, dr_chen, pinned, sent):
    assert as_(dr_chen).send(f"/threads/{pinned.id}/posts", body="Privately.", **sent).status_code == 303
    assert answer_of(pinned).credential_id is None and pinned.expert_answer_count == 0


def test_no_badge_outside_pinned_threads(as_, dr_chen, credential, thread):
    c = as_(dr_chen)
    assert 'name="credential"' not in c.get(f"/threads/{thread.id}/{thread.slug}").text
    answer = c.send(f"/threads/{thread.id}/posts", body="In three steps.", credential=str(credential.id))
    assert answer.status_code == 422 and "In three steps." in answer.text
    with pytest.raises(Forbidden):
        actions.post_reply(thread, dr_chen, "In three steps.", credential=credential)
    assert thread.reply_count == 2


@pytest.mark.parametrize("sent", ["1", "999", "x", "-1"])
def test_nobody_wears_anothers_badge(as_, alice, credential, pinned, sent):
    answer = as_(alice).send(f"/threads/{pinned.id}/posts", body="I know it all.", credential=sent)
    assert answer.status_code == 422 and pinned.reply_count == 2
    with pytest.raises(Forbidden):
        actions.post_reply(pinned, alice, "I know it all.", credential=credential)


def test_not_in_another_sub_theme(app, dr_chen, bob, alice, credential):
    elsewhere = actions.start_thread(subthemes.by_slug("law-online"), alice, "A", "B")
    staff_actions.pin(elsewhere, by=bob)
    with pytest.raises(Forbidden):
        actions.post_reply(elsewhere, dr_chen, "In three steps.", credential=credential)


def test_not_with_a_revoked_or_ended_credential(as_, carol, dr_chen, credential, pinned, clock):
    c = as_(dr_chen)
    experts.revoke(credential, "Left the university.", by=carol)
    assert c.send(f"/threads/{pinned.id}/posts", body="Again.", credential=str(credential.id)).status_code == 422
    with pytest.raises(Forbidden):
        actions.post_reply(pinned, dr_chen, "Again.", credential=credential)


def test_not_on_the_day_after_its_last(app, dr_chen, credential, pinned, clock):
    with transaction():
        credential.valid_until = credential.granted_at.date()
    actions.post_reply(pinned, dr_chen, "Today.", credential=credential)
    clock.move(days=1)
    with pytest.raises(Forbidden):
        actions.post_reply(pinned, dr_chen, "Tomorrow.", credential=credential)


def test_the_answers_can_be_read_alone_and_page_by_page(as_, client, dr_chen, ann, credential, pinned):
    for number in range(21):
        actions.post_reply(pinned, dr_chen, f"Answer {number}.", credential=credential)
        actions.post_reply(pinned, ann, f"Question {number}.")
    url = f"/threads/{pinned.id}/{pinned.slug}?experts=1"
    first = client.get(url).text
    assert "Answer 0." in first and "Answer 19." in first and "Answer 20." not in first and "Question" not in first
    assert f'rel="next" href="/threads/{pinned.id}/{pinned.slug}?experts=1&amp;after=42"' in first
    later = client.get(url + "&after=42").text
    assert "Answer 20." in later and "Answer 19." not in later
    assert client.get(url + "&after=x").status_code == 404
    assert client.get(url + "&after=999999").status_code == 200
