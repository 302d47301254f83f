"""However much there is, a page of a session has so many rows and statements, and leads on by key."""

from __future__ import annotations

import re

import pytest

from forum.accounts import ties
from forum.asking import queries
from forum.asking.models import Status
from forum.core.database import db
from tests.asking.conftest import answer, put_down
from tests.home.test_home import plan_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def address(session):
    return f"/sessions/{session.id}/{session.thread.slug}"


def shown(page, text):
    return [int(place) for place in re.findall(rf"{text} (\d+)", re.sub(r"<title>.*?</title>", "", page))]


def link(page, words, part=""):
    """Return where the link with these words leads, with this in its address."""
    for href, inside in re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', page, re.S):
        if words in inside and part in href:
            return href.replace("&amp;", "&")
    return None


def test_a_question_of_many_sources_with_many_answers_and_comments(
    session, at, ask, alice, ann, mallory, dr_chen, as_, address, fill, statements
):
    at("collecting")
    one = ask(alice, "Who checks?")
    at("answering")
    first = answer(session, dr_chen, one)
    as_(mallory).get(address)
    with statements() as few:
        as_(mallory).get(address)
    put_down(session, fill(30, ann, "Source"), status=Status.MERGED, merged_into_id=one.post_id, support_count=1)
    fill(29, dr_chen, "Reply", parent_id=one.post_id, credential_id=first.credential_id)
    fill(50, ann, "Comment", parent_id=first.id)
    reader = as_(mallory)
    with statements() as many:
        page = reader.get(address).text
    assert len(many) <= len(few) + 1, (len(few), len(many))  # one more: the questions merged into it are people's
    assert "30 questions that ask the same" in page
    assert [len(set(shown(page, text))) for text in ("Source", "Reply", "Comment")] == [3, 2, 3]
    parts = {
        "Source": ("All of them", "merged=", 30), "Comment": ("All 50 comments", "comments=", 50),
        "Reply": ("All 30 answers", "answers=", 29),
    }  # fmt: skip
    for text, (words, name, number) in parts.items():
        seen, place, pages = [], link(page, words), 0
        while place and (pages := pages + 1) < 5:
            with statements() as further:
                part = reader.get(place.partition("#")[0]).text
            assert len(further) <= len(many) + 1 and not any(re.search(r"OFFSET (?!\?)", each) for each in further)
            assert len(set(shown(part, text))) <= 20, text
            seen += sorted(set(shown(part, text)))
            place = link(part, "Show more", name)
        assert len(seen) == len(set(seen)) == number and seen == sorted(seen), text
    ties.keep(ann, ties.Kind.MUTE, by=mallory)
    page = reader.get(address).text
    assert "Source 1" not in page and "30 questions that ask the same" in page and "You muted" in page


def test_a_comment_is_shown_where_its_writer_comes_back(session, at, ask, alice, ann, dr_chen, as_, fill):
    at("collecting")
    one = ask(alice)
    at("answering")
    first = answer(session, dr_chen, one)
    fill(45, ann, "Comment", parent_id=first.id)
    session.thread.last_position = 900
    db.session.commit()
    sent = as_(alice).send(f"/sessions/{session.id}/posts", body="Thank you all.", parent=first.id, form_token="t")
    assert sent.status_code == 303 and "Thank you all." in as_(alice).get(sent.location.partition("#")[0]).text


def test_an_archive_of_many_answers_has_contents_in_parts(session, at, alice, as_, address, fill, client):
    ids = fill(120, alice, "Question")
    put_down(session, ids, status=Status.ANSWERED)
    at("archived")
    page = client.get(address).text
    part = page[page.index('id="contents"') : page.index('id="answered"')]
    assert len(shown(part, "Question")) == 100
    place = link(part, "More of the contents")
    page = client.get(place).text
    part = page[page.index('id="contents"') : page.index('id="answered"')]
    assert len(shown(part, "Question")) == 20 and link(part, "Back to the first page") == address


def test_the_desk_shows_what_was_merged_in_parts(session, at, ask, alice, ann, bob, as_, fill, statements):
    at("collecting")
    one = ask(alice, "Who checks?")
    host, place = as_(bob), f"/sessions/{session.id}/desk?question={one.post_id}"
    host.get(place)
    with statements() as few:
        host.get(place)
    put_down(session, fill(25, ann, "Source"), status=Status.MERGED, merged_into_id=one.post_id)
    put_down(session, fill(45, ann, "Question"), [ann.id], support_count=0)
    with statements() as many:
        page = host.get(place).text
    assert len(many) <= len(few) + 1, (len(few), many)
    assert len(set(shown(page, "Source"))) == 20
    assert len(set(shown(as_(bob).get(link(page, "More of them")).text, "Source"))) == 5


def test_past_sessions_are_found_by_an_index(session, app):
    plan = plan_of(queries.over)
    assert "ix_ask_sessions_opens_at" in plan and "TEMP B-TREE" not in plan, plan
