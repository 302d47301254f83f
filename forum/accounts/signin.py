"""How a request knows who sends it: our own cookie, looked up in the database at every request.

Flask's signed session carries only the forms' tokens and flashed words, so nothing in it can sign anybody in.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, g, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup, escape
from sqlalchemy import inspect

from forum.accounts import addresses, arrivals, known_devices, reading, sessions
from forum.accounts.models import Session, User, Visitor
from forum.config import SESSION_LIFETIME
from forum.core import cookies, security_log, web
from forum.core.error_pages import SECRET_FIELDS, error_page
from forum.core.extensions import login_manager

COOKIE = "signin"
# What a browser drops at signing out, with or without scripts: pages it kept, drafts. Not "cookies": the one by which
# an account knows this browser stays, so that nobody's guessing keeps its owner out, and so do language and theme.
LEFT_BEHIND = '"cache", "storage"'
# Cookies of rooms above that say who somebody may become: gone as soon as somebody signs in or out on this browser.
ends_with_it: list[str] = []


def connect(app: Flask) -> None:
    """Make flask-login ask us: no user id in Flask's session, no cookie that remembers, no second way in."""
    login_manager.request_loader(_person_of)
    login_manager.unauthorized_handler(ask_to_sign_in)
    login_manager.anonymous_user = Visitor
    login_manager.session_protection = None
    app.after_request(_note_seen)
    reading.connect(app, COOKIE)
    # Its cookie is looked for before our loader: a stray "remember_token" of another site on this host would win.
    app.config["REMEMBER_COOKIE_NAME"] = f"{COOKIE}-is-never-remembered"


def sign_in(
    answer: Response,
    user: User,
    *,
    means: str = "password",
    has_second_factor: bool = False,
    is_first: bool = False,
    proved_ago: timedelta | None = timedelta(0),
    factor_at: datetime | None = None,
) -> None:
    """Sign `user` in on this browser with a new token; what was here before (session, form tokens) ends.

    `means`, `has_second_factor`, `proved_ago` and `factor_at` say how they proved who they are (sessions.Proof);
    `is_first`: right after sign-up, when a letter about a new device would tell nothing.
    """
    end_current()
    session.clear()
    proof = sessions.Proof(means, has_second_factor, proved_ago, factor_at)
    arrival = arrivals.arrive(user, browser(), proof, is_first=is_first)
    _forget_others(answer)
    security_log.note("sign-in.succeeded", user.id, means=means, two_factors=has_second_factor)
    cookies.put(answer, COOKIE, arrival.token, days=SESSION_LIFETIME.days)
    cookies.put(answer, known_devices.COOKIE, arrival.device_token, days=known_devices.LIFETIME.days)


def browser() -> arrivals.Browser:
    """Return what this request says of its browser."""
    return arrivals.Browser(
        user_agent=request.user_agent.string,
        address=addresses.kept(request.remote_addr),
        device_token=cookies.read(known_devices.COOKIE),
    )


def sign_out(answer: Response) -> None:
    """Sign this browser out and take its cookie away."""
    if current_user.is_authenticated:
        security_log.note("sign-out", current_user.id)
    end_current()
    session.clear()
    answer.headers["Clear-Site-Data"] = LEFT_BEHIND
    cookies.forget(answer, COOKIE)
    _forget_others(answer)


def _forget_others(answer: Response) -> None:
    for name in ends_with_it:
        if cookies.read(name):
            cookies.forget(answer, name)


def end_current() -> None:
    """End the session that this browser came with, if any."""
    token = current_token()
    if token:
        sessions.end(token)


def here() -> Session | None:
    """Return the session that this request came with, or None for a stranger."""
    return g.get("signed_in_by") if current_user.is_authenticated else None


def current_token() -> str:
    """Return the token that this browser sent, or ""."""
    return cookies.read(COOKIE)


def onward(target: str | None) -> str:
    """Where somebody wanted to go before signing in; never another site, never the sign-in pages again."""
    path = web.back(target, "/")
    own = (url_for("accounts.login"), url_for("accounts.register"))
    return "/" if path.partition("?")[0].startswith(own) else path


def ask_to_sign_in() -> Response:
    """Answer somebody who must be signed in: the sign-in page that leads back, or a 401 that keeps what they sent."""
    if request.method in ("GET", "HEAD"):
        return web.see_other(url_for("accounts.login", next=request.full_path.rstrip("?")))
    words = escape(gettext("You are not signed in, or no longer. Nothing was changed."))
    if not request.form.keys() - SECRET_FIELDS:
        return error_page(401, words)
    link = Markup('<a href="{}" target="_blank">{}</a>').format(
        url_for("accounts.login"), gettext("Sign in in a new tab, then send it again here.")
    )
    return error_page(401, Markup("{} {}").format(words, link))


def _person_of(_request: Request) -> Any:
    """Return the person whose token the request carries, or None: one statement, none without the cookie."""
    token = cookies.read(COOKIE)
    found = sessions.current(token) if token else None
    if found is None:
        return None
    g.signed_in_by = found
    return found.user


def _note_seen(answer: Response) -> Response:
    """Whoever was recognised during this request has used this device now."""
    found = g.get("signed_in_by")
    if found is not None and answer.status_code < 400 and not inspect(found).expired:
        sessions.note_seen(found)
    return answer
