"""Turning 18: said once, not soon after joining, with a fresh proof; or set by an admin. Nothing opens by itself."""

from typing import Any

import pytest
from sqlalchemy import select

from forum.accounts import aging, quiet
from forum.accounts.models import AgeChange, Guardian, User
from forum.accounts.youth import UNLISTED
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from tests.people import PASSWORD

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no rule of a database


def joined_now(person: Any, name: str = "mia", **facts: Any) -> User:
    user: User = person(name, age_band="young", created_at=now(), **facts)
    return user


def test_it_is_said_once_and_nothing_opens(app: Any, person: Any, carol: User, clock: Any) -> None:
    mia = joined_now(person)
    with pytest.raises(Conflict):
        aging.come_of_age(mia)
    clock.move(days=29, hours=23)
    with pytest.raises(Conflict):
        aging.come_of_age(mia)
    clock.move(hours=2)
    aging.come_of_age(mia)
    assert mia.age_band == "adult" and UNLISTED in mia.private and mia.is_unlisted
    assert quiet.hours_of(mia) == "22-7"
    assert "bio" in mia.private, "what was private stays so"
    assert aging.set_band(mia, "young", by=carol) and mia.quiet_hours == ""
    clock.move(days=365)
    with pytest.raises(Conflict):
        aging.come_of_age(mia)
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "account.age").order_by(AuditEntry.seq)).all()
    assert [(row.actor_role, row.facts) for row in rows] == [("netizen", {}), ("admin", {})]
    assert len(db.session.scalars(select(AgeChange)).all()) == 2


def test_children_wait_four_years(app: Any, person: Any, clock: Any) -> None:
    mia = joined_now(person)
    with transaction() as session:
        session.add(Guardian(user_id=mia.id, agreed_at=now(), agreed="terms-2"))
    clock.move(days=4 * 365 - 1)
    with pytest.raises(Conflict):
        aging.come_of_age(mia)
    clock.move(days=2)
    aging.come_of_age(mia)
    assert mia.age_band == "adult"


def test_grown_ups_have_nothing_to_say(app: Any, alice: User, person: Any) -> None:
    for one in (alice, person("max", age_band="adult"), person("kid", age_band="child")):
        with pytest.raises(Conflict):
            aging.come_of_age(one)


def test_who_sets_it_and_what_becomes_private(app: Any, alice: User, bob: User, carol: User, person: Any) -> None:
    for by, band, error in ((bob, "young", Forbidden), (alice, "adult", Forbidden), (carol, "child", Refused)):
        with pytest.raises(error):
            aging.set_band(alice, band, by=by)
    kid = person("kid", age_band="child", standing="unconfirmed")
    with pytest.raises(Conflict):
        aging.set_band(kid, "young", by=carol)
    alice.private = ["messages"]
    db.session.commit()
    assert aging.set_band(alice, "young", by=carol)
    assert {"bio", "place", "messages"} <= set(alice.private)
    assert not aging.set_band(alice, "young", by=carol)


def test_the_pages(app: Any, person: Any, carol: User, as_: Any, clock: Any) -> None:
    mia = joined_now(person)
    browser = as_(mia)
    page = browser.get("/settings/age").text
    assert "None of them can begin to write you in private" in page and "I am 18 now" not in page
    assert browser.send("/settings/age", hours="never").status_code == 422, "young people have a night"
    assert browser.send("/settings/age", hours="23-8").status_code == 303 and quiet.hours_of(mia) == "23-8"
    clock.move(days=31)
    browser = as_(mia)
    clock.move(minutes=20)
    assert "I am 18 now" in browser.get("/settings/age").text
    assert browser.send("/settings/age/adult").status_code == 401, "asked for a proof first"
    assert browser.send("/settings/age/adult", proof_password=PASSWORD).status_code == 303
    assert mia.age_band == "adult"
    assert "never: tell me" in browser.get("/settings/age").text
    admin = as_(carol)
    assert admin.send("/admin/people/mia/age", band="young").status_code == 303
    db.session.refresh(mia)
    assert mia.age_band == "young"
    log = app.test_client().get("/moderation/log").text
    assert "An age group was changed" in log and "young" not in log.partition("<main")[2]
