"""Merging accounts of which one is a young person's: the stricter band holds, with all that belongs to it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forum.accounts import aging, quiet
from forum.accounts.models import AgeChange, Guardian, User
from forum.admin import merging
from forum.core import audit
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Refused

DAY = timedelta(days=1)


def guarded(user: User, agreed: str, days_ago: int) -> None:
    with transaction() as session:
        at = now() - days_ago * DAY
        session.add(Guardian(user_id=user.id, asked_at=at, agreed_at=at, agreed=agreed))


def test_an_adults_account_that_takes_over_a_childs_is_a_young_persons(alice: User, person: Any, carol: User) -> None:
    with transaction():
        alice.quiet_hours, alice.private, alice.age_band = quiet.NEVER, ["messages"], "adult"
    mia = person("mia", age_band="young", quiet_hours="23-8")
    guarded(mia, "terms-2", days_ago=100)
    merging.merge(mia, alice, by=carol)
    db.session.expire_all()
    assert alice.age_band == "young" and alice.is_unlisted and quiet.hours_of(alice) == "23-8"
    assert {"bio", "place", "contributions", "messages"} <= set(alice.private)
    consent = db.session.scalars(select(Guardian)).one()
    assert (consent.user_id, consent.agreed, now() - consent.agreed_at > 99 * DAY) == (alice.id, "terms-2", True)
    assert [(row.user_id, row.changed_by_id) for row in db.session.scalars(select(AgeChange))] == [(alice.id, carol.id)]
    acts = db.session.scalars(select(audit.AuditEntry.act).order_by(audit.AuditEntry.seq)).all()
    assert acts == ["account.age", "person.merged", "account.merged"]
    assert aging.earliest(alice) > now() + 3 * 365 * DAY, "a child's wait goes along"
    assert (mia.age_band, mia.quiet_hours, mia.private) == ("", "", []), "nothing of an age stays with what is closed"


def test_a_young_persons_account_stays_one_and_keeps_the_later_consent(alice: User, person: Any, carol: User) -> None:
    mia, twin, other = person("mia", age_band="young"), person("twin", age_band="young"), person("other")
    guarded(mia, "terms-1", days_ago=400)
    guarded(twin, "terms-2", days_ago=30)
    for gone in (twin, other):
        merging.merge(gone, mia, by=carol)
        merging.finish_merges()
    db.session.expire_all()
    consent = db.session.scalars(select(Guardian)).one()
    assert (mia.age_band, consent.user_id, consent.agreed) == ("young", mia.id, "terms-2")
    assert not db.session.scalars(select(AgeChange)).all(), "nothing changed about her age"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no rule of a database
def test_whoever_said_once_that_they_are_18_has_said_so(app: Any, person: Any, carol: User, clock: Any) -> None:
    mia, twin = (person(name, age_band="young", created_at=now()) for name in ("mia", "twin"))
    clock.move(days=31)
    aging.come_of_age(twin)
    clock.move(days=31)
    merging.merge(twin, mia, by=carol)
    with pytest.raises(Conflict, match="once already"):
        aging.come_of_age(mia)
    assert aging.set_band(mia, "adult", by=carol)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_child_whose_guardian_has_not_answered_is_not_merged(
    app: Any, alice: User, person: Any, carol: User, as_: Any
) -> None:
    kid = person("kid", age_band="child", standing="unconfirmed")
    with transaction() as session:
        session.add(Guardian(user_id=kid.id, address="parent@example.org"))
    for gone, kept in ((kid, alice), (alice, kid)):
        with pytest.raises(Refused, match="guardian"):
            merging.merge(gone, kept, by=carol)
    db.session.rollback()
    assert not alice.is_closed and db.session.get(Guardian, kid.id)
    person("mia", age_band="young")
    admin = as_(carol)
    assert "protects young people" in admin.get("/admin/people/mia/merge?into=alice").text
    for address in ("/admin/people/alice/merge?into=mia", "/admin/people/kid/merge?into=alice"):
        assert "protects young people" not in admin.get(address).text
