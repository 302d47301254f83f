"""What is counted while requests are answered, and how it is told: in this process, or together with its brothers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, current_app, g, request

from forum.core import outages
from forum.core.attempts import MARK
from forum.core.database import db
from forum.core.gauges import gauges
from forum.core.timing import METHODS

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STATEMENTS = (0, 1, 2, 4, 6, 8, 12, 16, 24, 32, 64)


class Counts:
    """The counters of one application; made once a process, since Prometheus knows each name once."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: PLC0415 - see the room's first line

        self._registry = CollectorRegistry()
        given: dict[str, Any] = {"registry": self._registry}
        self.requests = Counter("forum_requests", "Requests answered", ["route", "method", "status"], **given)
        self.seconds = Histogram("forum_request_seconds", "Time of an answer", ["route"], buckets=SECONDS, **given)
        self.statements = Histogram(
            "forum_request_statements", "Statements to the database", ["route"], buckets=STATEMENTS, **given
        )
        self.slow = Counter("forum_slow_statements", "Statements above SLOW_STATEMENT_MS", **given)
        self.pages = Counter(
            "forum_kept_pages",
            "Pages that many get: kept, made, or made for visitors from a read replica",
            ["came"],
            **given,
        )
        self.refused = Counter("forum_visitors_refused", "Pages refused by VISITOR_SECONDS", **given)
        self.repeated = Counter("forum_requests_repeated", "Requests made anew after PostgreSQL was away", **given)
        self.asked = Counter("forum_live_asks", "Answers to open pages that ask what is new", **given)
        self.watched = Counter(
            "forum_live_seconds",
            "Seconds until these pages ask again: grows by one a second for each open page",
            **given,
        )
        self._alone = {
            "slow": self.slow, "refused": self.refused, "repeated": self.repeated, "asked": self.asked,
            "watched": self.watched,
        }  # fmt: skip
        self._told: dict[str, float] = dict.fromkeys(
            ("repeated", "slow", "kept", "made", "replica", "refused", "asked", "watched"), 0
        )
        self._turn = threading.Lock()  # what two threads catch up with at once would count twice

    def note(self, answer: Response) -> None:
        """Count one request and what happened beside it since the one before."""
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in METHODS else "other"
        self.requests.labels(route, method, str(answer.status_code)).inc()
        self.seconds.labels(route).observe(time.perf_counter() - g.began)
        self.statements.labels(route).observe(g.get("statements", 0))
        self._catch_up()

    def _catch_up(self) -> None:
        """Add what is counted elsewhere without this library."""
        cache = current_app.extensions.get("page_cache")
        budget = current_app.extensions.get("visitor_budget")
        outlasting = current_app.extensions.get("outlasting")
        with self._turn:
            asks = current_app.extensions["live"]
            now_at: dict[str, float] = {"asked": asks.asked, "watched": asks.watched}
            now_at["slow"] = current_app.extensions["slow_statements"]
            if cache is not None:
                made = cache.shelf.missed - cache.from_replica
                now_at |= {"kept": cache.shelf.found, "made": made, "replica": cache.from_replica}
            if outlasting is not None:
                now_at["repeated"] = outlasting.repeated
            if budget is not None:
                now_at["refused"] = budget.refused
            for name, count in now_at.items():
                more, self._told[name] = max(count - self._told[name], 0), count
                if more:
                    counter = self._alone.get(name) or self.pages.labels(name)
                    counter.inc(more)

    def text(self) -> tuple[bytes, str]:
        """Return all figures in the form that Prometheus reads, and its media type."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest  # noqa: PLC0415
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

        self._catch_up()
        registry = self._registry
        if current_app.config["WEB_WORKERS"] > 1:  # wsgi.py has named the folder in which they count together
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        waiting = CollectorRegistry()
        waiting.register(_Gauges())
        return generate_latest(registry) + generate_latest(waiting), CONTENT_TYPE_LATEST


_made: list[Counts] = []


class _Gauges:
    """What waits, asked when it is measured."""

    def collect(self) -> Iterator[Any]:
        """Yield each figure that is known."""
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

        is_away = False
        for name, gauge in gauges.items():
            if is_away and not gauge.of_queue:
                continue
            try:
                value = gauge.ask()
            except outages.OF_THE_DATABASE:  # just when somebody wants to know what fails; one wait is enough
                db.session.rollback()
                is_away = True
                continue
            if value is not None:
                yield GaugeMetricFamily(name, gauge.meaning, value=value)


def counts() -> Counts:
    """Return this process's counters."""
    if not _made:
        _made.append(Counts())
    return _made[0]


def connect(app: Flask) -> None:
    """Count the requests of `app`, if somebody measures."""
    if not app.config["METRICS_TOKEN"]:
        return
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(answer: Response) -> Response:
    if "began" in g and MARK not in answer.headers:
        counts().note(answer)
    return answer
