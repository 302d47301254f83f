"""Whoever presses a button on a later page comes back to it, at the same question; and nowhere else than there."""

from __future__ import annotations

import re

import pytest

from forum.asking.models import Question, QuestionSupport
from forum.core.database import db
from tests.asking.conftest import put_down

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def address(session):
    return f"/sessions/{session.id}/{session.thread.slug}"


def hidden(page, post_id):
    """Return what the form of the question's button sends."""
    form = re.search(rf'<form[^>]*action="/questions/{post_id}/support">(.*?)</form>', page, re.S)[1]
    return dict(re.findall(r'name="([a-z]+)" value="([^"]*)"', form))


def test_who_asks_too_comes_back_to_the_page(session, at, alice, ann, as_, address, fill):
    at("collecting")
    ids = fill(60, alice, "Question")
    put_down(session, ids, [alice.id])
    reader = as_(ann)
    second = reader.get(address).text
    place = re.search(r'rel="next" href="([^"]+)"', second)[1].replace("&amp;", "&")
    page = reader.get(place).text
    middle = ids[30]
    db.session.get(Question, ids[10]).support_count = 1
    # everybody's count is 1: pressed, it moves to the front, and the page begins with it
    sent = reader.send(f"/questions/{middle}/support", **hidden(page, middle))
    assert sent.location == f"{address}?from={middle}#post-{middle}"
    page = reader.get(f"{address}?from={middle}").text
    assert f'id="post-{middle}"' in page and "I don't ask this any more" in page
    # taken back from there: again the one that the page begins with
    sent = reader.send(f"/questions/{middle}/support", **hidden(page, middle))
    assert sent.location == f"{address}?from={middle}#post-{middle}"
    assert db.session.query(QuestionSupport).filter_by(user_id=ann.id).count() == 0
    # one that stays on its page
    for number, one in enumerate(ids):
        db.session.get(Question, one).support_count = 300 - 3 * number
    db.session.commit()
    page = reader.get(f"{address}?open=243.{ids[19]}").text
    sent = reader.send(f"/questions/{middle}/support", **hidden(page, middle))
    assert sent.location == f"{address}?open=243.{ids[19]}#post-{middle}"
    # nothing that a form says leads elsewhere
    for name, value in (("next", "https://evil.example"), ("from", "//evil.example"), ("open", "x" * 999)):
        sent = reader.send(f"/questions/{middle}/support", **{name: value})
        assert sent.status_code == 303 and sent.location.startswith(f"{address}?from=") and "xxx" not in sent.location


def test_a_host_goes_on_where_the_queue_was(session, at, alice, bob, as_, fill):
    at("collecting")
    ids = fill(70, alice, "Question")
    put_down(session, ids, [alice.id])
    desk = f"/sessions/{session.id}/desk"
    page = as_(bob).get(desk).text
    place = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    row = re.search(rf'<a href="([^"]*question={ids[55]})"', as_(bob).get(place).text)[1].replace("&amp;", "&")
    page = as_(bob).get(row).text
    action = re.search(r'action="(/questions/[^"]+)" data-decide', page)[1].replace("&amp;", "&")
    sent = as_(bob).send(action, act="decline", reason="It is about another theme.")
    assert f"after=1.{ids[49]}" in sent.location and f"question={ids[56]}" in sent.location
    assert f"question={ids[57]}" in as_(bob).get(sent.location).text
    sent = as_(bob).send(sent.location.replace(desk, f"/questions/{ids[56]}/triage"), act="route", expert="")
    assert f"question={ids[56]}" in sent.location and "after=" in sent.location
    sent = as_(bob).send(f"/questions/{ids[55]}/triage?show=declined&question={ids[55]}", act="reopen")
    assert sent.location == f"{desk}?show=declined"
    for query in ("?show=//evil.example&after=https://evil.example", "?question=x"):
        sent = as_(bob).send(f"/questions/{ids[60]}/triage{query}", act="route", expert="")
        assert sent.status_code == 303 and sent.location.startswith(f"{desk}?")
