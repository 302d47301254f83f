"""The one door: whoever has shown a first factor goes through here, to a session or to the second step."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, flash, session, url_for
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from forum.accounts import signin, suspensions
from forum.accounts.appeals import whom_to_write
from forum.accounts.models import User
from forum.core import cookies, i18n, site, web
from forum.entry import halves, queries

STAFF_SETTING = "staff_second_factor"  # set on /admin/security


def admit(
    user: User,
    target: str | None,
    *,
    means: str,
    has_second_factor: bool = False,
    proved_ago: timedelta | None = timedelta(0),
) -> Response:
    """Sign in whoever has just proved by `means` to be `user`, or lead them to the second step that they owe.

    No way in goes past it: password, link by mail, outside provider. A passkey is two factors already. `proved_ago`:
    how long ago a provider made sure of it, None if that is not known. The caller has refused who is suspended.
    """
    path = signin.onward(target)
    if not has_second_factor and owes_second_step(user):
        answer = web.see_other(url_for("entry.second", next=path))
        cookies.put(answer, halves.COOKIE, halves.begin(user, means), days=halves.LIFETIME.total_seconds() / 86_400)
        return answer
    answer = web.see_other(path)
    signin.sign_in(answer, user, means=means, has_second_factor=has_second_factor, proved_ago=proved_ago)
    if cookies.read(halves.COOKIE):
        cookies.forget(answer, halves.COOKIE)
    return answer


def owes_second_step(user: User) -> bool:
    """Whether the person has to show a second factor: an authenticator is in force, or staff must and has a passkey."""
    if queries.has_authenticator(user.id):
        return True
    return is_asked_of_staff(user) and queries.has_passkey(user.id)


def is_asked_of_staff(user: User) -> bool:
    """Whether the forum asks this person for a second factor because of their role."""
    return bool(user.is_staff and site.get(STAFF_SETTING, False))


def this_browser() -> str:
    """Return what names this browser (and who is signed in on it) to a passkey's challenge; not secret for long."""
    generate_csrf()  # puts the random part into the browser's form session, if there is none
    return f"{session['csrf_token']}|{current_user.id if current_user.is_authenticated else ''}"


def suspension(user: User) -> Markup:
    """Return what somebody is told who has the right password of a suspended account."""
    until = gettext(
        "This account is suspended until %(moment)s. You may read everything without signing in.",
        moment=i18n.exact(user.suspended_until, user.timezone) if user.suspended_until else "",
    )
    where = suspensions.way_to_object(user) or escape(
        gettext("If you think that this is wrong, write to %(where)s.")
    ) % {"where": whom_to_write()}
    return escape(i18n.gap()).join(filter(None, (until, suspensions.explanation(user), where)))


def refuse_suspended(user: User) -> Response | None:
    """Return the way back to the sign-in page with an explanation if the person may not sign in, else None."""
    if user.is_active:
        return None
    flash(suspension(user) if user.is_suspended else gettext("This account is closed."), "error")
    return web.see_other(url_for("accounts.login"))
