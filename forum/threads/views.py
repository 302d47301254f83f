"""Reading a thread, starting one, replying."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts import youth
from forum.accounts.policy import limit_row
from forum.core import web
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.core.limits import is_counted, limited
from forum.core.pagecache import Unkept, for_readers, marks, of_one_thread, shared
from forum.core.paging import id_in
from forum.subthemes.queries import by_slug
from forum.threads import actions, policy, queries, slowing, thread_page, writing
from forum.threads.addresses import post_url, thread_url, whole_number
from forum.threads.drafts import forget_sent
from forum.threads.forms import ReplyForm, ThreadForm
from forum.threads.models import Thread
from forum.threads.screening import Asked
from forum.threads.slowing import TooSoon

bp = Blueprint("threads", __name__)


@bp.get("/threads/<int:thread_id>")
def short(thread_id: int) -> Response:
    """Lead to the thread's full address."""
    return _moved(_visible(thread_id))


@bp.get("/threads/<int:thread_id>/<slug>")
@of_one_thread("thread_id")
@shared
@for_readers
def show(thread_id: int, slug: str) -> Response:
    """Show one page of a thread, or its experts' answers alone."""
    thread = _visible(thread_id)
    if slug != thread.slug:
        return _moved(thread)
    if marks.slots().for_many and (request.args.keys() - {"page"}):
        raise Unkept
    if request.args.get("experts") == "1":
        return thread_page.experts_page(thread, whole_number(request.args.get("after"), 0))
    number = whole_number(request.args.get("page"), 1) or abort(404)
    form = thread_page.quoting(thread, id_in(request.args["quote"])) if "quote" in request.args else None
    return thread_page.page(thread, number, form)


def reply_row() -> str:
    """Return the row of config.LIMITS that counts replies of whoever asks."""
    usual = "REPLY_NEWCOMER" if current_user.is_newcomer else limit_row("REPLY", current_user)
    return youth.row("REPLY", current_user) or usual


@bp.post("/threads/<int:thread_id>/posts")
@login_required
@limited(reply_row, accepted_only=True, unless=lambda: _sent_again(writing.place_of_reply))
def reply(thread_id: int) -> Response:
    """Write a reply."""
    thread = queries.bare_thread(thread_id, current_user) or abort(404)
    form, status = ReplyForm(thread, current_user), 422
    if form.validate_on_submit():
        try:
            return web.see_other(_replied(thread, form))
        except NotFound:
            raise
        except Asked as asked:
            form.ask(asked)
        except Refused as refusal:
            form.refuse("body", refusal.message)
            status = refusal.status
            _renew(form, refusal)
    answer = thread_page.page(_visible(thread_id), form=form, status=status)
    if status == TooSoon.status and (left := slowing.wait(current_user, thread)) is not None:
        answer.headers["Retry-After"] = str(ceil(left.total_seconds()))
    return answer


def _replied(thread: Thread, form: ReplyForm) -> str:
    parent_id = id_in(form.parent.data)
    parent = queries.visible_post(parent_id, current_user) if parent_id else None
    token, asked, sent = form.form_token.data or None, form.asked.data, partial(forget_sent, draft_id=form.draft_id)
    post = actions.post_reply(
        thread, current_user, form.body.data, form.worn, parent, form_token=token, asked=asked, also=(sent,),
        listed=form.sources, is_unsent=is_counted(),
    )  # fmt: skip
    say_if_replaced(form.body.data, *(title for title, _address in form.sources))
    return post_url(post, post.thread)


def say_if_replaced(*words: str) -> None:
    """Say it to whoever sends words that moderators let the forum replace: nobody's text is changed in silence."""
    if writing.typed(words, current_user):
        flash(gettext("Some words were replaced, as the moderators have set it. Look at your post; you can change it."))


def _renew(form: ReplyForm | ThreadForm, refusal: Refused) -> None:
    """After "this form was sent before", the text goes out as a new post when it is sent again."""
    if isinstance(refusal, Conflict):
        form.form_token.data = web.form_token()


def _thread_row() -> str:
    usual = "THREAD_NEWCOMER" if current_user.is_newcomer else limit_row("THREAD", current_user)
    return youth.row("THREAD", current_user) or usual


@bp.route("/subthemes/<slug>/threads/new", methods=["GET", "POST"])
@login_required
@limited(_thread_row, accepted_only=True, unless=lambda: _sent_again(writing.place_of_thread))
def new(slug: str) -> Response:
    """Start a thread."""
    subtheme = by_slug(slug) or abort(404)
    if request.method == "GET" and (why_not := policy.why_not_start_thread(current_user, subtheme)) is not None:
        raise Forbidden(why_not)
    form, status = ThreadForm(), 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        try:
            token = form.form_token.data or None
            title, body, asked = form.title.data, form.body.data, form.asked.data
            thread = actions.start_thread(
                subtheme, current_user, title, body, form_token=token, asked=asked, to_experts=form.to_experts.data,
                is_unsent=is_counted(),
            )  # fmt: skip
            say_if_replaced(title, body)
            return web.see_other(thread_url(thread))
        except Asked as asked_first:
            form.ask(asked_first)
        except Refused as refusal:
            form.refuse("body", refusal.message)
            status = refusal.status
            _renew(form, refusal)
    return web.page("threads/new.html", status, form=form, subtheme=by_slug(slug))


def _sent_again(place: Callable[..., str]) -> bool:
    """Whether this very form has made its post already: a second click or a retry is answered, not limited."""
    key = writing.form_key(current_user.id, place(**(request.view_args or {})), request.form.get("form_token"))
    return writing.is_sent(key)


def _visible(thread_id: int) -> Thread:
    return queries.visible_thread(thread_id, current_user) or abort(404)


def _moved(thread: Thread) -> Response:
    """Lead to the thread's own address, with whatever the query said."""
    query = request.query_string.decode("ascii", "replace")
    address = url_for("threads.show", thread_id=thread.id, slug=thread.slug)
    return make_response(redirect(f"{address}?{query}" if query else address, 301))
