"""AZ-6: a form changes what its own fields say. The names of all columns of all tables, sent along, change nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer

from forum.core.database import UTCDateTime, db
from tests.authorization import Line, asked
from tests.security.walking import accepted_posts, send
from tests.stage import Rows, Stage, all_rows, changed_tables, put_stage_back

SMUGGLED = "smuggled"
RANDOM = {
    "token_hash",
    "key_hash",
    "salt",
    "uid",
    "form_key",
    "code_hash",
    "sealed_secret",
    "password_hash",
    "actor_salt",
    "actor_seal",
    "previous_hash",
    "hash",
}  # new at every run
ALSO_RANDOM = {"mails.key", "page_versions.version"}
TELLING = {
    "role": "admin", "state": "removed", "actor_role": "admin", "outcome": "suspend", "rule": "spam", "lang": "zh",
    "source": "screening", "kind": "decision", "timezone": "Asia/Tokyo", "language": "zh_Hans",
}  # fmt: skip
# What no column is called, but a careless view might read.
OTHERS = {
    "user": 1, "author": "carol", "by": 10, "admin": 1, "is_admin": 1, "is_moderator": 1, "pinned": 1, "locked": 1,
    "user.role": "admin", "author[id]": 10, "deleted": 1, "subtheme_slug": "law-online", "badge": 1, "submit": 1,
}  # fmt: skip

OPTIONAL = {  # a form's own fields that the table's request leaves out
    "/notifications/read": ("id",),
    "/experts/apply": ("interests", "links"),
    "/experts/credentials/<credential_id>/renew": ("links",),
    "/admin/people/<username>/credentials/new": ("sector", "interests", "languages"),
}


def extras(own: set[str]) -> dict[str, Any]:
    """Return a tempting value for the name of every column that is not a field of the form."""
    columns = {column.name: _tempting(column) for table in db.metadata.sorted_tables for column in table.columns}
    return {name: value for name, value in {**OTHERS, **columns}.items() if name not in own}


def _tempting(column: Any) -> Any:
    if column.name in TELLING:
        return TELLING[column.name]
    if isinstance(column.type, DateTime | UTCDateTime | Date):
        return "2001-01-01T00:00:00"
    if isinstance(column.type, Integer | Float | Boolean):
        return 1
    return '{"smuggled": 1}' if isinstance(column.type, JSON) else SMUGGLED


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("line", "viewer"), accepted_posts(), ids=str)
def test_names_of_columns_change_nothing(app: Flask, stage: Stage, line: Line, viewer: str) -> None:
    own = {*asked(line, stage, viewer).fields, *OPTIONAL.get(line.path, ())}
    plain = send(app, stage, line, viewer)
    expected = all_rows(changed := changed_tables())
    put_stage_back()
    loaded = send(app, stage, line, viewer, **extras(own))
    assert changed_tables() == changed
    found = all_rows(changed)
    assert (loaded.status, loaded.headers.get("Location")) == (plain.status, plain.headers.get("Location"))
    assert differences(expected, found) == []
    assert SMUGGLED not in str(found)


def differences(expected: Rows, found: Rows) -> list[str]:
    """Return where the rows differ, but for the moments' milliseconds and for what is random."""
    wrong = []
    for table, rows in expected.items():
        if len(rows) != len(found[table]):
            wrong.append(f"{table} has {len(found[table])} rows, not {len(rows)}")
            continue
        for one, other in zip(rows, found[table], strict=True):
            wrong += [
                f"{table}.{name} is {other[name]!r}, not {one[name]!r}"
                for name in one
                if name not in RANDOM and f"{table}.{name}" not in ALSO_RANDOM and not _same(one[name], other[name])
            ]
    return wrong


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs(one - other) < timedelta(minutes=2)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) < 0.01  # a case's score holds the moment too
    if isinstance(one, dict) and isinstance(other, dict) and "mark" in one:
        return {**one, "mark": ""} == {**other, "mark": ""}  # a setting's mark is new with every change
    return bool(one == other)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_comparison_itself_sees_a_difference(app: Flask, stage: Stage) -> None:
    before = all_rows()
    stage.client(app, "netizen").send("/threads/1/posts", body="One more.")
    assert any("posts has" in each for each in differences(before, all_rows()))
    changed = {**before, "users": [{**before["users"][0], "role": "admin"}, *before["users"][1:]]}
    assert differences(before, changed) == ["users.role is 'admin', not 'netizen'"]
