"""What a statement changes of what visitors see: nothing, the pages of one thread and lists, or anything (ADR 35).

It is read from the SQL and its values, strictly: whatever isn't one of the few forms that are understood here may
change any page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from forum.core.pagecache.scopes import LISTS, of_thread

# Tables of which nothing stands on a shared page, and in which much is written. Everything else counts as shown;
# tests/core/test_page_cache.py looks that no shared page reads from these.
UNSEEN = frozenset(
    {
        "answer_drafts", "calendar_keys", "conversation_members", "conversations", "credential_applications",
        "data_exports", "fingerprints", "half_sign_ins", "known_devices",
        "mails", "messages", "notifications", "one_time_links", "page_versions", "post_mentions", "reading_days",
        "revisions", "sessions", "spent_challenges", "thread_reads", "watches",
    }
)  # fmt: skip
# Columns of the other tables that stand on no shared page; tests/core/test_scopes.py changes them all and looks.
UNSEEN_COLUMNS = {
    "posts": frozenset({"notified_at", "correction_told_at", "index_version", "indexed_version"}),
    "users": frozenset({"published_count", "signed_in_at", "trust_level"}),
}
# Columns that stand on the pages of their own thread and on lists, or on lists alone; the same test looks for that.
OF_THREAD = {
    "threads": frozenset(
        {"last_post_at", "last_author_id", "last_position", "reply_count", "expert_answer_count", "is_answered"}
    ),
    "posts": frozenset(
        {
            "body", "html", "plain", "render_version", "lang", "state", "state_reason", "state_at", "state_by_id",
            "position", "published_at", "edited_at", "revision", "sources", "correction", "corrected_at",
        }
    ),
}  # fmt: skip
OF_LISTS = {"subthemes": frozenset({"thread_count", "post_count"})}

_NAME = r'"?(\w+)"?'
_READ = re.compile(r"\s*(?:SELECT|PRAGMA|BEGIN|SAVEPOINT|RELEASE|ROLLBACK|SET|SHOW)\b", re.IGNORECASE)
_WRITE = re.compile(rf"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+{_NAME}", re.IGNORECASE)
_UPDATE = re.compile(rf"\s*UPDATE\s+{_NAME}\s+SET\s+(.+?)(?:\s+WHERE\s+(.+))?\s*", re.IGNORECASE | re.DOTALL)
_INSERT = re.compile(
    rf"\s*INSERT\s+INTO\s+{_NAME}\s*\(([^()]+)\)\s*VALUES\s*\((.+)\)(?:\s+RETURNING\s+[\w., ]+)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_SET = re.compile(rf"\s*{_NAME}\s*=", re.IGNORECASE)
_VALUE = re.compile(r"(?:\?|%\((\w+)\)s)(?:::\w+(?: WITH(?:OUT)? TIME ZONE)?)?")
_MORE = re.compile(r"\b(?:SELECT|FROM|WHERE|CONFLICT)\b", re.IGNORECASE)  # other rows than those that are named
_PLACE = re.compile(r"\?")
_ID = re.compile(rf"{_NAME}\.{_NAME}\s*=\s*(.+)", re.DOTALL)
_LONGEST = 4_000  # characters of a statement that is remembered; our own are shorter, but for many rows at once

Parameters = Any  # of the driver: by place or by name, and a list of these for many rows


class Change(NamedTuple):
    """What a statement changes: all (`is_all`), else lists (`in_lists`), and the pages of the threads that it names."""

    is_all: bool = False
    in_lists: bool = False
    table: str = ""  # "threads" or "posts", if its values name one of these
    value: int | str = ""  # which of them that is


ALL_PAGES, NOTHING, LISTS_ALONE = Change(is_all=True), Change(), Change(in_lists=True)


def change_of(statement: str) -> Change:
    """Return what the SQL may change. What isn't understood may change all."""
    return _remembered(statement) if len(statement) <= _LONGEST else _read(statement)


def scopes_of(change: Change, parameters: Parameters, threads: Mapping[int, int]) -> set[int] | None:
    """Return the scopes that it changes with these values; None: all pages. `threads` says where posts stand."""
    if change.is_all:
        return None
    found = {LISTS} if change.in_lists else set()
    if not change.table:
        return found
    for row in parameters if isinstance(parameters, list) else [parameters]:
        number = _in(row, change.value)
        thread_id = threads.get(number) if change.table == "posts" and number is not None else number
        if thread_id is None:
            return None
        found.add(of_thread(thread_id))
    return found


def _in(row: Any, value: int | str) -> int | None:
    try:
        number = row[value]
    except (LookupError, TypeError):
        return None
    return number if type(number) is int else None


def _read(statement: str) -> Change:
    if _READ.match(statement):
        return NOTHING
    write = _WRITE.match(statement)
    if write is None or ";" in statement:
        return ALL_PAGES
    if write[1].lower() in UNSEEN:
        return NOTHING
    if "'" in statement or "--" in statement or "/*" in statement:
        return ALL_PAGES  # what these hide or join nobody looks through here
    if (insert := _INSERT.fullmatch(statement)) is not None and not _MORE.search(insert[3]):
        return _inserted(insert[1], insert[2], insert[3])
    update = _UPDATE.fullmatch(statement)
    return ALL_PAGES if update is None else _updated(statement, update)


_remembered = lru_cache(1_024)(_read)


def _inserted(table: str, columns: str, values: str) -> Change:
    """A new thread stands in lists, and its pages nobody had before; a new post stands on the pages of its thread."""
    if table == "threads":
        return LISTS_ALONE
    names, given = [name.strip().strip('"') for name in columns.split(",")], _parts(values)
    if table != "posts" or "thread_id" not in names or len(names) != len(given):
        return ALL_PAGES
    place = names.index("thread_id")
    found = _VALUE.fullmatch(given[place].strip())
    if found is None:
        return ALL_PAGES
    return Change(in_lists=True, table="threads", value=found[1] or len(_PLACE.findall("".join(given[:place]))))


def _updated(statement: str, update: re.Match[str]) -> Change:
    table, condition = update[1], update[3] or ""
    sets = [_SET.match(part) for part in _parts(update[2])]
    columns = {found[1] for found in sets if found is not None}
    if None in sets or _MORE.search(f"{update[2]} {condition}"):
        return ALL_PAGES
    unseen, lists = UNSEEN_COLUMNS.get(table, frozenset()), OF_LISTS.get(table, frozenset())
    if columns <= unseen:
        return NOTHING
    if columns <= unseen | lists:
        return LISTS_ALONE
    row, returned = _ID.fullmatch(condition), condition.upper().find("RETURNING")
    if row is None or returned >= 0 or (row[1], row[2]) != (table, "id"):
        return ALL_PAGES
    found = _VALUE.fullmatch(row[3].strip())
    if found is None or not columns <= unseen | OF_THREAD.get(table, frozenset()):
        return ALL_PAGES
    return Change(
        in_lists=True, table=table, value=found[1] or len(_PLACE.findall(statement[: update.start(3) + row.start(3)]))
    )


def _parts(words: str) -> Sequence[str]:
    """Return what stands between the commas outside of brackets."""
    parts, depth, begun = [], 0, 0
    for place, letter in enumerate(words):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append(words[begun:place])
            begun = place + 1
    return [*parts, words[begun:]]
