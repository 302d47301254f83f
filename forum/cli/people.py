"""`flask people …`: accounts, roles and credentials from the console. The first admin is made here."""

from __future__ import annotations

import sys
from datetime import date, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from forum.accounts import actions, queries
from forum.accounts.models import Role, User
from forum.accounts.profiles import SECTORS
from forum.cli import leaving
from forum.core.errors import Refused
from forum.entry import authenticators
from forum.experts import actions as experts
from forum.experts.forms import INTERESTS_LIMIT
from forum.experts.wording import LANGUAGES, said_in
from forum.subthemes import moderators
from forum.subthemes import queries as subthemes
from forum.subthemes.models import SubTheme

people_commands = AppGroup("people", help="Accounts, roles and experts' credentials.")
leaving.add_to(people_commands)


@people_commands.command("create")
@click.argument("name")
@click.option("--email", required=True, help="E-mail address.")
@click.option("--role", type=click.Choice([Role.MODERATOR.value, Role.ADMIN.value]), help="Role beyond taking part.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def create_command(name: str, email: str, role: str | None, password_stdin: bool) -> None:
    """Make the account NAME."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _asked_password()
    try:
        user = actions.register(name, email, password, site_name=current_app.config["SITE_NAME"], by_operator=True)
        if role:
            actions.change_role(user, role, by=None)
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{user.username} is there{f' as {role}' if role else ''}.")


def _asked_password() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


@people_commands.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def role_command(name: str, role: str) -> None:
    """Give NAME the role ROLE."""
    try:
        changed = actions.change_role(_person(name), role, by=None)
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{name} is {role} now." if changed else f"{name} was {role} already.")


@people_commands.command("moderator")
@click.argument("name")
@click.option("--subtheme", "slug", required=True, help="Slug of the sub-theme.")
@click.option("--end", is_flag=True, help="End it instead.")
def moderator_command(name: str, slug: str, end: bool) -> None:
    """Let NAME moderate one sub-theme (`flask people role NAME moderator` is for all of them)."""
    person, subtheme = _person(name), _subtheme(slug)
    try:
        changed = (moderators.dismiss if end else moderators.appoint)(person, subtheme, by=None)
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    state = "no longer moderates" if end else "moderates"
    click.echo(f"{name} {state} {subtheme.name_en}{'.' if changed else ', as before.'}")


@people_commands.command("second-factor-off")
@click.argument("name")
def second_factor_off_command(name: str) -> None:
    """Take the authenticator app and the recovery codes of NAME away, who has lost both; they are told by mail."""
    if not authenticators.remove(_person(name)):
        raise click.ClickException(f"{name} has no authenticator app")
    click.echo(f"{name} signs in by password alone now.")


@people_commands.command("credential")
@click.argument("name")
@click.option("--subtheme", "slug", required=True, help="Slug of the sub-theme.")
@click.option("--title", required=True, help="Title, such as: Professor of statistics.")
@click.option("--organization", required=True, help="Organisation that the title belongs to.")
@click.option("--sector", type=click.Choice(list(SECTORS)), help="Whom they speak from.")
@click.option("--interests", default="", help="Interests that they declare; without it none are.")
@click.option("--language", "languages", type=click.Choice(list(LANGUAGES)), multiple=True, help="They answer in it.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last valid day (UTC); without it there is no end.")
def credential_command(
    name: str,
    slug: str,
    title: str,
    organization: str,
    sector: str | None,
    interests: str,
    languages: tuple[str, ...],
    until: datetime | None,
) -> None:
    """Make NAME an expert of a sub-theme."""
    subtheme = _subtheme(slug)
    last_day: date | None = until.date() if until else None
    claim = experts.Claim(sector or "", interests, said_in(languages))
    if len(interests) > INTERESTS_LIMIT:
        raise click.ClickException(f"interests take {INTERESTS_LIMIT} characters at most")
    try:
        experts.grant(_person(name), subtheme, title, organization, last_day, by=None, claim=claim)
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(
        f"{name} answers as {title}, {organization}, in {subtheme.name_en}{f' until {last_day}' if last_day else ''}."
    )


def _subtheme(slug: str) -> SubTheme:
    subtheme = subthemes.by_slug(slug)
    if subtheme is None:
        raise click.ClickException(f"there is no sub-theme {slug!r}")
    return subtheme


def _person(name: str) -> User:
    user = queries.by_username(name)
    if user is None:
        raise click.ClickException(f"there is nobody called {name!r}")
    return user
