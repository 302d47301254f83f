"""An S3 server of our own: moto behind a door that checks the key, and that can refuse, hang, drip, break off and go.

moto lets everybody in; the door lets in who has the key, and nobody without one. Objects live in memory and outlast
`stop` and `start`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler, make_server

from tests.servers.waiting import HOST, free_port

KEY, SECRET, BUCKET = "forum-key", "forum/secret+with:signs@", "forum"
SECONDS = 30


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Say nothing."""


class S3:
    """A running server with one empty bucket.

    `refusal` is a status and a code with which everything is answered ("403", "AccessDenied"); while `is_silent` it
    takes requests and says nothing; `breaks_after` is the number of requests that it still answers before it ends
    every connection without a word; `cuts` ends answers in the middle; `drips` sends them byte by byte.
    `seen` holds method and path of what it was asked.
    """

    def __init__(self) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
            os.environ.pop(name, None)  # else boto3 would find what a developer has
        os.environ["AWS_EC2_METADATA_DISABLED"] = "true"  # nor ask the network for a key
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._behind = DomainDispatcherApplication(create_backend_app)
        self._port = free_port()
        self._server: ThreadedWSGIServer | None = None
        self._goes_on = threading.Event()
        self.behave()
        self.start()

    def behave(self) -> None:
        """Answer truly and at once from now on, and forget what was asked."""
        self._goes_on.set()
        self.refusal: tuple[str, str] | None = None
        self.is_silent = self.cuts = self.drips = self.is_public = False
        self.breaks_after: int | None = None
        self.seen: list[str] = []

    def hang(self) -> None:
        """Take requests and say nothing, until it behaves again."""
        self._goes_on.clear()
        self.is_silent = True

    @property
    def endpoint(self) -> str:
        """The address of the server."""
        return f"http://{HOST}:{self._port}"

    def url(self, bucket: str = BUCKET, folder: str = "", key: str = KEY, secret: str = SECRET, more: str = "") -> str:
        """The address of a bucket, as the setting UPLOADS_URL takes it."""
        signs = {"/": "%2F", "+": "%2B", ":": "%3A", "@": "%40"}
        sealed = "".join(signs.get(sign, sign) for sign in secret)
        return f"s3://{key}:{sealed}@{bucket}{folder}?endpoint={self.endpoint}{more}"

    def client(self) -> Any:
        """A connection to look into it."""
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )

    def names(self) -> list[str]:
        """The keys of all objects in the bucket."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def empty(self) -> None:
        """Behave, and leave one empty bucket."""
        self.behave()
        if self._server is None:
            self.start()
        client = self.client()
        with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
            client.create_bucket(Bucket=BUCKET)
        for name in self.names():
            client.delete_object(Bucket=BUCKET, Key=name)
        self.seen.clear()

    def start(self) -> None:
        """Listen (again)."""
        server = make_server(HOST, self._port, self._answer, threaded=True, request_handler=_Quiet)
        assert isinstance(server, ThreadedWSGIServer)
        server.daemon_threads = True
        self._server = server
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Go away: connections are refused."""
        self._goes_on.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.seen.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        if self.is_silent:
            self._goes_on.wait(SECONDS)
            start_response("200 OK", [])
            _end(environ)  # whoever asked has gone, and what they asked for is not done
            return []
        if self.breaks_after is not None:
            self.breaks_after -= 1
            if self.breaks_after < 0:
                start_response("200 OK", [])
                _end(environ)
                return []
        if refusal := self.refusal or self._refused(environ):
            status, code = refusal
            body = f"<Error><Code>{code}</Code><Message>No {SECRET} fits.</Message></Error>".encode()
            start_response(f"{status} No", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
            return [body]
        answer = self._behind(environ, start_response)
        if (
            environ["REQUEST_METHOD"] == "GET"
            and (self.cuts or self.drips)
            and "list-type" not in environ["QUERY_STRING"]
        ):
            return self._spoilt(environ, b"".join(answer))
        return answer

    def _refused(self, environ: dict[str, Any]) -> tuple[str, str] | None:
        """moto does not compute signatures: the key's name is compared."""
        said = environ.get("HTTP_AUTHORIZATION", "")
        if not said and self.is_public:
            said = environ["HTTP_AUTHORIZATION"] = (
                f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-east-1/s3/aws4_request"
            )
        if not said:
            return "403", "AccessDenied"
        found = re.search(r"Credential=([^/]+)/", said)
        return None if found and found[1] == KEY else ("403", "InvalidAccessKeyId")

    def _spoilt(self, environ: dict[str, Any], body: bytes) -> Iterator[bytes]:
        if self.cuts:
            yield body[: len(body) // 2]
            _end(environ)
            return
        for number in range(len(body)):
            yield body[number : number + 1]
            if self._goes_on.is_set() and self.drips:
                time.sleep(0.1)


def _end(environ: dict[str, Any]) -> None:
    """End the connection without a word."""
    connection = environ["werkzeug.socket"]
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
