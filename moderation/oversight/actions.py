"""Telling all other administrators what one of them did, in the transaction that does it."""

from __future__ import annotations

from forum.core.audit import PERSON, AuditEntry
from forum.notifications.actions import Notice, tell_all
from moderation.notes.queries import staff
from moderation.oversight import wording


def tell_admins(entry: AuditEntry) -> None:
    """Tell every administrator but the one who acted and the one it is about, if the row is of the watched kinds."""
    kind = wording.told_as(entry)
    if not kind:
        return
    others = [each for each in staff() if each.is_admin and each.id != entry.actor_id]
    tell_all(
        Notice(each.id, kind, f"log:{entry.seq}", actor_id=entry.actor_id, facts={"row": entry.seq})
        for each in others
        if entry.target != f"{PERSON}{each.id}"
    )
