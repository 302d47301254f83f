"""Whoever takes error reports and traces by HTTP: takes them, hangs while it is told to, or is away."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.servers.waiting import HOST, PATIENCE, free_port

OPENED_BY: dict[str | None, Callable[[bytes], bytes]] = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@dataclass(frozen=True)
class Sent:
    """One request: its path, headers as text, and the body as it was before it was compressed."""

    path: str
    headers: str
    body: bytes


@dataclass(frozen=True)
class Told:
    """One span, with its facts and those of who sent it."""

    name: str
    trace: bytes
    id: bytes
    parent: bytes
    failed: bool
    facts: dict[str, Any]
    sender: dict[str, Any]


class Receiver:
    """A running server. `hangs.set()`: it takes a request and never answers, until `stop`."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.hangs = threading.Event()
        self.met = 0  # requests that have come, also those that got no answer
        self._stopped = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.met += 1
                if receiver.hangs.is_set():
                    receiver._stopped.wait()
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                opened = OPENED_BY[self.headers.get("Content-Encoding")](body)
                receiver.sent.append(Sent(self.path, str(self.headers), opened))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def dsn(self) -> str:
        """Its address, as the setting SENTRY_DSN takes it."""
        return f"http://apublickey@{HOST}:{self._server.server_port}/42"

    @property
    def endpoint(self) -> str:
        """Its address, as the setting OTEL_EXPORTER_OTLP_ENDPOINT takes it."""
        return f"http://{HOST}:{self._server.server_port}"

    def events(self) -> list[dict[str, Any]]:
        """Return the error reports that have come."""
        found = []
        for sent in list(self.sent):
            if sent.path == "/api/42/envelope/":
                for line in sent.body.splitlines():
                    item = json.loads(line)
                    if "exception" in item:
                        found.append(item)
        return found

    def spans(self) -> list[Told]:
        """Return the spans that have come."""
        found = []
        for sent in list(self.sent):
            if sent.path == "/v1/traces":
                for resource in ExportTraceServiceRequest.FromString(sent.body).resource_spans:
                    sender = _facts(resource.resource.attributes)
                    for span in (span for scope in resource.scope_spans for span in scope.spans):
                        ids = (span.trace_id, span.span_id, span.parent_span_id)
                        found.append(Told(span.name, *ids, span.status.code == 2, _facts(span.attributes), sender))
                        assert not span.events and not span.status.message
        return found

    def wait(self, found: Callable[[], Any]) -> Any:
        """Return what `found` returns once that is something; AssertionError with all that has come when it is not."""
        deadline = time.monotonic() + PATIENCE
        while not (result := found()):
            assert time.monotonic() < deadline, self.sent
            time.sleep(0.05)
        return result

    def stop(self) -> None:
        """Go away: connections are refused."""
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()


def nobody() -> str:
    """Return the beginning of an address at which nobody listens."""
    return f"http://{HOST}:{free_port()}"


def _facts(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
