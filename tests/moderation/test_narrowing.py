"""Narrowing the queue: by sub-theme, source, language, rule, age and who holds it; with 10,000 cases as with ten."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update

from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.threads import actions
from forum.threads.models import Post
from moderation import cases, flags, queue
from moderation.decisions import decide
from moderation.models import Case
from moderation.queue import Filter

MANY = 10_000
RULES = ("abuse", "spam", "minors", "hate")


@pytest.fixture
def crowd(reply):
    """10,000 open cases of all kinds, two held: every filter alone fits a part of them."""
    moment, thread_id, author_id = now(), reply.thread_id, reply.author_id
    post = {"thread_id": thread_id, "author_id": author_id, "body": "x", "html": "x", "plain": "x",
            "render_version": 1, "notified_at": moment}  # fmt: skip
    case = {"author_id": author_id, "frozen_revision": 1, "frozen_title": "A case", "frozen_author": "a",
            "frozen_body": "x", "frozen_html": "x"}  # fmt: skip
    with transaction() as session:
        session.execute(insert(Post), [post | {"position": 1000 + number} for number in range(MANY)])
        ids = session.scalars(select(Post.id).where(Post.position >= 1000).order_by(Post.id)).all()
        rows = [
            case
            | {
                "post_id": post_id,
                "subtheme_id": 1 + number % 7,
                "kind": "thread" if number % 9 == 0 else "post",
                "source": "screening" if number % 5 == 0 else "flags",
                "lang": ("en", "zh", "")[number % 3],
                "rule": RULES[number % 4],
                "opened_at": moment - timedelta(minutes=number * 5),
                "score": 20.0 - (number * 7919 % MANY) / 100,
                "claimed_at": None,
            }
            for number, post_id in enumerate(ids)
        ]
        session.execute(insert(Case), rows)
    if db.engine.dialect.name == "postgresql":  # its planner goes by figures that it else gathers within a minute
        with transaction() as session:
            session.execute(text("ANALYZE"))
    return ids


def test_each_filter_keeps_what_fits_and_only_that(reply, flagged, thread, alice, ann, bob, bea, mallory):
    chinese = flags.flag_post(actions.post_reply(thread, ann, "这是一条垃圾广告，快来买鞋子。"), alice, "spam").case_id
    flags.flag_post(reply, mallory, "minors")
    assert {row.case.id for row in queue.page(Filter()).items} == {flagged.id, chinese}
    for chosen, fitting in (
        ({"lang": "zh"}, {chinese}),
        ({"lang": "en"}, {flagged.id}),
        ({"rule": "spam"}, {chinese}),
        ({"rule": "minors"}, {flagged.id}),
        ({"rule": "abuse"}, set()),  # children come before: the rule that weighs most is the case's
        ({"source": "flags", "lang": "zh", "rule": "spam"}, {chinese}),
        ({"source": "screening"}, set()),
        ({"days": 1}, set()),
        ({"assigned": "mine", "viewer_id": bob.id}, set()),
        ({"assigned": "nobody"}, {flagged.id, chinese}),
    ):
        assert {row.case.id for row in queue.page(Filter(**chosen)).items} == fitting, chosen
    cases.claim(chinese, bob)
    cases.claim(flagged.id, bea)
    seen = {
        (who.username, kind): {row.case.id for row in queue.page(Filter(assigned=kind, viewer_id=who.id)).items}
        for who in (bob, bea)
        for kind in ("mine", "somebody", "nobody")
    }
    both = {flagged.id, chinese}
    assert seen == {
        ("bob", "mine"): {chinese}, ("bob", "somebody"): both, ("bob", "nobody"): set(),
        ("bea", "mine"): {flagged.id}, ("bea", "somebody"): both, ("bea", "nobody"): set(),
    }  # fmt: skip
    with transaction() as session:
        session.execute(update(Case).where(Case.id == chinese).values(claimed_at=now() - timedelta(minutes=31)))
    assert {row.case.id for row in queue.page(Filter(assigned="nobody")).items} == {chinese}, "a claim that ran out"
    decide(chinese, bob, "keep", "Harmless.")
    assert queue.page(Filter(assigned="mine", viewer_id=bob.id)).items == [], "what is decided is held by nobody"


CHOICES = (
    {}, {"subtheme_id": 1}, {"source": "flags"}, {"lang": "zh"}, {"rule": "spam"}, {"days": 2}, {"within": (1,)},
    {"kind": "thread"}, {"assigned": "nobody"}, {"assigned": "somebody"}, {"assigned": "mine", "viewer_id": 1},
)  # fmt: skip


def test_ten_thousand_cases_are_read_along_an_index(app, crowd, bob, as_, statements):
    check_old_cases_come_oldest_first_by_pages()
    with transaction() as session:  # what moderators hold now, a few among many
        session.execute(update(Case).where(Case.id.in_(crowd[:5])).values(claimed_at=now(), claimed_by_id=bob.id))
    literal = {"literal_binds": True}
    for chosen in CHOICES:
        query = queue.page_query(Filter(**chosen)).compile(db.engine, compile_kwargs=literal)
        if db.engine.dialect.name == "sqlite":
            plan = [row[-1] for row in db.session.execute(text("EXPLAIN QUERY PLAN " + str(query).replace(":", "\\:")))]
            assert plan[0].split()[:2] == ["SEARCH", "cases"] or "USING INDEX ix_cases" in plan[0], (chosen, plan)
            few = chosen.get("assigned") in ("mine", "somebody")  # these are sorted, being few
            assert few or not any("TEMP B-TREE" in step for step in plan), (chosen, plan)
        else:
            plan = [row[0] for row in db.session.execute(text("EXPLAIN " + str(query).replace(":", "\\:")))]
            assert not any("Seq Scan on cases" in step for step in plan), (chosen, plan)
    browser = as_(bob)
    with statements() as seen:
        answer = browser.get("/moderation/cases?lang=zh&rule=spam&assigned=nobody&days=1&source=flags")
    assert answer.status_code == 200 and answer.text.count("data-desk-row") == 20
    assert len(seen) == 9, "\n\n".join(seen)


def check_old_cases_come_oldest_first_by_pages():
    seen, after = [], ""
    for _ in range(3):
        page = queue.page(Filter(days=7), after)
        seen += [row.case.opened_at for row in page.items]
        after = page.next_cursor
    assert len(seen) == len(set(seen)) == 60 and seen == sorted(seen)
    assert seen[-1] < now() - timedelta(days=7)
    assert queue.oldest_opened_at(None) == seen[0]
    assert queue.page(Filter(days=7), "1e300_5").items == [], "behind the end of all calendars"


def test_the_address_keeps_the_filter_on_the_way(reply, flagged, thread, ann, alice, bob, as_):
    other = flags.flag_post(actions.post_reply(thread, ann, "Buy shoes, many shoes."), alice, "abuse").case_id
    spam = flags.flag_post(actions.post_reply(thread, ann, "Buy hats, many hats."), alice, "spam").case_id
    browser = as_(bob)
    text = browser.get("/moderation/cases?rule=abuse&lang=en&days=nonsense&assigned=me").text
    assert f"/moderation/cases/{other}?lang=en&amp;rule=abuse" in text, "what is unknown narrows nothing and goes"
    assert f"/moderation/cases/{spam}" not in text
    form = {"outcome": "keep", "reason": "Harmless.", "version": flagged.version, "revision": reply.revision}
    answer = browser.send(f"/moderation/cases/{flagged.id}/decisions?rule=abuse&lang=en", **form)
    assert answer.headers["Location"].endswith(f"/moderation/cases/{other}?lang=en&rule=abuse")
    answer = browser.send(f"/moderation/cases/{other}/decisions?rule=abuse&lang=en", **form)
    assert answer.headers["Location"].endswith("/moderation/cases?lang=en&rule=abuse"), "nothing else fits"
    assert "No such case" in browser.get("/moderation/cases?rule=abuse&lang=en").text


def test_the_head_tells_how_long_the_oldest_waits_and_rows_who_holds_them(flagged, bob, bea, thea, theo, as_):
    cases.claim(flagged.id, bea)
    calm = as_(bob).get("/moderation/cases").text
    assert "Oldest case, opened" in calm and "is-overdue" not in calm
    row = calm.partition("data-desk-row")[2].partition("</li>")[0]
    assert "bea" in row and "until" in row
    with transaction() as session:
        session.execute(update(Case).values(opened_at=now() - timedelta(hours=49)))
    assert "is-overdue" in as_(bob).get("/moderation/cases").text
    assert "is-overdue" in as_(thea).get("/moderation/cases").text
    assert "Oldest case" not in as_(theo).get("/moderation/cases").text, "of another sub-theme they know nothing"
    with transaction():
        db.session.get(User, thea.id).moderates = ()
    assert queue.oldest_opened_at(()) is None
