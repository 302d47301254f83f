"""The list of every `flask …` command of the forum, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, wraps
from importlib import import_module
from typing import Any

import click
from flask.cli import with_appcontext

# Name → module and command in it.
COMMANDS = {
    "archive": ("forum.archive.commands", "archive_commands"),
    "backup": ("forum.backup.commands", "backup_command"),
    "db": ("flask_migrate.cli", "db"),
    "doctor": ("forum.cli.doctor", "doctor_command"),
    "mail": ("forum.cli.mail", "mail_commands"),
    "people": ("forum.cli.people", "people_commands"),
    "restore": ("forum.backup.commands", "restore_command"),
    "search": ("forum.search.commands", "search_commands"),
    "seed": ("forum.samples.commands", "seed_command"),
    "setup": ("forum.cli.setup", "setup_command"),
    "store": ("forum.store.commands", "store_commands"),
    "worker": ("forum.cli.worker", "worker_command"),
}
_WORK_WITHOUT_SETUP = ("db", "doctor", "restore", "setup")  # all others say plainly when `flask setup` has not run yet


@cache  # once, for several applications in one process share the commands
def command(name: str) -> click.Command:
    """Import and return the command of that name."""
    module, attribute = COMMANDS[name]
    found: click.Command = getattr(import_module(module), attribute)
    if name not in _WORK_WITHOUT_SETUP:
        for leaf in _leaves((found,)):
            leaf.callback = _checked(leaf.callback, is_work=name == "worker")
    return found


def _leaves(commands: tuple[click.Command, ...]) -> Iterator[click.Command]:
    for command in commands:
        if isinstance(command, click.Group):
            yield from _leaves(tuple(command.commands.values()))
        else:
            yield command


def _checked(callback: Any, *, is_work: bool) -> Any:
    from forum.cli.setup import needed_migration  # noqa: PLC0415 - a web server imports this list and no command
    from forum.core.schema import wait_for_database  # noqa: PLC0415

    @with_appcontext
    @wraps(callback)
    def checked(*args: Any, **options: Any) -> Any:
        if is_work:
            wait_for_database()  # it is started again whenever it ends, so it may as well wait
        if needed_migration():
            raise click.ClickException("the database is not set up for this version; run: flask setup")
        return callback(*args, **options)

    return checked
