"""/search finds what everybody may see, and nothing else, whatever the index believes."""

import contextvars
import shutil
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import select, text

from forum.core.database import db, transaction
from forum.search.index import current_index
from forum.threads import actions, states
from forum.threads.models import Post


def test_it_finds_a_post_in_both_scripts(client, thread, ann, subtheme, work):
    actions.post_reply(thread, ann, "中国网络文明大会在北京举行。")
    actions.post_reply(thread, ann, "A network of neighbours.")
    work()
    for words in ("网络文明", "網絡文明"):
        assert "中国" in client.get("/search", query_string={"q": words}).text
    found = client.get("/search?q=networks").text
    assert "A <mark>network</mark> of neighbours" in found


def test_it_finds_a_thread_by_its_title(client, thread, work):
    work()
    answer = client.get("/search?q=ranking")
    assert f"/posts/{_opening(thread).id}" in answer.text


def test_it_says_that_nothing_was_found(client, thread, work):
    work()
    assert "Nothing found" in client.get("/search?q=zzzz").text


def test_a_post_hidden_since_it_was_indexed_is_not_shown(client, thread, ann, bob, work):
    post = actions.post_reply(thread, ann, "The word is kumquat.")
    work()
    assert "kumquat" in client.get("/search?q=kumquat").text.split('class="results"')[1]
    with transaction():
        states.hide_post(db.session.get(Post, post.id), bob, "abuse")
    assert 'class="results"' not in client.get("/search?q=kumquat").text  # the index still holds it
    work()
    assert post.id not in current_index().ids()


def test_a_held_post_is_never_indexed(client, thread, newbie, work):
    post = actions.post_reply(thread, newbie, "The word is kumquat.")
    assert post.state == "held"
    work()
    assert 'class="results"' not in client.get("/search?q=kumquat").text
    assert post.id not in current_index().ids()


def test_an_edit_is_found_by_its_new_words_only(client, thread, ann, work):
    post = actions.post_reply(thread, ann, "The word is kumquat.")
    work()
    actions.edit_post(post, ann, "The word is rambutan.")
    work()
    assert 'class="results"' not in client.get("/search?q=kumquat").text
    assert f"/posts/{post.id}" in client.get("/search?q=rambutan").text


def test_filters_narrow_the_answer(client, thread, alice, ann, work):
    work()
    assert 'class="results"' in client.get("/search?q=ranking&subtheme=data-and-algorithms&author=alice").text
    assert 'class="results"' not in client.get("/search?q=ranking&subtheme=law-online").text
    assert 'class="results"' not in client.get("/search?q=ranking&author=ann").text
    assert 'class="results"' not in client.get("/search?q=ranking&expert=1").text
    assert 'class="results"' not in client.get("/search?q=ranking&before=2020-01-01").text
    assert 'class="results"' in client.get("/search?q=ranking&after=2020-01-01&lang=en&sort=newest").text


def test_wrong_filters_are_refused_with_the_words_kept(client):
    answer = client.get("/search?q=ranking&after=2022-02-02&before=2021-01-01")
    assert answer.status_code == 422
    assert 'value="ranking"' in answer.text
    for query in ("after=yesterday", "subtheme=none", "sort=author_id"):
        assert client.get("/search?q=ranking&" + query).status_code == 422, query
    assert client.get("/search?q=" + "x" * 300).status_code == 422


def test_hostile_questions_break_nothing(client, thread, work):
    work()
    for words in (
        "*",
        "a*",
        "[a TO b]",
        '"',
        "AND NOT",
        "~",
        "'; DROP TABLE posts;--",
        "\x00",
        "title:x",
        "-",
        "%",
        "\ud800",
    ):
        answer = client.get("/search", query_string={"q": words.encode("utf-8", "surrogatepass")})
        assert answer.status_code in (200, 400, 422), words
    for page in ("0", "-1", "x", "999999999999", ""):
        assert client.get(f"/search?q=ranking&page={page}").status_code == 200


def test_the_page_has_a_bound_of_statements(client, as_, alice, thread, ann, work, statements):
    work()
    reader = as_(alice)
    with statements() as few:
        reader.get("/search?q=rule")
    for number in range(25):
        actions.post_reply(thread, ann, f"One more rule, number {number}.")
    work()
    with statements() as many:
        reader.get("/search?q=rule")
    assert len(few) == len(many) <= 8, many


def test_a_missing_index_is_said_and_rebuilt(client, thread, work):
    work()
    _destroy()
    answer = client.get("/search?q=ranking")
    assert answer.status_code == 200
    assert "being rebuilt" in answer.text
    assert client.get("/").status_code == 200
    work()
    assert 'class="results"' in client.get("/search?q=ranking").text


def test_two_nudges_of_a_page_are_one_rebuild_now(app, client, thread, work, caplog):
    work()
    app.extensions["huey"].flush()
    caplog.clear()  # where this is the first test there was no index yet
    _destroy()
    for _ in range(2):
        client.get("/search?q=ranking")
    assert _carry_out_jobs(app) == ["mend_index", "mend_index"]
    assert caplog.text.count("has been rebuilt") == 1
    assert 'class="results"' in client.get("/search?q=ranking").text
    assert app.extensions["huey"].pending() == []


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_a_table_of_other_columns_is_built_anew_though_it_says_that_it_is_ours(app, client, thread, work):
    work()
    db.session.execute(text("ALTER TABLE search_documents RENAME COLUMN length TO words"))
    db.session.commit()
    assert "being rebuilt" in client.get("/search?q=ranking").text
    work()
    _carry_out_jobs(app)
    assert 'class="results"' in client.get("/search?q=ranking").text


def test_damage_that_only_a_search_meets_is_mended_by_its_nudge(app, client, thread, work, caplog):
    """The file of postings is full of nonsense: opening the index shows nothing of it."""
    if db.engine.dialect.name == "postgresql":
        return
    work()
    app.extensions["huey"].flush()
    current_index().close()
    for file in (Path(app.config["FORUM_INSTANCE"]) / "search").rglob("*.pst"):
        size = file.stat().st_size
        file.write_bytes((b"nonsense" * size)[:size])
    for _ in range(2):
        assert "being rebuilt" in client.get("/search?q=ranking").text
    current_index().check()
    _carry_out_jobs(app)
    assert caplog.text.count("has been rebuilt") == 1
    assert 'class="results"' in client.get("/search?q=ranking").text


def _carry_out_jobs(app) -> list[str]:
    """Do what is in the queue, and no sweep; return the names of the jobs."""
    huey, names = app.extensions["huey"], []
    while task := huey.dequeue():
        names.append(task.args[0])
        db.session.rollback()
        contextvars.Context().run(huey.execute, task)
    db.session.rollback()
    return names


def _destroy() -> None:
    """Delete the index behind the forum's back."""
    if db.engine.dialect.name == "postgresql":
        with transaction() as session:
            session.execute(text("DROP TABLE search_documents"))
    else:
        current_index().close()
        shutil.rmtree(Path(current_app.config["FORUM_INSTANCE"]) / "search")


def _opening(thread) -> Post:
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.position == 1)).one()
