"""The page on which an administrator purges a post: what goes, whom it concerns, and what stays behind."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import doors
from forum.accounts.proving import ask_unless_fresh
from forum.accounts.queries import admin_remains
from forum.core import web
from forum.core.errors import NotFound, Refused
from forum.core.limits import limited
from forum.threads.models import Post
from moderation.purging import about, actions, elsewhere, policy, queries
from moderation.purging.forms import PurgeForm

bp = Blueprint("purging", __name__, url_prefix="/admin/posts")
bp.before_request(doors.only_admins)


@bp.get("/<int:post_id>/purge")
def ask(post_id: int) -> Response:
    """Say what a purge would take away, and ask for ground and reason."""
    post = _found(post_id)
    return _page(post, _form(post, formdata=None), 200)


@bp.post("/<int:post_id>/purge")
@limited("STAFF", accepted_only=True)
def purge(post_id: int) -> ResponseReturnValue:
    """Purge the post, after a fresh proof of who asks; or only look where the words stand elsewhere."""
    if (asked := ask_unless_fresh()) is not None:
        return asked
    post = _found(post_id)
    form = _form(post)
    if "look" in request.form:
        return _look(post, form)
    if not form.validate_on_submit():
        return _page(post, form, 422)
    sent = form.data
    try:
        actions.purge(post_id, current_user, sent.get("ground", ""), sent.get("reason", ""), sent["words"])
    except Refused as refusal:
        post = _found(post_id)
        form.refuse("words" if sent["words"] else "certain", refusal.message)
        return _page(post, form, refusal.status)
    flash(gettext("The words are gone. Quotes, the search index and other files follow within minutes."))
    return web.see_other(url_for("oversight.acts"))


def _look(post: Post, form: PurgeForm) -> Response:
    if not form.words.validate(form):
        return _page(post, form, 422)
    try:
        found = elsewhere.find(form.words.data or "", post.id)
    except Refused as refusal:
        form.refuse("words", refusal.message)
        return _page(post, form, refusal.status)
    return _page(post, form, 200, found)


def _form(post: Post, **kwargs: Any) -> PurgeForm:
    return PurgeForm(again=queries.is_purged(post.id), **kwargs)


def _found(post_id: int) -> Post:
    post = queries.post_in_full(post_id)
    if post is None:
        raise NotFound
    return post


def _page(post: Post, form: PurgeForm, status: int, found: elsewhere.Found | None = None) -> Response:
    return web.page(
        "admin/purge.html",
        status,
        post=post,
        form=form,
        purge=queries.purge_of(post.id),
        why_not=policy.why_not(current_user, post, is_alone=not admin_remains(but_for=current_user.id)),
        appeals=queries.appeals_about(post.id),
        quoting=queries.quoting(post),
        shared=about.shared_reasons(post.id),
        found=found,
    )
