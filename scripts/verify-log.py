#!/usr/bin/env python3
"""Check the public moderation log from its CSV files, with nothing but Python: python3 scripts/verify-log.py FILE ...

Give the files of some months that follow each other, in any order. Recomputes the seal (SHA-256) of every row, follows
the chain from row to row, and names the first bad row. `--seen NUMBER:SEAL`, once or more, compares with what you noted
from the forum's page earlier: it shows whether everything up to that row is still as it was.
Exit status: 0 all is well, 1 a row is bad, 2 a file can't be read as the log.
"""

import argparse
import csv
import hashlib
import json
import sys
from pathlib import Path

# what a seal is made of
FIELDS = ["seq", "version", "at", "act", "actor_role", "rule", "scope", "target", "facts", "actor_seal"]
FIELDS.append("previous_hash")
FIRST = "0" * 64  # stands before the first row
NO_ROW = {"seq": ""}
WITHHELD = "person:withheld"  # in rows of version 1, whose seals only the operator can recompute (flask doctor)
GUARDED = ("'=", "'+", "'-", "'@", "''")


class NotTheLog(Exception):
    """A file that is no CSV of the log."""


def rows_of(path):
    """Yield the rows of a file as dictionaries of text."""
    # a byte that is no UTF-8 stays in its row as a sign that fits no seal: the row is named
    with Path(path).open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        rows = csv.reader(file, strict=True)
        heading = next(rows, None)
        if heading != [*FIELDS, "hash"]:
            raise NotTheLog(f"{path}: the first line is not that of a log: {','.join(FIELDS)},hash")
        try:
            for cells in rows:
                whole = len(cells) == len(heading)
                yield dict(zip(heading, map(unguarded, cells), strict=True)) if whole else NO_ROW
        except csv.Error:  # a quotation mark was lost or added
            yield NO_ROW


def unguarded(cell):
    """Return a cell without the apostrophe that keeps spreadsheets from running it."""
    return cell[1:] if cell.startswith(GUARDED) else cell


def seal_of(row):
    """Return the seal that the row's fields give; ValueError when one of them is none of its kind."""
    fields = {name: row[name] for name in FIELDS}
    for name in ("seq", "version"):
        if str(int(row[name])) != row[name]:
            raise ValueError(name)
        fields[name] = int(row[name])
    fields["facts"] = json.loads(row["facts"])
    if json.dumps(fields["facts"], sort_keys=True, separators=(",", ":")) != row["facts"]:
        raise ValueError("facts")
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def number_of(row):
    """Return the row's number, or None when there is none to read."""
    try:
        return int(row["seq"])
    except (TypeError, ValueError):
        return None


def problem(row, before):
    """Return what is wrong with a row that follows the row `before` (None for the first), or ""."""
    return problem_of_place(row, before) or problem_of_content(row)


def problem_of_place(row, before):
    """Return why the row can't stand where it stands, or ""."""
    number, expected, wrong = number_of(row), expected_after(row, before), ""
    if number is None or "hash" not in row:
        wrong = "it is no row of the log"
    elif expected is not None and number != expected:
        wrong = f"it is missing, or not in its place: row {number} stands there"
    elif before is not None and row["previous_hash"] != before["hash"]:
        wrong = "it does not follow the row before it"
    elif number == 1 and row["previous_hash"] != FIRST:
        wrong = "it is the first row and follows another one"
    elif before is not None and row["at"] < before["at"]:
        wrong = "it is older than the row before it"
    return wrong


def problem_of_content(row):
    """Return whether its fields give another seal than the one that it bears, in words, or ""."""
    if row["version"] == "1" and row["target"] == WITHHELD:
        return ""
    try:
        return "" if seal_of(row) == row["hash"] else "its content was changed"
    except (ValueError, RecursionError):
        return "its content was changed"


def expected_after(row, before):
    """Return the number that must stand here, or None where the files begin in the middle of the log."""
    if before is not None:
        return number_of(before) + 1
    return 1 if row.get("previous_hash") == FIRST else None


def check(rows, seen):
    """Return (first bad row or None, what is wrong, how many rows were read, how many could only be followed)."""
    before, count, followed = None, 0, 0
    for row in rows:
        wrong, number = problem(row, before), number_of(row)
        if not wrong and seen.get(number, row["hash"]) != row["hash"]:
            wrong = "it bears another seal than the one that you noted: the log was rewritten at or before it"
        if wrong:
            place = expected_after(row, before) or number or 1
            return place, wrong, count, followed
        before, count = row, count + 1
        followed += row["target"] == WITHHELD
    last = number_of(before) if before else 0
    beyond = [number for number in seen if number > last]
    if beyond:
        return last + 1, f"the files end at row {last}, and you noted row {min(beyond)}", count, followed
    return None, "", count, followed


def in_order(paths):
    """Yield the rows of all files, the file with the lowest first number first."""
    files = [list(rows_of(path)) for path in paths]
    files.sort(key=lambda rows: (number_of(rows[0]) or 0) if rows else 0)
    for rows in files:
        yield from rows


def say(words):
    """Write one line of the answer."""
    sys.stdout.write(words + "\n")


def noted(text):
    """Return number and seal from NUMBER:SEAL."""
    number, _, seal = text.partition(":")
    if not number.isdecimal() or len(seal) != 64:
        raise argparse.ArgumentTypeError("write it as 1234:0123abcd… with the whole seal of 64 signs")
    return int(number), seal


def main():
    """Check the files named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--seen", type=noted, action="append", default=[], metavar="NUMBER:SEAL")
    given = parser.parse_args()
    try:
        rows = list(in_order(given.files))
    except (OSError, csv.Error, NotTheLog) as error:
        say(f"can't be read: {error}")
        return 2
    place, wrong, count, followed = check(rows, dict(given.seen))
    if place is not None:
        say(f"row {place}: {wrong}")
        return 1
    if not rows:
        say("no rows: nothing to check")
        return 0
    first, last = rows[0], rows[-1]
    say(f"{count} rows are as they were written, from {first['seq']} to {last['seq']}.")
    if first["seq"] != "1":
        say(
            f"They begin after row {int(first['seq']) - 1}: give the months before it too, to check from the beginning."
        )
    if followed:
        say(f"{followed} rows of version 1 about people could only be followed; flask doctor checks them.")
    say(f"The last seal is {last['hash']} (row {last['seq']}); compare it with the one on the forum's page.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
