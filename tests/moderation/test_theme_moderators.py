"""Moderators of single sub-themes: appointed by an admin, in the open, with power there and nowhere else."""

import pytest
from sqlalchemy import select

from forum.accounts.models import Session
from forum.accounts.sessions import start
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden
from forum.notifications.models import Notification
from forum.subthemes import moderators
from forum.subthemes.models import ThemeModerator
from forum.threads import actions, policy, staff_actions
from moderation import cases, desk, flags
from moderation.appeals import actions as appeals
from moderation.decisions import decide
from moderation.models import Case
from tests.discussions import opening_of


def test_an_admin_appoints_and_dismisses_in_the_public_log(person, subtheme, carol):
    user = person("thea")
    start(user, "pytest")
    assert moderators.appoint(user, subtheme, by=carol)
    assert not moderators.appoint(user, subtheme, by=carol), "once is enough"
    assert user.moderates == (subtheme.id,) and user.is_staff and not user.is_moderator
    assert not db.session.scalars(select(Session).where(Session.user_id == user.id)).all(), "signed out everywhere"
    assert moderators.dismiss(user, subtheme, by=carol)
    assert not moderators.dismiss(user, subtheme, by=carol)
    assert user.moderates == () and not user.is_staff
    office = moderators.offices_of(user.id)[0]
    assert office.appointed_by_id == carol.id == office.ended_by_id and office.ended_at
    acts = db.session.scalars(
        select(AuditEntry).where(AuditEntry.target == f"person:{user.id}").order_by(AuditEntry.seq)
    ).all()
    assert [(act.act, act.scope) for act in acts] == [
        ("moderator.appointed", subtheme.slug),
        ("moderator.dismissed", subtheme.slug),
    ]


def test_nobody_else_appoints_and_nobody_themselves(alice, bob, carol, thea, subtheme, elsewhere):
    for by in (alice, bob, thea):
        with pytest.raises(Forbidden):
            moderators.appoint(alice if by is not alice else bob, elsewhere, by=by)
    with pytest.raises(Forbidden):
        moderators.appoint(carol, subtheme, by=carol)
    with pytest.raises(Forbidden):
        moderators.dismiss(thea, subtheme, by=bob)


@pytest.mark.parametrize("standing", ["waiting", "unconfirmed", "closed"])
def test_no_office_for_an_account_that_is_not_in_use(person, subtheme, carol, standing):
    with pytest.raises(Conflict):
        moderators.appoint(person("wen", standing=standing), subtheme, by=carol)


def test_their_desk_holds_the_cases_of_their_sub_theme_alone(thread, reply, ann, alice, thea, theo, bob, elsewhere):
    here = flags.flag_post(reply, alice, "abuse").case_id
    other = actions.start_thread(elsewhere, alice, "Elsewhere", "A text of another place.")
    there = flags.flag_post(opening_of(other), ann, "spam").case_id

    def seen(viewer):
        return {row.case.id for row in desk.queue(viewer, {}).page.items}

    assert (seen(thea), seen(theo), seen(bob)) == ({here}, {there}, {here, there})
    assert desk.queue(thea, {"subtheme": elsewhere.slug}).chosen.subtheme_id is None, "no filter that isn't theirs"
    assert [place.id for place in desk.queue(theo, {}).subthemes] == [elsewhere.id]
    with pytest.raises(Forbidden):
        cases.claim(here, theo)
    with pytest.raises(Forbidden):
        decide(here, theo, "keep", "Nothing is wrong.")
    assert db.session.get(Case, here).is_open
    decide(here, thea, "hide", "It insults a neighbour.", "abuse")
    db.session.refresh(reply)
    assert reply.state == "hidden"
    row = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "post.hidden")).one()
    assert row.actor_role == "moderator" and row.actor_id == thea.id, "no netizen hides posts"


def test_a_suspension_is_for_moderators_of_the_whole_forum(reply, alice, thea, bob):
    case_id = flags.flag_post(reply, alice, "abuse").case_id
    with pytest.raises(Forbidden):
        decide(case_id, thea, "suspend", "Often.", "abuse", until=now().replace(year=now().year + 1))


def test_nobody_decides_about_an_equal_or_about_an_account_that_waits(thread, thea, person, carol, subtheme, alice):
    tess = person("tess")
    moderators.appoint(tess, subtheme, by=carol)
    post = actions.post_reply(thread, tess, "I moderate here as well.")
    with pytest.raises(Forbidden):
        cases.claim(flags.flag_post(post, alice, "abuse").case_id, thea)
    wen = person("wen", standing="waiting")
    held = actions.post_reply(thread, wen, "My first words.")
    case = db.session.scalar(select(Case).where(Case.post_id == held.id))
    with pytest.raises(Forbidden):
        decide(case.id, thea, "keep", "")


