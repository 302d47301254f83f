"""One network's visitors cost each process only so much time: a robot that reads everything crowds nobody out.

What is kept ready costs nothing and is never refused; what Flask has to make for somebody who is not signed in is
charged to their network, in seconds of processor time. The doors stay open: signing in is always possible.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, g, render_template, request
from flask_babel import force_locale, gettext

from forum.core.networks import cut
from forum.core.web import HEADERS

log = logging.getLogger(__name__)

CROWDED = "forum.crowded"  # in the WSGI environment: this network has used up its time
KNOWN = "forum.known"  # there: it was somebody who is signed in, who has limits of their own
MOST_NETWORKS = 20_000  # remembered; beyond, the one that came least lately is forgotten
# Where whoever is refused gets out of it, what they must be able to do in any case, and what programs of ours ask.
ALWAYS_OPEN = (
    "/static/", "/health/", "/metrics", "/robots.txt", "/login", "/register", "/forgot", "/reset/", "/confirm/",
    "/appeals/",
)  # fmt: skip


@dataclass
class _Account:
    left: float  # seconds of computing; below 0 the network is refused
    at: float  # on the monotonic clock
    told: float = 0.0  # when the log said so last


class Budget:
    """The seconds that the visitors of each network have left; `minute` of them come back in each minute."""

    def __init__(self, minute: float) -> None:
        self._minute = minute
        self._accounts: OrderedDict[str, _Account] = OrderedDict()
        self._lock = threading.Lock()
        self.refused = 0

    def seconds_to_wait(self, network: str) -> int:
        """Return 0 while the network has something left, else in how many seconds it will have."""
        with self._lock:
            account = self._accounts.get(network)
            if account is None or self._present(account) > 0:
                return 0
            self.refused += 1
            self._say(network, account)
            return max(1, round(-account.left * 60 / self._minute) + 1)

    def charge(self, network: str, seconds: float) -> None:
        """Take `seconds` off what the network has left."""
        with self._lock:
            account = self._accounts.pop(network, None)
            if account is None:
                account = _Account(self._minute, time.monotonic())
                while len(self._accounts) >= MOST_NETWORKS:
                    self._accounts.popitem(last=False)
            self._accounts[network] = account
            account.left = self._present(account) - seconds

    def _present(self, account: _Account) -> float:
        """Return what is left at this moment, with what has come back since."""
        moment = time.monotonic()
        account.left = min(self._minute, account.left + (moment - account.at) * self._minute / 60)
        account.at = moment
        return account.left

    def _say(self, network: str, account: _Account) -> None:
        if account.at - account.told >= 60 or not account.told:
            account.told = account.at
            log.warning("visitors from %s have used up VISITOR_SECONDS; they are asked to wait or to sign in", network)


class FairShare:
    """The application behind it, for visitors of each network as long as `budget` lasts."""

    def __init__(self, behind: WSGIApplication, app: Flask, budget: Budget) -> None:
        self._behind = behind
        self._app = app
        self.budget = budget

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, or say when to come again."""
        network = _network(environ)
        is_reading = environ["REQUEST_METHOD"] in ("GET", "HEAD") and not environ["PATH_INFO"].startswith(ALWAYS_OPEN)
        if not network or not is_reading or environ.get(KNOWN):
            return self._behind(environ, start_response)
        wait = self.budget.seconds_to_wait(network)
        if wait and "HTTP_COOKIE" not in environ:
            return refusal(self._app, wait)(environ, start_response)
        environ[CROWDED] = wait
        began = time.thread_time()
        try:
            return self._behind(environ, start_response)
        finally:
            if not environ.get(KNOWN):
                self.budget.charge(network, time.thread_time() - began)


def init_app(app: Flask) -> None:
    """Bound what visitors cost by VISITOR_SECONDS; 0 leaves it unbounded."""
    minute = app.config["VISITOR_SECONDS"]
    if minute:
        budget = app.extensions["visitor_budget"] = Budget(minute)
        app.wsgi_app = FairShare(app.wsgi_app, app, budget)  # type: ignore[method-assign]
        app.before_request(lambda: _refuse_strangers(app))
        app.after_request(_say_who)


def _refuse_strangers(app: Flask) -> Response | None:
    """Refuse who comes with cookies and is nobody all the same."""
    from flask_login import current_user  # noqa: PLC0415

    wait = request.environ.get(CROWDED)
    return refusal(app, wait) if wait and not current_user.is_authenticated else None


def _say_who(answer: Response) -> Response:
    user = g.get("_login_user")  # flask-login's own place: whoever was looked for, and nobody is looked for now
    if user is not None and user.is_authenticated:
        request.environ[KNOWN] = True
    return answer


def _network(environ: WSGIEnvironment) -> str:
    """Return the network that pays; "" for a private address: a proxy whose header nobody reads, or the operator."""
    address = environ.get("REMOTE_ADDR", "")
    try:
        if not ipaddress.ip_address(address).is_global:
            return ""
    except ValueError:
        return ""
    return cut(address)


def refusal(app: Flask, seconds: int) -> Response:
    """Return the page that says, in both languages at once, when to come again: made once, for it must cost nothing."""
    answer = app.response_class(_page(app), 429)
    answer.headers.update({**HEADERS, "Retry-After": str(seconds), "Cache-Control": "no-store"})
    return answer


@cache
def _page(app: Flask) -> str:
    with app.test_request_context("/"):
        return render_template("crowded.html", sides=[_side("en", "en"), _side("zh_Hans", "zh-Hans")])


def _side(locale: str, lang: str) -> dict[str, str]:
    with force_locale(locale):
        return {
            "lang": lang,
            "title": gettext("Very much is being read from your network"),
            "words": gettext(
                "So that there is room for everybody, pages wait for a minute now. Whoever signs in can go on at once."
            ),
            "sign_in": gettext("Sign in"),
        }
