"""Owing a letter. It is written when it is sent; a row says to whom, which one, and what caused it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from forum.core import signals
from forum.core.database import announce, db, now, transaction
from forum.mail.letters import KINDS, LETTERS
from forum.mail.models import Mail

KEY_LIMIT = 120
ADDRESS_LIMIT = 320


def owe(
    template: str,
    address: str,
    key: str,
    *,
    language: str = "",
    user_id: int | None = None,
    kind: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Owe a letter to an address, in the caller's transaction if there is one; nothing if `key` is owed already.

    `facts` are plain values that the template needs and no secret (see `Letter.extra`); `language` is "en" or
    "zh_Hans" ("" is English); `kind` is one of KINDS for mail that the person may turn off. The worker is nudged
    after the commit. An address that is none makes the letter fail when it is sent, never the caller.
    Raises ValueError for a letter or kind that no room has put in, and for a key of more than 120 characters.
    """
    if template not in LETTERS or (kind and kind not in KINDS) or len(key) > KEY_LIMIT:
        raise ValueError(f"no such letter can be owed: {template!r}, kind {kind!r}, key {key!r}")
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    moment = now()
    row = {
        "template": template,
        "address": " ".join(address.split())[:ADDRESS_LIMIT],
        "key": key,
        "language": language,
        "user_id": user_id,
        "kind": kind,
        "facts": dict(facts or {}),
        "created_at": moment,
        "next_at": moment,
    }
    insert = dialect.insert(Mail).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(Mail.id)
    with transaction() as session:
        mail_id = session.scalar(insert)
        if mail_id is not None:
            announce(signals.mail_owed, mail_id=mail_id)
