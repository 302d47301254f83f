"""A person's page: who they are, their credentials, and their public posts."""

import re

import pytest

from forum.core.database import db
from forum.experts import actions as experts
from forum.experts.models import Credential
from forum.threads import actions, states
from forum.threads.models import Post
from tests.threads.test_reading import grow

MOST = 7  # statements for somebody signed in; one more for a moderator, who reads former names


def test_who_ann_is_and_what_she_wrote(client, ann, thread):
    page = client.get("/people/ann").text
    assert page.count("<h1") == 1 and "安安" in page and "@ann" in page
    assert "There is a rule about it since March." in page and thread.title in page and 'href="/posts/2"' in page
    assert page.index("推荐的主要依据") < page.index("There is a rule")
    assert "ann@example.org" not in page


@pytest.mark.parametrize("name", ["ANN", "Ａnn"])
def test_she_is_found_however_the_name_is_written(client, ann, name):
    assert client.get(f"/people/{name}").status_code == 200


def test_nobody_by_that_name(client, app):
    assert client.get("/people/nobody").status_code == 404


def test_only_what_is_public_is_listed(as_, client, newbie, ann, bob, subtheme, thread):
    states.hide_post(db.session.get(Post, 2), bob, "r2")
    actions.post_reply(thread, newbie, "Held words")
    for reader in (client, as_(ann), as_(bob), as_(newbie)):
        assert "There is a rule" not in reader.get("/people/ann").text
        assert "Held words" not in reader.get("/people/newbie").text
    states.hide_post(db.session.get(Post, 1), bob, "r2")
    assert "推荐的主要依据" not in client.get("/people/ann").text


def test_badges_are_shown_also_when_they_ended(client, carol, dr_chen):
    page = client.get("/people/dr_chen").text
    assert "Professor of statistics" in page and "Data and algorithms" in page
    experts.revoke(db.session.query(Credential).one(), "Left.", by=carol)
    page = client.get("/people/dr_chen").text
    assert "Professor of statistics" in page and "revoked" in page


def test_words_are_shown_as_text(client, ann, thread):
    actions.post_reply(thread, ann, "`<script>alert(1)</script>` & more")
    page = client.get("/people/ann").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


def test_pages_follow_each_other(client, alice, thread):
    grow(thread, alice.id, 30)
    first = client.get("/people/alice").text
    second = client.get(re.search(r'rel="next" href="([^"]+)"', first)[1]).text
    ids = [int(found) for page in (first, second) for found in re.findall(r'href="/posts/(\d+)"', page)]
    assert ids == sorted(set(ids), reverse=True) and len(ids) == 31
    for before in ("x", "-1", "9" * 30):
        assert client.get(f"/people/alice?before={before}").status_code == 404


def test_the_number_of_statements_does_not_grow(as_, client, alice, ann, bob, thread, statements):
    grow(thread, alice.id, 30)
    for reader, most in ((ann, MOST), (bob, MOST + 1)):
        c = as_(reader)
        with statements() as seen:
            assert c.get("/people/alice").status_code == 200
        assert len(seen) <= most, seen
    with statements() as seen:
        assert client.get("/people/alice").status_code == 200
    assert len(seen) <= MOST - 3, seen
