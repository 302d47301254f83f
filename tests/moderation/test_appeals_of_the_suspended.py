"""Somebody who is suspended appeals by a link: it opens one decision, signs nobody in, and ends with the matter."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.accounts import actions as accounts
from forum.accounts.models import Session, User
from forum.core.database import db, now, transaction
from forum.threads import actions as threads
from forum.threads.models import Post
from moderation import decisions, flags
from moderation.appeals import actions as appeals
from moderation.appeals import links
from moderation.appeals.models import Appeal
from tests.people import PASSWORD


def suspend(case, by, days=7):
    return decisions.decide(case.id, by, "suspend", "The third time.", "abuse", until=now() + timedelta(days=days))


@pytest.fixture
def second(reply, thread, ann, alice, bob):
    """The case on another post of ann's, which alice has flagged too."""
    return flags.flag_post(threads.post_reply(thread, ann, "And another thing."), alice, "abuse").case


def main_of(answer):
    return answer.text.split("<main")[1].split("</main>")[0]


def ends(person):
    db.session.rollback()
    return db.session.get(User, person.id, populate_existing=True).suspended_until


def test_the_link_of_the_letter_opens_one_decision_and_its_appeal_and_no_session(
    flagged, second, bob, bea, ann, client, work, with_smtp, clock
):
    decision = suspend(flagged, bob)
    other = decisions.decide(second.id, bob, "remove", "Another reason.", "abuse")
    clock.move(seconds=11)  # until then the moderator may undo it
    work()
    letter = with_smtp.letters[-1]
    assert letter["To"] == ann.email
    plain = letter.get_body(("plain",)).get_content()
    assert "The third time." in plain and "20 days" in plain and "Until the suspension ends" in " ".join(plain.split())
    link = re.search(r"/appeals/[\w.-]+", plain)[0]
    page = client.get(link)
    assert page.status_code == 200 and "The third time." in page.text and "Another reason." not in page.text
    assert client.get(f"/moderation/decisions/{other.id}").location.startswith("/login")
    empty = client.send(link, reason="")
    assert empty.status_code == 422
    assert client.send(link, reason="It was a quotation.").status_code == 303
    appeal = db.session.scalar(select(Appeal))
    assert (appeal.decision_id, appeal.appellant_id, appeal.words) == (decision.id, ann.id, "It was a quotation.")
    assert client.send(link, reason="And more.").status_code == 409
    assert "It was a quotation." in client.get(link).text
    assert client.get("/settings/decisions").location.startswith("/login")
    assert client.get_cookie("signin") is None
    assert db.session.scalar(select(Session.id).where(Session.user_id == ann.id)) is None
    appeals.decide(appeal.id, bea, appeals.OVERTURN, "It is one, with its source.")
    work()
    told = with_smtp.letters[-1].get_body(("plain",)).get_content()
    assert "It is one, with its source." in told and link in told
    assert "It is one, with its source." in client.get(link).text
    assert ends(ann) is None


def test_the_refused_sign_in_leads_there_after_the_right_password_only(flagged, bob, ann, client):
    decision = suspend(flagged, bob)
    told = client.send("/login", username="ann", password=PASSWORD)
    link = f"/appeals/{links.token(decision.id, ann)}"
    assert told.status_code == 422 and link in main_of(told)
    assert "/appeals/" not in client.send("/login", username="ann", password="not her password").text
    assert client.get(link).status_code == 200


def test_a_link_opens_nothing_else_and_ends(flagged, second, bob, bea, ann, alice, client, clock):
    decision, other = suspend(flagged, bob), decisions.decide(second.id, bob, "hide", "So.", "abuse")
    good = links.token(decision.id, ann)
    for wrong in (good[:-1], f"{good}x", good.swapcase(), links.token(decision.id, alice), links.token(4711, ann)):
        assert client.get(f"/appeals/{wrong}").status_code == 404, wrong
    assert str(other.id) != str(decision.id) and links.read(good)[0].id == decision.id
    clock.move(days=20, seconds=-30)
    appeal = appeals.file(decision.id, ann, "In time.")
    clock.move(days=30)
    assert client.get(f"/appeals/{good}").status_code == 200, "it waits"
    assert client.get(f"/appeals/{links.token(other.id, ann)}").status_code == 404, "the window is over"
    appeals.decide(appeal.id, bea, appeals.UPHOLD, "No.")
    assert client.get(f"/appeals/{good}").status_code == 200, "the reply can be read"
    clock.move(days=20, seconds=1)
    assert client.get(f"/appeals/{good}").status_code == 404


def test_a_new_password_ends_the_link(flagged, bob, ann, client):
    decision = suspend(flagged, bob)
    good = links.token(decision.id, ann)
    accounts.change_password(ann, "seven quiet rivers")
    assert client.get(f"/appeals/{good}").status_code == 404
    assert client.get(f"/appeals/{links.token(decision.id, ann)}").status_code == 200


@pytest.mark.parametrize("longer_first", [True, False])
def test_overlapping_suspensions_are_taken_back_one_by_one(flagged, second, bob, bea, ann, longer_first):
    short, long = suspend(flagged, bob, days=7), suspend(second, bob, days=30)
    assert ends(ann) == long.suspended_until
    order = (long, short) if longer_first else (short, long)
    for taken_back, left in zip(
        order, (short.suspended_until if longer_first else long.suspended_until, None), strict=True
    ):
        appeal = appeals.file(taken_back.id, ann, "It was a quotation.")
        appeals.decide(appeal.id, bea, appeals.OVERTURN, "It is.")
        assert ends(ann) == left
    states = db.session.scalars(select(Post.state).where(Post.author_id == ann.id))
    assert set(states) == {"visible"}


def test_letters_speak_the_persons_language(flagged, bob, bea, ann, work, with_smtp, clock):
    with transaction():
        ann.language = "zh_Hans"
    decision = suspend(flagged, bob)
    appeal = appeals.file(decision.id, ann, "那是引文。")
    appeals.decide(appeal.id, bea, appeals.UPHOLD, "不是。")
    clock.move(seconds=11)
    work()
    pages = [letter.get_body(("html",)).get_content() for letter in with_smtp.letters[-2:]]
    assert all('lang="zh-Hans"' in page for page in pages)
    assert all(any(words in page for page in pages) for words in ("The third time.", "不是。"))
