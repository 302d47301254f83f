"""One post: its place in the thread, its history, quoting, editing and deleting it, and the preview of a text."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, request, url_for
from flask_login import current_user, login_required

from forum.accounts.policy import limit_row
from forum.core import markup, web
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.core.forms import Form
from forum.core.limits import limited
from forum.core.paging import id_in
from forum.threads import actions, plugs, policy, previewing, queries, revisions, writing
from forum.threads.addresses import post_url, thread_url, whole_number
from forum.threads.corrections import NoNote
from forum.threads.forms import EditForm, PreviewForm
from forum.threads.models import Post, State
from forum.threads.screening import Asked
from forum.threads.states import is_opening
from forum.threads.views import say_if_replaced

bp = Blueprint("posts", __name__)


@bp.get("/posts/<int:post_id>")
def show(post_id: int) -> Response:
    """Lead to the post's place in its thread, or on the page of the room that leads the thread."""
    post = queries.placed_post(post_id, current_user) or abort(404)
    elsewhere = plugs.asked(plugs.post_places, current_user, post) if post.thread.led_by else None
    return web.see_other(elsewhere or post_url(post, post.thread))


@bp.get("/posts/<int:post_id>/quote")
@limited("PREVIEW", methods=("GET",))
def quote(post_id: int) -> Response:
    """Give the Markdown that quotes a visible post, for the page's script."""
    post = queries.visible_post(post_id, current_user)
    if post is None or not post.is_visible:
        abort(404)
    answer = make_response(markup.quote(writing.quoted_name(post), post.id, post.body))
    answer.mimetype = "text/plain"
    return answer


@bp.get("/posts/<int:post_id>/revisions")
def history(post_id: int) -> Response:
    """Show a page of the post's versions, each with what it changed."""
    post = _visible(post_id)
    after = whole_number(request.args.get("after"), 0)
    if after >= post.revision:
        abort(404)
    last, whole = after + revisions.PER_PAGE, policy.sees_whole_history(current_user, post)
    return web.page(
        "threads/revisions.html",
        post=post,
        versions=revisions.versions(post, after, whole=whole),
        whole=whole,
        post_url=post_url(post, post.thread),
        next_url=url_for(".history", post_id=post.id, after=last) if last < post.revision else None,
        first_url=url_for(".history", post_id=post.id) if after else None,
    )


def _edit_row() -> str:
    return limit_row("EDIT", current_user)


@bp.route("/posts/<int:post_id>/edit", methods=["GET", "POST"])
@login_required
@limited(_edit_row, accepted_only=True)
def edit(post_id: int) -> Response:
    """Change an own post."""
    post = _visible(post_id)
    if request.method == "GET" and (why_not := policy.why_not_edit(current_user, post)) is not None:
        raise Forbidden(why_not)
    form, status = EditForm(post, opening=is_opening(post.thread, post)), 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        try:
            _change(post, form)
            return web.see_other(post_url(post, post.thread))
        except NotFound:
            raise
        except NoNote as missing:  # the ten minutes ended while the form was open: now it has the field
            form = EditForm(_visible(post_id), opening=is_opening(post.thread, post))
            form.refuse("note", missing.message)
        except Asked as asked_first:
            form.ask(asked_first)
        except Refused as refusal:
            form.refuse("body", refusal.message)
            status = refusal.status
    post = _visible(post_id)
    stale = status == Conflict.status
    if stale:
        form.revision.data = str(post.revision)
    return web.page(
        "threads/edit.html", status, form=form, post=post, stale=stale, post_url=post_url(post, post.thread)
    )


def _change(post: Post, form: EditForm) -> None:
    title = form.title.data if "title" in form else None
    note = form.note.data if "note" in form else ""
    revision = id_in(request.form.get("revision")) or 0
    actions.edit_post(
        post, current_user, form.body.data, title, revision=revision, asked=form.asked.data, listed=form.sources,
        note=note,
    )  # fmt: skip
    say_if_replaced(title or "", form.body.data, note, *(name for name, _address in form.sources or ()))


@bp.route("/posts/<int:post_id>/delete", methods=["GET", "POST"])
@login_required
@limited(_edit_row, accepted_only=True)
def delete(post_id: int) -> Response:
    """Ask whether an own post is really to go, and delete it."""
    post = queries.placed_post(post_id, current_user) or abort(404)
    if request.method == "POST":
        actions.delete_post(post, current_user)
        return web.see_other(_left_by(post))
    if (why_not := policy.why_not_delete(current_user, post)) is not None:
        raise Forbidden(why_not)
    alone = is_opening(post.thread, post) and not post.thread.reply_count
    return web.page("threads/delete.html", post=post, form=Form(), alone=alone, post_url=post_url(post, post.thread))


@bp.post("/preview")
@login_required
@limited("PREVIEW", alone=True)
def preview() -> Response:
    """Show how a text will look: the HTML alone for the page's script, else a page with the form to go on."""
    if not web.wants_fragment():
        return previewing.page()
    form = PreviewForm()
    if not form.validate_on_submit():
        raise Refused(" ".join(form.body.errors))
    return make_response(writing.rendered(form.body.data, for_preview=True).html)  # sanitized by core/markup


def _left_by(post: Post) -> str:
    """Return where a deletion leads: to the placeholder, or to the sub-theme when the whole thread went."""
    if post.thread.state == State.VISIBLE and post.position is not None:
        return post_url(post, post.thread)
    if post.thread.state == State.VISIBLE:
        return thread_url(post.thread)
    return url_for("subthemes.show", slug=post.thread.subtheme.slug)


def _visible(post_id: int) -> Post:
    return queries.visible_post(post_id, current_user) or abort(404)
