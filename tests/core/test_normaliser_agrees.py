"""U-3, U-4: form, import and database give one answer for every length and every strange character, on both engines."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlencode

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from forum.accounts.models import User
from forum.archive.importing import Broken, import_file
from forum.core.database import db
from forum.core.text import BIO_LIMIT, BODY_LIMIT, NAME_LIMIT, TITLE_LIMIT
from forum.threads.models import Post, Thread
from tests.archive.discussions import person, post, subtheme, thread, write
from tests.authorization import Line, asked, lines
from tests.keeping import WRITES
from tests.security.walking import accepted_posts
from tests.stage import Stage, put_stage_back

NEW = "/subthemes/law-online/threads/new"
PROFILE = "/settings/profile"
# (where the form is, its field, the import's object and field, the column, code points)
PLACES = {
    "title": (NEW, "title", "thread", "title", Thread.title, TITLE_LIMIT),
    "body": (NEW, "body", "post", "body", Post.body, BODY_LIMIT),
    "name": (PROFILE, "display_name", "person", "name", User.display_name, NAME_LIMIT),
    "bio": (PROFILE, "bio", "person", "bio", User.bio, BIO_LIMIT),
}
# (what is typed again and again, how many code points of it are kept)
UNITS = {
    "Chinese": ("文", 1),
    "beyond the basic plane": ("𠮷", 1),
    "emoji joined by ZWJ": ("👩‍🔬", 3),
    "marks that compose": ("e\N{COMBINING ACUTE ACCENT}", 1),
    "marks that do not": ("q\N{COMBINING DIAERESIS}\N{COMBINING DOT BELOW}", 3),
    "invisible ones": ("a\N{ZERO WIDTH SPACE}\N{RIGHT-TO-LEFT OVERRIDE}\x07", 1),
}


def text_of(unit: str, kept: int, length: int) -> str:
    """Return a text of which exactly `length` code points are kept."""
    return unit * (length // kept) + "x" * (length % kept)


FORMS = {
    NEW: {"title": "A title", "body": "A text."},
    PROFILE: {"language": "en", "timezone": "Asia/Shanghai", "display_name": "Ann", "bio": ""},
}


def typed(as_: Any, ann: User, values: dict[str, str]) -> dict[str, str]:
    """Return what the forms kept of these values, by place."""
    for url, fields in FORMS.items():
        ours = {PLACES[place][1]: value for place, value in values.items() if PLACES[place][0] == url}
        assert as_(ann).send(url, **{**fields, **ours}).status_code == 303
    return {place: kept_in(PLACES[place][4], ann.id) for place in values}


def is_refused(as_: Any, ann: User, place: str, value: str) -> bool:
    """Whether the form refuses the value, with the reason."""
    url, field = PLACES[place][:2]
    answer = as_(ann).send(url, **{**FORMS[url], field: value})
    return answer.status_code == 422 and bool(re.search("characters? too long", answer.text))


def imported(folder: Path, values: dict[str, str]) -> dict[str, str]:
    """Return what an import kept of these values, by place."""
    import_file(write(folder, lines_with(values)))
    return {place: kept_in(PLACES[place][4]) for place in values}


def lines_with(values: dict[str, str]) -> list[Any]:
    """An archive's lines with these values."""
    file = [person(username="zoe_imported"), subtheme(), thread(), post()]
    for place, value in values.items():
        _, _, kind, field, _, _ = PLACES[place]
        file = [{**line, field: value} if line["kind"] == kind else line for line in file]
    return file


def kept_in(column: Any, person: int | None = None) -> str:
    """Return the newest value of the column (or that of a person), whose length the database counts as Python does."""
    db.session.rollback()
    newest = select(column, func.length(column)).order_by(column.class_.id.desc()).limit(1)
    if person and column.class_ is User:
        newest = newest.where(User.id == person)
    value, length = db.session.execute(newest).one()
    assert length == len(value)
    return str(value)


# PostgreSQL counts as SQLite does whatever the letters are: two show it, of four bytes and of three code points
@pytest.mark.parametrize(
    ("app", "unit"),
    [*(("sqlite", unit) for unit in UNITS), ("postgres", "beyond the basic plane"), ("postgres", "marks that do not")],
    indirect=["app"],
)
def test_form_import_and_database_count_alike(app: Flask, as_: Any, ann: User, tmp_path: Path, unit: str) -> None:
    for beyond in (-1, 0):
        values = {place: text_of(*UNITS[unit], PLACES[place][-1] + beyond) for place in PLACES}
        by_form, by_import = typed(as_, ann, values), imported(tmp_path, values)
        remove_imported()
        assert by_form == by_import
        assert [place for place, kept in by_form.items() if len(kept) != PLACES[place][-1] + beyond] == []
    values = {place: text_of(*UNITS[unit], PLACES[place][-1] + 1) for place in PLACES}
    assert [place for place, value in values.items() if not is_refused(as_, ann, place, value)] == []
    for places in (("name", "title", "body"), ("bio",)):  # of each line the first fault is told
        with pytest.raises(Broken) as broken:
            imported(tmp_path, {place: values[place] for place in places})
        told = [re.search(r"at most (\d+) are possible", str(fault)) for fault in broken.value.faults]
        assert sorted(int(each[1]) for each in told if each) == sorted(PLACES[place][-1] for place in places)


