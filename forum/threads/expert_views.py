"""Experts: the directory that everybody reads, and the desk where an expert finds who waits for them."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.core import web
from forum.core.errors import Forbidden
from forum.experts import queries
from forum.subthemes.queries import open_subthemes
from forum.threads import plugs
from forum.threads.expert_queries import answered_lately
from forum.threads.lists import waiting

bp = Blueprint("experts", __name__)

IN_DIRECTORY = 50  # experts of one sub-theme that the directory lists


@bp.get("/experts")
def directory() -> Response:
    """List the experts of each sub-theme whose credentials are in force."""
    subthemes = open_subthemes()
    return web.page("experts/directory.html", subthemes=subthemes, experts=queries.directory(subthemes, IN_DIRECTORY))


@bp.get("/experts/desk")
@login_required
def desk() -> Response:
    """List what waits for an answer in my sub-themes, oldest first, and the answers I gave lately."""
    credentials = queries.in_force_of(current_user)
    if not credentials:
        raise Forbidden(
            gettext("This desk is for verified experts. An administrator can verify you: write to the moderators.")
        )
    after = request.args.get("after", "")
    page = waiting({credential.subtheme_id for credential in credentials}, after)
    return web.page(
        "experts/desk.html",
        credentials=credentials,
        panels=[] if after else plugs.panels(plugs.desk_panels, current_user),
        page=page,
        next_url=url_for(".desk", after=page.next_cursor) if page.next_cursor else None,
        first_url=url_for(".desk") if after else None,
        answers=[] if after else answered_lately(current_user.id),
    )
