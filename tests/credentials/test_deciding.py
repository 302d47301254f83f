"""Granting and declining: by moderators of the sub-theme and admins, never one's own, both in the public log."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.credentials import actions
from forum.credentials.models import Application
from forum.experts import queries as experts
from forum.notifications.models import Notification
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug
from tests.credentials.conftest import Apply, log

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def in_a_year() -> date:
    return now().date() + timedelta(days=365)


def notices_of(user: User) -> list[tuple[str, Any]]:
    rows = db.session.scalars(select(Notification).where(Notification.user_id == user.id).order_by(Notification.id))
    return [(row.kind, row.facts.get("change")) for row in rows]


def test_thea_grants_what_alice_applied_for(
    as_: Any, alice: User, thea: User, subtheme: SubTheme, apply: Apply, work: Any
) -> None:
    row = apply(alice)
    desk = as_(thea)
    assert "Judge" in desk.get("/moderation/credentials").text
    page = desk.get(f"/moderation/credentials/{row.id}").text
    for words in ("list.", "https://court.example/", "The court pays me.", "Government", "Grant it", "Decline it"):
        assert words in page
    sent = desk.send(f"/moderation/credentials/{row.id}/grant", valid_until=in_a_year().isoformat())
    assert (sent.status_code, sent.location) == (303, "/moderation/credentials")
    (credential,) = experts.of_person(alice.id)
    assert (credential.title, credential.sector, credential.interests, credential.languages) == (
        "Judge", "government", "The court pays me.", "en",
    )  # fmt: skip
    assert (credential.granted_by_id, credential.valid_until) == (thea.id, in_a_year())
    assert (log()[0].act, log()[0].scope) == ("credential.granted", subtheme.slug)
    work()
    assert notices_of(alice) == [("credential", "granted")]
    assert "Nothing waits" in desk.get("/moderation/credentials").text
    late = desk.send(f"/moderation/credentials/{row.id}/decline", cause="other", reason="Too late.")
    assert late.status_code == 409 and "meanwhile" in late.text


def test_thea_declines_with_a_reason_that_alice_alone_reads(
    as_: Any, client: Any, alice: User, thea: User, apply: Apply
) -> None:
    row = apply(alice)
    missing = as_(thea).send(f"/moderation/credentials/{row.id}/decline", cause="evidence", reason="")
    assert missing.status_code == 422
    as_(thea).send(f"/moderation/credentials/{row.id}/decline", cause="evidence", reason="The list has another name.")
    assert experts.of_person(alice.id) == []
    assert notices_of(alice) == [("credential_application", "declined")]
    assert "The list has another name." in as_(alice).get("/settings/credentials").text
    assert "declined" in as_(alice).get("/notifications").text
    entry = log()[0]
    assert (entry.act, entry.target) == ("credential.declined", f"application:{row.id}")
    assert entry.facts == {"subtheme": "data-and-algorithms", "cause": "evidence", "renewal": False}
    public = client.get("/moderation/log").text
    assert "was declined" in public and "does not show it" in public
    assert "another name" not in public and "alice" not in public.lower()


def test_nobody_decides_their_own_nor_anothers_sub_theme(
    as_: Any, alice: User, bob: User, thea: User, theo: User, mallory: User, carol: User, apply: Apply
) -> None:
    rows = {each: apply(each) for each in (thea, bob, carol, alice)}
    for by, whose in ((thea, thea), (bob, bob), (carol, carol), (theo, alice), (mallory, alice), (alice, alice)):
        for act in (
            lambda i, by: actions.grant(i, in_a_year(), by),
            lambda i, by: actions.decline(i, "other", "No.", by),
        ):
            with pytest.raises(Forbidden):
                act(rows[whose].id, by)
    with pytest.raises(NotFound):
        actions.grant(99_999, in_a_year(), bob)
    own = as_(thea).get(f"/moderation/credentials/{rows[thea].id}").text
    assert "Somebody else decides" in own and "Grant it" not in own
    assert as_(theo).get(f"/moderation/credentials/{rows[alice].id}").status_code == 404
    assert "Nothing waits" in as_(theo).get("/moderation/credentials").text
    assert set(db.session.scalars(select(Application.state))) == {"open"}
    actions.grant(rows[thea].id, in_a_year(), bob)
    actions.grant(rows[bob].id, in_a_year(), thea)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(Application).where(Application.id == rows[bob].id).values(decided_by_id=bob.id))


def test_a_day_in_the_past_or_too_far_away_is_refused(as_: Any, alice: User, bob: User, apply: Apply) -> None:
    row = apply(alice)
    for day in (None, now().date() - timedelta(days=1), now().date() + timedelta(days=6 * 365)):
        with pytest.raises(Refused):
            actions.grant(row.id, day, bob)
    for day in ("", "soon", "2001-01-01"):
        refused = as_(bob).send(f"/moderation/credentials/{row.id}/grant", valid_until=day)
        assert refused.status_code == 422, day
    for cause, reason in (("because", "No."), ("other", "")):
        with pytest.raises(Refused):
            actions.decline(row.id, cause, reason, bob)
    assert row.is_open and experts.of_person(alice.id) == []


def test_what_was_decided_or_taken_back_is_decided_no_more(
    alice: User, ann: User, bob: User, bea: User, apply: Apply
) -> None:
    taken_back, declined = apply(alice), apply(ann)
    actions.withdraw(taken_back.id, by=alice)
    actions.decline(declined.id, "other", "No.", bob)
    before = log()[0].seq
    for row in (taken_back, declined):
        with pytest.raises(Conflict):
            actions.grant(row.id, in_a_year(), bea)
    assert log()[0].seq == before and experts.of_person(ann.id) == []


def test_evidence_is_forgotten_90_days_after_the_decision(
    alice: User, ann: User, bob: User, apply: Apply, clock: Any
) -> None:
    declined, waiting = apply(alice), apply(ann)
    actions.decline(declined.id, "other", "No.", bob)
    for days, kept in ((89, True), (2, False)):
        clock.move(days=days)
        actions.forget_evidence()
        db.session.expire_all()
        assert bool(declined.evidence) is kept and bool(declined.links) is kept
    assert waiting.evidence, "it is still to be read"
    assert declined.reason == "No."


def test_evidence_is_found_by_its_index(app: Any, statements: Any) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("EXPLAIN QUERY PLAN is SQLite's")
    with statements() as ran:
        actions.forget_evidence()
    (asked,) = ran
    connection = db.session.connection().connection.driver_connection
    plan = connection.execute("EXPLAIN QUERY PLAN " + asked, [1] * asked.count("?"))
    assert "ix_credential_applications_evidence" in " ".join(row[-1] for row in plan)


def test_a_long_queue_costs_the_same_and_is_paged(
    as_: Any, person: Any, thea: User, apply: Apply, statements: Any
) -> None:
    desk = as_(thea)
    with statements() as empty:
        desk.get("/moderation/credentials")
    for number in range(22):
        apply(person(f"judge{number:02}x"))
    with statements() as full:
        first = desk.get("/moderation/credentials").text
    assert len(full) == len(empty) <= 4
    assert "judge00x" in first and "judge20x" not in first
    following = first.split('rel="next" href="')[1].split('"')[0]
    assert "judge21x" in desk.get(following).text


def test_earlier_applications_are_read_where_one_moderates(
    as_: Any, alice: User, thea: User, theo: User, bob: User, apply: Apply
):
    law = by_slug("law-online")
    assert law
    actions.decline(apply(alice, law, "Attorney at law").id, "interests", "They pay you.", by=theo)
    row = apply(alice)
    assert "Attorney at law" in as_(bob).get(f"/moderation/credentials/{row.id}").text
    page = as_(thea).get(f"/moderation/credentials/{row.id}").text
    assert "Judge" in page and "Attorney at law" not in page


def test_whoever_turns_out_to_be_young_gets_it_from_an_admin_alone(
    alice: User, thea: User, carol: User, apply: Apply, as_: Any
) -> None:
    row = apply(alice)
    with transaction():
        db.session.get_one(User, alice.id).age_band = "young"
    refused = as_(thea).send(f"/moderation/credentials/{row.id}/grant", valid_until=in_a_year().isoformat())
    assert refused.status_code == 403 and "under 18" in refused.text
    assert not experts.of_person(alice.id)
    assert (
        as_(carol).send(f"/moderation/credentials/{row.id}/grant", valid_until=in_a_year().isoformat()).status_code
        == 303
    )
