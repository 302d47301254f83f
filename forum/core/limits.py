"""Who is counted for a rate limit, and the decorator that puts a row of `config.LIMITS` on a view."""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from flask import Response, after_this_request, current_app, g, request
from flask_limiter import Limiter
from flask_login import current_user
from limits import RateLimitItem, parse_many
from limits.strategies import RateLimiter

from forum.core import attempts, counting, turns

log = logging.getLogger(__name__)


def in_one_line(record: logging.LogRecord) -> bool:
    """Let flask-limiter say without a traceback that Redis is away: where it hung is no secret worth sixty lines."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None and type(error).__module__.startswith("redis."):
        record.msg, record.args = "%s: %s", (record.getMessage(), error)
        record.exc_info = record.exc_text = None
    return True


logging.getLogger("flask-limiter").addFilter(in_one_line)


def client() -> str:
    """Return the client's address; IPv6 as its /64, since one customer is given that many addresses."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "127.0.0.1")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def client_or_person() -> str:
    """Return who is counted: the person when signed in, else the client's address."""
    return f"person:{current_user.id}" if current_user.is_authenticated else f"address:{client()}"


class SureLimiter(Limiter):
    """flask-limiter, and the counts that it keeps in this process while its store does not answer."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        """Ask at the view that has a limit. No limit holds for all views: before each there is only something to do
        while the store is away, to find out that it is back.
        """
        if self._storage_dead or not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)

    def count_here(self, item: RateLimitItem, *who: str) -> bool:
        """Count in this process, and return whether it was allowed.

        Both where flask-limiter counts as soon as it knows that the store is away, and in what is asked beside a store
        that answers, for nobody knows which comes next.
        """
        allowed = counting.beside.hit(item, *who)
        return self.here.hit(item, *who) and allowed

    @property
    def here(self) -> RateLimiter:
        """The count of this process, which takes the one beside the store into account."""
        assert self._fallback_limiter is not None, "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"
        return self._fallback_limiter


limiter = SureLimiter(key_func=client_or_person, strategy=counting.STRATEGY)

WAIT_SECONDS = 5.0  # for one's own request before, where only accepted ones count: its answer decides about this one


def _count_for_its_answer() -> None:
    """Count this request once its answer is made, if that accepts it; in this process when the store is away by then.

    flask-limiter, which has only looked so far, would count it nowhere then.
    """
    asked, items = g.limit, [each.limit for each in limiter.current_limits]

    @after_this_request
    def count(response: Response) -> Response:
        if response.status_code < 400:
            for item in items:
                _in_store("hit", item, asked.row, asked.who)
        return response


def _never(_response: Response) -> bool:
    """Let flask-limiter only look whether there is room: what is counted for its answer we count ourselves."""
    return False


def limited(
    name: str | Callable[[], str],
    *,
    per_address: bool = False,
    accepted_only: bool = False,
    methods: tuple[str, ...] = ("POST",),
    unless: Callable[[], bool] | None = None,
    alone: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Limit a view by the row `name` of `config.LIMITS` (or what `name()` returns at the request).

    One person has one count for each row, whichever of its routes they use. `per_address` counts the address even
    for people signed in; `accepted_only` counts only answers below 400, so that a form refused for a typing mistake
    costs nothing; those of one person are served one after the other (turns.py), for each waits for the count of the
    one before. A request for which `unless()` holds is not counted. HEAD costs what GET costs. `alone` refuses
    (StillBusy) a second request of the same person while the first is being served: for what is costly.
    """
    counted = {*methods, "HEAD"} if "GET" in methods else {*methods}
    limit = limiter.shared_limit(
        lambda: current_app.config["LIMITS"][g.limit.row],
        scope=lambda _endpoint: g.limit.row,
        key_func=lambda: g.limit.who,
        deduct_when=_never if accepted_only else None,
        exempt_when=lambda: g.limit.is_free,
    )

    def limit_view(view: Callable[..., Any]) -> Callable[..., Any]:
        @limit
        @wraps(view)
        def limited_view(*args: Any, **kwargs: Any) -> Any:
            if accepted_only:
                _count_for_its_answer()
            else:
                attempts.note_counted(g.limit.count)
            return view(*args, **kwargs)

        @wraps(view)
        def ask_first(*args: Any, **kwargs: Any) -> Any:
            # flask-limiter takes any fault for one of its store, so it may not meet one of the database.
            g.limit = Asked(
                row=name() if callable(name) else name,
                who=f"address:{client()}" if per_address else client_or_person(),
                is_free=request.method not in counted or (unless is not None and unless()),
            )
            if attempts.has_counted(g.limit.count):
                g.limit = replace(g.limit, is_free=True)
            if (accepted_only or alone) and not g.limit.is_free:
                turns.take(g.limit.count, 0.0 if alone else WAIT_SECONDS)
            return limited_view(*args, **kwargs)

        return ask_first

    return limit_view


@dataclass(frozen=True)
class Asked:
    """What this request counts as: a row of `config.LIMITS`, whose count it is, and whether it costs nothing."""

    row: str
    who: str
    is_free: bool

    @property
    def count(self) -> str:
        """The name of the count."""
        return f"{self.row}/{self.who}"


def is_counted() -> bool:
    """Whether this request counts: its method does, and `unless()` did not hold when it came."""
    return not g.limit.is_free


def seconds_to_wait() -> int:
    """Return after how many whole seconds the limit that was just exceeded allows another try (at least 1)."""
    limit = limiter.current_limit
    if limit is None:
        return 1
    try:
        return max(1, int(limit.window[0] - time.time()) + 1)
    except Exception as error:  # the store went away between the count and this question
        log.warning("the store of the rate limits does not answer: %s", error)
        return int(limit.limit.get_expiry())


def spend(row: str, who: str) -> int:
    """Count one try of `who` in the row `row` of config.LIMITS; return 0, or how many seconds to wait if it is over.

    For what a decorator can't count: the tries that turn out to be failures (`forgive` takes back what was none).
    A refused try is not counted, so that trying on does not make the wait longer.
    """
    count = f"{row}/{who}"
    wait = 0 if attempts.has_counted(count) else _ask("hit", row, who)
    if not wait:
        attempts.note_counted(count)
    return wait


def wait_for(row: str, who: str) -> int:
    """Return how many seconds `who` has to wait in this row, 0 for none, without counting."""
    return _ask("test", row, who)


def forgive(row: str, who: str) -> None:
    """Forget what was counted for `who` in this row."""
    if limiter.enabled:
        for item in parse_many(current_app.config["LIMITS"][row]):
            _in_store("clear", item, row, who)


def _ask(question: str, row: str, who: str) -> int:
    if not limiter.enabled:
        return 0
    for item in sorted(parse_many(current_app.config["LIMITS"][row]), key=lambda each: each.get_expiry()):
        if not _in_store(question, item, row, who):
            window = _in_store("get_window_stats", item, row, who)
            return max(1, int(window[0] - time.time()) + 1)
    return 0


def _in_store(question: str, item: RateLimitItem, row: str, who: str) -> Any:
    """Ask the store of the limits; while it is away, the one in this process (checks.md RL-3)."""
    try:
        return getattr(limiter.limiter, question)(item, "forum", who, row)
    except Exception as error:
        log.warning("the store of the rate limits does not answer: %s", error)
        if question == "hit":
            return limiter.count_here(item, "forum", who, row)
        return getattr(limiter.here, question)(item, "forum", who, row)
