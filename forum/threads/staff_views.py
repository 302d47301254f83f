"""The page on which moderators pin, lock, slow and move a thread."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort
from flask_login import current_user, login_required

from forum.accounts.models import User
from forum.core import i18n, web
from forum.core.errors import Forbidden
from forum.core.forms import Form
from forum.core.limits import limited
from forum.subthemes.queries import by_slug, open_subthemes
from forum.threads import policy, queries, staff_actions
from forum.threads.addresses import thread_url
from forum.threads.forms import MoveForm, SlowForm
from forum.threads.models import Thread

bp = Blueprint("thread_staff", __name__)


@bp.get("/threads/<int:thread_id>/manage")
@login_required
def manage(thread_id: int) -> Response:
    """Offer what a moderator can do with the thread as a whole."""
    thread = _managed(thread_id)
    return _page(thread, _move_form(thread), SlowForm.of(thread))


@bp.post("/threads/<int:thread_id>/pin")
@login_required
@limited("STAFF")
def pin(thread_id: int) -> Response:
    """Pin the thread."""
    return _done(thread_id, staff_actions.pin)


@bp.post("/threads/<int:thread_id>/unpin")
@login_required
@limited("STAFF")
def unpin(thread_id: int) -> Response:
    """Take the pin away."""
    return _done(thread_id, staff_actions.unpin)


@bp.post("/threads/<int:thread_id>/lock")
@login_required
@limited("STAFF")
def lock(thread_id: int) -> Response:
    """Lock the thread."""
    return _done(thread_id, staff_actions.lock)


@bp.post("/threads/<int:thread_id>/unlock")
@login_required
@limited("STAFF")
def unlock(thread_id: int) -> Response:
    """Unlock the thread."""
    return _done(thread_id, staff_actions.unlock)


@bp.post("/threads/<int:thread_id>/move")
@login_required
@limited("STAFF")
def move(thread_id: int) -> Response:
    """Move the thread into another sub-theme."""
    thread = _managed(thread_id)
    form = _move_form(thread)
    if not form.validate_on_submit():
        return _page(thread, form, SlowForm.of(thread), 422)
    staff_actions.move(thread, by_slug(form.subtheme.data) or abort(404), current_user)
    return web.see_other(thread_url(thread))


@bp.post("/threads/<int:thread_id>/slow")
@login_required
@limited("STAFF")
def slow(thread_id: int) -> Response:
    """Set how long people wait between two posts, or end that."""
    thread = _managed(thread_id)
    form = SlowForm()
    if not form.validate_on_submit():
        return _page(thread, _move_form(thread, submitted=False), form, 422)
    staff_actions.slow(thread, int(form.minutes.data), current_user)
    return web.see_other(thread_url(thread))


def _page(thread: Thread, form: MoveForm, slow_form: SlowForm, status: int = 200) -> Response:
    address = thread_url(thread)
    return web.page("threads/manage.html", status, thread=thread, form=form, slow_form=slow_form, thread_url=address)


def _done(thread_id: int, act: Callable[[Thread, User], bool]) -> Response:
    thread = _managed(thread_id)
    if Form().validate_on_submit():
        act(thread, current_user)
    return web.see_other(thread_url(thread))


def _managed(thread_id: int) -> Thread:
    """Return the thread for a moderator; anybody else who sees it gets 403."""
    thread = queries.visible_thread(thread_id, current_user) or abort(404)
    if not policy.moderates(current_user, thread.subtheme_id):
        raise Forbidden
    return thread


def _move_form(thread: Thread, *, submitted: bool = True) -> MoveForm:
    form = MoveForm() if submitted else MoveForm(formdata=None)
    others = [one for one in open_subthemes() if one.id != thread.subtheme_id]
    form.offer([one for one in others if policy.moderates(current_user, one.id)], i18n.locale_name())
    return form
