"""Flagging: the first flag opens a case, later ones join it; not one's own, not twice, not what was just cleared."""

import contextvars
import threading

import pytest
from sqlalchemy import func, select

from forum.core.database import db
from forum.core.errors import Forbidden, NotFound, Refused
from forum.threads import actions, states
from moderation import decisions, flags
from moderation.models import Case, Flag


def cases_of(post):
    db.session.rollback()
    return db.session.scalars(select(Case).where(Case.post_id == post.id)).all()


def test_first_flag_opens_a_case_with_the_text_as_it_was(reply, alice, ann, flagged):
    actions.edit_post(reply, ann, "Nothing to see here.")
    db.session.refresh(flagged)
    assert flagged.is_open and flagged.source == "flags" and flagged.flag_count == 1
    assert flagged.frozen_body == "There is a rule about it since March."
    assert "<p>There is a rule" in flagged.frozen_html
    assert (flagged.frozen_title, flagged.frozen_author) == ("Who checks the ranking?", "安安")
    assert flagged.author_id == ann.id and flagged.subtheme.slug == "data-and-algorithms"


def test_later_flags_join_the_case_and_raise_it(reply, flagged, fresh, mallory):
    before, version = flagged.score, flagged.version
    flag = flags.flag_post(reply, mallory, "hate", "")
    case = fresh(flagged)
    assert flag.case_id == case.id and case.flag_count == 2
    assert case.score > before and case.version == version + 1


def test_flagging_twice_changes_nothing(reply, flagged, fresh, alice):
    again = flags.flag_post(reply, alice, "spam", "other words")
    case = fresh(flagged)
    assert (again.reason, again.note) == ("abuse", "she means me")
    assert case.flag_count == 1 and case.version == flagged.version


def test_nobody_flags_their_own_post(reply, ann):
    with pytest.raises(Forbidden):
        flags.flag_post(reply, ann, "spam")
    assert cases_of(reply) == []


def test_a_suspended_person_does_not_flag(reply, sam):
    with pytest.raises(Forbidden):
        flags.flag_post(reply, sam, "spam")


def test_what_nobody_sees_is_not_flagged(reply, alice, bob):
    states.remove_post(reply, by=bob, rule="spam")
    with pytest.raises(NotFound):
        flags.flag_post(reply, alice, "spam")


def test_an_unknown_rule_is_refused(reply, alice):
    with pytest.raises(Refused):
        flags.flag_post(reply, alice, "dislike")
    assert cases_of(reply) == []


def test_a_kept_text_is_not_flagged_again_by_the_same_person_for_a_day(reply, flagged, alice, bob, mallory, clock):
    decisions.decide(flagged.id, bob, "keep", "Sharp, but about the argument.")
    with pytest.raises(Refused):
        flags.flag_post(reply, alice, "abuse")
    assert flags.flag_post(reply, mallory, "abuse").case_id != flagged.id, "somebody else may"
    clock.move(hours=25)
    assert flags.flag_post(reply, alice, "abuse").flagger_id == alice.id


def test_a_kept_text_can_be_flagged_again_once_it_was_edited(reply, flagged, alice, ann, bob):
    decisions.decide(flagged.id, bob, "keep", "Sharp, but about the argument.")
    actions.edit_post(reply, ann, "You are all fools.")
    assert flags.flag_post(reply, alice, "abuse").case_id != flagged.id


def test_two_flags_at_once_make_one_case(app, reply, alice, mallory):
    start, post_id = threading.Barrier(2), reply.id
    db.session.rollback()

    def flag(user_id):
        with app.app_context():
            from forum.accounts.models import User
            from forum.threads.models import Post

            post, by = db.session.get(Post, post_id), db.session.get(User, user_id)
            start.wait()
            flags.flag_post(post, by, "abuse")

    workers = [threading.Thread(target=contextvars.Context().run, args=(flag, user.id)) for user in (alice, mallory)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    (case,) = cases_of(reply)
    assert case.flag_count == 2
    assert db.session.scalar(select(func.count(Flag.id))) == 2


def test_the_form_shows_the_rules_and_sends_the_flag(reply, mallory, as_):
    browser = as_(mallory)
    page = browser.get(f"/posts/{reply.id}/flags")
    assert page.status_code == 200 and "Harm to minors" in page.text and "There is a rule about it" in page.text
    answer = browser.send(f"/posts/{reply.id}/flags", reason="spam", note="sells shoes")
    assert answer.status_code == 303 and answer.location.endswith(f"/posts/{reply.id}")
    assert cases_of(reply)[0].flag_count == 1


def test_a_refused_form_keeps_what_was_typed(reply, mallory, as_):
    answer = as_(mallory).send(f"/posts/{reply.id}/flags", note="because <b>I</b> say so")
    assert answer.status_code == 422 and "because &lt;b&gt;I&lt;/b&gt; say so" in answer.text
    too_long = as_(mallory).send(f"/posts/{reply.id}/flags", reason="spam", note="x" * 1001)
    assert too_long.status_code == 422
    assert cases_of(reply) == []


def test_flagging_again_by_the_form_says_so_and_changes_nothing(reply, flagged, fresh, alice, as_):
    answer = as_(alice).send(f"/posts/{reply.id}/flags", reason="spam", note="")
    assert answer.status_code == 303
    assert fresh(flagged).flag_count == 1


def test_the_form_refuses_strangers_authors_and_the_unseen(reply, ann, mallory, bob, client, as_):
    url = f"/posts/{reply.id}/flags"
    assert client.get(url).status_code == 303
    assert client.send(url, reason="spam").status_code == 401
    assert as_(ann).get(url).status_code == 403
    assert as_(ann).send(url, reason="spam").status_code == 403
    states.hide_post(reply, by=bob, rule="spam")
    assert as_(mallory).send(url, reason="spam").status_code == 404
    assert as_(mallory).get(f"/posts/{2**40}/flags").status_code == 404
    assert cases_of(reply) == []


@pytest.mark.limits
def test_twenty_flags_a_day(thread, ann, mallory, as_):
    posts = [actions.post_reply(thread, ann, f"Reply number {number}.") for number in range(21)]
    browser = as_(mallory)
    answers = [browser.send(f"/posts/{post.id}/flags", reason="spam", note="").status_code for post in posts]
    assert answers == [303] * 20 + [429]
