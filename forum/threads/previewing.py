"""The preview without scripts: a page with the text as it will look, and the same form under it to go on."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.core import web
from forum.core.errors import Refused
from forum.core.paging import id_in
from forum.subthemes.queries import by_slug
from forum.threads import queries, writing
from forum.threads.addresses import thread_url
from forum.threads.forms import EditForm, ReplyForm, ThreadForm
from forum.threads.states import is_opening


def page() -> Response:
    """Return the page for the form that the query names: a reply (thread), an edit (post), a new thread (subtheme)."""
    form, where = _form()
    return shown(form, **where)


def shown(form: Any, **where: Any) -> Response:
    """Return the page with the form's `body` as it will look, and the same form to go on.

    `where` says where it is sent and in which words: title, action, label, cancel_url.
    """
    html, status = "", 422
    if form.validate_on_submit():
        try:
            html, status = writing.rendered(form.body.data, for_preview=True).html, 200
        except Refused as refusal:
            form.refuse("body", refusal.message)
            status = refusal.status
    return web.page("threads/preview.html", status, form=form, html=html, here=request.full_path, **where)


def _form() -> tuple[Any, dict[str, Any]]:
    """Return the form bound to what was typed, and where it is to be sent, with which words, and the way back."""
    if thread_id := id_in(request.args.get("thread")):
        thread = queries.visible_thread(thread_id, current_user) or abort(404)
        where = {"action": url_for("threads.reply", thread_id=thread.id), "label": gettext("Post reply")}
        return ReplyForm(thread, current_user), {**where, "title": thread.title, "cancel_url": thread_url(thread)}
    if post_id := id_in(request.args.get("post")):
        post = queries.visible_post(post_id, current_user) or abort(404)
        where = {"action": url_for("posts.edit", post_id=post.id), "label": gettext("Save the change")}
        form = EditForm(post, opening=is_opening(post.thread, post))
        return form, {**where, "title": post.thread.title, "cancel_url": url_for("posts.show", post_id=post.id)}
    subtheme = by_slug(request.args.get("subtheme", "")) or abort(404)
    where = {"action": url_for("threads.new", slug=subtheme.slug), "label": gettext("Start the thread")}
    back = url_for("subthemes.show", slug=subtheme.slug)
    return ThreadForm(), {**where, "title": gettext("New thread"), "cancel_url": back}
