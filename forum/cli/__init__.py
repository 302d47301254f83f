"""The command line. A command is imported when it is asked for: a web server needs none, and a worker only its own."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from forum.cli import listing


class Commands(AppGroup):
    """The forum's `flask …` commands."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name."""
        if cmd_name in listing.COMMANDS and cmd_name not in self.commands:
            self.add_command(listing.command(cmd_name))
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all of them."""
        return sorted({*super().list_commands(ctx), *listing.COMMANDS})


def register(app: Flask) -> None:
    """Give `app` its commands."""
    app.cli = Commands(app.name)
