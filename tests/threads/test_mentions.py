"""Who is called by name: existing people, not oneself, and not half the forum."""

from forum.core.database import db
from forum.threads import actions
from forum.threads.models import PostMention


def called(post) -> list[int]:
    return [row.user_id for row in db.session.query(PostMention).filter_by(post_id=post.id).order_by("user_id")]


def test_existing_people_are_called_once(app, alice, ann, bob, thread):
    post = actions.post_reply(thread, ann, "@alice, @Alice and @bob: see @nobody's view, says @ann. `@carol`")
    assert called(post) == sorted([alice.id, bob.id])
    assert post.html.count('href="/people/') == 4


def test_a_quoted_call_calls_nobody(app, ann, bob, thread):
    assert called(actions.post_reply(thread, ann, "> @bob look\n\nWell.")) == []


def test_a_chinese_name_before_chinese_words(app, person, ann, thread):
    zhang = person("张三")
    assert called(actions.post_reply(thread, ann, "谢谢@张三你的回答")) == [zhang.id]


def test_at_most_ten_are_called_and_two_by_a_newcomer(app, person, ann, newbie, thread):
    people = [person("reader" + "x" * number) for number in range(12)]
    text = " ".join(f"@{one.username}" for one in people)
    assert called(actions.post_reply(thread, ann, text)) == [one.id for one in people[:10]]
    assert called(actions.post_reply(thread, newbie, text)) == [one.id for one in people[:2]]


def test_a_later_change_of_a_public_post_calls_nobody_new(app, ann, bob, thread):
    post = actions.post_reply(thread, ann, "Hello")
    actions.edit_post(post, ann, "Hello @bob")
    assert called(post) == []
