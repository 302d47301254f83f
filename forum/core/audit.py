"""The public log: one row per act, hash-chained, never edited.

`forum.core.chain` walks it and names the first bad row.
It stands in core because the lower rooms (roles, credentials, pins) write it in their own transactions.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime, db, now

GENESIS = "0" * 64
VERSION = 2  # 1 hashed the number of a person who is the target; since 2 it is sealed as the actor is
PERSON = "person:"

# Called with each new row in the transaction that writes it: a room above may tell somebody of it.
watchers: list[Callable[[AuditEntry], None]] = []


class AuditEntry(Base):
    """One act: what, on what, by which rule, in which role, when. The actor's id is private, sealed by a hash."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_act_seq", "act", "seq"),
        # the rows about somebody and those of their own acts, for their archive
        Index("ix_audit_entries_target_seq", "target", "seq"),
        Index("ix_audit_entries_actor_id_seq", "actor_id", "seq"),
        # the filters of the public log, and where a day begins in it
        Index("ix_audit_entries_rule_seq", "rule", "seq"),
        Index("ix_audit_entries_scope_seq", "scope", "seq"),
        Index("ix_audit_entries_actor_role_seq", "actor_role", "seq"),
        Index("ix_audit_entries_at_seq", "at", "seq"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    act: Mapped[str] = mapped_column(String(40))
    actor_role: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(20), default="")
    scope: Mapped[str] = mapped_column(String(60), default="")
    target: Mapped[str] = mapped_column(String(60), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    actor_id: Mapped[int | None]
    actor_salt: Mapped[str] = mapped_column(String(32))
    actor_seal: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(Base):
    """The one row that says where the chain ends, so that a cut-off end is noticed and writers take turns."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(Text)


def record(
    act: str,
    *,
    by: Any,
    rule: str = "",
    scope: str = "",
    target: str = "",
    facts: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one act to the chain, inside the transaction() that performs it.

    `by` is the person (`id`, `role`, `moderates`), None for the program itself; `facts` are public, plain JSON values:
    no name of a reporter or moderator, no text of a post.
    """
    head = _locked_head()
    moment = max(now(), _moment_of(head.seq))  # a clock set back must not make the log run backwards
    salt = secrets.token_hex(16)
    actor_id = by.id if by is not None else None
    entry = AuditEntry(
        seq=head.seq + 1,
        version=VERSION,
        at=moment,
        act=act,
        actor_role=_role_of(by),
        rule=rule,
        scope=scope,
        target=target,
        facts=facts or {},
        actor_id=actor_id,
        actor_salt=salt,
        actor_seal=seal(salt, actor_id),
        previous_hash=head.hash,
        hash="",
    )
    entry.hash = fingerprint(entry)
    db.session.add(entry)
    head.seq, head.hash = entry.seq, entry.hash
    for watch in watchers:
        watch(entry)
    return entry


def _role_of(by: Any) -> str:
    """Return in which role somebody acts. A sub-theme may have one moderator: a word of their own would name them."""
    role = str(by.role) if by is not None else "system"
    return "moderator" if role == "netizen" and by.moderates else role


def wait_for_turn() -> None:
    """Wait until every other transaction that writes the log has ended: who reads afterwards reads what they wrote."""
    _locked_head()


def _locked_head() -> AuditHead:
    query = select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    db.session.flush()  # an earlier act of this transaction must be in the row before it is read anew
    head = db.session.scalar(query)
    if head is None:
        raise RuntimeError("the audit log has no head; run: flask setup")
    return head


def _moment_of(seq: int) -> datetime:
    return db.session.scalar(select(AuditEntry.at).where(AuditEntry.seq == seq)) or now()


def seal(salt: str, actor_id: int | None) -> str:
    """Return the salted hash that binds a row to its private actor."""
    return hashlib.sha256(f"{salt}:{actor_id}".encode()).hexdigest()


def sealed_fields(entry: AuditEntry) -> dict[str, Any]:
    """Return what the row's hash is made of, by name: nothing in it needs the private columns (see public_target)."""
    return {
        "seq": entry.seq,
        "version": entry.version,
        "at": entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "act": entry.act,
        "actor_role": entry.actor_role,
        "rule": entry.rule,
        "scope": entry.scope,
        "target": public_target(entry),
        "facts": entry.facts,
        "actor_seal": entry.actor_seal,
        "previous_hash": entry.previous_hash,
    }


def public_target(entry: AuditEntry) -> str:
    """Return the target as it is hashed: a person's number salted and sealed, unless the row is of version 1."""
    if entry.version == 1 or not entry.target.startswith(PERSON):
        return entry.target
    return PERSON + hashlib.sha256(f"{entry.actor_salt}:{entry.target}".encode()).hexdigest()


def canonical(fields: dict[str, Any]) -> str:
    """Return JSON that is the same wherever it is made: keys sorted, no spaces, letters as they are."""
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(entry: AuditEntry) -> str:
    """Return the SHA-256 of the row's public fields and the hash before it, as canonical JSON in UTF-8."""
    return hashlib.sha256(canonical(sealed_fields(entry)).encode()).hexdigest()


def head() -> tuple[int, str]:
    """Return number and hash of the last row: whoever keeps them can show later that nothing before was rewritten."""
    found = db.session.get(AuditHead, 1, populate_existing=True)
    return (found.seq, found.hash) if found else (0, GENESIS)
