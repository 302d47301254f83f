"""Flagging a profile, and the flagged picture as evidence for those who decide."""

from __future__ import annotations

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts.models import User
from forum.accounts.policy import limit_row, may_flag_profile
from forum.accounts.queries import by_username
from forum.core import web
from forum.core.errors import Forbidden, NotFound
from forum.core.limits import limited
from moderation import flags
from moderation.flag_pages import flag_page
from moderation.models import Kind
from moderation.profiles import actions, queries

bp = Blueprint("profile_flags", __name__)


@bp.route("/people/<username>/flags", methods=("GET", "POST"))
@login_required
@limited(lambda: limit_row("FLAG", current_user), accepted_only=True)
def flag(username: str) -> Response:
    """Say that what somebody else says of themselves breaks a rule."""
    person = _flaggable(username)
    here = url_for("people.profile", username=person.username)
    if queries.own_open_flag(person.id, current_user.id):
        flash(gettext("You have flagged this profile already. It waits for a moderator."))
        return web.see_other(here)
    return flag_page(
        "moderation/flag_profile.html",
        here,
        lambda reason, note: actions.flag_profile(person, current_user, reason, note),
        person=person,
    )


def _flaggable(username: str) -> User:
    person = by_username(username)
    if person is None or person.is_closed:
        raise NotFound
    if not may_flag_profile(current_user, person):
        raise Forbidden(flags.why_not(current_user, Kind.PROFILE))
    return person
