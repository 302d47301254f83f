"""A person's page: who they are, which credentials they hold or held, and what they wrote."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from flask_login import current_user

from forum.accounts.queries import by_username
from forum.core import web
from forum.experts.queries import of_person
from forum.threads import lists
from forum.threads.addresses import whole_number

bp = Blueprint("people", __name__)


@bp.get("/people/<username>")
def profile(username: str) -> Response:
    """Show the person and a page of their posts, newest first."""
    person = by_username(username) or abort(404)
    before = whole_number(request.args["before"], 0) if "before" in request.args else None
    page = lists.posts_of(person.id, before)
    return web.page(
        "people/profile.html",
        person=person,
        credentials=of_person(person.id),
        page=page,
        next_url=url_for(".profile", username=person.username, before=page.next_cursor) if page.next_cursor else None,
        first_url=url_for(".profile", username=person.username) if before else None,
        is_me=current_user.id == person.id,
    )
