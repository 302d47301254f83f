"""The table of what was played and found: on the terminal, and between two marks of docs/faults.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.faults.stage import Sheet
from bench.faults.table import ROWS, Row

MOST_FAULTS = 5  # of a row in the document; the terminal has all
BEGIN, END = "<!-- written by make faults: begin -->", "<!-- written by make faults: end -->"


@dataclass(frozen=True)
class Run:
    """What one run of the rows gave."""

    rows: Sequence[Row]
    sheets: dict[str, Sheet]
    seconds: float
    load_before: str
    is_quick: bool = False
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def ordered(self) -> list[tuple[Row, Sheet]]:
        """The rows as people count them: R-1, R-2 … D-3."""
        key = {row.id: (row.id[0] != "R", int(row.id[2:])) for row in self.rows}
        return [(row, self.sheets[row.id]) for row in sorted(self.rows, key=lambda row: key[row.id])]


def verdict(sheet: Sheet) -> str:
    """Return it in a word."""
    if sheet.faults:
        return f"FAILS ({len(sheet.faults)})"
    return "passes in part" if sheet.missing else "passes"


def load() -> str:
    """Return how busy the machine is: the means of one, five and fifteen minutes."""
    return ", ".join(f"{mean:.1f}" for mean in os.getloadavg())


def machine() -> str:
    """Return what it was played on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def plain(run: Run) -> str:
    """Return it for a terminal."""
    lines = [""]
    for row, sheet in run.ordered:
        lines += [f"{row.id:5} {verdict(sheet):15} {sheet.seconds:5.0f} s  {row.title}"]
        lines += [f"        did:     {what}" for what in sheet.did]
        lines += [f"        found:   {what}" for what in sheet.found]
        lines += [f"        missing: {what}" for what in sheet.missing]
        lines += [f"        FAULT:   {what}" for what in sheet.faults]
    return "\n".join([*lines, "", _about(run)])


def put_into(file: Path, run: Run) -> None:
    """Write the table between the marks of the file; the rest of it is people's."""
    text = file.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    former, _, after = rest.partition(END)
    written = f"{_about(run)}\n\n{_table(run)}" if len(run.rows) == len(ROWS) else _renewed(former.strip(), run)
    file.write_text(f"{before}{BEGIN}\n\n{written}\n\n{END}{after}", "utf-8")


def _renewed(former: str, run: Run) -> str:
    """Return the former table with the rows that were played again, and a line that says when."""
    lines = {line.split("|")[1].strip(): line for line in _table(run).splitlines()[2:]}
    table = [
        lines.get(line.split("|")[1].strip(), line) if line.startswith("| ") else line for line in former.splitlines()
    ]
    return "\n".join([*table, "", f"{', '.join(sorted(lines))} played again: {_about(run)}"])


def _about(run: Run) -> str:
    command = "python -m bench.faults --quick" if run.is_quick else "make faults"
    moment = f"{run.at:%Y-%m-%d %H:%M} UTC"
    return (
        f"`{command}`, {moment}, {run.seconds / 60:.1f} minutes on {machine()}; "
        f"load before it {run.load_before}, after it {load()}."
    )


def _table(run: Run) -> str:
    lines = ["| row | nemesis | what was done, how often | what was found | verdict |", "|---|---|---|---|---|"]
    for row, sheet in run.ordered:
        found = [*sheet.found, *(f"not tried: {what}" for what in sheet.missing)]
        found += [f"**fault:** {what[:300]}" for what in sheet.faults[:MOST_FAULTS]]
        found += [f"and {len(sheet.faults) - MOST_FAULTS} faults more"] * (len(sheet.faults) > MOST_FAULTS)
        cells = (row.id, row.title, _listed(sheet.did), _listed(found), f"{verdict(sheet)}, {sheet.seconds:.0f} s")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _listed(items: Sequence[str]) -> str:
    return "<br>".join(re.sub(r"\s+", " ", item).replace("|", "\\|") for item in items)
