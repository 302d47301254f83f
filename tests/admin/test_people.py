"""People in the administration: found by name, given roles and credentials."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts import actions, approvals
from forum.accounts.models import KEEP_POSTS, RoleGrant, User
from forum.core import audit
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden
from forum.experts import actions as expert_actions
from forum.experts import queries as expert_queries
from forum.leaving import actions as leaving
from forum.subthemes.models import SubTheme


def acts() -> list[str]:
    return list(db.session.scalars(select(audit.AuditEntry.act).order_by(audit.AuditEntry.seq)))


def test_people_are_found_by_the_beginning_of_their_name(as_: Any, carol: User, alice: User, ann: User) -> None:
    admin = as_(carol)
    page = admin.get("/admin/people?q=AL").text
    assert 'href="/admin/people/alice"' in page and 'href="/admin/people/ann"' not in page
    assert "Nobody" in admin.get("/admin/people?q=zz").text
    for hostile in ("%25", "_", "'", "x" * 5000):
        assert admin.get(f"/admin/people?q={hostile}&after={hostile}").status_code == 200


def test_the_search_is_paged(as_: Any, carol: User, person: Any) -> None:
    for letter in "abcdefgh":
        for other in "xyz":
            person(f"reader_{letter}{other}")
    admin = as_(carol)
    first = admin.get("/admin/people?q=reader").text
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = admin.get(following).text
    assert first.count('href="/admin/people/reader_') == 20
    assert second.count('href="/admin/people/reader_') == 4
    assert 'rel="next"' not in second


def test_a_role_is_given_and_written_down(as_: Any, carol: User, alice: User) -> None:
    assert as_(carol).send("/admin/people/alice", role="moderator").status_code == 303
    db.session.refresh(alice)
    assert alice.role == "moderator"
    row = db.session.scalars(select(RoleGrant)).one()
    assert (row.user_id, row.former, row.role, row.granted_by_id) == (alice.id, "netizen", "moderator", carol.id)
    entry = db.session.scalars(select(audit.AuditEntry)).one()
    assert (entry.act, entry.target, entry.facts) == (
        "role.changed", f"person:{alice.id}", {"former": "netizen", "role": "moderator"},
    )  # fmt: skip


def test_the_same_role_again_changes_nothing(as_: Any, carol: User, alice: User) -> None:
    browser = as_(alice)
    assert as_(carol).send("/admin/people/alice", role="netizen").status_code == 303
    assert acts() == []
    assert browser.get("/settings/profile").status_code == 200


@pytest.mark.parametrize("role", ["emperor", "", "Admin", "admin "])
def test_there_are_only_three_roles(as_: Any, carol: User, alice: User, role: str) -> None:
    assert as_(carol).send("/admin/people/alice", role=role).status_code == 422
    db.session.refresh(alice)
    assert alice.role == "netizen"


def test_nobody_changes_their_own_role(as_: Any, carol: User) -> None:
    admin = as_(carol)
    assert 'name="role"' not in admin.get("/admin/people/carol").text
    refused = admin.send("/admin/people/carol", role="netizen")
    assert refused.status_code == 403
    assert admin.get("/admin").status_code == 200


def test_the_last_administrator_stays(carol: User) -> None:
    with pytest.raises(Conflict):
        actions.change_role(carol, "netizen", by=None)
    db.session.refresh(carol)
    assert carol.is_admin


def test_who_could_not_act_does_not_remain(carol: User, person: Any) -> None:
    suspended = person("suse", role="admin", suspended_until=now() + timedelta(days=300))
    unconfirmed = person("uma", role="admin", standing="unconfirmed")
    person("gone", role="admin", standing="closed")
    with pytest.raises(Conflict):
        actions.change_role(carol, "netizen", by=None)
    with pytest.raises(Conflict):
        leaving.leave(carol, KEEP_POSTS)
    with transaction():
        unconfirmed.standing = "active"
    assert actions.change_role(suspended, "netizen", by=None), "who could not act may go"
    assert actions.change_role(carol, "netizen", by=None)


def test_who_waits_for_approval_is_given_no_role(as_: Any, carol: User, person: Any, bob: User) -> None:
    """A moderator may close such an account, and with it would go the role that an admin gave."""
    for standing in ("waiting", "unconfirmed"):
        someone = person(f"some_{standing}", standing=standing)
        assert as_(carol).send(f"/admin/people/{someone.username}", role="admin").status_code == 409
    waits = person("wren", standing="waiting")
    assert actions.change_role(waits, "moderator", by=None), "the operator knows what they do"
    with pytest.raises(Forbidden):
        approvals.refuse(waits.id, "No.", bob)
    assert approvals.approve(waits.id, bob)


def test_two_administrators_who_dismiss_each_other_leave_one(app: Flask, carol: User, person: Any) -> None:
    ada = person("ada", role="admin")
    ids, outcomes = (carol.id, ada.id), []
    start = threading.Barrier(2)

    def dismiss(victim_id: int, by_id: int) -> None:
        with app.app_context():
            victim, by = db.session.get(User, victim_id), db.session.get(User, by_id)
            assert victim and by
            start.wait()
            try:
                outcomes.append(actions.change_role(victim, "netizen", by=by))
            except Forbidden:
                outcomes.append(False)
            finally:
                db.session.remove()

    rivals = [threading.Thread(target=dismiss, args=pair) for pair in (ids, ids[::-1])]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    assert sorted(outcomes) == [False, True]
    db.session.rollback()
    assert len(db.session.scalars(select(User.id).where(User.role == "admin")).all()) == 1


def test_a_credential_is_granted_by_the_form(as_: Any, carol: User, alice: User, subtheme: SubTheme) -> None:
    fields = {"subtheme": str(subtheme.id), "title": " Judge ", "organization": "Northern  Court", "valid_until": ""}
    assert as_(carol).send("/admin/people/alice/credentials/new", **fields).status_code == 303
    (credential,) = expert_queries.of_person(alice.id)
    assert (credential.title, credential.organization, credential.valid_until) == ("Judge", "Northern Court", None)
    assert credential.granted_by_id == carol.id
    again = as_(carol).send("/admin/people/alice/credentials/new", **fields)
    assert again.status_code == 409
    assert "holds the same credential" in again.text


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "x" * 101}, {"organization": "x" * 201}, {"subtheme": "9999"}, {"subtheme": "x"},
     {"valid_until": "2001-01-01"}, {"valid_until": "tomorrow"}],
)  # fmt: skip
def test_a_wrong_form_is_kept_and_explained(
    as_: Any, carol: User, alice: User, subtheme: SubTheme, wrong: dict[str, str]
) -> None:
    fields = {"subtheme": str(subtheme.id), "title": "Judge", "organization": "Northern Court", "valid_until": ""}
    refused = as_(carol).send("/admin/people/alice/credentials/new", **{**fields, **wrong})
    assert refused.status_code == 422
    assert "field-error" in refused.text
    if "organization" not in wrong:
        assert 'value="Northern Court"' in refused.text
    assert not expert_queries.of_person(alice.id)


def test_nobody_grants_themselves_a_credential(as_: Any, carol: User, subtheme: SubTheme) -> None:
    admin = as_(carol)
    assert "credentials/new" not in admin.get("/admin/people/carol").text
    fields = {"subtheme": str(subtheme.id), "title": "Judge", "organization": "Northern Court"}
    assert admin.send("/admin/people/carol/credentials/new", **fields).status_code == 403
    assert acts() == []


def test_a_credential_is_revoked_with_a_reason(as_: Any, carol: User, dr_chen: User) -> None:
    admin = as_(carol)
    credential = expert_queries.of_person(dr_chen.id)[0]
    address = f"/experts/credentials/{credential.id}/revoke"
    assert admin.send(address, reason=" ").status_code == 422
    assert admin.send(address, reason="Left the university.").status_code == 303
    page = admin.get("/admin/people/dr_chen").text
    assert "Left the university." in page and "/revoke" not in page
    assert admin.send(address, reason="Once more.").status_code == 303
    assert acts() == ["credential.granted", "credential.revoked"]
    assert admin.send("/experts/credentials/999/revoke", reason="x").status_code == 404
    assert admin.get(f"/experts/credentials/{2**63}/revoke").status_code == 404


def test_extra_fields_change_nothing(as_: Any, carol: User, alice: User, bob: User, subtheme: SubTheme) -> None:
    fields = {"subtheme": str(subtheme.id), "title": "Judge", "organization": "Northern Court",
              "user_id": str(bob.id), "granted_by_id": str(bob.id), "revoked_at": "2001-01-01"}  # fmt: skip
    as_(carol).send("/admin/people/alice/credentials/new", **fields)
    (credential,) = expert_queries.of_person(alice.id)
    assert (credential.user_id, credential.granted_by_id, credential.revoked_at) == (alice.id, carol.id, None)
    assert credential.granted_at <= now()
    assert not expert_queries.of_person(bob.id)


def test_an_unknown_person_is_not_found(as_: Any, carol: User, alice: User) -> None:
    for name in ("nobody", "a1ice", "%00"):
        assert as_(carol).get(f"/admin/people/{name}").status_code == 404


def test_the_reason_is_shown_as_text(as_: Any, carol: User, dr_chen: User) -> None:
    expert_actions.revoke(expert_queries.of_person(dr_chen.id)[0], "<img src=x onerror=alert(1)>", by=carol)
    assert "<img" not in as_(carol).get("/admin/people/dr_chen").text
