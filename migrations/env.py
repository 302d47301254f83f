"""Alembic's environment: the forum's own engine and metadata, batch mode for SQLite."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import RevisionStep
from alembic.util import CommandError
from flask import current_app

import forum.asking.models
import forum.core.audit
import forum.core.site
import forum.entry.models
import forum.leaving.models
import forum.mail.models
import forum.messages.models
import forum.notifications.models
import forum.threads.models
import forum.trust.models
import moderation.appeals.models
import moderation.closures.models
import moderation.conduct.models  # noqa: F401 - the metadata must be whole
import moderation.message_appeals.models
import moderation.models  # noqa: F401 - the metadata must be whole
import moderation.screens.models  # noqa: F401 - the metadata must be whole
from forum.core.database import IdList, UTCDateTime, db
from forum.core.pagecache.versions import UNCERTAIN


# What a decision may say since this migration; going back behind it, nothing could show such a decision or undo it.
OUTCOMES_SINCE = {"0014": ("edit_out", "lock", "slow", "move", "silence", "close")}


def refuse_to_lose(steps: Iterable[Any], connection: sa.Connection) -> Iterator[Any]:
    """Return the steps of a command; raise CommandError before the first one where an older version could not read on."""
    steps = list(steps)
    undone = [step.revision.revision for step in steps if isinstance(step, RevisionStep) and step.is_downgrade]
    for revision in OUTCOMES_SINCE.keys() & set(undone):
        decisions = sa.table("decisions", sa.column("outcome"))
        asked = sa.select(decisions.c.outcome, sa.func.count()).group_by(decisions.c.outcome)
        newer = {name: many for name, many in connection.execute(asked) if name in OUTCOMES_SINCE[revision]}
        if newer:
            raise CommandError(
                f"Nothing was changed. Behind migration {revision} nobody knows what these decisions mean: "
                + ", ".join(f"{name} ({many})" for name, many in sorted(newer.items()))
                + ". Stay on this version, or restore a backup that was made before it."
            )
    return iter(steps)


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our moments as plain SQLAlchemy, so that an old migration never depends on today's code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, IdList):
        return f"sa.String(length={item.impl.length})"
    return False


def run() -> None:
    """Migrate over one connection; on SQLite the foreign keys rest while tables are rebuilt.

    On PostgreSQL each migration is a transaction of its own: rows that one has changed may not wait for a check of
    their references while the next one alters their table, locks end with each, and what fails is begun again where
    it stopped. On SQLite all are one transaction, which nobody else writes beside.
    """
    options = dict(current_app.extensions["migrate"].configure_args)
    with db.engine.connect() as connection:
        connection.info[UNCERTAIN] = True
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        options |= {"target_metadata": db.metadata, "render_item": render_item, "transaction_per_migration": True}
        context.configure(connection=connection, **options)
        planned = context.get_context().opts["fn"]
        context.configure(
            connection=connection, fn=lambda *known: refuse_to_lose(planned(*known), connection), **options
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.in_transaction():
            connection.commit()
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
        connection.info.pop(UNCERTAIN)


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database: flask db upgrade")
run()