def remove_imported() -> None:
    """Forget the import, which otherwise knows its ids and leaves everything as it is."""
    db.session.rollback()
    rows = db.metadata.tables
    for table in ("posts", "threads", "users"):
        source_id = rows[table].c.source_id
        db.session.execute(rows[table].update().where(source_id.is_not(None)).values(source_id=None))
    db.session.commit()


# As a program sends them, not a browser: NUL, a lone surrogate (which is no UTF-8), non-characters, bidi override.
STRANGE = {
    "NUL alone": b"%00",
    "among letters": b"a%00b%ED%A0%80c%EF%BF%BEd%EF%B7%90e%E2%80%AEf%C2%9Fg%FFh",
}
UNWANTED = dict.fromkeys(map(ord, "\x00\x07\x9f\u202e\ufffe\ufdd0"))
IMPOSSIBLE = dict.fromkeys([0, *range(0xD800, 0xE000)])  # what PostgreSQL does not even take in a question


POSTS = accepted_posts()
AT_ONCE = 12  # routes of one test


# What PostgreSQL would refuse and SQLite silently keep is looked for in what the database is sent; that it is what
# PostgreSQL refuses is tried with some.
@pytest.mark.parametrize(
    ("app", "posts"),
    [
        *(pytest.param("sqlite", POSTS[n : n + AT_ONCE], id=f"sqlite-{n}") for n in range(0, len(POSTS), AT_ONCE)),
        pytest.param("postgres", POSTS[::AT_ONCE], id="postgres-some"),
    ],
    indirect=["app"],
)
def test_no_field_of_any_form_takes_what_no_text_can_hold(app: Flask, stage: Stage, posts: Any) -> None:
    for line, viewer in posts:
        for name in asked(line, stage, viewer).fields:
            for strange in STRANGE.values():
                with sent_values() as seen:
                    answer = strangely_filled(app, stage, line, viewer, name, strange)
                assert answer.status_code in (200, 303, 400, 401, 404, 409, 422), (str(line), name, answer.status_code)
                assert unwanted_in(seen.written, UNWANTED) == [], (str(line), name)
                assert unwanted_in(seen.asked, IMPOSSIBLE) == [], (str(line), name)
                put_stage_back()


def strangely_filled(app: Flask, stage: Stage, line: Line, viewer: str, field: str, strange: bytes) -> Any:
    """Return the answer to the form with these bytes in one field."""
    client, request = stage.client(app, viewer), asked(line, stage, viewer)
    others = {"csrf_token": client.csrf_token(), **request.fields}
    others.pop(field)
    return client.open(
        request.url,
        method=line.method,
        query_string=request.query,
        headers=request.headers,
        data=urlencode(others).encode() + b"&" + quote_plus(field).encode() + b"=" + strange,
        content_type="application/x-www-form-urlencoded",
    )


class Sent(NamedTuple):
    """The parameters of statements, as the database gets them."""

    written: list[Any]
    asked: list[Any]


@contextlib.contextmanager
def sent_values() -> Iterator[Sent]:
    """The parameters of every statement that runs inside, by whether it writes."""
    seen = Sent([], [])

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        (seen.written if WRITES.match(statement) else seen.asked).append(parameters)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def unwanted_in(parameters: Any, unwanted: dict[int, None]) -> list[str]:
    """Return the texts among the parameters, at whatever depth, that hold an unwanted character."""
    if isinstance(parameters, str):
        return [parameters] * (parameters.translate(unwanted) != parameters)
    if isinstance(parameters, dict):
        return unwanted_in([*parameters, *parameters.values()], unwanted)
    if isinstance(parameters, list | tuple):
        return [found for each in parameters for found in unwanted_in(each, unwanted)]
    return unwanted_in(getattr(parameters, "obj", None) or [], unwanted)  # what psycopg wraps, as JSON


ADDRESSES = sorted({line.path for line in lines() if line.method == "GET" and "<" in line.path})
QUERIES = (
    "/search?q=", "/search?q=x&author=", "/search?q=x&after=", "/search?q=x&subtheme=", "/?before=", "/login?next=",
    "/moderation/log?act=", "/moderation/log?before=", "/people/ann?before=", "/threads/1/a-visible-thread?quote=",
    "/threads/1/a-visible-thread?page=", "/notifications?before=", "/moderation/cases?state=", "/admin/people?q=",
    "/moderation/log?subtheme=", "/moderation/log?from=", "/feeds/moderation-log.atom?kind=case&number=",
)  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE)
def test_no_address_is_too_strange_to_be_answered(app: Flask, stage: Stage, strange: str) -> None:
    value, client = STRANGE[strange].decode("ascii"), stage.client(app, "admin")
    numbered = [
        path.replace("<slug>", value).replace("<username>", value).replace("<filename>", value) for path in ADDRESSES
    ]
    for name in ("thread_id", "post_id", "case_id", "decision_id", "credential_id"):
        numbered = [path.replace(f"<{name}>", "1") for path in numbered]
    for address in [*numbered, *(query + value for query in QUERIES)]:
        answer = client.open(address, buffered=True)
        assert answer.status_code < 500, (address, answer.status_code)
    for cookie in ("signin", "language", "theme", "form"):
        visitor = app.test_client()
        headers = {"Cookie": f"{cookie}=a\x80\xff%00b"}
        assert visitor.get("/", headers=headers).status_code == 200, cookie
