"""Files in the interchange format for the tests, and what a database holds in a form that can be compared."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from forum.core.database import db

START = datetime(2021, 11, 1, 8, tzinfo=UTC)


def at(minutes: float) -> str:
    """Return a time of the file: `minutes` after its beginning."""
    return (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def person(id: str = "u1", username: str = "zoe", **facts: Any) -> dict[str, Any]:
    return {"kind": "person", "id": id, "username": username, "created": at(-600), **facts}


def subtheme(id: str = "s1", slug: str = "law-online", **facts: Any) -> dict[str, Any]:
    return {"kind": "subtheme", "id": id, "slug": slug, "name": {"en": "Law", "zh": "法"}, **facts}


def thread(id: str = "t1", author: str = "u1", title: str = "A question", **facts: Any) -> dict[str, Any]:
    return {
        "kind": "thread", "id": id, "subtheme": "s1", "author": author, "title": title, "created": at(0), **facts,
    }  # fmt: skip


def post(id: str = "p1", thread: str = "t1", author: str = "u1", minute: float = 0, **facts: Any) -> dict[str, Any]:
    return {
        "kind": "post", "id": id, "thread": thread, "author": author, "body": f"The text of {id}.",
        "created": at(minute), **facts,
    }  # fmt: skip


SMALL = [person(), person("u2", "yan", name="小严"), subtheme(), thread(), post(), post("p2", author="u2", minute=5)]


def write(folder: Path, lines: Iterable[dict[str, Any] | str], name: str = "file.jsonl") -> Path:
    """Write the lines (objects, or text as it is) and return the file."""
    path = folder / name
    told = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text("".join(f"{line}\n" for line in told), "utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def many(threads: int, replies: int) -> list[dict[str, Any]]:
    """Return a file of `threads` discussions that overlap in time, in two languages, with parents and experts."""
    people = [person(f"u{n}", f"reader{chr(97 + n)}", bio="*Hello*" if n % 5 == 0 else "") for n in range(20)]
    people.append(person("dr", "doctor", role="expert"))
    told = [thread(f"t{n}", f"u{n % 20}", f"Title {n} 网络文明", created=at(n)) for n in range(threads)]
    posts = []
    for n in range(threads):
        for k in range(replies + 1):
            words = f"**Post** {k} of {n}: 这是第 {k} 楼, @reader{chr(97 + k % 20)} said `so`."
            facts = {"body": words, "expert": k == 3, "parent": f"p{n}-{k // 2}" if k else None}
            posts.append(post(f"p{n}-{k}", f"t{n}", "dr" if k == 3 else f"u{(n + k) % 20}", n + 7 * k, **facts))
    return [*people, subtheme(), *told, *reversed(posts)]


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    db.session.rollback()
    return {
        table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
        for table in db.metadata.sorted_tables
    }


def content() -> dict[str, list[dict[str, Any]]]:
    """Return people, threads, posts, sub-themes and credentials with the source's ids in place of the database's.

    Two imports of one file are equal in this, whatever numbers the database gave.
    """
    db.session.rollback()
    tables = {name: db.metadata.tables[name] for name in ("users", "subthemes", "credentials", "threads", "posts")}
    found = {name: [dict(row._mapping) for row in db.session.execute(select(table))] for name, table in tables.items()}
    names: dict[str, dict[int, str]] = {
        "users": {row["id"]: row["source_id"] or row["username"] for row in found["users"]},
        "subthemes": {row["id"]: row["slug"] for row in found["subthemes"]},
        "threads": {row["id"]: row["source_id"] for row in found["threads"]},
        "posts": {row["id"]: row["source_id"] for row in found["posts"]},
    }
    names["credentials"] = {
        row["id"]: f"{names['users'][row['user_id']]}/{names['subthemes'][row['subtheme_id']]}"
        for row in found["credentials"]
    }
    for name, table in tables.items():
        for row in found[name]:
            row.pop("id")
            for key in table.foreign_keys:
                column = key.parent.name
                row[column] = names[key.column.table.name].get(row[column], row[column])
        if name == "subthemes":
            for row in found[name]:
                row.pop("created_at")
        found[name].sort(key=repr)
    return found
