"""Pin, lock, move: by moderators only, each once in the public log, and harmless to repeat."""

import pytest

from forum.core.audit import AuditEntry
from forum.core.chain import first_fault
from forum.core.database import db, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from forum.subthemes import queries as subthemes
from forum.threads import actions, staff_actions, states
from forum.threads.models import Post
from forum.threads.recount import recount

PAIRS = [("pin", "unpin", "pinned"), ("lock", "unlock", "locked")]


def log() -> list[tuple[str, str, str]]:
    return [(e.act, e.scope, e.target) for e in db.session.query(AuditEntry).order_by(AuditEntry.seq)]


@pytest.mark.parametrize(("do", "undo", "mark"), PAIRS)
def test_bob_does_and_undoes_it(as_, bob, thread, do, undo, mark):
    c, target = as_(bob), f"thread:{thread.id}"
    assert c.send(f"/threads/{thread.id}/{do}").status_code == 303
    assert getattr(thread, f"{mark}_at") and getattr(thread, f"{mark}_by_id") == bob.id
    assert c.send(f"/threads/{thread.id}/{undo}").status_code == 303
    assert getattr(thread, f"{mark}_at") is None and getattr(thread, f"{mark}_by_id") is None
    scope = "data-and-algorithms"
    assert log() == [(f"thread.{mark}", scope, target), (f"thread.un{mark}", scope, target)]
    assert first_fault() is None


@pytest.mark.parametrize(("do", "undo", "mark"), PAIRS)
def test_repeating_writes_nothing(app, bob, bea, thread, statements, do, undo, mark):
    assert getattr(staff_actions, undo)(thread, bob) is False
    assert getattr(staff_actions, do)(thread, bob) is True
    since = getattr(thread, f"{mark}_at")
    with statements() as seen:
        assert getattr(staff_actions, do)(thread, bea) is False
    assert not [one for one in seen if not one.lstrip().startswith("SELECT")]
    assert len(log()) == 1 and getattr(thread, f"{mark}_at") == since and getattr(thread, f"{mark}_by_id") == bob.id


@pytest.mark.parametrize("act", ["pin", "unpin", "lock", "unlock", "move"])
@pytest.mark.parametrize("who", ["alice", "mallory", "dr_chen"])
def test_nobody_else_may(as_, request, thread, act, who):
    c = as_(request.getfixturevalue(who))
    before = len(log())
    assert c.get(f"/threads/{thread.id}/manage").status_code == 403
    assert c.send(f"/threads/{thread.id}/{act}", subtheme="law-online").status_code == 403
    assert not thread.is_pinned and not thread.is_locked and thread.subtheme.slug == "data-and-algorithms"
    assert len(log()) == before


@pytest.mark.parametrize("act", ["pin", "unpin", "lock", "unlock", "move"])
def test_a_stranger_is_asked_to_sign_in(client, thread, act):
    assert client.get(f"/threads/{thread.id}/manage").status_code == 303
    assert client.send(f"/threads/{thread.id}/{act}", subtheme="law-online").status_code == 401
    assert log() == []


def test_no_act_by_a_link_or_without_the_forms_token(as_, bob, thread):
    c = as_(bob)
    for act in ("pin", "lock", "move"):
        assert c.get(f"/threads/{thread.id}/{act}").location.endswith(thread.slug)  # taken for an old title
    assert c.post(f"/threads/{thread.id}/pin").status_code == 400
    assert not thread.is_pinned


def test_a_suspended_moderator_may_not(app, bob, thread):
    with transaction():
        bob.suspended_until = thread.created_at.replace(year=2999)
    with pytest.raises(Forbidden):
        staff_actions.pin(thread, bob)


def test_what_is_not_public_is_not_pinned(app, bob, thread):
    states.hide_post(db.session.get(Post, 1), bob, "r2")
    for act in (staff_actions.pin, staff_actions.lock):
        with pytest.raises(Conflict):
            act(thread, bob)


def test_bob_moves_the_thread(as_, client, bob, thread):
    owed = [post.index_version for post in db.session.query(Post).order_by(Post.id)]
    former, target = thread.subtheme, subthemes.by_slug("law-online")
    c = as_(bob)
    assert "Rule of law online" in c.get(f"/threads/{thread.id}/manage").text
    assert c.send(f"/threads/{thread.id}/move", subtheme="law-online").status_code == 303
    assert thread.subtheme_id == target.id
    assert (former.thread_count, former.post_count, target.thread_count, target.post_count) == (0, 0, 1, 3)
    assert all(
        post.index_version > before for post, before in zip(db.session.query(Post).order_by(Post.id), owed, strict=True)
    )
    entry = db.session.query(AuditEntry).one()
    assert (entry.act, entry.facts) == ("thread.moved", {"from": "data-and-algorithms", "to": "law-online"})
    assert thread.title in client.get("/subthemes/law-online").text
    assert thread.title not in client.get("/subthemes/data-and-algorithms").text
    assert staff_actions.move(thread, target, bob) is False and len(log()) == 1
    assert [fault for fault in recount() if fault.counter != "published_count"] == []


def test_a_thread_whose_opening_was_deleted_moves_with_its_counts(app, alice, bob, thread):
    actions.delete_post(db.session.get(Post, 1), alice)
    staff_actions.move(thread, subthemes.by_slug("law-online"), bob)
    assert subthemes.by_slug("law-online").post_count == 2
    assert [fault for fault in recount() if fault.counter != "published_count"] == []


def test_it_moves_only_into_an_open_sub_theme(as_, bob, thread):
    target = subthemes.by_slug("law-online")
    with transaction():
        target.archived_at = target.created_at
    c = as_(bob)
    assert "Rule of law online" not in c.get(f"/threads/{thread.id}/manage").text
    for slug in ("law-online", "nowhere", ""):
        assert c.send(f"/threads/{thread.id}/move", subtheme=slug).status_code == 422
    with pytest.raises(Refused):
        staff_actions.move(thread, target, bob)
    assert thread.subtheme.slug == "data-and-algorithms" and log() == []
