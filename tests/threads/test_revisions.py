"""The history of a post: every version and what it changed, for whoever sees the post."""

import html
import re

import pytest

from forum.core.database import db
from forum.threads import actions, revisions, states
from forum.threads.models import Post


@pytest.fixture
def edited(thread, ann) -> Post:
    """ann's reply, changed twice."""
    post = db.session.get(Post, 2)
    actions.edit_post(post, ann, "There is a law about it since March.")
    actions.edit_post(post, ann, "There is a law about it since May. 网络文明的规则。")
    return post


def words(page: str, tag: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(f"<{tag}>(.*?)</{tag}>", page, re.S)]


def test_everybody_who_sees_the_post_sees_its_history(client, edited):
    page = client.get("/posts/2/revisions").text
    assert words(page, "del") == ["rule", "March"]
    assert words(page, "ins") == ["law", "May", " 网络文明的规则。"]
    assert page.count("<h1") == 1 and "As first written" in page and "as it is now" in page
    order = [page.index("As first written"), page.index("Version 2"), page.index("Version 3")]
    assert order == sorted(order)
    assert 'href="/posts/2/revisions"' in client.get(client.get("/posts/2").location).text


def test_a_post_never_changed_has_one_version(client, thread):
    page = client.get("/posts/1/revisions").text
    assert "As first written" in page and "Version 2" not in page and "<ins>" not in page


def test_a_changed_title_is_compared_too(client, alice, thread):
    actions.edit_post(db.session.get(Post, 1), alice, "Nobody tells us.", "Who checks the feed?")
    page = client.get("/posts/1/revisions").text
    assert "ranking" in words(page, "del") and "feed" in words(page, "ins")


def test_what_was_typed_stays_text(client, ann, thread):
    post = db.session.get(Post, 2)
    actions.edit_post(post, ann, "<script>alert(1)</script> <b onclick=x>bold</b>")
    actions.edit_post(post, ann, "<img src=x onerror=alert(2)>")
    page = client.get("/posts/2/revisions").text
    assert "<script>alert" not in page and "<img src=x" not in page and "onclick=x>" not in page.replace("&gt;", "")
    assert "&lt;script&gt;" in page or "script" in page


def test_a_hidden_posts_history_is_its_authors_and_moderators(as_, client, ann, alice, bob, edited):
    states.hide_post(edited, bob, "r2")
    assert client.get("/posts/2/revisions").status_code == as_(alice).get("/posts/2/revisions").status_code == 404
    assert as_(ann).get("/posts/2/revisions").status_code == as_(bob).get("/posts/2/revisions").status_code == 200


@pytest.mark.parametrize("change", [states.remove_post, lambda post, by, rule: states.delete(post, post.author)])
def test_a_removed_or_deleted_posts_history_only_moderators(as_, client, ann, bob, edited, change):
    change(edited, bob, "r2")
    assert client.get("/posts/2/revisions").status_code == as_(ann).get("/posts/2/revisions").status_code == 404
    assert as_(bob).get("/posts/2/revisions").status_code == 200


def test_a_held_posts_history_is_its_authors_and_moderators(as_, client, newbie, alice, bob, thread):
    held = actions.post_reply(thread, newbie, "Hello")
    actions.edit_post(held, newbie, "Hello all")
    address = f"/posts/{held.id}/revisions"
    assert as_(newbie).get(address).status_code == as_(bob).get(address).status_code == 200
    assert client.get(address).status_code == as_(alice).get(address).status_code == 404


def test_a_long_history_comes_in_pages(client, ann, thread, statements):
    post = db.session.get(Post, 2)
    for number in range(2, 26):
        actions.edit_post(post, ann, f"Text {number}")
    with statements() as seen:
        first = client.get("/posts/2/revisions").text
    assert len(seen) <= 2, seen
    assert "Version 10" in first and "Version 11" not in first and 'rel="next"' in first
    last = client.get("/posts/2/revisions?after=20").text
    assert "Version 21" in last and "Version 25" in last and "Version 20" not in last and 'rel="next"' not in last
    assert [version.number for version in revisions.versions(post, 10)] == list(range(11, 21))
    for after in ("25", "x", "-1", "99999999999"):
        assert client.get(f"/posts/2/revisions?after={after}").status_code == 404


def test_what_stood_there_before_the_approval_is_not_shown(as_, client, newbie, alice, bob, thread):
    post = actions.post_reply(thread, newbie, "Buy kumquats at my shop.")
    actions.edit_post(post, newbie, "A thoughtful word.")
    states.publish_held(post, by=bob)
    actions_of_author = as_(newbie).get(f"/posts/{post.id}/revisions").text
    assert "kumquats" in actions_of_author
    assert "kumquats" in as_(bob).get(f"/posts/{post.id}/revisions").text
    for reader in (client, as_(alice)):
        page = reader.get(f"/posts/{post.id}/revisions")
        assert page.status_code == 200
        assert "thoughtful" in page.text and "kumquats" not in page.text
