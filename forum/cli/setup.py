"""`flask setup`: migrations, the seven sub-themes, the search index. Safe to repeat, quick when nothing is to do."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import InterfaceError, OperationalError

from forum.accounts import name_keys
from forum.core.schema import in_one_line, migrations_folder, pending_migration
from forum.samples import seeding
from forum.samples.commands import show_accounts
from forum.search.actions import rebuild
from forum.search.index import current_index
from forum.subthemes.actions import ensure_seven
from search_index.interface import IndexUnavailable, Reason


def needed_migration() -> str:
    """Return what `pending_migration` does; a ClickException when the database does not answer."""
    try:
        return pending_migration()
    except (OperationalError, InterfaceError) as error:
        raise click.ClickException(f"the database does not answer: {in_one_line(error)}") from error


@click.command("setup")
@click.option(
    "--samples", is_flag=True, help="In development, fill an empty forum with sample content and show its accounts."
)
@with_appcontext
def setup_command(samples: bool) -> None:
    """Make the database ready, with the seven sub-themes and a search index."""
    set_up(samples)


def set_up(samples: bool) -> None:
    """Do what `flask setup` does, in the current application."""
    if needed_migration():
        from flask_migrate import upgrade  # noqa: PLC0415 - 10 MB for Alembic, which the worker imports this file without

        upgrade(str(migrations_folder()))
    ensure_seven()
    _renew_name_keys()
    _ensure_index()
    if samples and current_app.config["FORUM_ENV"] == "development":
        if seeding.is_empty():
            seeding.seed()
        show_accounts()


def _renew_name_keys() -> None:
    """Let names that a former version took for different count as look-alikes, where they are."""
    for username, other in name_keys.refresh():
        click.echo(f"The names {username} and {other} look alike. Both stay; nobody new can take either.")


def _ensure_index() -> None:
    """Build the index where it is missing or of no use; of a forum that lost it every post counts as indexed."""
    try:
        try:
            current_index().check()
        except IndexUnavailable as error:
            if not error.needs_rebuild:
                raise
            if error.reason is not Reason.MISSING:
                click.echo(f"The search index is {error.reason}; it is built anew.")
            rebuild()
    except IndexUnavailable as error:
        click.echo(f"The search index can't be looked after now ({error.reason}); the worker will see to it.")
