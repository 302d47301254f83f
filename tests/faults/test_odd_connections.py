"""D-3: what comes over the wire and is no honest request gets an answer below 500, or none, and keeps nobody out."""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.servers.website import Website, start_forum

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def website(guard: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    website = start_forum(guard, tmp_path_factory.mktemp("odd"), worker=False)
    yield website
    website.stop()


def raw(website: Website, request: bytes) -> bytes:
    """Send the bytes, and return what comes back until the server has said all."""
    with socket.create_connection(("127.0.0.1", website.port), timeout=20) as connection:
        answer = b""
        with contextlib.suppress(ConnectionError):  # it may close before it has read all of a hopeless request
            connection.sendall(request)
            while part := connection.recv(65536):
                answer += part
        return answer


def head(*lines: str) -> bytes:
    return "\r\n".join([*lines, "Host: 127.0.0.1", "Connection: close", "", ""]).encode("latin-1")


def test_what_the_server_answers_itself(website: Website) -> None:
    cookie, address = "a=" + "x" * MEGABYTE, "/" + "x" * MEGABYTE
    pieces = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    for request in (
        head("GET / HTTP/1.1", f"Cookie: {cookie}"),
        head(f"GET {address} HTTP/1.1"),
        head("GET / HTTP/1.1", *(f"X-{number}: y" for number in range(5_000))),
        head("GET / HTTP/9.9"),
        head("NONSENSE"),
        head("POST /login HTTP/1.1", "Content-Length: -1"),
        head("POST /login HTTP/1.1", "Content-Length: 5", "Transfer-Encoding: chunked"),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),  # TLS where none is spoken
        head("POST /login HTTP/1.1", "Transfer-Encoding: chunked") + pieces * 32 + b"0\r\n\r\n",
        head("POST /login HTTP/1.1", "Transfer-Encoding: chunked") + b"not a number\r\n",
    ):
        status = raw(website, request).split(b" ", 2)
        assert len(status) < 2 or status[1] < b"500", (request[:60], status)
    longest = raw(website, head(f"GET /search?q={'x' * 60_000} HTTP/1.1"))  # docs/operations.md says from where on not
    assert longest.startswith(b"HTTP/1.1 422") and b"content-security-policy" in longest.lower()
    many_cookies = "Cookie: " + "; ".join(f"c{n}=x" for n in range(3_000))
    assert raw(website, head("GET / HTTP/1.1", many_cookies)).startswith(b"HTTP/1.1 200")


def test_people_who_wait_in_silence_do_not_keep_others_out(website: Website) -> None:
    silent = [socket.create_connection(("127.0.0.1", website.port), timeout=20) for _ in range(100)]
    try:
        for number, connection in enumerate(silent):
            connection.sendall(
                b"GET / HTTP/1.1\r\nHost: x\r\n"
                if number % 2
                else b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
            )
        other = http.client.HTTPConnection(urlsplit(website.url).netloc, timeout=20)
        other.request("GET", "/health/live")
        assert other.getresponse().status == 200
        other.close()
    finally:
        for connection in silent:
            connection.close()
