"""What goes out compressed: its headers say so rightly, nobody lets us do it in vain, or guesses by the size."""

from __future__ import annotations

from typing import Any

import brotli
import pytest
from flask import Flask

from forum.accounts.models import User
from forum.core import compression, i18n
from forum.core.compression import Compressed
from forum.core.web import asset

BR = {"Accept-Encoding": "br"}


@pytest.fixture
def file(app: Flask) -> str:
    """The address of one of our own files, as pages name it."""
    with app.test_request_context():
        return asset("css/pages.css")


def test_a_file_is_for_good_under_its_own_mark_alone(client: Any, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[int] = []
    best = compression.FOR_GOOD["br"]
    monkeypatch.setitem(compression.FOR_GOOD, "br", lambda body: packed.append(len(body)) or best(body))
    first, again = client.get(file, headers=BR), client.get(file, headers=BR)
    assert "immutable" in first.headers["Cache-Control"] and first.data == again.data
    assert len(packed) <= 1, "once, however often it is asked for"
    del packed[:]
    bare = file.partition("?")[0]
    for query in ("", "?v=1", "?v=2", "?v="):
        other = client.get(bare + query, headers=BR)
        assert "immutable" not in other.headers["Cache-Control"], "a file of another version may be kept by nobody"
        assert brotli.decompress(other.data) == brotli.decompress(first.data)
    client.get(f"{file}&x=1", headers=BR)
    assert not packed, "nobody lets us compress it again and again"


def test_a_browser_that_has_the_file_is_told_so(client: Any, file: str) -> None:
    first = client.get(file, headers=BR)
    same = client.get(file, headers=BR | {"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304 and not same.data
    assert "immutable" in same.headers["Cache-Control"] and "Accept-Encoding" in same.headers["Vary"]
    same.close()


def test_the_length_is_that_of_what_would_come(client: Any) -> None:
    assert "Content-Length" not in client.head("/login", headers=BR).headers
    plain = client.head("/login")
    assert int(plain.headers["Content-Length"]) > 1000
    packed = client.get("/login", headers=BR)
    assert int(packed.headers["Content-Length"]) == len(packed.data)


def test_what_is_not_found_where_pages_are_kept_is_compressed_too(client: Any) -> None:
    assert client.get("/threads/999999/none", headers=BR).headers["Content-Encoding"] == "br"


def test_another_site_can_not_guess_by_the_size(client: Any, as_: Any, alice: User) -> None:
    for reader, site, encoding in (
        (as_(alice), "cross-site", None),
        (as_(alice), "same-site", None),
        (as_(alice), "same-origin", "br"),
        (as_(alice), "none", "br"),
        (client, "cross-site", "br"),  # from a search engine; nothing here is anybody's
    ):
        answer = reader.get("/about?guess=alice", headers=BR | {"Sec-Fetch-Site": site})
        assert answer.headers.get("Content-Encoding") == encoding, (site, encoding)


def test_long_headers_are_not_remembered() -> None:
    for function, remembered in ((compression.choose, compression._best), (_language, i18n._wish)):
        remembered.cache_clear()
        assert function("x" * 100_000) in ("identity", "en")
        for number in range(3):
            function(f"{'x' * 100_000}{number}")
        assert remembered.cache_info().currsize <= 1
    assert compression.choose("br") == "br" and _language("zh") == "zh_Hans"


def _language(accepted: str) -> str:
    return i18n.wished_language("", accepted)


def test_what_is_very_large_goes_out_as_it_is() -> None:
    sent: list[Any] = []

    def behind(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/csv"), ("Content-Length", "6000000")])
        return parts

    parts = [b"x" * 1000]
    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "br"}
    assert Compressed(behind)(environ, lambda *given: sent.append(given)) is parts
    assert dict(sent[0][1])["Content-Length"] == "6000000"
