"""Administrators are not alone: what one does to another's role, or reads of others' notes, all others see."""

import pytest

from forum.accounts import actions as accounts
from forum.accounts.models import Role, User
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Conflict
from forum.notifications.models import Notification
from moderation.notes import actions as notes


@pytest.fixture
def dora(person):
    """Another admin."""
    return person("dora", role=Role.ADMIN)


@pytest.fixture
def erin(person):
    """A third one."""
    return person("erin", role=Role.ADMIN)


def told(user):
    query = db.select(Notification.kind, Notification.actor_id).where(Notification.user_id == user.id)
    return [tuple(row) for row in db.session.execute(query.order_by(Notification.id))]


def test_whoever_ends_an_admins_role_is_seen_by_all_other_admins(carol, dora, erin, bob, as_, statements):
    accounts.change_role(erin, Role.NETIZEN, by=carol)
    assert told(dora) == [("admin_ended", carol.id)] and not told(carol) and not told(erin) and not told(bob)
    accounts.change_role(bob, Role.ADMIN, by=None)
    assert told(dora)[1:] == [("admin_made", None)] == told(carol) and not told(bob), "on the console"
    accounts.change_role(bob, Role.MODERATOR, by=dora)
    assert told(carol)[1:] == [("admin_ended", dora.id)]
    client = as_(dora)
    text = client.get("/notifications").text
    assert "carol has ended somebody" in text and "on the console" in text
    with statements() as seen:
        text = client.get("/admin/acts").text
    few = len(seen)
    assert text.index("/people/bob") < text.index("/people/erin"), "newest first"
    assert "from Administrator to Netizen" in text and "The operator, on the console" in text
    for name in ("carol", "erin", "dora"):
        assert f"/people/{name}" in text, name
    for _ in range(12):
        accounts.change_role(bob, Role.NETIZEN, by=dora)
        accounts.change_role(bob, Role.MODERATOR, by=carol)
    with statements() as seen:
        text = client.get("/admin/acts").text
    assert len(seen) == few and text.count("<tr>") == 21 and 'rel="next"' in text
    assert "/people/erin" not in text and "/people/erin" in client.get("/admin/acts?before=4").text
    assert len(told(carol)) == 2, "of a moderator's role nobody is told"


def test_the_last_admin_stays(carol, dora):
    accounts.change_role(dora, Role.NETIZEN, by=carol)
    with pytest.raises(Conflict):
        accounts.change_role(carol, Role.NETIZEN, by=None)
    assert db.session.get(User, carol.id).role == Role.ADMIN
    assert db.session.query(AuditEntry).where(AuditEntry.act == "role.changed").count() == 1


def test_reading_the_notes_of_others_is_listed(flagged, bob, carol, dora, as_, client):
    notes.write(flagged.id, bob, "Something between moderators.")
    notes.open_notes(flagged, carol)
    assert told(dora) == [("notes_read", carol.id)]
    text = as_(dora).get("/admin/acts").text
    assert f"case {flagged.id}" in text and "/people/carol" in text and "between moderators" not in text
    assert as_(bob).get("/admin/acts").status_code == 403 and client.get("/admin/acts").status_code == 303
