"""A host's form offers the words that are shown now; what was cut out of them does not come back."""

from __future__ import annotations

import re

import pytest

from forum.asking import planning, queries
from forum.core.database import db, transaction
from forum.core.errors import Conflict, Refused
from forum.threads import actions, redaction, screening
from forum.threads.models import Post
from tests.asking.conftest import present, the_plan
from tests.discussions import opening_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
CUT = "are ranked"


def cut(session, by, words=CUT):
    opening = db.session.get(Post, queries.opening_id(session.thread_id))
    with transaction():
        redaction.redact(opening, redaction.prepared(opening, opening.body.replace(words, "")), by, "r2")


def fields(page):
    """Return what the form offers, as a browser would send it back."""
    found = {name: re.search(f'name="{name}"[^>]*value="([^"]*)"', page) for name in
             ("title", "opens_at", "answers_at", "closes_at", "archives_at", "seen", "revision")}  # fmt: skip
    texts = {name: re.search(f'<textarea[^>]*name="{name}"[^>]*>\\s*([^<]*)</textarea>', page)
             for name in ("description_en", "description_zh")}  # fmt: skip
    return {name: one[1] for name, one in {**found, **texts}.items() if one}


def test_what_was_cut_out_is_not_offered_and_not_saved(session, bob, bea, dr_chen, as_, client):
    url, address = f"/sessions/{session.id}/change", f"/sessions/{session.id}/{session.thread.slug}"
    stale = fields(as_(bob).get(url).text)
    cut(session, bea)
    page = as_(bob).get(url).text
    offered = fields(page)
    assert CUT not in page and offered["description_en"].startswith("How feeds")
    assert offered["description_zh"] == "信息流如何排序。"
    more = {"experts": dr_chen.id, "capacity": 3}
    # from a page of before: refused with the words as they are now, and these can be sent
    refused = as_(bob).send(url, **{**stale, **more})
    assert refused.status_code == 409 and CUT not in refused.text
    assert as_(bob).send(url, **{**fields(refused.text), **more}).status_code == 303
    assert present(session).capacity == 3
    for place in (address, url, f"/threads/{session.thread_id}/{session.thread.slug}"):
        assert CUT not in as_(bob).get(place).text
    assert CUT not in present(session).description_en and "How feeds" in client.get(address).text
    assert opening_of(session.thread).revision == 2  # nothing was written again


def test_other_hosts_have_no_words_to_change(session, bob, bea, dr_chen, as_):
    url = f"/sessions/{session.id}/change"
    cut(session, bob)
    page = as_(bea).get(url).text
    assert CUT not in page and 'name="description_en"' not in page and 'name="title"' not in page
    sent = as_(bea).send(url, **fields(page), experts=dr_chen.id, capacity=10, title="Mine", description_en="Mine")
    assert sent.status_code == 303 and present(session).capacity == 10
    assert present(session).thread.title == "Ask about rankings" and CUT not in present(session).description_en


def test_an_opening_that_nobody_sees_says_nothing(session, at, ask, alice, bob, dr_chen, as_):
    at("collecting")
    ask(alice)
    url = f"/sessions/{session.id}/change"
    stale = fields(as_(bob).get(url).text)
    actions.delete_post(opening_of(session.thread), bob)
    page = as_(bob).get(url).text
    assert CUT not in page and 'name="description_en"' not in page
    refused = as_(bob).send(url, **{**stale, "title": "Again"}, experts=dr_chen.id, capacity=3)
    assert refused.status_code == 303 and CUT not in as_(bob).get(url).text  # its words are no fields any more
    assert present(session).capacity == 3 and present(session).thread.title == "Ask about rankings"
    with pytest.raises(Refused, match="not shown any more"):
        planning.change(session.id, the_plan([dr_chen.id], session.created_at), present(session).version, bob)


def test_words_and_plan_are_changed_together_or_not_at_all(session, bob, dr_chen, monkeypatch):
    wanted = the_plan([dr_chen.id], session.created_at, title="Ask about feeds", capacity=5)
    version = present(session).version

    def die(*_args, **_facts):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(planning.audit, "record", die)  # the last thing that it does
        with pytest.raises(RuntimeError):
            planning.change(session.id, wanted, version, bob)
    now_is = present(session)
    assert (now_is.thread.title, now_is.capacity, opening_of(now_is.thread).revision) == ("Ask about rankings", 2, 1)
    monkeypatch.setattr(screening, "screeners", [lambda _draft: screening.Verdict(reason="words")])
    with pytest.raises(Refused):  # the screening does not take the words: the plan stays too
        planning.change(session.id, wanted, version, bob)
    assert present(session).capacity == 2
    monkeypatch.setattr(screening, "screeners", [])
    assert planning.change(session.id, wanted, version, bob)
    now_is = present(session)
    assert (now_is.thread.title, now_is.capacity, now_is.version) == ("Ask about feeds", 5, version + 1)


def test_a_cut_while_the_host_writes_wins(session, bob, bea, dr_chen):
    was = present(session)
    revision = opening_of(was.thread).revision
    cut(session, bea)
    wanted = the_plan([dr_chen.id], was.created_at, description_en="How feeds are ranked, and why.")
    with pytest.raises(Conflict):
        planning.change(session.id, wanted, was.version, bob, revision=revision)
    longer = the_plan([dr_chen.id], was.created_at, times={**wanted.times}, description_en="On feeds.\n\nIn general.")
    assert planning.change(session.id, longer, was.version, bob)
    moved = the_plan(
        [dr_chen.id], was.created_at, description_en="On feeds.", description_zh="In general.\n\n信息流如何排序。"
    )
    assert planning.change(session.id, moved, present(session).version, bob)
    assert present(session).description_en == "On feeds."
