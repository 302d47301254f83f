"""An expert's answer carries sources: at most ten links with titles, each by the rule for links in posts."""

import pytest

from forum.core.database import db
from forum.core.errors import Refused
from forum.experts import actions as experts
from forum.threads import actions, purging, states
from forum.threads.models import Post
from moderation.purging import elsewhere
from tests.answers.conftest import SOURCES

sqlite_only = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no rule of a database

STORED = [
    {"title": "The rule itself", "address": "https://law.example.org/rule?art=5"},
    {"title": "数据报告", "address": "https://data.example.org/%E6%8A%A5%E5%91%8A"},
]


def rows(*pairs):
    titles, addresses = zip(*pairs, strict=True)
    return {"listed-title": list(titles), "listed-address": list(addresses)}


@sqlite_only
def test_dr_chen_gives_sources_without_a_script(as_, dr_chen, alice, credential, pinned):
    page = (c := as_(dr_chen)).get(f"/threads/{pinned.id}/{pinned.slug}").text
    assert page.count('name="listed-title"') == page.count('name="listed-address"') == 3
    sent = c.send(
        f"/threads/{pinned.id}/posts", body="So it is.", credential=str(credential.id), **rows(*SOURCES, ("", ""))
    )
    assert sent.status_code == 303
    post = db.session.query(Post).order_by(Post.id.desc()).first()
    assert post.sources == STORED
    page = as_(alice).get(f"/threads/{pinned.id}/{pinned.slug}").text
    assert 'href="https://law.example.org/rule?art=5" rel="nofollow ugc noopener"><bdi>The rule itself</bdi>' in page
    assert "law.example.org/rule" in page and "listed-title" not in page


@sqlite_only
@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([("Look", "javascript:alert(1)")], "The address of source 1"),
        ([("Fine", "https://example.org/"), ("Look", "https://bank.example@evil.example/")], "The address of source 2"),
        ([("Look", "//evil.example")], "The address of source 1"),
        ([("Look", "https://example.org/a b")], "The address of source 1"),
        ([("Look", "https://example.org/" + "a" * 1_000)], "The address of source 1"),
        ([("", "https://example.org/")], "Source 1 has no title"),
        ([("T" * 201, "https://example.org/")], "Source 1: 201 characters"),
        ([(f"Source {n}", "https://example.org/") for n in range(11)], "At most 10 sources"),
    ],
)
def test_what_is_no_source_is_refused_and_kept(as_, dr_chen, credential, pinned, pairs, words):
    fields = {"body": "So it is.", "credential": str(credential.id), **rows(*pairs)}
    answer = as_(dr_chen).send(f"/threads/{pinned.id}/posts", **fields)
    assert answer.status_code == 422 and words in answer.text and "So it is." in answer.text
    assert all(title in answer.text for title, _address in pairs) and pinned.reply_count == 2
    with pytest.raises(Refused):
        actions.post_reply(pinned, dr_chen, "So it is.", credential, listed=pairs)


@sqlite_only
def test_only_an_experts_answer_has_them(as_, dr_chen, ann, answer, pinned):
    sent = as_(dr_chen).send(f"/threads/{pinned.id}/posts", body="As myself.", credential="", **rows(*SOURCES))
    assert sent.status_code == 422 and "Only an answer with a credential" in sent.text and "数据报告" in sent.text
    c = as_(ann)
    sent = c.send(f"/threads/{pinned.id}/posts", body="I too.", **rows(*SOURCES))
    assert sent.status_code == 422 and "Only an answer with a credential" in sent.text
    with pytest.raises(Refused):
        actions.post_reply(pinned, ann, "Me.", listed=SOURCES)
    with pytest.raises(Refused):
        actions.edit_post(db.session.get(Post, 2), ann, "Me.", listed=SOURCES)


@sqlite_only
def test_they_are_changed_seen_in_the_history_and_previewed(as_, dr_chen, answer):
    page = (c := as_(dr_chen)).get(f"/posts/{answer.id}/edit").text
    assert "数据报告" in page and page.count('name="listed-title"') == 5 and 'name="note"' not in page
    fields = {"body": "In three steps.", "revision": "1", **rows(SOURCES[1], ("Newer", "newer.example.org"))}
    preview = c.send(f"/preview?post={answer.id}", **fields)
    assert preview.status_code == 200 and 'value="Newer"' in preview.text
    assert c.send(f"/posts/{answer.id}/edit", **fields).status_code == 303
    assert answer.sources == [STORED[1], {"title": "Newer", "address": "https://newer.example.org"}]
    assert c.send(f"/posts/{answer.id}/edit", **fields | {"revision": "2"}).status_code == 303
    assert answer.revision == 2, "nothing was changed"
    history = c.get(f"/posts/{answer.id}/revisions").text
    assert "The rule itself" in history and "Newer" in history
    actions.edit_post(answer, dr_chen, "In four steps.")
    assert len(answer.sources) == 2, "an act that names none leaves them"


@pytest.mark.parametrize("app", ["sqlite", "postgres"], indirect=True)
def test_a_purge_finds_a_title_in_chinese_too(answer):
    assert [elsewhere.find(words, 1).posts for words in ("数据报告", "THE RULE itself", "数据说明")] == [(4,), (4,), ()]


@sqlite_only
def test_the_interests_of_the_credential_stand_under_each_answer(client, alice, bob, answer, pinned, subtheme):
    claim = experts.Claim("government", "The <b>court</b> pays me.", "en")
    judge = experts.grant(alice, subtheme, "Judge", "Northern Court", None, by=bob, claim=claim)
    posts = {answer.id: "None declared."}
    posts[actions.post_reply(pinned, alice, "It is written down.", judge).id] = "The &lt;b&gt;court&lt;/b&gt; pays me."
    posts[actions.post_reply(pinned, alice, "And again.", judge).id] = "The &lt;b&gt;court&lt;/b&gt; pays me."
    bare = actions.post_reply(pinned, alice, "My own opinion.")
    page = client.get(f"/threads/{pinned.id}/{pinned.slug}").text
    articles = {number: page.split(f'id="post-{number}"')[1].split("</article>")[0] for number in (*posts, bare.id)}
    assert all(words in articles[number].split("Declared interests")[1] for number, words in posts.items())
    assert "Declared interests" not in articles[bare.id]


@sqlite_only
def test_they_go_with_the_words(bob, answer, pinned):
    states.remove_post(answer, bob, "privacy")
    purging.take_words(answer)
    assert answer.sources == []
