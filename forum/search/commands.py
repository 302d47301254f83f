"""`flask search rebuild` and `flask search check`."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from forum.core.database import db
from forum.search.actions import rebuild
from forum.search.comparison import NAMED, differences
from forum.threads.models import Post
from search_index.interface import IndexUnavailable

search_commands = AppGroup("search", help="The search index: a cache that can always be made from the database.")


@search_commands.command("rebuild")
def rebuild_command() -> None:
    """Build the index anew from the database. Readers see the old one until it is done."""
    total = db.session.scalar(select(func.count(Post.id))) or 0
    with click.progressbar(length=total, label="Indexing") as bar:
        done = 0

        def progress(so_far: int) -> None:
            nonlocal done
            bar.update(so_far - done)
            done = so_far

        try:
            count = rebuild(progress)
        except IndexUnavailable as error:
            raise click.ClickException(f"the index can't be written now ({error})") from error
    click.echo(f"The index holds {count:,} posts.")


@search_commands.command("check")
def check_command() -> None:
    """Say which posts the index lacks and which it should not hold; exit 1 if there are any."""
    try:
        found = differences()
    except IndexUnavailable as error:
        raise click.ClickException(f"the index can't be read ({error.reason}); run: flask search rebuild") from error
    missing, surplus = found.missing, found.surplus
    click.echo(f"{missing.count:,} posts are missing, {surplus.count:,} should not be there.")
    if found.owed:
        click.echo(f"{found.owed:,} more wait for the worker.")
    for word, posts in (("missing", missing), ("too much", surplus)):
        if posts.count:
            click.echo(f"{word}: {', '.join(map(str, posts.first))}{' …' if posts.count > NAMED else ''}")
    if found:
        raise SystemExit(1)