def test_they_look_after_threads_there_and_move_them_nowhere_else(thread, thea, theo, elsewhere, subtheme):
    assert staff_actions.pin(thread, by=thea) and staff_actions.lock(thread, by=thea)
    for act in (staff_actions.unpin, staff_actions.unlock):
        with pytest.raises(Forbidden):
            act(thread, by=theo)
    with pytest.raises(Forbidden):
        staff_actions.move(thread, elsewhere, by=thea)
    with pytest.raises(Forbidden):
        staff_actions.move(thread, elsewhere, by=theo)
    assert thread.subtheme_id == subtheme.id


def test_who_moderates_both_may_move_between_them(thread, thea, elsewhere, carol):
    moderators.appoint(thea, elsewhere, by=carol)
    assert staff_actions.move(thread, elsewhere, by=thea)
    assert thread.subtheme_id == elsewhere.id


def test_a_case_leaves_their_desk_with_its_thread(thread, reply, alice, thea, elsewhere, bob):
    case_id = flags.flag_post(reply, alice, "abuse").case_id
    cases.claim(case_id, thea)
    staff_actions.move(thread, elsewhere, by=bob)
    cases.follow_threads()
    with pytest.raises(Forbidden):
        decide(case_id, thea, "hide", "It insults a neighbour.", "abuse")


def test_dismissed_or_suspended_they_are_netizens_at_once(thread, reply, alice, thea, carol, subtheme, as_):
    case_id = flags.flag_post(reply, alice, "abuse").case_id
    browser = as_(thea)
    assert browser.get(f"/moderation/cases/{case_id}").status_code == 200
    with transaction():
        thea.suspended_until = now().replace(year=now().year + 1)
    assert not policy.moderates(thea, subtheme.id)
    with transaction():
        thea.suspended_until = None
    moderators.dismiss(thea, subtheme, by=carol)
    assert as_(thea).get(f"/moderation/cases/{case_id}").status_code == 403
    with pytest.raises(Forbidden):
        staff_actions.pin(thread, by=thea)


def test_the_pages_of_the_administration(as_, person, carol, subtheme):
    user, browser = person("thea"), as_(carol)
    page = browser.get("/admin/people/thea").text
    assert "Sub-themes that they moderate" in page
    fields = {"csrf_token": browser.csrf_token(), "subtheme": subtheme.slug}

    def sent(address, **changed):
        answer = browser.post(address, data={**fields, **changed})
        assert answer.status_code == 303
        return browser.get(answer.location).text

    assert f"thea moderates “{subtheme.name_en}” now" in sent("/admin/people/thea/subthemes")
    db.session.refresh(user)
    assert user.moderates == (subtheme.id,)
    assert "Theme moderator" in browser.get("/people/thea").text
    assert "thea" in browser.get("/admin/people?list=theme-moderators").text
    assert "thea" in browser.get("/admin").text
    assert "Choose a sub-theme." in sent("/admin/people/thea/subthemes", subtheme="")
    assert "no longer moderates" in sent(f"/admin/people/thea/subthemes/{subtheme.slug}/end")
    db.session.refresh(user)
    assert user.moderates == ()


def test_the_doctor_finds_a_row_that_disagrees_and_mends_it(thea, theo, subtheme):
    assert moderators.disagreements() == []
    with transaction() as session:
        theo.moderates = (subtheme.id,)
        session.scalar(select(ThemeModerator).where(ThemeModerator.user_id == thea.id)).ended_at = now()
    assert sorted(moderators.disagreements(fix=True)) == ["thea", "theo"]
    assert moderators.disagreements() == []
    assert thea.moderates == () and theo.moderates != (subtheme.id,)


def test_the_end_of_an_account_ends_the_office(thea, subtheme):
    with transaction():
        moderators.end_all(thea)
    assert thea.moderates == () and moderators.offices_of(thea.id)[0].ended_at


def test_after_an_appeal_the_notice_leads_where_they_may_read(
    reply, alice, ann, thea, bob, carol, subtheme, elsewhere, as_
):
    """A sub-theme's own moderator reads no appeals: it leads to the decision, and nowhere once they are dismissed."""
    decision = decide(flags.flag_post(reply, alice, "abuse").case_id, thea, "hide", "An insult.", "abuse")
    appeals.decide(appeals.file(decision.id, ann, "It is none.").id, bob, "overturn", "So it is none.")
    notice_id = db.session.scalar(select(Notification.id).where(Notification.kind == "appeal_of_yours"))
    sent = as_(thea).send("/notifications/read", id=notice_id)
    assert sent.location.endswith(f"/moderation/decisions/{decision.id}")
    assert as_(thea).get(sent.location).status_code == 200
    moderators.appoint(thea, elsewhere, by=carol)
    moderators.dismiss(thea, subtheme, by=carol)
    assert f"/moderation/decisions/{decision.id}" not in as_(thea).get("/notifications").text, "it would be a 404"
    moderators.dismiss(thea, elsewhere, by=carol)
    assert f"/moderation/decisions/{decision.id}" not in as_(thea).get("/notifications").text
