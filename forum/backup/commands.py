"""`flask backup FILE` and `flask restore FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from forum.backup.making import back_up
from forum.backup.reading import BrokenBackup, Contents, examine
from forum.backup.restoring import NotEmpty, mend, restore
from forum.core.errors import FilesAway
from forum.mail.queries import owed_count
from forum.search.actions import rebuild
from search_index.interface import IndexUnavailable

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=_FILE)
@with_appcontext
def backup_command(file: Path) -> None:
    """Write all that the forum holds into FILE, while it runs; sealed if BACKUP_PASSPHRASE is set."""
    passphrase = _passphrase()
    try:
        contents = back_up(file, passphrase, _say)
    except BrokenBackup as error:
        raise click.ClickException(f"no backup was made: {error}") from error
    except FilesAway as error:
        raise click.ClickException(f"no backup was made: files can't be read from {error.orig}") from error
    except OSError as error:
        raise click.ClickException(f"no backup was made: {error.strerror or error}") from error
    seal = "sealed" if passphrase else "readable by you alone; not sealed, since BACKUP_PASSPHRASE is not set"
    click.echo(f"{file}: {_said(contents)}, {file.stat().st_size:,} bytes, {seal}.")
    click.echo("The secret key is not in it: keep SECRET_KEY, or secret_key of FORUM_INSTANCE, in another place.")


@click.command("restore")
@click.argument("file", type=_FILE)
@click.option("--check", is_flag=True, help="Only read FILE and say whether it is whole.")
@click.option("--signed-in", is_flag=True, help="People stay signed in: for a move, not for a return to the past.")
@with_appcontext
def restore_command(file: Path, check: bool, signed_in: bool) -> None:
    """Load FILE into an empty database, of whichever kind, and build the search index."""
    try:
        if check:
            click.echo(f"{file} is whole: {_said(examine(file, _passphrase()))}.")
            return
        contents = restore(file, _passphrase(), lambda rows: _say("", rows), signed_in=signed_in)
    except (BrokenBackup, NotEmpty) as error:
        raise click.ClickException(f"nothing was restored: {error}") from error
    except DBAPIError as error:
        raise click.ClickException(f"nothing was restored: the database refused it: {error.orig}") from error
    except FilesAway as error:
        raise click.ClickException(f"nothing was restored: files can't be put into {error.orig}") from error
    except OSError as error:
        raise click.ClickException(f"nothing was restored: {error.strerror or error}") from error
    click.echo(f"Restored {_said(contents)}. The search index is built now …", err=True)
    for sentence in _mended():
        click.echo(sentence)
    try:
        rebuild()
    except IndexUnavailable as error:
        click.echo(f"The search index can't be built now ({error.reason}); the worker will see to it.")
    if letters := owed_count():
        click.echo(
            f"{letters:,} letters wait in it. The worker sends them, also those that were sent after the backup."
        )
    click.echo(f"{file}: {_said(contents)}. Now run: flask doctor")


def _passphrase() -> str:
    return str(current_app.config["BACKUP_PASSPHRASE"])


def _said(contents: Contents) -> str:
    rows, made_at = contents.tables, contents.head.made_at[:16]
    return f"{sum(rows.values()):,} rows in {len(rows)} tables and {contents.files:,} files, made {made_at} UTC"


def _mended() -> list[str]:
    try:
        return mend()
    except FilesAway as error:
        return [f"Whether every picture is there can't be seen now: {error.orig}."]


def _say(table: str, rows: int) -> None:
    """Show on a terminal how far it is."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{table} {rows:,} rows", err=True, nl=False)
