"""`flask doctor`: settings, pending work, counters, the audit chain and the index; exit 1 if anything is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy import text

from forum.cli import pending, safety, standby
from forum.cli.setup import needed_migration
from forum.core import chain
from forum.core.database import db
from forum.core.diagnosis import Fact, further_checks
from forum.leaving import queries as leaving
from forum.mail import queries as mails
from forum.search.comparison import NAMED, differences
from forum.search.index import current_index
from forum.subthemes import moderators
from forum.threads.recount import recount
from search_index.interface import IndexUnavailable

FAULTS_SHOWN = 20
MAIL_PATIENCE = timedelta(hours=1)


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Set counters that are wrong right.")
@with_appcontext
def doctor_command(fix: bool) -> None:
    """Examine the forum and say what is wrong with it."""
    if needed_migration():
        raise click.ClickException("the database is not set up for this version; run: flask setup")
    checks: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
        ("settings", safety.findings),
        ("database", database_faults),
        ("read replica", standby.findings),
        ("counters", lambda: wrong_counters(fix=fix)),
        ("audit log", audit_faults),
        ("pending work", pending.findings),
        ("mail", mail_faults),
        ("accounts", lambda: account_faults(fix=fix)),
        ("search index", index_faults),
        *further_checks.items(),
    )
    healthy = True
    for name, check in checks:
        lines = list(check())
        problems = [line for line in lines if not isinstance(line, Fact)]
        healthy = healthy and not problems
        click.echo(f"{name}: {'well' if not problems else ''}".rstrip())
        for line in lines:
            if isinstance(line, Fact):
                click.echo(f"    {line}")
        for problem in problems[:FAULTS_SHOWN]:
            click.echo(f"  - {problem}")
        if len(problems) > FAULTS_SHOWN:
            click.echo(f"  … and {len(problems) - FAULTS_SHOWN} more")
    if not healthy:
        raise SystemExit(1)


def database_faults() -> Iterator[str]:
    """Yield what SQLite's own checks find."""
    if db.engine.dialect.name == "sqlite":
        for pragma in ("integrity_check", "foreign_key_check"):
            for row in db.session.execute(
                text(f"PRAGMA {pragma}(20)" if pragma == "integrity_check" else f"PRAGMA {pragma}")
            ):
                if row[0] != "ok":
                    yield f"{pragma}: {tuple(row)}"


def wrong_counters(*, fix: bool) -> Iterator[str]:
    """Yield every counter that differs from a recount of the rows."""
    for fault in recount(fix=fix):
        yield f"{fault}{' (set right)' if fix else ''}"


def audit_faults() -> Iterator[str]:
    """Yield the first row at which the public log was tampered with."""
    fault = chain.first_fault()
    if fault:
        yield f"row {fault.seq}: {fault.problem}"


def mail_faults() -> Iterator[str]:
    """Yield whether letters wait for longer than an hour, and how many failed since yesterday."""
    if waiting := mails.overdue(MAIL_PATIENCE):
        yield f"{waiting:,} letters have been owed for more than an hour; /admin/mail says what the server answers"
    if failed := mails.failed_since(timedelta(days=1)):
        yield f"{failed:,} letters of the last day failed; /admin/mail says why, and can send them again"


def account_faults(*, fix: bool) -> Iterator[str]:
    """Yield administrators whose deletion waits, as nobody would remain, and moderators whose offices are in doubt."""
    for person in leaving.waiting_admins():
        yield f"{person.username} is to be deleted, and no administrator would remain: make another (flask people role)"
    for name in moderators.disagreements(fix=fix):
        advice = "set right" if fix else "flask doctor --fix sets it right"
        yield f"{name} moderates other sub-themes than the record says: {advice}"


def index_faults() -> Iterator[str]:
    """Yield whether the index is readable and holds what the database counts as indexed."""
    try:
        current_index().check()
        found = differences()
    except IndexUnavailable as error:
        advice = "run: flask search rebuild" if error.needs_rebuild else "it comes back, or its database must"
        yield f"it can't be read ({error.reason}); {advice}"
        return
    for posts, what in ((found.missing, "it lacks"), (found.surplus, "it holds and should not")):
        if posts.count:
            ids = ", ".join(map(str, posts.first))
            yield f"posts that {what}: {posts.count:,} ({ids}{' …' if posts.count > NAMED else ''})"
    if found:
        yield "run: flask search rebuild"
