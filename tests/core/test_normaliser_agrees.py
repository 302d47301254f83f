"""U-3, U-4: form, import and database give one answer for every length and every strange character, on both engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.archive.importing import Broken, import_file
from forum.core.database import db
from forum.core.text import BIO_LIMIT, BODY_LIMIT, NAME_LIMIT, TITLE_LIMIT
from forum.threads.models import Post, Thread
from tests.archive.discussions import person, post, subtheme, thread, write
from tests.authorization import Line, asked, lines
from tests.security.walking import accepted_posts
from tests.stage import Stage, all_rows, put_stage_back

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


def typed(as_: Any, ann: User, place: str, value: str) -> str | None:
    """Return what the form kept, or None when it refused."""
    url, field, _, _, column, _ = PLACES[place]
    fields = {"title": "A title", "body": "A text."} if url == NEW else {"language": "en", "timezone": "Asia/Shanghai"}
    answer = as_(ann).send(url, **{**fields, field: value})
    assert answer.status_code in (303, 422), answer.status_code
    if answer.status_code == 422:
        assert "character too long" in answer.text or "characters too long" in answer.text
        return None
    return kept_in(column, ann.id)


def imported(folder: Path, place: str, value: str) -> str | None:
    """Return what an import kept, or None when it refused."""
    _, _, kind, field, column, limit = PLACES[place]
    file = [person(username="zoe_imported"), subtheme(), thread(), post()]
    file = [{**line, field: value} if line["kind"] == kind else line for line in file]
    try:
        import_file(write(folder, file))
    except Broken as broken:
        number = 1 + [line["kind"] for line in file].index(kind)
        assert f"at most {limit} are possible" in str(next(bad for bad in broken.faults if bad.number == number))
        return None
    return kept_in(column)


def kept_in(column: Any, person: int | None = None) -> str:
    """Return the newest value of the column (or that of a person), whose length the database counts as Python does."""
    db.session.rollback()
    newest = select(column, func.length(column)).order_by(column.class_.id.desc()).limit(1)
    if person and column.class_ is User:
        newest = newest.where(User.id == person)
    value, length = db.session.execute(newest).one()
    assert length == len(value)
    return str(value)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("place", PLACES)
def test_form_import_and_database_count_alike(
    app: Flask, as_: Any, ann: User, tmp_path: Path, place: str, unit: str
) -> None:
    limit = PLACES[place][-1]
    for length in (limit - 1, limit, limit + 1) if limit < BODY_LIMIT else (limit, limit + 1):
        value = text_of(*UNITS[unit], length)
        by_form = typed(as_, ann, place, value)
        by_import = imported(tmp_path, place, value)
        assert (by_form is None, by_import is None) == (length > limit, length > limit)
        if length <= limit:
            assert by_form == by_import and by_form is not None and len(by_form) == length
            remove_imported()


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


@pytest.mark.parametrize("app", ["postgres"], indirect=True)  # it refuses what SQLite would silently keep
@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize(("line", "viewer"), accepted_posts(), ids=lambda value: getattr(value, "path", value))
def test_no_field_of_any_form_takes_what_no_text_can_hold(
    app: Flask, stage: Stage, line: Line, viewer: str, strange: str
) -> None:
    request = asked(line, stage, viewer)
    for field in request.fields:
        client = stage.client(app, viewer)
        others = {"csrf_token": client.csrf_token(), **request.fields}
        others.pop(field)
        answer = client.open(
            request.url,
            method=line.method,
            query_string=request.query,
            headers=request.headers,
            data=urlencode(others).encode() + b"&" + quote_plus(field).encode() + b"=" + STRANGE[strange],
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code in (200, 303, 400, 401, 404, 409, 422), (field, answer.status_code)
        if answer.status_code < 400:
            assert not unwanted_in(all_rows()), field
            put_stage_back()


def unwanted_in(rows: Any) -> list[str]:
    """Return the tables that hold a character which no text can hold."""
    found = []
    for table, held in rows.items():
        for value in (value for row in held for value in row.values() if isinstance(value, str)):
            if value.translate(UNWANTED) != value:
                found.append(f"{table}: {value!r}")
    return found


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
