"""`flask archive import FILE` and `flask archive export FILE`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from forum.archive.exporting import export
from forum.archive.importing import Broken, Progress, Report, import_file
from forum.archive.records import BadLine

FAULTS_SHOWN = 20

archive_commands = AppGroup("archive", help="Bring discussions in, or take them out, in the interchange format.")


@archive_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keep-going", is_flag=True, help="Leave wrong lines out instead of refusing the file.")
@click.option("--trust-roles", is_flag=True, help="Let the file make moderators and admins.")
def import_command(file: Path, keep_going: bool, trust_roles: bool) -> None:
    """Import FILE. Safe to repeat: what is there already is not touched."""
    with click.progressbar(length=file.stat().st_size, label="Reading") as reading:  # type: ignore[var-annotated]
        writing = _WritingBar()
        progress = Progress(read=reading.update, write=writing.update)
        try:
            report = import_file(file, keep_going=keep_going, trust_roles=trust_roles, progress=progress)
        except Broken as broken:
            click.echo()
            _show_faults(broken.faults)
            raise click.ClickException("nothing was imported; mend these lines or use --keep-going") from broken
        finally:
            writing.close()
    _show(report)


class _WritingBar:
    """The second progress bar, made when the number of posts is known."""

    def __init__(self) -> None:
        self._bar: click._termui_impl.ProgressBar[int] | None = None
        self._done = 0

    def update(self, done: int, of: int) -> None:
        """Show that `done` of `of` posts are written."""
        if self._bar is None:
            click.echo()
            self._bar = click.progressbar(length=of, label="Writing posts").__enter__()
        self._bar.update(done - self._done)
        self._done = done

    def close(self) -> None:
        """Leave the bar's line."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)


def _show(report: Report) -> None:
    counts = ", ".join(f"{count:,} {kind}{'' if count == 1 else 's'}" for kind, count in report.added.items())
    click.echo(f"Added: {counts.replace('persons', 'people')}. The worker adds them to the search index.")
    for wanted, name in report.renamed:
        click.echo(f"The name {wanted!r} was taken; that person is {name!r} here.")
    if report.as_plain_text:
        lines = ", ".join(map(str, report.as_plain_text[:FAULTS_SHOWN]))
        click.echo(
            f"{len(report.as_plain_text)} posts were too costly as Markdown and are kept as plain text (lines {lines})."
        )
    if report.tags_left_out:
        click.echo(f"{report.tags_left_out} threads had tags; this forum does not keep tags yet.")
    _show_faults(report.faults)


def _show_faults(faults: list[BadLine]) -> None:
    for fault in faults[:FAULTS_SHOWN]:
        click.echo(str(fault), err=True)
    if len(faults) > FAULTS_SHOWN:
        click.echo(f"… and {len(faults) - FAULTS_SHOWN} more wrong lines", err=True)


@archive_commands.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export_command(file: Path) -> None:
    """Export everything public to FILE."""
    with file.open("w", encoding="utf-8") as out:
        counts = export(out, current_app.config["SITE_URL"])
    click.echo("Exported: " + ", ".join(f"{count:,} {kind} lines" for kind, count in counts.items()) + ".")
