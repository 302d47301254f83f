"""The preview: the HTML alone for the script, a page with the same form without it; nothing is written."""

import pytest

from forum.core.database import db
from forum.threads.models import Post

FETCH = {"X-Requested-With": "fetch"}


def fetch(client, body: str):
    return client.post("/preview", data={"csrf_token": client.csrf_token(), "body": body}, headers=FETCH)


def test_the_script_gets_the_rendered_text_alone(as_, alice, ann, thread):
    answer = fetch(as_(ann), "**Bold** @alice <script>alert(1)</script>")
    assert answer.status_code == 200 and "<html" not in answer.text
    assert "<strong>Bold</strong>" in answer.text and 'href="/people/alice"' in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("body", "told"),
    [("", "Please fill"), ("[](/posts/1)", "Please fill"), ("x" * 32_001, "too long"), (">" * 300 + " x", "deep")],
)
def test_the_script_is_told_what_is_wrong(as_, ann, body, told):
    answer = fetch(as_(ann), body)
    assert answer.status_code == 422 and told in answer.text


def test_without_scripts_the_form_stands_under_the_text(as_, ann, thread):
    answer = as_(ann).send(f"/preview?thread={thread.id}", body="**Bold** move", parent="1", form_token="t" * 24)
    assert answer.status_code == 200 and "<strong>Bold</strong> move" in answer.text
    assert f'action="/threads/{thread.id}/posts"' in answer.text and "**Bold** move</textarea>" in answer.text
    assert 'value="1"' in answer.text and "t" * 24 in answer.text
    assert f'formaction="/preview?thread={thread.id}"' in answer.text
    assert db.session.query(Post).count() == 3


def test_a_new_thread_and_an_edit_too(as_, ann, thread):
    c = as_(ann)
    new = c.send("/preview?subtheme=law-online", title="My title", body="*New*").text
    assert 'action="/subthemes/law-online/threads/new"' in new and 'value="My title"' in new and "<em>New</em>" in new
    edit = c.send("/preview?post=2", body="*Changed*", revision="1").text
    assert 'action="/posts/2/edit"' in edit and "<em>Changed</em>" in edit


def test_an_experts_choice_is_kept(as_, dr_chen, pinned):
    page = as_(dr_chen).send(f"/preview?thread={pinned.id}", body="Hello", credential="1").text
    assert 'selected value="1"' in page


@pytest.mark.parametrize("body", ["", "x" * 32_001, ">" * 300 + " x"])
def test_a_refused_text_is_kept(as_, ann, thread, body):
    answer = as_(ann).send(f"/preview?thread={thread.id}", body=body)
    assert answer.status_code == 422 and body[:200].replace(">", "&gt;") in answer.text


@pytest.mark.parametrize("query", ["", "?thread=99", "?thread=x", "?post=99", "?subtheme=nowhere"])
def test_a_preview_of_nothing(as_, ann, query):
    assert as_(ann).send(f"/preview{query}", body="Hello").status_code == 404


def test_a_stranger_has_none_and_neither_has_a_form_without_its_token(client, as_, ann, thread):
    assert client.send(f"/preview?thread={thread.id}", body="Hello").status_code == 401
    assert fetch(client, "Hello").status_code == 401
    assert as_(ann).post("/preview", data={"body": "Hello"}, headers=FETCH).status_code == 400
