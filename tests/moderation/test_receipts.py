"""Receipts: each flagger reads what became of a flag, by which rule; never the sanction, and nobody else opens it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core.database import db, now, transaction
from forum.messages import actions as messages
from forum.notifications.models import Notification
from forum.threads import actions
from moderation import cases, decisions
from moderation.models import Case, Flag
from moderation.reports import actions as reports


def test_a_receipt_changes_with_its_case(reply, flagged, alice, ann, bob, mallory, as_, client):
    flag = db.session.scalars(select(Flag)).one()
    url, browser = f"/flags/{flag.id}", as_(alice)
    page = browser.get(url).text
    assert "Received: it waits for a moderator" in page and "she means me" in page and "Who checks the ranking?" in page
    cases.claim(flagged.id, bob)
    assert "In review" in browser.get(url).text and "bob" not in browser.get(url).text
    for other in (ann, mallory, bob):
        assert as_(other).get(url).status_code == 404
        assert "Insults" not in as_(other).get("/flags").text
    assert client.get(url).status_code == 303 and client.get("/flags").status_code == 303
    until = now() + timedelta(days=3)
    decisions.decide(flagged.id, bob, "suspend", "An insult, and the third.", "hate", until=until)
    page = browser.get(url).text
    assert "Decided: the post was removed" in page and "Hatred against a group" in page
    assert not re.search(r"suspended|An insult|There is a rule|bob|安安", page)
    assert "A post that not everybody can see now" in page
    assert f'href="{url}"' in browser.get("/flags").text
    assert opened(browser, "flag_outcome") == url, "the notice leads to it"
    assert 'href="/flags"' in browser.get("/settings/profile").text
    assert browser.get("/flags/99999").status_code == browser.get(f"/flags/{2**40}").status_code == 404


def opened(browser, kind):
    """Return where the only notice of this kind leads."""
    number = db.session.scalars(select(Notification.id).where(Notification.kind == kind)).one()
    return browser.send("/notifications/read", id=number).location


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("keep", "Decided: the post was kept"),
        ("hide", "Decided: the post was hidden"),
        ("warn", "Decided: your flag was upheld, and the post stays visible"),
    ],
)
def test_each_outcome_is_said_by_what_became_of_the_post(reply, flagged, alice, bob, as_, outcome, said):
    decisions.decide(flagged.id, bob, outcome, "Because.", "abuse")
    flag = db.session.scalars(select(Flag)).one()
    page = as_(alice).get(f"/flags/{flag.id}").text
    assert said in page and ("The rule that was applied" in page) == (outcome != "keep") and "warned" not in page


def test_a_post_that_was_deleted_before(reply, flagged, alice, ann, bob, as_):
    actions.delete_post(reply, ann)
    decisions.decide(flagged.id, bob, "hide", "An insult.", "abuse")
    assert "the author had already deleted the post" in as_(alice).get("/flags").text


def test_messages_have_receipts_too(alice, ann, bob, mallory, as_):
    with transaction():
        alice.trust_level = 1
    talk = messages.start(alice, [ann], "Between us", "A secret word.")
    report = reports.report_messages(talk.conversation_id, [talk.id], ann, "abuse", "She is rude.")
    url, browser = f"/flags/messages/{report.id}", as_(ann)
    assert "Received" in browser.get(url).text and "She is rude." in browser.get(url).text
    for other in (alice, mallory, bob):
        assert as_(other).get(url).status_code == 404
    reports.decide(report.id, bob, "suspend", "It insults.", "abuse", until=now() + timedelta(days=2))
    page = browser.get(url).text
    assert "your flag was upheld, and a moderator acted" in page and "suspended" not in page and "A secret" not in page
    assert f'href="{url}"' in browser.get("/flags/messages").text
    assert opened(browser, "message_flag_outcome") == url


def test_the_list_has_pages_and_costs_the_same_however_long(reply, thread, alice, mallory, as_, statements):
    def cost():
        browser = as_(alice)
        with statements() as seen:
            assert browser.get("/flags").status_code == 200
        return len(seen)

    _many(alice, reply, 3)
    few = cost()
    _many(alice, reply, 42)
    assert cost() == few <= 5
    browser, url, found = as_(alice), "/flags", []
    while url:
        page = browser.get(url).text
        found += [int(number) for number in re.findall(r'href="/flags/(\d+)"', page)]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = following[1] if following else None
    mine = db.session.scalars(select(Flag.id).where(Flag.flagger_id == alice.id).order_by(Flag.id.desc())).all()
    assert found == list(mine) and len(found) == 45


def _many(person, post, number):
    words = dict.fromkeys(("frozen_title", "frozen_author", "frozen_body", "frozen_html"), "")
    with transaction() as session:
        for _ in range(number):
            case = Case(post_id=post.id, author_id=post.author_id, subtheme_id=post.thread.subtheme_id, source="flags",
                        frozen_revision=1, decided_at=now(), decided_revision=0, **words)  # fmt: skip
            session.add(case)
            session.flush()
            session.add(Flag(case_id=case.id, flagger_id=person.id, reason="spam"))


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_lists_are_read_along_their_indexes(app, alice, as_, statements):
    browser = as_(alice)
    for url, index in (("/flags", "ix_flags_flagger_id_id"), ("/flags/messages", "ix_message_reports_reporter_id_id")):
        with statements() as seen:
            browser.get(url)
        (asked,) = [each for each in seen if "ORDER BY flags.id" in each or "ORDER BY message_reports.id" in each]
        connection = db.session.connection().connection.driver_connection
        plan = connection.execute("EXPLAIN QUERY PLAN " + asked, [1] * asked.count("?"))
        steps = " ".join(row[-1] for row in plan)
        assert index in steps and "TEMP B-TREE" not in steps, steps
