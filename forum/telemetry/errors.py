"""Unexpected errors, told to Sentry once each, from the web server, the worker and every command.

What is unexpected stands in the log with its traceback, so the log is what is listened to; beside it only what ends a
process, a thread, a job or a request in front of Flask. Refusals are no errors, and a machine's outage is not ours.
"""

from __future__ import annotations

import atexit
import logging
import re
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, current_app, has_request_context, request
from werkzeug.exceptions import HTTPException

from forum.config import REPORTS_LAST_SECONDS
from forum.core import jobs, outages, security_log
from forum.core.errors import Refused
from forum.core.plugs import fill
from forum.core.timing import METHODS
from forum.telemetry.anatomy import chain, described

if TYPE_CHECKING:
    from sentry_sdk.client import BaseClient

MOST_WAITING = 50  # reports that wait to be sent; further ones are dropped, the log has them
# What Sentry's library makes of an event is cut down to this: whatever it adds in another version stays here.
SENT = frozenset(
    {"event_id", "timestamp", "level", "platform", "release", "environment", "exception", "tags", "transaction", "sdk"}
)
_ITS_OWN = ("sentry_sdk", "opentelemetry", "urllib3")  # loggers: a Sentry that is away is no error of the forum
_TOLD = "told_to_sentry"  # what an error wears that was told

log = logging.getLogger(__name__)
_job: ContextVar[str] = ContextVar("job", default="")


class Reporter(logging.Handler):
    """Tells Sentry of every error whose traceback is logged. Its library is loaded by the first of them."""

    def __init__(self, dsn: str, release: str, environment: str) -> None:
        super().__init__(logging.ERROR)
        self._options: dict[str, Any] = {"dsn": dsn, "release": release, "environment": environment}
        self._client: BaseClient | None = None
        self._turn = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of the record's error, if it has one."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not record.name.startswith(_ITS_OWN):
            self.tell(error)

    def tell(self, error: BaseException) -> None:
        """Tell of an error unless it, or what it came from, was told already or is to be expected."""
        if not isinstance(error, Exception) or is_expected(error) or any(hasattr(each, _TOLD) for each in chain(error)):
            return
        for each in chain(error):
            with suppress(AttributeError, TypeError):  # one that takes no attribute may be told twice
                setattr(each, _TOLD, True)
        try:
            tags = circumstances()
            event: Any = {"level": "error", "exception": {"values": described(error)}, "tags": tags}
            if "route" in tags or "job" in tags:
                event["transaction"] = tags.get("route") or tags["job"]
            self._ready().capture_event(event)
        except Exception as fault:
            log.warning("an error could not be reported (%s)", type(fault).__name__)

    def close(self) -> None:
        """Send what still waits, for a moment, and nothing any more after that."""
        if self._client is not None:
            self._client.close(timeout=REPORTS_LAST_SECONDS)
        super().close()

    def _ready(self) -> BaseClient:
        with self._turn:
            if self._client is None:
                self._client = _client(self._options)
            return self._client


class OnceAMinute(logging.Filter):
    """Lets one record through and then none for a minute: each try to reach a Sentry that is away makes one."""

    def __init__(self) -> None:
        super().__init__()
        self._said = -60.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether it may be written."""
        may = time.monotonic() - self._said >= 60
        if may:
            self._said = time.monotonic()
        return may


def _client(options: dict[str, Any]) -> BaseClient:
    """Return Sentry's client with everything off that looks around by itself."""
    from sentry_sdk import Client  # noqa: PLC0415 - 6 MB that nobody needs before the first error

    return Client(
        **options,
        server_name="",
        default_integrations=False,
        auto_enabling_integrations=False,
        max_breadcrumbs=0,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
        enable_backpressure_handling=False,
        propagate_traces=False,
        spotlight=False,
        debug=False,
        transport_queue_size=MOST_WAITING,
        before_send=lambda event, _hint: {name: event[name] for name in event if name in SENT},  # type: ignore
    )


def is_expected(error: BaseException) -> bool:
    """Whether it is a refusal, or an outage of the machine or of Redis: figures and alarms tell of these."""
    is_of_redis = type(error).__module__.partition(".")[0] == "redis"
    return isinstance(error, (HTTPException, Refused)) or outages.is_outage(error) or is_of_redis


def circumstances() -> dict[str, str]:
    """Return where this is: the kind of process, the request's number and route (never its address) or the job."""
    where = {"process": process()}
    if has_request_context():
        where |= {
            "request": security_log.request_number(),
            "route": request.url_rule.rule if request.url_rule else "none",
            "method": request.method if request.method in METHODS else "other",
        }
    elif job := _job.get():
        where["job"] = job
    return where


def process() -> str:
    """Return "web", or the command's name without anything that was typed behind it."""
    program = Path(sys.argv[0])
    if program.name != "flask" and program.parent.name != "flask":
        return "web"
    found = [word for word in sys.argv[1:2] if re.fullmatch(r"[a-z]{1,20}", word)]
    return " ".join(["flask", *found])


class Watched:
    """The application with what stands in front of it: an error there is told, and goes on to the web server."""

    def __init__(self, behind: WSGIApplication) -> None:
        self._behind = behind

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            return self._behind(environ, start_response)
        except Exception as error:
            _tell(error)
            raise


@contextmanager
def _around_a_job(name: str) -> Iterator[None]:
    if "error_reports" not in current_app.extensions:
        yield
        return
    token = _job.set(name)
    try:
        yield
    except Exception as error:
        _tell(error)
        raise
    finally:
        _job.reset(token)


_current: list[Reporter] = []  # the one of the application that was made last


def _tell(error: BaseException) -> None:
    if _current:
        _current[0].tell(error)


def _close() -> None:
    _current[0].close()


def init_app(app: Flask) -> None:
    """Listen to the log of this process, and to what ends it, a thread of it, or a job."""
    reporter = Reporter(app.config["SENTRY_DSN"], app.config["FORUM_RELEASE"], app.config["FORUM_ENV"])
    app.extensions["error_reports"] = reporter
    if not _current:
        sys.excepthook, threading.excepthook = _and_tell(sys.excepthook), _and_tell_of_thread(threading.excepthook)
        atexit.register(_close)
        logging.getLogger("urllib3.connectionpool").addFilter(OnceAMinute())
    for former in _current:
        logging.getLogger().removeHandler(former)
        former.close()
    _current[:] = [reporter]
    logging.getLogger().addHandler(reporter)
    fill(jobs.around, _around_a_job)


def _and_tell(hook: Any) -> Any:
    def tell(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        hook(kind, error, traceback)
        _tell(error)

    return tell


def _and_tell_of_thread(hook: Any) -> Any:
    def tell(given: threading.ExceptHookArgs) -> None:
        hook(given)
        if given.exc_value is not None:
            _tell(given.exc_value)

    return tell
