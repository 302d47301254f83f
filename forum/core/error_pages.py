"""The pages that answer what goes wrong: never a stack trace, what was typed kept, a number for the log."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from forum.core import attempts, outages, security_log
from forum.core.database import db
from forum.core.errors import NOT_ALLOWED, NOT_FOUND, Busy, Refused
from forum.core.extensions import login_manager
from forum.core.limits import seconds_to_wait
from forum.core.log_lines import asked_path
from forum.core.turns import StillBusy

log = logging.getLogger(__name__)

SECRET_FIELDS = frozenset(
    {
        "password",
        "new_password",
        "current_password",
        "csrf_token",
        "code",
        "passkey",
        "proof_password",
        "proof_code",
        "proof_passkey",
    }
)
RETRY_SECONDS = 5  # what a 503 asks for
ROOM_SECONDS = 60  # what it asks for when somebody has to make room first

_TITLES = {
    400: _l("This request could not be understood"),
    401: _l("Please sign in"),
    403: _l("Not allowed"),
    404: _l("Not found"),
    405: _l("This address does not take that"),
    409: _l("Something changed meanwhile"),
    413: _l("That is too much at once"),
    422: _l("That did not work"),
    429: _l("A little too fast"),
    500: _l("Something broke on our side"),
    503: _l("Busy for a moment"),
}
_MESSAGES = {
    400: _l("Something in the address or the form was not as expected. Go back, reload the page and try again."),
    401: _l("Sign in to go on."),
    403: NOT_ALLOWED,
    404: NOT_FOUND,
    405: _l("Go back and use the page's own links and buttons."),
    413: _l("What you sent is larger than the forum takes. Shorten it and send it again."),
    503: _l("The database was busy and nothing was saved. Your text is below: send it again in a few seconds."),
}
NO_ROOM = _l(
    "There is no room left where the forum keeps its data, so nothing was saved. Everything can still be read. Keep a "
    "copy of what you typed, and send it again when the people who run this forum have made room."
)
IN_DOUBT = _l(
    "The connection to the database broke just when this was being saved, so it may be saved or not. Look whether it "
    "is there before you send it again."
)
SENT_AGAIN = frozenset({400, 401, 409, 422, 429, 503})  # the same form may be taken a little later
LONG_FIELDS = ("body", "note", "reason", "reply", "bio")  # what nobody wants to type twice, whatever the refusal


def init_app(app: Flask) -> None:
    """Answer every error of `app` with a page in the reader's language that keeps what they typed."""
    app.register_error_handler(Refused, lambda error: error_page(error.status, error.message))
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(RateLimitExceeded, _too_fast)
    app.register_error_handler(StillBusy, _one_at_a_time)
    app.after_request(_say_when)
    for fault in outages.OF_THE_DATABASE:
        app.register_error_handler(fault, _database_busy)
    app.register_error_handler(OSError, _of_the_system)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _incident)


def error_page(status: int, message: Any = None, *, retry_after: int | None = None, title: Any = None) -> Response:
    """Return the page for `status`: what happened, what was kept (typed fields, to send again), what to do."""
    typed = typed_fields()
    long_fields = [name for name in LONG_FIELDS if typed.get(name)]
    keeps = request.method == "POST" and (status in SENT_AGAIN or bool(long_fields)) and bool(typed)
    answer = _page(
        status=status,
        title=title or _TITLES.get(status, _TITLES[400]),
        message=message or _MESSAGES.get(status, _MESSAGES[400]),
        typed=typed if keeps else {},
        long_fields=long_fields,
    )
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def typed_fields() -> dict[str, str]:
    """Return the fields that were sent, without secrets; nothing of a body that can't be read (too large, broken)."""
    try:
        return {name: value for name, value in request.form.items() if name not in SECRET_FIELDS}
    except (HTTPException, OSError):  # the latter when a file in it finds no room
        return {}


def _page(*, status: int, **context: Any) -> Response:
    """Return the error page; while the database that knows the reader is away, as a stranger sees it."""
    try:
        body = render_template("error.html", status=status, **context)
    except SQLAlchemyError:
        db.session.rollback()
        g._login_user = login_manager.anonymous_user()  # flask-login's own place for who asks
        body = render_template("error.html", status=status, **context)
        answer = make_response(body, status)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return make_response(body, status)


def _say_when(answer: Response) -> Response:
    """Every page that is busy says when to come back, also a form that is shown again."""
    if answer.status_code == Busy.status:
        answer.headers.setdefault("Retry-After", str(RETRY_SECONDS))
    return answer


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if isinstance(fault := getattr(error, "original_exception", None), outages.OF_THE_DATABASE):  # after the view
        return _database_busy(fault)
    answer = error_page(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "WWW-Authenticate"):
            answer.headers[name] = value
    return answer


def _form_expired(_error: CSRFError) -> Response:
    security_log.note("form.refused")
    return error_page(
        400,
        gettext("This form was open for too long, or came from another page. Check it and send it again."),
    )


def _one_at_a_time(_error: StillBusy) -> Response:
    message = gettext(
        "Your request before this one is still being worked on. Please wait for it, then send this again."
    )
    return error_page(429, message, retry_after=1)


def _too_fast(_error: RateLimitExceeded) -> Response:
    security_log.note("limit.reached", row=g.limit.row)
    seconds = seconds_to_wait()
    return error_page(429, words_to_wait(seconds), retry_after=seconds)


def words_to_wait(seconds: int) -> str:
    """Return the sentence that says when to try again, in seconds, minutes or hours."""
    if seconds < 120:
        return str(ngettext("Please try again in %(num)s second.", "Please try again in %(num)s seconds.", seconds))
    minutes = -(-seconds // 60)
    if minutes < 120:
        return str(ngettext("Please try again in %(num)s minute.", "Please try again in %(num)s minutes.", minutes))
    hours = -(-minutes // 60)
    return str(ngettext("Please try again in %(num)s hour.", "Please try again in %(num)s hours.", hours))


def _database_busy(error: SQLAlchemyError) -> Response:
    if outages.has_no_room(error):
        return _no_room(error)
    db.session.rollback()
    if outages.is_away(error) and (answer := attempts.put_off(is_exact=bool(typed_fields().get("form_token")))):
        log.warning("a request waits for the database: %s", outages.in_words(error))
        return answer
    log.warning("the database is busy or away: %s", outages.in_words(error))
    return error_page(503, IN_DOUBT if attempts.is_in_doubt() else None, retry_after=RETRY_SECONDS)


def _of_the_system(error: OSError) -> Response:
    return _no_room(error) if outages.has_no_room(error) else _incident(error)


def _no_room(error: Exception) -> Response:
    log.error("there is no room left: %s", outages.in_words(error))
    db.session.rollback()
    return error_page(503, NO_ROOM, retry_after=ROOM_SECONDS, title=_l("No room left"))


def _incident(_error: Exception) -> Response:
    incident = security_log.request_number()
    log.exception("incident %s at %s", incident, asked_path())
    if current_app.testing:
        raise _error
    db.session.rollback()
    return error_page(
        500,
        _l("The people who run this forum can find it in their log under number %(id)s.", id=incident),
    )
