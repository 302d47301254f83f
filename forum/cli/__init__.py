"""The command line. Its commands are imported when one is asked for: a web server never needs them."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup


class Commands(AppGroup):
    """The forum's `flask …` commands."""

    _are_listed = False

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name."""
        self._list()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all of them."""
        self._list()
        return super().list_commands(ctx)

    def _list(self) -> None:
        if not self._are_listed:
            from forum.cli import listing  # noqa: PLC0415 - 0.2 s, a fifth of a web server's start

            listing.add_to(self)
            self._are_listed = True


def register(app: Flask) -> None:
    """Give `app` its commands."""
    app.cli = Commands(app.name)
