"""`flask store move`: from this machine's folders into the bucket of UPLOADS_URL, and back."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup, with_appcontext

from forum.core.errors import FilesAway
from forum.store.moving import BadCopy, Carried, carry
from forum.store.shelves import SHELVES, bucket_calls, bucket_shelf, folder_shelf

store_commands = AppGroup("store", help="Files that all machines share: pictures and archives.")


@store_commands.command("move")
@click.option("--to", type=click.Choice(["bucket", "folder"]), required=True, help="Where they are to be.")
@click.option("--delete", is_flag=True, help="Take each from where it was, once it has arrived and was read again.")
@with_appcontext
def move_command(to: str, delete: bool) -> None:
    """Carry every file between FORUM_INSTANCE and the bucket of UPLOADS_URL. Begun anew, it goes on where it ended."""
    calls = bucket_calls()
    if calls is None:
        raise click.ClickException("UPLOADS_URL names no bucket: set it for this command, in either direction")
    total = Carried()
    try:
        for name in SHELVES:
            ends = (folder_shelf(name), bucket_shelf(name, calls))
            source, target = ends if to == "bucket" else ends[::-1]
            done = carry(source, target, delete=delete, told=lambda done, name=name: _say(name, done))  # type: ignore[misc]
            click.echo(f"{name}: {_said(done)}.")
            total.files, total.there = total.files + done.files, total.there + done.there
    except FilesAway as error:
        raise click.ClickException(
            f"not all of it was moved: {error.orig}. Run it again; it goes on from there"
        ) from error
    except BadCopy as error:
        raise click.ClickException(
            f"not all of it was moved: {error}. Nothing was deleted of it; run it again"
        ) from error
    except OSError as error:
        raise click.ClickException(f"not all of it was moved: {error.strerror or error}. Run it again") from error
    if not delete and total.files + total.there:
        click.echo("It is still where it was, too: once every node uses the new place, run this again with --delete.")


def _said(done: Carried) -> str:
    said = f"{done.files:,} files carried ({done.bytes:,} bytes), {done.there:,} were there already"
    return f"{said}, {done.gone:,} went meanwhile" if done.gone else said


def _say(name: str, done: Carried) -> None:
    """Show on a terminal how far it is."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{name} {done.seen:,} files", err=True, nl=False)
