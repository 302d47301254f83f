"""Traces for a collector of OpenTelemetry: a span for each request and job, and one for each of their statements.

Who asks is believed nothing: a `traceparent` of theirs is not read, for strangers would choose what is traced. A page
that comes from memory is no request of Flask's and has no span; /metrics counts those.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, has_app_context, request
from opentelemetry.context import Context
from opentelemetry.trace import NoOpTracer, Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from forum.core import jobs, security_log
from forum.core.attempts import MARK
from forum.core.plugs import fill
from forum.core.timing import METHODS
from forum.telemetry.statements import worded

if TYPE_CHECKING:
    from forum.telemetry.sending import Sender

MOST_STATEMENTS = 100  # spans of one request or job; the number of statements counts on
UNTRACED = frozenset({"health.live", "health.ready", "live.of_thread", "live.show", "metrics.show", "static"})
_BEGAN = "span_began"

log = logging.getLogger(__name__)


class Tracing:
    """The tracer of one application; what it needs is loaded by the first request or job that comes."""

    def __init__(self, endpoint: str, release: str, environment: str, share: float) -> None:
        self._given = (endpoint, release, environment, share)
        self._sender: Sender | None = None
        self._tracer: Tracer | None = None
        self._turn = threading.Lock()

    @property
    def tracer(self) -> Tracer:
        """Return it, made when it is first asked for: a command that ends at once never asks."""
        if self._tracer is None:
            with self._turn:
                if self._tracer is None:
                    self._tracer = self._made()
        return self._tracer

    def _made(self) -> Tracer:
        from forum.telemetry.sending import Sender  # noqa: PLC0415 - 20 MB

        try:
            self._sender = Sender(*self._given)
        except Exception as error:  # a certificate that can't be read, or whatever else OTEL_… variables ask for
            log.warning("there are no traces: %s", error)
            return NoOpTracer()
        atexit.register(self._sender.close)
        return self._sender.tracer


@dataclass
class Traced:
    """What is being traced: its span, and how many statements it has sent."""

    tracer: Tracer
    span: Span
    context: Context
    statements: int = 0


def init_app(app: Flask) -> None:
    """Trace the requests and jobs of `app`."""
    app.extensions["tracing"] = Tracing(
        app.config["OTEL_EXPORTER_OTLP_ENDPOINT"],
        app.config["FORUM_RELEASE"],
        app.config["FORUM_ENV"],
        app.config["OTEL_TRACES_SAMPLER_ARG"],
    )
    app.before_request(_begin)
    app.after_request(_note_answer)
    app.teardown_request(_end)
    fill(jobs.around, _around_a_job)


def _begin() -> None:
    tracer = current_app.extensions["tracing"].tracer  # asked for before the next line, so that a look at
    if request.endpoint in UNTRACED:  # /health/live has loaded it and no reader waits
        return
    method = request.method if request.method in METHODS else "_OTHER"
    route = request.url_rule.rule if request.url_rule else ""
    facts = {"http.request.method": method} | ({"http.route": route} if route else {})
    _start(tracer, f"{method} {route}".strip(), SpanKind.SERVER, facts)


def _note_answer(answer: Response) -> Response:
    traced: Traced | None = g.get("traced")
    if traced is not None:
        traced.span.set_attribute("forum.request", security_log.request_number())
        if MARK in answer.headers:  # nobody gets it: the attempt after this one has a span of its own
            traced.span.set_attribute("forum.repeated", True)
            return answer
        traced.span.set_attribute("http.response.status_code", answer.status_code)
        if answer.status_code >= 500:
            _fail(traced.span, str(answer.status_code))
    return answer


def _end(error: BaseException | None) -> None:
    traced: Traced | None = g.pop("traced", None)
    if traced is not None:
        if error is not None:
            _fail(traced.span, type(error).__qualname__)
        _finish(traced)


@contextmanager
def _around_a_job(name: str) -> Iterator[None]:
    if "tracing" not in current_app.extensions:
        yield
        return
    _start(current_app.extensions["tracing"].tracer, f"job {name}", SpanKind.CONSUMER, {"forum.job": name})
    try:
        yield
    except Exception as error:
        if "traced" in g:
            _fail(g.traced.span, type(error).__qualname__)
        raise
    finally:
        if "traced" in g:
            _finish(g.pop("traced"))


def _start(tracer: Tracer, name: str, kind: SpanKind, facts: dict[str, str]) -> None:
    """Begin a trace, and keep it in `g` if the lot has fallen on it."""
    span = tracer.start_span(name, Context(), kind, facts)
    if span.is_recording():
        g.traced = Traced(tracer, span, set_span_in_context(span, Context()))


def _finish(traced: Traced) -> None:
    traced.span.set_attribute("forum.statements", traced.statements)
    traced.span.end()


def _fail(span: Span, kind: str) -> None:
    """Mark it as failed, with the kind of the error and not a word of what it says."""
    span.set_status(Status(StatusCode.ERROR))
    span.set_attribute("error.type", kind)


@event.listens_for(Engine, "before_cursor_execute")
def _note_beginning(connection: Connection, *_: Any) -> None:
    if has_app_context() and "traced" in g:
        connection.info[_BEGAN] = time.time_ns()


@event.listens_for(Engine, "after_cursor_execute")
def _note_statement(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    began = connection.info.pop(_BEGAN, None)
    if began is not None:
        _add(statement, began, connection.dialect.name, "")


@event.listens_for(Engine, "handle_error")
def _note_failure(context: ExceptionContext) -> None:
    began = context.connection.info.pop(_BEGAN, None) if context.connection is not None else None
    if began is not None:
        _add(context.statement or "", began, context.dialect.name, type(context.original_exception).__qualname__)


def _add(statement: str, began: int, system: str, fault: str) -> None:
    """Add a statement to the trace that it belongs to, a moment after it has ended."""
    if not has_app_context() or "traced" not in g:
        return
    traced: Traced = g.traced
    traced.statements += 1
    if traced.statements > MOST_STATEMENTS:
        return
    name, text = worded(statement)
    facts = {"db.system.name": system, "db.query.text": text}
    span = traced.tracer.start_span(name, traced.context, SpanKind.CLIENT, facts, start_time=began)
    if fault:
        _fail(span, fault)
    span.end()
