"""`flask archive import FILE` and `flask archive export FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
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
    reading, writing = _Bar("Reading"), _Bar("Writing")
    size = file.stat().st_size
    progress = Progress(read=lambda more: reading.move(reading.done + more, size), write=writing.move)
    try:
        report = import_file(file, keep_going=keep_going, trust_roles=trust_roles, progress=progress)
    except Broken as broken:
        reading.close()
        _show_faults(broken.faults)
        raise click.ClickException("nothing was imported; mend these lines or use --keep-going") from broken
    except BadLine as fault:
        raise click.ClickException(str(fault)) from fault
    finally:
        reading.close()
        writing.close()
    _show(report)


@archive_commands.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--plain", is_flag=True, help="Leave out what only this forum knows, for programs that refuse it.")
def export_command(file: Path, plain: bool) -> None:
    """Export everything public to FILE, which is replaced when all of it is written."""
    bar, draft = _Bar("Exporting"), file.with_name(f"{file.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as out:
            counts = export(out, bar.move, plain=plain)
        draft.replace(file)
    finally:
        bar.close()
        draft.unlink(missing_ok=True)
    click.echo(f"Exported {_counted(counts)}.")


class _Bar:
    """A progress bar that appears with the first news and knows by then how long it is."""

    def __init__(self, label: str) -> None:
        self.done = 0
        self._label = label
        self._bar: Any = None

    def move(self, done: int, of: int) -> None:
        """Show that `done` of `of` are done."""
        if self._bar is None:
            self._bar = click.progressbar(length=of, label=self._label)
            self._bar.__enter__()
        self._bar.update(done - self.done)
        self.done = done

    def close(self) -> None:
        """Leave the bar's line; harmless to repeat."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def _show(report: Report) -> None:
    click.echo(f"Added {_counted(report.added)}. The worker puts new posts into the search index.")
    for wanted, name in report.renamed:
        click.echo(f"The name {wanted!r} is taken or reserved; that person is {name!r} here.")
    if report.as_plain_text:
        lines = ", ".join(map(str, report.as_plain_text[:FAULTS_SHOWN]))
        click.echo(f"Kept as plain text, too costly as Markdown: {len(report.as_plain_text)} (line {lines}).")
    if report.tags_left_out:
        click.echo(f"Threads with tags, which this forum does not keep: {report.tags_left_out}.")
    _show_faults(report.faults)


def _counted(counts: dict[str, int]) -> str:
    names = {"person": "people", "subtheme": "sub-themes", "thread": "threads", "post": "posts"}
    return ", ".join(f"{count:,} {names[kind]}" for kind, count in counts.items())


def _show_faults(faults: list[BadLine]) -> None:
    for fault in faults[:FAULTS_SHOWN]:
        click.echo(str(fault), err=True)
    if len(faults) > FAULTS_SHOWN:
        click.echo(f"… and {len(faults) - FAULTS_SHOWN} more wrong lines", err=True)
