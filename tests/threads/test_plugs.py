"""Rooms above threads add rules and panels: asked for the button and the act, and the pages show what they give."""

import pytest
from flask_babel import lazy_gettext as _l

from forum.core.database import db
from forum.core.errors import Forbidden, Refused
from forum.experts.queries import in_force_of
from forum.threads import actions, plugs, policy, staff_actions
from forum.threads.models import Post
from tests.discussions import opening_of

NO = "Not in this thread, says the room above."


@pytest.fixture
def plug(monkeypatch):
    """`plug("reply_rules", f)`: the room above fills a plug for the length of a test."""

    def fill(name, function):
        monkeypatch.setattr(plugs, name, [*getattr(plugs, name), function])

    return fill


def posts():
    db.session.rollback()
    return db.session.query(Post).count()


def test_a_rule_about_replies_hears_what_is_answered_and_as_what(plug, pinned, alice, dr_chen):
    heard = []
    plug("reply_rules", lambda *facts: heard.append(facts) or (NO if facts[0].id == alice.id else None))
    opening, credential = opening_of(pinned), in_force_of(dr_chen)[0]
    actions.post_reply(pinned, dr_chen, "An answer", credential, opening)
    who, thread, parent, worn = heard[0]
    assert (who.id, thread.id, parent.id, worn.id) == (dr_chen.id, pinned.id, opening.id, credential.id)
    before = posts()
    with pytest.raises(Forbidden, match="says the room above"):
        actions.post_reply(pinned, alice, "A reply")
    assert heard[1][2:] == (None, None) and posts() == before


def test_what_is_done_with_a_reply_is_done_in_its_transaction(plug, thread, alice, ann):
    seen = []
    plug("on_replied", lambda post: seen.append(post.id))
    post = actions.post_reply(thread, alice, "A reply", also=[lambda post: seen.append(post.id)])
    assert seen == [post.id, post.id]
    before = posts()

    def refuse(post):
        raise Refused(NO)

    plug("on_replied", refuse)
    with pytest.raises(Refused):
        actions.post_reply(thread, ann, "Another reply")
    assert posts() == before


def test_a_rule_about_changes_holds_for_the_button_and_the_act(plug, thread, alice, ann):
    mine, changed = opening_of(thread), []
    plug("on_edited", lambda post, by: changed.append((post.id, by.id)))
    assert actions.edit_post(mine, alice, "A better text", also=[lambda post: changed.append(post.body)])
    assert changed == [(mine.id, alice.id), "A better text"]
    plug("edit_rules", lambda person, post: NO if post.id == mine.id else None)
    assert policy.why_not_edit(alice, opening_of(thread)) == NO
    with pytest.raises(Forbidden):
        actions.edit_post(opening_of(thread), alice, "A third text")


def test_a_rule_about_what_moderators_do_to_a_thread(plug, pinned, bob, subtheme):
    plug("staff_rules", lambda by, thread, act: NO if act in ("unpinned", "moved") else None)
    with pytest.raises(Refused):
        staff_actions.unpin(pinned, by=bob)
    assert staff_actions.lock(pinned, by=bob) and pinned.is_pinned


def test_pages_show_panels_and_where_else_one_writes(plug, as_, app, thread, alice, subtheme):
    drawn = app.jinja_env.from_string("<p>{{ facts.words }} of {{ site_name }}</p>")
    for name in ("thread_heads", "home_panels", "subtheme_panels", "person_panels"):
        plug(name, lambda *facts, name=name: plugs.Panel(drawn, {"words": name}))
        plug(name, lambda *facts: None)
    plug("reply_elsewhere", lambda viewer, each: plugs.Elsewhere(NO, "/elsewhere", _l("Go there")))
    client = as_(alice)
    page = client.get(f"/threads/{thread.id}/{thread.slug}").text
    assert NO in page and "/elsewhere" in page and 'name="body"' not in page and "data-quote-url" not in page
    assert "thread_heads of Gathering" in page
    for address, name in (("/", "home"), (f"/subthemes/{subtheme.slug}", "subtheme"), ("/people/alice", "person")):
        assert f"{name}_panels of Gathering" in client.get(address).text
