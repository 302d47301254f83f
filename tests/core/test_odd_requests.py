"""D-3: requests that no page of ours sends get a plain answer below 500 with our headers, and disturb nobody."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.core.database import db
from forum.core.web import HEADERS
from forum.threads.models import Thread
from tests.plugins.application import Client

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
NEW = "/subthemes/data-and-algorithms/threads/new"
MEGABYTE = 1024 * 1024


def expect(answer: Any, *statuses: int) -> Any:
    """Return the answer after a look at its status and headers."""
    assert answer.status_code in statuses, (answer.status_code, answer.text[:500])
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    return answer


def test_a_body_of_two_megabytes(as_: Any, ann: User) -> None:
    c = as_(ann)
    answer = expect(c.send(NEW, title="A", body="x" * 2 * MEGABYTE), 413)
    assert "larger than the forum takes" in answer.text
    c.set_cookie("language", "zh_Hans")
    assert '<html lang="zh-Hans"' in expect(c.send(NEW, title="A", body="x" * 2 * MEGABYTE), 413).text


@pytest.mark.parametrize(("length", "status"), [(10, 303), (MEGABYTE // 2, 422), (2 * MEGABYTE, 413)])
@pytest.mark.parametrize("token_first", [True, False])
def test_a_chunked_body_has_the_same_limit(as_: Any, ann: User, length: int, status: int, token_first: bool) -> None:
    c = as_(ann)
    fields = [("csrf_token", c.csrf_token()), ("title", "A"), ("body", "x" * length)]
    body = urlencode(fields if token_first else fields[::-1]).encode()
    answer = c.post(
        NEW,
        input_stream=io.BytesIO(body),
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},  # as our server says it
    )
    assert ("larger than the forum takes" in expect(answer, status).text) is (status == 413)


def test_hundreds_of_fields(as_: Any, ann: User) -> None:
    c = as_(ann)
    many = {f"field{number}": "x" for number in range(300)}
    expect(c.send(NEW, title="A", body="B", **many), 303)
    expect(c.send(NEW, title="A", body="B", **{f"field{number}": "x" for number in range(30_000)}), 303)
    parts = {"csrf_token": c.csrf_token(), "title": "A", "body": "B", **many}
    expect(c.post(NEW, data=parts, content_type="multipart/form-data"), 413)
    assert db.session.query(Thread).filter_by(title="A").count() == 2, "what nobody asks for is left aside"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"title": "A", "body": "B"}'),
        ("application/json", b"[" * 10_000),
        ("text/plain", b"title=A&body=B"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=title; filename=a\r\n\r\nA\r\n--x--",
        ),
        ("application/x-www-form-urlencoded; charset=utf-16", b"\xff\xfet\x00"),
        ("application/x-www-form-urlencoded", b"%" * 1000 + b"=&&&===;"),
        ("nonsense", b"\x00\xff"),
        ("", b"title=A"),
    ],
)
def test_a_body_of_another_kind(as_: Any, ann: User, content_type: str, body: bytes) -> None:
    for path in (NEW, "/login", "/preferences", "/preview"):
        expect(
            as_(ann).post(path, data=body, content_type=content_type), 303 if path == "/preferences" else 400, 400, 413
        )


def test_a_file_where_a_text_is_expected(as_: Any, ann: User) -> None:
    c = as_(ann)
    parts = {"csrf_token": c.csrf_token(), "title": (io.BytesIO(b"A"), "a.txt"), "body": "B"}
    assert "Please fill this in" in expect(c.post(NEW, data=parts, content_type="multipart/form-data"), 422).text


@pytest.mark.parametrize("path", [NEW, "/login", "/register", "/settings/profile", "/preview?subtheme=law-online"])
@pytest.mark.parametrize("value", [{"a": [1]}, ["B"], 7, None, True])
def test_json_with_a_valid_token_is_an_empty_form(as_: Any, ann: User, path: str, value: Any) -> None:
    c = as_(ann)
    fields = dict.fromkeys(("title", "body", "username", "password", "email", "display_name", "bio"), value)
    answer = expect(c.post(path, json=fields, headers={"X-CSRFToken": c.csrf_token()}), 422, 303)
    if answer.status_code == 303:
        assert path == "/settings/profile" and ann.display_name == "安安", "nothing was changed"


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 50_000,
        "&".join(["q=a"] * 5_000),
        "q" + "[a]" * 5_000 + "=1",
        "q=" + "(" * 5_000,
        'q="' + '"' * 999,
        "%" * 3_000,
        "a;b;c;" * 1_000,
    ],
    ids=lambda query: query[:12],
)
def test_deep_and_long_queries(client: Client, thread: Thread, query: str) -> None:
    for path in ("/", "/search", f"/threads/{thread.id}/{thread.slug}", f"/threads/{thread.id}", "/moderation/log"):
        expect(client.get(f"{path}?{query}"), 200, 301, 422)


def test_head_and_options(app: Flask, client: Client, thread: Thread) -> None:
    for rule in app.url_map.iter_rules():
        if rule.arguments - {"thread_id", "slug"} or "GET" not in (rule.methods or ()):
            continue
        path = str(rule).replace("<int:thread_id>", str(thread.id)).replace("<slug>", thread.slug)
        full, head = client.get(path), client.head(path)
        assert head.status_code == full.status_code and head.data == b"", path
        expect(head, full.status_code)
        asked = expect(client.options(path), 200, 401)
        if asked.status_code == 200:
            assert asked.data == b"" and {"GET", "HEAD"} <= set(asked.headers["Allow"].split(", ")), path


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW", "X" * 1000])
def test_another_method(client: Client, thread: Thread, method: str) -> None:
    for path in ("/", "/login", f"/threads/{thread.id}/posts", "/static/css/site.css", "/nowhere"):
        expect(client.open(path, method=method), 400, 404, 405)


ADDRESSES = (
    "/threads/0", "/threads/-1", "/threads/" + "9" * 400, "/threads/1e5", "/posts/٣", "/people/" + "x" * 9_000, "//",
    "/./", "/%2e%2e/%2e%2e/etc/passwd", "/static/%2e%2e/wsgi.py", "/\\", "/%00", "/subthemes/" + "a/" * 2_000,
)  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES, ids=lambda path: path[:30])
def test_odd_addresses(client: Client, path: str) -> None:
    expect(client.get(path), 200 if path in ("//", "/./") else 404, 301, 303, 308, 400, 404)


def test_odd_headers(client: Client) -> None:
    for name, value in {
        "Accept-Language": "zh;q=nan, *;q=1e9, " + "x-" * 2_000,
        "If-None-Match": "W/" * 500,
        "If-Modified-Since": "the day before",
        "Range": "bytes=9-1,-,x",
        "Content-Length": "-5",
        "Host": "evil.example",
        "Referer": "\x80\xff",
        "User-Agent": "\x80" * 5_000,
        "X-Requested-With": "fetch",
    }.items():
        expect(client.get("/", headers={name: value}), 200, 400)


def test_no_number_in_an_address_is_too_large(app: Flask, as_: Any, carol: User) -> None:
    """Every route with numbers, also those behind a proof: nothing stands at one that no column holds."""
    c = as_(carol)
    tried = 0
    for rule in app.url_map.iter_rules():
        if "<int:" not in rule.rule:
            continue
        url = re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", str(2**63), rule.rule))
        answer = c.get(url) if "GET" in (rule.methods or ()) else c.send(url)
        assert answer.status_code in (404, 405), (url, answer.status_code)
        tried += 1
    assert tried > 30
