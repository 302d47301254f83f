"""Quoting a post: prefilled without scripts, as plain text for them; attributed, and only what the reader sees."""

import pytest

from forum.core.database import db
from forum.threads import actions, staff_actions, states
from forum.threads.models import Post


def box(page: str) -> str:
    """Return what stands in the reply box."""
    return page.partition("<textarea")[2].partition("</textarea>")[0].partition(">")[2]


def test_the_link_fills_the_reply_box(as_, ann, thread):
    page = as_(ann).get(f"/threads/{thread.id}/{thread.slug}?quote=1").text
    assert "&gt; **@alice** · #1" in box(page) and "&gt; Nobody tells us how a feed is *ranked*." in box(page)
    assert 'name="parent" type="hidden" value="1"' in page


def test_the_script_gets_the_same_text(as_, client, ann, thread):
    answer = as_(ann).get("/posts/1/quote")
    assert answer.mimetype == "text/plain"
    assert answer.text == "> **@alice** · #1\n>\n> Nobody tells us how a feed is *ranked*.\n\n"
    assert client.get("/posts/1/quote").text == answer.text


def test_what_it_makes_names_the_author_and_links_back(as_, ann, thread):
    quoted = as_(ann).get("/posts/1/quote").text
    as_(ann).send(f"/threads/{thread.id}/posts", body=quoted + "So do I.")
    post = db.session.query(Post).order_by(Post.id.desc()).first()
    assert post.parent_id == 1
    assert 'href="/people/alice"' in post.html and 'href="/posts/1"' in post.html and "<blockquote" in post.html


@pytest.mark.parametrize("quoted", ["", "x", "0", "999", "99999999999999999999", "-1"])
def test_nonsense_leaves_the_box_empty(as_, ann, thread, quoted):
    answer = as_(ann).get(f"/threads/{thread.id}/{thread.slug}", query_string={"quote": quoted})
    assert answer.status_code == 200 and box(answer.text).strip() == ""


def test_a_post_of_another_thread_is_not_quoted_here(as_, ann, alice, subtheme, thread):
    other = actions.start_thread(subtheme, alice, "Another", "Elsewhere")
    page = as_(ann).get(f"/threads/{other.id}/{other.slug}?quote=1").text
    assert box(page).strip() == ""


@pytest.mark.parametrize(
    "change", [states.hide_post, states.remove_post, lambda post, by, rule: states.delete(post, by)]
)
def test_what_is_not_public_is_quoted_by_nobody(as_, client, ann, alice, bob, thread, change):
    change(db.session.get(Post, 2), bob, "r2")
    for reader in (client, as_(ann), as_(alice), as_(bob)):
        assert reader.get("/posts/2/quote").status_code == 404
        assert "There is a rule" not in box(reader.get(f"/threads/{thread.id}/{thread.slug}?quote=2").text)


def test_a_held_post_is_not_quoted(as_, newbie, bob, thread):
    held = actions.post_reply(thread, newbie, "Hello")
    for person in (newbie, bob):
        assert as_(person).get(f"/posts/{held.id}/quote").status_code == 404


def test_a_locked_thread_has_no_box_to_fill(as_, ann, bob, thread):
    staff_actions.lock(thread, by=bob)
    page = as_(ann).get(f"/threads/{thread.id}/{thread.slug}?quote=1").text
    assert "<textarea" not in page and "quote=1#" not in page
