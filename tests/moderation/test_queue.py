"""The queue: most urgent first, by pages and filters, for moderators only, in as many statements however long it is."""

from datetime import timedelta

import pytest

from forum.core import signals
from forum.core.database import db, now, transaction
from forum.subthemes import queries as subthemes
from forum.threads import actions, staff_actions
from moderation import flags, queue
from moderation.decisions import decide
from moderation.models import Case
from moderation.queue import Filter


def many_cases(reply, number, *, source="flags"):
    """Open `number` cases that come after all others, on as many posts, each a little more urgent than the last."""
    from forum.threads.models import Post

    ids = []
    with transaction() as session:
        for place in range(number):
            post = Post(
                thread_id=reply.thread_id,
                author_id=reply.author_id,
                position=1000 + place,
                body="x",
                html="x",
                plain="x",
                render_version=1,
                notified_at=now(),
            )
            session.add(post)
            session.flush()
            case = Case(
                post_id=post.id,
                author_id=reply.author_id,
                subtheme_id=reply.thread.subtheme_id,
                source=source,
                score=-100_000.0 + place * 0.1,
                frozen_revision=1,
                frozen_title=f"Case {place:03}",
                frozen_author="a",
                frozen_body="body " * 100,
                frozen_html="x",
            )
            session.add(case)
            session.flush()
            ids.append(case.id)
    return ids


def test_the_most_urgent_stands_first(reply, thread, alice, ann, mallory, bob):
    other = actions.post_reply(thread, ann, "Buy shoes.")
    spam = flags.flag_post(other, alice, "spam").case_id
    harm = flags.flag_post(reply, alice, "minors").case_id
    assert [row.case.id for row in queue.page(Filter()).items] == [harm, spam]
    flags.flag_post(other, bob, "spam")
    flags.flag_post(other, mallory, "spam")
    assert [row.case.id for row in queue.page(Filter()).items] == [spam, harm]


def test_pages_follow_each_other_without_gap_or_repetition(reply):
    ids = many_cases(reply, 45)
    seen, after = [], ""
    while True:
        page = queue.page(Filter(), after)
        seen += [row.case.id for row in page.items]
        after = page.next_cursor
        if not after:
            break
    assert seen == ids[::-1]
    assert queue.page(Filter(), "nonsense").items[0].case.id == ids[-1]
    assert queue.page(Filter(), "nan_1").items[0].case.id == ids[-1]


def test_rows_carry_the_beginning_of_the_text_and_the_reasons(reply, flagged, mallory):
    flags.flag_post(reply, mallory, "hate")
    (row,) = queue.page(Filter()).items
    assert row.excerpt == "There is a rule about it since March."
    assert set(row.reasons) == {"abuse", "hate"}


def test_filters_narrow(reply, flagged):
    held = many_cases(reply, 2, source="screening")
    place = flagged.subtheme_id
    assert {row.case.id for row in queue.page(Filter(source="screening")).items} == set(held)
    assert [row.case.id for row in queue.page(Filter(place, "flags")).items] == [flagged.id]
    other = subthemes.by_slug("law-online")
    assert queue.page(Filter(other.id)).items == []
    assert queue.open_count(Filter(place)) == 3


def test_a_case_follows_its_thread_into_another_subtheme(thread, flagged, fresh, bob):
    law = subthemes.by_slug("law-online")
    staff_actions.move(thread, law, by=bob)
    assert fresh(flagged).subtheme_id == law.id


def test_a_case_follows_though_a_crash_came_between_the_move_and_its_signal(
    thread, flagged, fresh, bob, work, monkeypatch
):
    law, former = subthemes.by_slug("law-online"), flagged.subtheme_id
    with monkeypatch.context() as crash:
        crash.setattr(signals.thread_changed, "receivers", {})
        staff_actions.move(thread, law, bob)
    assert fresh(flagged).subtheme_id == former
    work()
    assert fresh(flagged).subtheme_id == law.id


def test_a_decided_case_stays_where_it_was_decided(thread, flagged, fresh, bob, work):
    former = flagged.subtheme_id
    decide(flagged.id, bob, "keep", "It says what happened.")
    staff_actions.move(thread, subthemes.by_slug("law-online"), bob)
    work()
    assert fresh(flagged).subtheme_id == former


