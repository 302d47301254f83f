"""A person's page: who they are, which credentials they hold or held, and what they wrote."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask_login import current_user

from forum.accounts import ties
from forum.accounts.policy import may_flag_profile
from forum.accounts.profiles import SECTORS, is_withdrawn, parts_shown
from forum.accounts.queries import by_former_name, by_username, former_names
from forum.core import web
from forum.core.extensions import login_manager
from forum.experts.queries import of_person
from forum.experts.wording import languages_of
from forum.threads import contributions, lists, plugs
from forum.threads.addresses import whole_number
from forum.threads.expert_queries import answered_lately

bp = Blueprint("people", __name__)


@bp.get("/people/<username>")
def profile(username: str) -> Response:
    """Show the person and a page of their posts, newest first; a former name leads to the present one.

    The page of somebody unlisted (accounts.youth) is for people who are signed in.
    """
    person = by_username(username)
    if person is None:
        bearer = by_former_name(username) or abort(404)
        if bearer.is_unlisted and not current_user.is_authenticated:
            return login_manager.unauthorized()
        return make_response(redirect(url_for(".profile", username=bearer.username), 301))
    if person.is_unlisted and not current_user.is_authenticated:
        return login_manager.unauthorized()
    before = whole_number(request.args["before"], 0) if "before" in request.args else None
    page = lists.posts_of(person.id, before)
    shown = parts_shown(person, current_user)
    credentials = of_person(person.id)
    return web.page(
        "people/profile.html",
        person=person,
        credentials=credentials,
        languages_of=languages_of,
        answered=answered_lately(person.id) if credentials and not before else (),
        panels=[] if before else plugs.panels(plugs.person_panels, current_user, person),
        page=page,
        shown=shown,
        contributions=contributions.of_person(person) if "contributions" in shown else None,
        most=contributions.MOST,
        sectors=SECTORS,
        withdrawn=is_withdrawn(person),
        former=former_names(person.id) if current_user.is_moderator else (),
        next_url=url_for(".profile", username=person.username, before=page.next_cursor) if page.next_cursor else None,
        first_url=url_for(".profile", username=person.username) if before else None,
        is_me=current_user.id == person.id,
        may_flag=may_flag_profile(current_user, person),
        tie=ties.among(current_user.id, {person.id}).get(person.id, "") if current_user.is_authenticated else None,
    )
