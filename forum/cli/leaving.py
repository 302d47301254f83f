"""`flask people export` and `flask people delete`: for people who can't sign in and write to the operators."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from forum.accounts import queries as people
from forum.accounts.models import KEEP_POSTS, REMOVE_POSTS, User
from forum.core.errors import Refused
from forum.leaving import archive, closing


def add_to(group: AppGroup) -> None:
    """Put the two commands into `flask people`."""
    group.add_command(export_command)
    group.add_command(delete_command)


@click.command("export")
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_command(name: str, file: Path) -> None:
    """Write the archive of everything that NAME wrote and that is kept about NAME into FILE (a zip)."""
    person = _person(name)
    total = archive.total(person.id)
    try:
        size = archive.write(person, file, lambda done: click.echo(f"{done:,} of {total:,} written"))
    except FileExistsError as error:
        raise click.ClickException(f"{file} is there already") from error
    click.echo(f"{file} holds {total // archive.FILES:,} things in {size:,} bytes. It is private: send it safely.")


@click.command("delete")
@click.argument("name")
@click.option("--posts", type=click.Choice(["keep", "remove"]), required=True, help="What becomes of the posts.")
@click.option("--yes", is_flag=True, help="Don't ask whether you are sure.")
def delete_command(name: str, posts: str, yes: bool) -> None:
    """Delete the account NAME at once, without the days of grace."""
    person = _person(name)
    if people.is_last_admin(person):
        raise click.ClickException(f"{name} is the only administrator: make another first")
    if not yes:
        click.confirm(f"Delete {person.username} for good?", abort=True)
    choice = REMOVE_POSTS if posts == "remove" else KEEP_POSTS
    try:
        closing.delete_now(person, choice, click.echo)
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{name} is deleted.")


def _person(name: str) -> User:
    person = people.by_username(name)
    if person is None:
        raise click.ClickException(f"there is nobody called {name!r}")
    return person
