"""`flask seed`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from forum.accounts.models import User
from forum.samples import PASSWORD, seeding


@click.command("seed")
@click.option("--if-empty", is_flag=True, help="Do nothing when anybody has written anything.")
@with_appcontext
def seed_command(if_empty: bool) -> None:
    """Fill in sample people and discussions, for trying out. Never in production."""
    if current_app.config["FORUM_ENV"] == "production":
        raise click.ClickException("sample accounts have a password that everybody knows: never in production")
    if not (if_empty and not seeding.is_empty()) and not seeding.seed():
        click.echo("The sample content is there already.")
    show_accounts()


def show_accounts() -> None:
    """Print the sample accounts that are there, with their password."""
    people = seeding.accounts()
    if people:
        click.echo(f"The sample accounts all have the password: {PASSWORD}")
    for person in people:
        click.echo(f"  {person.username:12} {_part(person)}")


def _part(person: User) -> str:
    if person.is_moderator:
        return "moderator"
    return "expert" if person.is_expert else "netizen"
