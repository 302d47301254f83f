"""The list of every `flask …` command of the forum."""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext
from flask_migrate.cli import db as migration_commands  # type: ignore[import-not-found]  # not in its stubs

from forum.archive.commands import archive_commands
from forum.cli import leaving
from forum.cli.doctor import doctor_command
from forum.cli.mail import mail_commands
from forum.cli.people import people_commands
from forum.cli.setup import needed_migration, setup_command
from forum.cli.worker import worker_command
from forum.core.schema import wait_for_database
from forum.samples.commands import seed_command
from forum.search.commands import search_commands

NEED_SETUP = (seed_command, people_commands, archive_commands, search_commands, mail_commands, worker_command)
_work = worker_command.callback
leaving.add_to(people_commands)


def add_to(commands: AppGroup) -> None:
    """Add the commands; all but db, setup and doctor say plainly when `flask setup` has not run yet."""
    for command in (migration_commands, setup_command, doctor_command, *NEED_SETUP):
        commands.add_command(command)


def _leaves(commands: tuple[click.Command, ...]) -> Iterator[click.Command]:
    for command in commands:
        if isinstance(command, click.Group):
            yield from _leaves(tuple(command.commands.values()))
        else:
            yield command


def _checked(callback: Any) -> Any:
    @with_appcontext
    @wraps(callback)
    def checked(*args: Any, **options: Any) -> Any:
        if callback is _work:
            wait_for_database()  # it is started again whenever it ends, so it may as well wait
        if needed_migration():
            raise click.ClickException("the database is not set up for this version; run: flask setup")
        return callback(*args, **options)

    return checked


for _leaf in _leaves(NEED_SETUP):  # once, for several applications in one process share the commands
    _leaf.callback = _checked(_leaf.callback)
