"""Credentials: granted and revoked by an administrator, never to oneself, used only while in force."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from forum.accounts.models import User, Visitor
from forum.core import audit, chain, signals
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from forum.experts import actions, policy, queries
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug

WHO = {"title": "Judge", "organization": "Northern Court"}


def grant(user: User, subtheme: SubTheme, by: User | None, until: date | None = None, **facts: str) -> Credential:
    return actions.grant(user, subtheme, valid_until=until, by=by, **{**WHO, **facts})


@pytest.fixture
def thea(person: Any, subtheme: SubTheme) -> User:
    """A moderator of this sub-theme alone."""
    return person("thea", moderates=(subtheme.id,))


@pytest.fixture
def theo(person: Any) -> User:
    """A moderator of another sub-theme."""
    law = by_slug("law-online")
    assert law
    return person("theo", moderates=(law.id,))


def last_act() -> audit.AuditEntry:
    entry = db.session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.seq.desc())).first()
    assert entry
    return entry


def test_an_admin_makes_somebody_an_expert(alice: User, carol: User, subtheme: SubTheme) -> None:
    told: list[dict[str, int]] = []

    def hear(_sender: object, **facts: int) -> None:
        told.append(facts)

    with signals.credential_changed.connected_to(hear):
        credential = grant(alice, subtheme, carol, now().date() + timedelta(days=30))
    db.session.refresh(alice)
    assert alice.is_expert and credential.in_force
    assert told == [{"credential_id": credential.id, "user_id": alice.id}]
    entry = last_act()
    assert (entry.act, entry.scope, entry.target) == (
        "credential.granted", "data-and-algorithms", f"credential:{credential.id}",
    )  # fmt: skip
    assert entry.facts["title"] == "Judge" and entry.facts["until"] == str(credential.valid_until)
    assert chain.first_fault() is None


def test_nobody_grants_to_themselves_nor_for_a_sub_theme_that_they_dont_moderate(
    alice: User, bob: User, carol: User, thea: User, theo: User, subtheme: SubTheme
) -> None:
    for user, by in ((alice, alice), (alice, theo), (bob, bob), (carol, carol)):
        with pytest.raises(Forbidden):
            grant(user, subtheme, by)
        db.session.refresh(user)
        assert not user.is_expert
    for number, by in enumerate((bob, thea)):
        assert grant(alice, subtheme, by, organization=f"Court {number}").granted_by_id == by.id


def test_the_operator_grants_at_the_console(alice: User, subtheme: SubTheme) -> None:
    assert grant(alice, subtheme, None).granted_by_id is None
    assert last_act().actor_role == "system"


def test_a_day_that_has_passed_is_refused(alice: User, carol: User, subtheme: SubTheme) -> None:
    with pytest.raises(Refused):
        grant(alice, subtheme, carol, now().date() - timedelta(days=1))
    assert grant(alice, subtheme, carol, now().date()).in_force, "the last day itself counts"


def test_the_same_credential_is_not_granted_twice(alice: User, carol: User, subtheme: SubTheme) -> None:
    first = grant(alice, subtheme, carol)
    with pytest.raises(Conflict):
        grant(alice, subtheme, carol)
    grant(alice, subtheme, carol, organization="Southern Court")
    actions.revoke(first, "The court has changed.", by=carol)
    grant(alice, subtheme, carol)


def test_revoking_ends_it_and_says_why(alice: User, carol: User, subtheme: SubTheme) -> None:
    credential = grant(alice, subtheme, carol)
    assert actions.revoke(credential, "The term of office is over.", by=carol)
    db.session.refresh(credential)
    db.session.refresh(alice)
    assert (credential.status, credential.revoke_reason) == ("revoked", "The term of office is over.")
    assert not alice.is_expert
    assert last_act().act == "credential.revoked"
    assert "reason" not in last_act().facts, "the reason is the expert's, not the public's"
    before = last_act().seq
    assert not actions.revoke(credential, "Again.", by=carol)
    assert last_act().seq == before
    db.session.refresh(credential)
    assert credential.revoke_reason == "The term of office is over."


def test_an_expert_remains_one_while_any_credential_stands(alice: User, carol: User, subtheme: SubTheme) -> None:
    other = by_slug("law-online")
    assert other
    first, second = grant(alice, subtheme, carol), grant(alice, other, carol)
    actions.revoke(first, "Moved.", by=carol)
    db.session.refresh(alice)
    assert alice.is_expert
    actions.revoke(second, "Left.", by=carol)
    db.session.refresh(alice)
    assert not alice.is_expert


def test_nobody_else_revokes_and_nobody_their_own(
    alice: User, theo: User, carol: User, person: Any, subtheme: SubTheme
) -> None:
    ada = person("ada", role="admin")
    credential = grant(ada, subtheme, carol)
    for by in (alice, theo, ada):
        with pytest.raises(Forbidden):
            actions.revoke(credential, "Because.", by=by)
    with pytest.raises(Refused):
        actions.revoke(credential, "", by=carol)
    db.session.refresh(credential)
    assert credential.in_force


def test_an_expired_credential_cannot_be_used(alice: User, carol: User, subtheme: SubTheme, clock: Any) -> None:
    credential = grant(alice, subtheme, carol, now().date())
    db.session.refresh(alice)
    assert policy.may_answer_as(alice, credential, subtheme.id)
    assert [each.id for each in queries.usable(alice, subtheme.id)] == [credential.id]
    clock.move(days=1)
    assert credential.status == "ended"
    assert not policy.may_answer_as(alice, credential, subtheme.id)
    assert list(queries.usable(alice, subtheme.id)) == []
    assert list(queries.of_subtheme(subtheme.id, 10)) == []
    assert [each.id for each in queries.of_person(alice.id)] == [credential.id], "it stays in their history"


def test_whose_credential_may_be_worn_where(
    dr_chen: User, mallory: User, sam: User, carol: User, subtheme: SubTheme
) -> None:
    credential = queries.in_force_of(dr_chen)[0]
    other = by_slug("law-online")
    assert other
    sams = grant(sam, subtheme, carol)
    db.session.refresh(sam)
    for person, worn, place, may in (
        (dr_chen, credential, subtheme, True),
        (dr_chen, credential, other, False),
        (mallory, credential, subtheme, False),
        (carol, credential, subtheme, False),
        (Visitor(), credential, subtheme, False),
        (sam, sams, subtheme, False),
    ):
        assert policy.may_answer_as(person, worn, place.id) is may, (person.username, place.slug)


def test_somebody_who_is_no_expert_costs_no_statement(alice: User, subtheme: SubTheme, statements: Any) -> None:
    place = subtheme.id
    assert alice.is_expert is False
    with statements() as seen:
        assert list(queries.usable(alice, place)) == []
        assert list(queries.in_force_of(Visitor())) == []
    assert seen == []


def test_the_database_refuses_what_the_policy_does(bob: User, carol: User, subtheme: SubTheme) -> None:
    credential = grant(bob, subtheme, carol)
    for column in ("granted_by_id", "revoked_by_id"):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(update(Credential).where(Credential.id == credential.id).values({column: bob.id}))


def test_a_renewal_moves_the_last_day_and_nothing_else(
    alice: User, bob: User, theo: User, subtheme: SubTheme, clock: Any
) -> None:
    today = now().date()
    claim = actions.Claim("academia", "I advise a platform.", "zh")
    credential = actions.grant(alice, subtheme, **WHO, valid_until=today + timedelta(days=5), by=bob, claim=claim)
    assert credential.reminded_30_at and credential.reminded_7_at, "it was just talked about"
    for by in (alice, theo):
        with pytest.raises(Forbidden):
            actions.renew(credential, today + timedelta(days=400), by=by)
    with pytest.raises(Refused):
        actions.renew(credential, today + timedelta(days=5), by=bob)
    clock.move(days=35)  # the thirtieth day after its last one
    assert credential.status == "ended"
    actions.renew(credential, today + timedelta(days=400), by=bob)
    db.session.refresh(credential)
    assert credential.in_force and not credential.reminded_30_at and not credential.reminded_7_at
    assert (credential.title, credential.sector, credential.interests, credential.languages) == (
        "Judge", "academia", "I advise a platform.", "zh",
    )  # fmt: skip
    assert (last_act().act, last_act().scope) == ("credential.renewed", subtheme.slug)
    clock.move(days=365 + 31)
    with pytest.raises(Conflict):
        actions.renew(credential, now().date() + timedelta(days=400), by=bob)


def test_what_was_revoked_or_has_no_end_is_not_renewed(alice: User, bob: User, subtheme: SubTheme) -> None:
    credential = grant(alice, subtheme, bob)
    for _ in range(2):
        with pytest.raises(Conflict):
            actions.renew(credential, now().date() + timedelta(days=400), by=bob)
        actions.revoke(credential, "Left.", by=bob)
