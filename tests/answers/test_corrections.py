"""An expert's answer that is changed more than ten minutes after publication says what was corrected."""

import pytest

from forum.accounts import ties
from forum.answers import telling
from forum.core import jobs
from forum.core.database import db
from forum.core.errors import Refused
from forum.notifications.actions import mark_read
from forum.notifications.models import Notification
from forum.threads import actions, departing, states
from forum.threads.corrections import NoNote
from forum.threads.models import Post, Revision

sqlite_only = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@sqlite_only
def test_after_ten_minutes_a_change_needs_a_note(as_, alice, dr_chen, answer, clock):
    c, url = as_(dr_chen), f"/posts/{answer.id}/edit"
    clock.move(minutes=9)
    assert 'name="note"' not in c.get(url).text
    assert c.send(url, body="In two steps.", revision="1").status_code == 303 and answer.correction == ""
    early = c.get(url).text
    clock.move(minutes=2)
    assert "needs a correction note" in c.get(url).text and "needs a correction note" not in early
    refused = c.send(url, body="In four steps.", revision="2")  # from the form that was open meanwhile
    assert refused.status_code == 422 and "In four steps." in refused.text and 'name="note"' in refused.text
    refused = c.send(url, body="In four steps.", revision="2", note="\u200b")
    assert refused.status_code == 422 and "Say in a correction note" in refused.text
    refused = c.send(url, body="In four steps.", revision="2", note="n" * 501)
    assert refused.status_code == 422 and "In four steps." in refused.text and answer.body == "In two steps."
    assert c.send(url, body="In four steps.", revision="2", note="I had <b>forgotten</b> one.").status_code == 303
    assert (answer.correction, answer.revision) == ("I had <b>forgotten</b> one.", 3)
    assert db.session.query(Revision).order_by(Revision.number.desc()).first().note == answer.correction
    for page in (f"/threads/{answer.thread_id}/{answer.thread.slug}", f"/posts/{answer.id}/revisions"):
        shown = as_(alice).get(page).text
        assert "I had &lt;b&gt;forgotten&lt;/b&gt; one." in shown and "Correction" in shown


@sqlite_only
def test_who_changes_nothing_is_asked_for_no_note(as_, dr_chen, answer, clock):
    clock.move(minutes=11)
    c, url = as_(dr_chen), f"/posts/{answer.id}/edit"
    field = c.get(url).text.partition('<label for="note"')[2].partition("</textarea>")[0]
    assert field and "required" not in field and "optional" not in field
    assert c.send(url, body=answer.body, revision="1", note="").status_code == 303
    assert (answer.revision, answer.correction) == (1, "")


@sqlite_only
def test_by_every_way_in_and_for_nothing_else(ann, dr_chen, answer, clock):
    clock.move(minutes=11)
    for change in ({"body": "Other."}, {"body": answer.body, "listed": []}):
        for note in ("", " \n "):
            with pytest.raises(NoNote):
                actions.edit_post(answer, dr_chen, **change, note=note)
    with pytest.raises(Refused):
        actions.edit_post(answer, dr_chen, "Other.", note="n" * 501)
    assert answer.revision == 1
    assert not actions.edit_post(answer, dr_chen, answer.body), "nothing changes: nothing to say"
    assert actions.edit_post(db.session.get(Post, 2), ann, "A reply needs none.")
    own = actions.post_reply(answer.thread, dr_chen, "As myself.")
    clock.move(minutes=11)
    assert actions.edit_post(own, dr_chen, "As myself, later.") and own.correction == ""


def test_whoever_asked_or_follows_is_told_once(alice, ann, mallory, bob, dr_chen, answer, clock, told, person):
    follower = person("fay", trust_level=2)
    for who, text in ((mallory, "What about feeds?"), (follower, "I would like to know too.")):
        actions.post_reply(answer.thread, who, text)
    told("watch")
    ties.keep(dr_chen, "mute", by=follower)
    clock.move(minutes=11)
    actions.edit_post(answer, dr_chen, "In four steps.", note="One was missing.")
    first = f"correction:{answer.id}:2"
    assert told("correction") == [(name, first) for name in ("alice", "ann", "mallory")]
    telling.tell_of_correction(answer.id)
    telling.corrections_owed()
    assert len(told("correction")) == 3
    actions.edit_post(answer, dr_chen, "In five steps.", note="Two were.")
    mark_read(ann.id)
    second = f"correction:{answer.id}:3"
    assert told("correction") == [
        ("alice", first), ("alice", second), ("ann", first), ("ann", second), ("mallory", first),
    ], "mallory follows, and has not looked at the first yet: she will see both"  # fmt: skip


@sqlite_only
def test_the_sweep_finds_what_was_lost_and_waits_for_what_is_hidden(
    as_, alice, bob, dr_chen, answer, clock, monkeypatch
):
    monkeypatch.setattr(jobs, "enqueue", lambda *_args, **_facts: None)
    clock.move(minutes=11)
    actions.edit_post(answer, dr_chen, "In four steps.", note="One was missing.")
    states.hide_post(answer, bob, "other")
    telling.corrections_owed()
    assert db.session.query(Notification).filter_by(kind="correction").count() == 0
    states.restore_post(answer, bob)
    telling.corrections_owed()
    assert db.session.query(Notification).filter_by(kind="correction", user_id=alice.id).count() == 1
    assert "An expert’s answer was corrected in “Who checks" in as_(alice).get("/notifications").text


@sqlite_only
def test_the_note_goes_with_its_author(dr_chen, answer, clock):
    clock.move(minutes=11)
    actions.edit_post(answer, dr_chen, "In four steps.", note="One was missing.")
    departing.take_back(answer.id)
    assert (answer.correction, answer.sources, db.session.query(Revision).count()) == ("", [], 0)
