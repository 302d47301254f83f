"""Sessions with experts: the list, a session's page, writing in it, and "I ask this too"."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.asking import asked, page, queries, similar
from forum.asking.forms import QuestionForm
from forum.asking.models import AskSession, Phase
from forum.asking.place import Place, beneath
from forum.asking.supporting import support
from forum.core import web
from forum.core.errors import Conflict, NotFound, Refused
from forum.core.limits import is_counted, limited
from forum.core.paging import LARGEST_ID, id_in
from forum.core.text import BODY_LIMIT
from forum.threads import actions, writing
from forum.threads.forms import PostForm, ReplyForm
from forum.threads.models import Post
from forum.threads.screening import Asked
from forum.threads.views import reply_row, say_if_replaced

bp = Blueprint("asking", __name__)


@bp.get("/sessions")
def index() -> Response:
    """List the sessions: those that run, those to come, and a page of those that are over."""
    before = request.args.get("before", "")
    over = queries.over(before)
    live = [] if before else queries.live()
    return web.page(
        "asking/index.html",
        running=[each for each in live if page.phase_now(each) != Phase.ANNOUNCED],
        coming=[each for each in live if page.phase_now(each) == Phase.ANNOUNCED],
        over=over.items,
        next_url=url_for(".index", before=over.next_cursor) if over.next_cursor else None,
        first_url=url_for(".index") if before else None,
    )


@bp.get("/sessions/<int:session_id>")
def short(session_id: int) -> Response:
    """Lead to the session's full address."""
    return _moved(_visible(session_id))


@bp.get("/sessions/<int:session_id>/<slug>")
def show(session_id: int, slug: str) -> Response:
    """Show the session."""
    session = _visible(session_id)
    return page.page(session) if slug == session.thread.slug else _moved(session)


@bp.get("/threads/<int:thread_id>/session")
def of_thread(thread_id: int) -> Response:
    """Lead from a thread to its session."""
    found = queries.of_thread(thread_id) if thread_id <= LARGEST_ID else None
    return _moved(_visible(found.id if found else 0))


@bp.get("/sessions/<int:session_id>/similar")
@login_required
@limited("PREVIEW", methods=("GET",))
def suggest(session_id: int) -> Response:
    """Show the questions like the one that is being typed, as a fragment for the page's script."""
    session = _visible(session_id)
    found = similar.suggested(session, request.args.get("q", "")[:1000], current_user)
    return web.page("asking/_similar.html", session=session, alike=found)


def _sent_again() -> bool:
    session = queries.by_id((request.view_args or {})["session_id"])
    place = writing.place_of_reply(session.thread_id) if session else ""
    key = writing.form_key(current_user.id, place, request.form.get("form_token"))
    return writing.is_sent(key)


@bp.post("/sessions/<int:session_id>/posts")
@login_required
@limited(reply_row, accepted_only=True, unless=_sent_again)
def write(session_id: int) -> Response:
    """Write a question, an answer, a comment or the summary: which one, its parent and badge say."""
    session = _visible(session_id)
    parent = _parent(session)
    form: PostForm = QuestionForm() if parent is None else ReplyForm(session.thread, current_user)
    if page.phase_now(session) == Phase.CLOSED and isinstance(form, QuestionForm):
        form.body.limit = BODY_LIMIT  # the host's summary
    status = 422
    if form.validate_on_submit():
        if near := _like_it(session, form):
            return page.page(session, form, 422, near)
        try:
            return web.see_other(_written(session, form, parent))
        except NotFound:
            raise
        except Asked as asked_first:
            form.ask(asked_first)
        except Refused as refusal:
            form.refuse("body", refusal.message)
            status = refusal.status
            if isinstance(refusal, Conflict):
                form["form_token"].data = web.form_token()
    return page.page(_visible(session_id), form, status)


def _parent(session: AskSession) -> Post | None:
    """Return the post under which somebody writes; NotFound for one that is not there (any more)."""
    post_id = id_in(request.form.get("parent"))
    parent = asked.post_in(session, post_id) if post_id else None
    if post_id and parent is None:
        raise NotFound
    return parent


def _like_it(session: AskSession, form: PostForm) -> list[similar.Alike]:
    """Return questions that say nearly the same, to be shown once before it is asked."""
    if not isinstance(form, QuestionForm) or form.seen.data:
        return []
    found = similar.near(session, form.body.data, current_user)
    form.seen.data = "1" if found else ""
    return found


def _written(session: AskSession, form: PostForm, parent: Post | None) -> str:
    is_answer = isinstance(form, ReplyForm) and parent is not None and not parent.credential_id
    worn, listed = (form.worn, form.sources) if isinstance(form, ReplyForm) and is_answer else (None, [])
    body, token, told = form["body"].data, form["form_token"].data or None, form.asked.data
    post = actions.post_reply(
        session.thread, current_user, body, worn, parent, form_token=token, asked=told, listed=listed,
        is_unsent=is_counted(),
    )  # fmt: skip
    say_if_replaced(body, *(title for title, _address in listed))
    if not post.is_visible:
        flash(gettext("It waits for review and will stand here once it is published."))
    if parent is None:
        return page.url(session, _anchor="mine")
    return page.url(session, **beneath(post, parent), _anchor=f"post-{post.id}")


@bp.post("/questions/<int:post_id>/support")
@login_required
@limited("SUPPORT", accepted_only=True)
def press(post_id: int) -> Response:
    """Ask a question too, or (with `withdraw`) no more."""
    question = asked.question(post_id, current_user) or abort(404)
    support(post_id, current_user, wanted="withdraw" not in request.form)
    return web.see_other(page.back_to(question.session, post_id, Place.told(request.form)))


def _visible(session_id: int) -> AskSession:
    return queries.visible(session_id, current_user) or abort(404)


def _moved(session: AskSession) -> Response:
    return make_response(redirect(page.url(session, **Place.told(request.args).parts), 301))
