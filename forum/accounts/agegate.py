"""The question of age keeps its answer: who said in this browser that they are under 14 can't say another for a day.

A signed moment in a cookie, and nothing anywhere else.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from flask import Response, after_this_request, current_app, request
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, Signer

from forum.accounts import guardians
from forum.accounts.forms import RegisterForm
from forum.core import cookies, web
from forum.core.database import now

COOKIE = "join_later"
HELD_FOR = timedelta(hours=24)
CHILD = "child"


def closed(form: RegisterForm) -> Response | None:
    """Return the page that says kindly that an account has time, or None where the form may go on.

    Whether what was sent is complete makes no difference: the answer counts from now on.
    """
    said = form.is_submitted() and form.age.data == CHILD
    if said and not is_held():
        after_this_request(_hold)
    if guardians.are_asked() or not (said or is_held()):
        return None
    return web.page("accounts/too_young.html", 403 if request.method == "POST" else 200)


def accepts(form: RegisterForm) -> bool:
    """Whether the answer is the one that this browser gave before; else the form says so."""
    if is_held() and form.age.data != CHILD:
        form.refuse("age", _l("You said today that you are under 14. Then it goes on with a parent or guardian."))
    return not form.age.errors


def is_held() -> bool:
    """Whether somebody said in this browser, within a day, that they are under 14."""
    try:
        moment = int(_signer().unsign(cookies.read(COOKIE).encode("utf-8", "replace")))
    except (BadSignature, ValueError):
        return False
    return timedelta(0) <= now() - datetime.fromtimestamp(moment, UTC) < HELD_FOR


def _hold(answer: Response) -> Response:
    token = _signer().sign(str(int(now().timestamp()))).decode()
    cookies.put(answer, COOKIE, token, days=HELD_FOR / timedelta(days=1))
    return answer


def _signer() -> Signer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return Signer(keys, salt="an answer about age", sep="~", digest_method=hashlib.sha256)