def test_decided_cases_are_not_in_the_queue(flagged):
    with transaction():
        case = db.session.get(Case, flagged.id)
        case.decided_at = now()
    assert queue.page(Filter()).items == [] and queue.open_count(Filter()) == 0


def test_next_is_the_most_urgent_that_one_may_decide(reply, thread, ann, bob, bea):
    mine = actions.post_reply(thread, bob, "I am bob.")
    own_post = flags.flag_post(mine, ann, "minors").case_id
    own_flag = flags.flag_post(actions.post_reply(thread, ann, "Buy shoes."), bob, "minors").case_id
    held_by_bea, free = many_cases(reply, 2)[::-1]
    with transaction():
        case = db.session.get(Case, held_by_bea)
        case.claimed_by_id, case.claimed_at = bea.id, now()
    assert queue.next_case(bob, Filter()) == free
    assert queue.next_case(bea, Filter()) == own_flag, "bob's flag, so hers to decide"
    assert [row.case.id for row in queue.page(Filter()).items][:2] == [own_flag, own_post]
    with transaction():
        db.session.get(Case, held_by_bea).claimed_at = now() - timedelta(hours=1)
    assert queue.next_case(bob, Filter()) == held_by_bea, "a claim that ran out is free again"


@pytest.mark.parametrize("number", [10, 200])
def test_the_queue_costs_the_same_however_long_it_is(reply, bob, as_, statements, number):
    many_cases(reply, number)
    browser = as_(bob)
    with statements() as seen:
        answer = browser.get("/moderation/cases")
    assert answer.status_code == 200 and f"Case {number - 1:03}" in answer.text
    # session, what staff must have, sub-themes, cases, reasons, count, oldest, applications, unread
    assert len(seen) == 9, "\n\n".join(seen)


def test_a_case_page_has_bounded_statements(reply, thread, ann, flagged, bob, as_, statements, person):
    for number in range(12):
        flags.flag_post(reply, person(f"flagger{number}"), "spam", "a note")
        actions.post_reply(thread, ann, f"Another reply {number}")
    browser = as_(bob)
    with statements() as seen:
        assert browser.get(f"/moderation/cases/{flagged.id}").status_code == 200
    assert len(seen) <= 21, "\n\n".join(seen)  # the last added: presets, applications for a credential


def test_the_desk_shows_everything_that_a_decision_needs(reply, flagged, fresh, ann, bob, mallory, as_):
    flags.flag_post(reply, mallory, "hate", "<script>alert(1)</script>")
    actions.edit_post(reply, ann, "Edited away.")
    text = as_(bob).get(f"/moderation/cases/{flagged.id}").text
    for words in (
        "There is a rule about it since March.",
        "Edited away.",
        "she means me",
        "&lt;script&gt;alert(1)",
        "Who checks the ranking?",
        "并且平台要说明推荐的主要依据。",
        "Why this case stands here",
        "Published posts",
        f'name="version" type="hidden" value="{fresh(flagged).version}"',
    ):
        assert words in text, words


def test_only_moderators_see_the_desk(flagged, alice, dr_chen, carol, client, as_):
    for url in ("/moderation/cases", f"/moderation/cases/{flagged.id}"):
        assert client.get(url).status_code == 303
        assert as_(alice).get(url).status_code == 403
        assert as_(dr_chen).get(url).status_code == 403
        assert as_(carol).get(url).status_code == 200
    assert as_(carol).get("/moderation/cases/999999").status_code == 404
    assert as_(carol).get(f"/moderation/cases/{2**40}").status_code == 404


def test_a_held_case_says_held_and_counts_no_flags(thread, newbie, flagged, bob, as_):
    actions.post_reply(thread, newbie, "My first post here.")
    rows = as_(bob).get("/moderation/cases").text.split("data-desk-row")[1:]
    held_row, flagged_row = sorted(
        (row.partition("</li>")[0] for row in rows), key=lambda row: "My first post" not in row
    )
    assert "#clock" in held_row and "#flag" not in held_row and held_row.count("held</span>") == 1
    assert "#flag" in flagged_row and "held" not in flagged_row and "Insults or harassment" in flagged_row
