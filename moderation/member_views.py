"""What members see of moderation: the forms of flags, the rules, a decision about one's own post."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts.policy import limit_row
from forum.config import HELD_LINKS, NEWCOMER_POSTS
from forum.core import web
from forum.core.errors import Forbidden, NotFound
from forum.core.limits import limited
from forum.core.paging import id_in
from forum.threads.addresses import thread_url
from forum.threads.models import Post, State, Thread
from forum.threads.policy import may_flag, may_flag_thread
from forum.threads.queries import visible_post, visible_thread
from moderation import flags, policy, queries, rules
from moderation.appeals.pages import decision_page
from moderation.flag_pages import flag_page
from moderation.models import Kind

bp = Blueprint("flags", __name__)


@bp.route("/posts/<int:post_id>/flags", methods=("GET", "POST"))
@login_required
@limited(lambda: limit_row("FLAG", current_user), accepted_only=True)
def flag(post_id: int) -> Response:
    """Say that somebody else's post breaks a rule."""
    post = _flaggable(post_id)
    here = url_for("posts.show", post_id=post.id)
    if queries.own_open_flag(post.id, current_user.id):
        flash(gettext("You have flagged this post already. It waits for a moderator."))
        return web.see_other(here)
    return flag_page(
        "moderation/flag.html", here, lambda reason, note: flags.flag_post(post, current_user, reason, note), post=post
    )


def _flaggable(post_id: int) -> Post:
    post = visible_post(post_id, current_user)
    if post is None or not post.is_visible:
        raise NotFound
    if not may_flag(current_user, post):
        raise Forbidden(flags.why_not(current_user, Kind.POST))
    return post


@bp.route("/threads/<int:thread_id>/flags", methods=("GET", "POST"))
@login_required
@limited(lambda: limit_row("FLAG", current_user), accepted_only=True)
def flag_thread(thread_id: int) -> Response:
    """Say that a thread that somebody else began, or its title, breaks a rule."""
    thread = _flaggable_thread(thread_id)
    here = thread_url(thread)
    opening = queries.opening_of(thread.id)
    if opening and queries.own_open_flag(opening.id, current_user.id, Kind.THREAD):
        flash(gettext("You have flagged this thread already. It waits for a moderator."))
        return web.see_other(here)
    return flag_page(
        "moderation/flag_thread.html",
        here,
        lambda reason, note: flags.flag_thread(thread, current_user, reason, note),
        thread=thread,
    )


def _flaggable_thread(thread_id: int) -> Thread:
    thread = visible_thread(thread_id, current_user)
    if thread is None or thread.state != State.VISIBLE:
        raise NotFound
    if not may_flag_thread(current_user, thread):
        raise Forbidden(flags.why_not(current_user, Kind.THREAD))
    return thread


@bp.get("/rules")
def community_rules() -> Response:
    """Show the rules, those in force or of a former version, and how moderation works."""
    newest = rules.version()
    number = id_in(request.args.get("version")) or newest
    shown = rules.at(number)
    if not shown:
        raise NotFound
    return web.page(
        "moderation/rules.html", rules=shown.values(), number=number, newest=newest,
        newcomer_posts=NEWCOMER_POSTS, held_links=HELD_LINKS, hiding=current_app.config["HIDING"],
    )  # fmt: skip


@bp.get("/moderation/decisions/<int:decision_id>")
@login_required
def decision(decision_id: int) -> Response:
    """Show a decision as the author of the post reads it: what, by which rule, why, and what can be done."""
    found = queries.decision_in_full(decision_id)
    if found is None or not policy.sees_decision(current_user, found):
        raise NotFound
    return decision_page(found, current_user)
