"""The security log: one line of JSON for each event that somebody who watches over the forum may want to see.

On standard error, by the logger "forum.security". A line names people by number and addresses by network; what was
typed (it may be a password in the wrong field) is in none. docs/operations.md explains every event and field.
"""

from __future__ import annotations

import json
import logging
import secrets
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import inspect

from forum.core import signals
from forum.core.database import announce, now
from forum.core.log_lines import ToStandardError, asked_path
from forum.core.networks import cut

log = logging.getLogger("forum.security")
LONGEST = 200  # characters of a text in a line

# Every event there is; `note` takes no other.
EVENTS = {
    "sign-in.succeeded": "a session began; `means`, and whether by two factors",
    "sign-in.failed": "a wrong password, or a passkey that was not accepted; `person` if there is such an account",
    "sign-in.throttled": "too many wrong passwords: none was looked at",
    "sign-out": "somebody signed out of this browser",
    "second-factor.failed": "the second step of a sign-in was not shown",
    "proof.succeeded": "somebody signed in has shown again that it is them",
    "proof.failed": "they have not",
    "provider.refused": "a way by an OpenID Connect provider led nowhere; `purpose`, `status`",
    "access.refused": "somebody may not do this (403), or is not signed in and sent a form (401)",
    "form.refused": "a form without a token that fits: forged, too old, or signed with a former key",
    "host.refused": "a request under a name that is not the forum's",
    "limit.reached": "too many of one kind; `row` of the table of limits",
    "password.changed": "and all sessions ended",
    "factor.changed": "a passkey, authenticator, recovery code or linked account; `what`",
    "email.changed": "the e-mail address of an account is another",
    "role.changed": "`former` and `role`; `by` None is the operator at the command line",
    "age.changed": "somebody's age group, by `by`; never which",
    "person.suspended": "until when is in the public log",
    "person.silenced": "they read and say nothing; for how long is in the public log",
}


def init_app(app: Flask) -> None:
    """Write to standard error, and note refusals that no view has noted."""
    log.setLevel(logging.INFO)
    log.propagate = False  # a line is JSON and nothing before it
    if not any(isinstance(handler, ToStandardError) for handler in log.handlers):
        to_standard_error = ToStandardError()
        to_standard_error.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(to_standard_error)
    signals.security_event.connect(_noted, weak=False)
    app.after_request(_note_refusal)


def note(event: str, person: int | None = None, **facts: str | int | bool | None) -> None:
    """Write one event down. `person` is the number of the account that it is about; `facts` are ours, not typed."""
    if event not in EVENTS:
        raise KeyError(event)
    line: dict[str, Any] = {"time": now().isoformat(timespec="milliseconds"), "event": event, "person": person}
    if has_request_context():
        g.is_noted = True
        line |= {
            "by": _signed_in(),
            "network": cut(request.remote_addr or ""),
            "request": request_number(),
            "route": request.url_rule.rule if request.url_rule else None,
            "path": asked_path()[:LONGEST],
            "method": request.method[:20],
        }
    line |= {name: value[:LONGEST] if isinstance(value, str) else value for name, value in facts.items()}
    log.info("%s", json.dumps(line))  # ASCII only: line breaks and ESC of a path come escaped


def note_after_commit(event: str, person: int | None = None, **facts: str | int | bool | None) -> None:
    """Write it down once the surrounding transaction() is committed; never, if it is not."""
    announce(signals.security_event, event=event, person=person, facts=facts)


def request_number() -> str:
    """Return this request's number, which its incident page and every line about it carry."""
    if "request_number" not in g:
        g.request_number = secrets.token_hex(4)
    return str(g.request_number)


def _noted(_sender: Any, event: str, person: int | None, facts: dict[str, Any]) -> None:
    note(event, person, **facts)


def _note_refusal(answer: Response) -> Response:
    """A refusal that nobody has noted more exactly."""
    is_sent = request.method not in ("GET", "HEAD")
    if not g.get("is_noted") and (answer.status_code == 403 or (answer.status_code == 401 and is_sent)):
        who = _signed_in()
        if answer.status_code == 403 or who is None:  # who is signed in and gets a 401 is asked for a proof
            note("access.refused", who, status=answer.status_code)
    return answer


def _signed_in() -> int | None:
    """Return the number of who sends this request, without asking the database (it may be away)."""
    state = inspect(g.get("_login_user"), raiseerr=False)  # flask-login's own place
    return state.identity[0] if state is not None and getattr(state, "identity", None) else None
