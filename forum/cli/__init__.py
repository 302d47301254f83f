"""The command line: every `flask …` command of the forum, listed here."""

from flask import Flask

from forum.archive.commands import archive_commands
from forum.cli.doctor import doctor_command
from forum.cli.people import people_commands
from forum.cli.setup import setup_command
from forum.cli.worker import worker_command
from forum.samples.commands import seed_command
from forum.search.commands import search_commands


def register(app: Flask) -> None:
    """Add the commands to `app`."""
    for command in (
        setup_command,
        seed_command,
        people_commands,
        archive_commands,
        search_commands,
        doctor_command,
        worker_command,
    ):
        app.cli.add_command(command)
